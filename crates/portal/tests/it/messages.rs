use crate::offices::letter;
use crate::town::{MY_MESSAGES, PERSON, Town, service};
use contracts::LegalBasis;
use testkit::Store;

#[tokio::test]
async fn a_message_is_counted_opened_and_counted_no_more() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let home = browser.get(&town.at("/portal")).await;
    assert!(home.has("Messages (1 new)") && home.has("1 new message"), "{}", home.html);
    let list = browser.get(&town.at("/portal/messages")).await;
    assert!(list.has("Ruzuku imekubaliwa &lt;sana&gt;") && list.has("class=\"unread\""));
    let page = browser.get(&town.at(&format!("/portal/messages/{}", letter()))).await;
    assert!(
        page.has("<p>Mpendwa Asha.</p>") && page.has("<p>Kila mwezi utapata KES 1500.00.</p>"),
        "{}",
        page.html
    );
    assert!(page.has("lang=\"sw\""), "it is read out in its own language");
    assert!(!page.has("1 new"), "opened is not new any more");
    assert!(!browser.get(&town.at("/portal")).await.has("1 new"));
    assert_eq!(browser.get(&town.at("/portal/messages/nonsense")).await.status, 404);
    let other = format!("/portal/messages/{PERSON}");
    assert_eq!(browser.get(&town.at(&other)).await.status, 404);
}

#[tokio::test]
async fn pages_come_without_a_count_when_nobody_counts() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    town.wire.cut(&service(MY_MESSAGES));
    let mut browser = town.signed_in().await;
    let page = browser.get(&town.at("/portal/applications")).await;
    assert!(page.status == 200 && page.has(">Messages</a>"), "{}", page.html);
    assert_eq!(browser.get(&town.at("/portal/messages")).await.status, 503);
    town.wire.serve(service(MY_MESSAGES), town.inbox.router(), "/mine");
    assert!(
        browser.get(&town.at("/portal/applications")).await.has(">Messages</a>"),
        "asked once in a while"
    );
    store.time.advance_seconds(30);
    assert!(browser.get(&town.at("/portal/applications")).await.has("Messages (1 new)"));
    let calls = town.wire.calls();
    let asked = calls.iter().find(|call| call.service == service(MY_MESSAGES)).expect("asked");
    assert_eq!((&asked.basis, asked.purpose.as_str()), (&LegalBasis::SelfAccess, portal::PURPOSE));
}
