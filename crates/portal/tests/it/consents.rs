use crate::town::{MY_CONSENTS, Town, agreement_id, service};
use contracts::consent::RecordState;
use testkit::{Store, on_each_engine};

#[tokio::test]
async fn a_resident_gives_keeps_the_receipt_and_takes_back() {
    on_each_engine(async |store: &Store| {
        let town = Town::start(store).await;
        let mut browser = town.signed_in().await;
        let list = browser.get(&town.at("/portal/consents")).await;
        assert!(list.has("Waiting for your answer") && list.has("Treatment at the clinic"));

        let address = town.at(&format!("/portal/consents/{}", agreement_id()));
        let page = browser.get(&address).await;
        for text in [
            "Lakeside Clinic, patients",
            "Treatment of a patient",
            "30 days from your answer",
            "I do not agree",
        ] {
            assert!(page.has(text), "{text} is missing:\n{}", page.html);
        }
        assert!(!page.has("javascript:"), "only https addresses are linked");

        let (csrf, revision, key) = (page.field("csrf"), page.field("revision"), page.field("key"));
        let form =
            [("csrf", csrf.as_str()), ("revision", &revision), ("key", &key), ("answer", "give")];
        let given = browser.post(&address, &form).await;
        assert!(given.location.ends_with("?done=given"), "{}", given.html);
        browser.post(&address, &form).await;
        assert_eq!(town.consents.keys(), [key.clone(), key], "sent twice with one key");
        assert_eq!(town.consents.state(), Some(RecordState::Given));

        let page = browser.get(&town.at(&given.location)).await;
        assert!(
            page.has("You have agreed") && page.has("Withdraw my consent") && !page.has("I agree")
        );
        let receipt = browser.get(&format!("{address}/receipt")).await;
        assert!(
            receipt.has("Receipt of your answer") && receipt.has("e30.e30.c2VhbA"),
            "{}",
            receipt.html
        );

        let withdrawn =
            browser.post(&format!("{address}/withdraw"), &[("csrf", &page.field("csrf"))]).await;
        assert!(withdrawn.location.ends_with("?done=withdrawn"));
        assert_eq!(town.consents.state(), Some(RecordState::Withdrawn));
        let page = browser.get(&town.at(&withdrawn.location)).await;
        assert!(page.has("can no longer read your data on this ground") && page.has("I agree"));
    })
    .await;
}

#[tokio::test]
async fn nobody_agrees_to_a_text_they_have_not_seen() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let address = town.at(&format!("/portal/consents/{}", agreement_id()));
    let page = browser.get(&address).await;
    town.consents.publish_new_revision();
    let form = [
        ("csrf", page.field("csrf")),
        ("revision", page.field("revision")),
        ("key", page.field("key")),
        ("answer", "give".to_owned()),
    ];
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sent = browser.post(&address, &form).await;
    assert!(sent.location.ends_with("?done=changed"), "{}", sent.html);
    assert!(browser.get(&town.at(&sent.location)).await.has("Please read again"));
    assert_eq!(town.consents.state(), None);
}

#[tokio::test]
async fn forged_or_senseless_forms_change_nothing() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let address = town.at(&format!("/portal/consents/{}", agreement_id()));
    let page = browser.get(&address).await;
    let (csrf, revision, key) = (page.field("csrf"), page.field("revision"), page.field("key"));
    let forged = [("csrf", "guess"), ("revision", &revision), ("key", &key), ("answer", "give")];
    assert_eq!(browser.post(&address, &forged).await.status, 403);
    let withdraw = format!("{address}/withdraw");
    assert_eq!(browser.post(&withdraw, &[]).await.status, 403);
    let senseless = [
        [("csrf", csrf.as_str()), ("revision", &revision), ("key", &key), ("answer", "maybe")],
        [("csrf", &csrf), ("revision", "x"), ("key", &key), ("answer", "give")],
        [("csrf", &csrf), ("revision", &revision), ("key", "a\r\nb"), ("answer", "give")],
    ];
    for form in senseless {
        let seen = browser.post(&address, &form).await;
        assert_eq!((seen.status.as_u16(), seen.location.contains("done")), (303, false));
    }
    assert_eq!(town.consents.state(), None);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_down_503() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    for path in
        ["/portal/consents/nonsense", "/portal/consents/0b8f2f3e-6a55-4c58-9f0e-3f7a4f1f2a10"]
    {
        assert_eq!(browser.get(&town.at(path)).await.status, 404, "{path}");
    }
    let receipt = format!("/portal/consents/{}/receipt", agreement_id());
    assert_eq!(browser.get(&town.at(&receipt)).await.status, 404, "no answer, no receipt");
    town.wire.cut(&service(MY_CONSENTS));
    let page = browser.get(&town.at("/portal/consents")).await;
    assert_eq!(page.status, 503);
    assert!(page.has("This service cannot be reached just now"));
    assert_eq!(browser.get(&town.at("/portal")).await.status, 200, "the rest stands");
}
