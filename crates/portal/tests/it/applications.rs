use crate::browser::{Browser, Seen};
use crate::offices::application;
use crate::town::{CATALOGUE, Town, agreement_id, service};
use contracts::LegalBasis;
use contracts::registration::ApplicationStatus;
use testkit::Store;

/// A form as the page has it, with these answers.
async fn send(
    browser: &mut Browser,
    town: &Town,
    from: &Seen,
    to: &str,
    with: &[(&str, &str)],
) -> Seen {
    let csrf = from.field("csrf");
    let form: Vec<(&str, &str)> =
        [("csrf", csrf.as_str())].into_iter().chain(with.iter().copied()).collect();
    browser.post(&town.at(to), &form).await
}

async fn applied(town: &Town, browser: &mut Browser) -> String {
    let page = browser.get(&town.at("/portal/services/child-benefit")).await;
    let begun = send(browser, town, &page, "/portal/services/child-benefit/apply", &[]).await;
    assert_eq!(begun.status, 303, "{}", begun.html);
    begun.location
}

const ANSWERS: [(&str, &str); 5] = [
    ("wallet", "0700 000 000"),
    ("since-day", "4"),
    ("since-month", "3"),
    ("since-year", "2026"),
    ("twin", "false"),
];

#[tokio::test]
async fn visitors_read_what_can_be_applied_for() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = Browser::new();
    assert!(browser.get(&town.at("/portal")).await.has("Child benefit"));
    assert!(
        browser.get(&town.at("/portal/services")).await.has("Money each month for small children.")
    );
    let page = browser.get(&town.at("/portal/services/child-benefit")).await;
    for text in ["For children under five.", "Social Protection Act, s.4", "30 days", "Free"] {
        assert!(page.has(text), "{text} is missing:\n{}", page.html);
    }
    assert!(page.has("/portal/sign-in?next=/portal/services/child-benefit"), "to apply, sign in");
    let calls = town.wire.calls();
    let asked: Vec<_> = calls.iter().filter(|call| call.service == service(CATALOGUE)).collect();
    assert_eq!(asked.len(), 1, "three pages ask once");
    assert_eq!(asked[0].basis, LegalBasis::law("Digital Services Act, s.7"));
    assert_eq!(browser.get(&town.at("/portal/services/moon-travel")).await.status, 404);
}

#[tokio::test]
async fn a_silent_office_is_named_and_asked_again() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    town.wire.cut(&service(CATALOGUE));
    let mut browser = Browser::new();
    let page = browser.get(&town.at("/portal/services")).await;
    assert!(page.has("Some offices did not answer") && page.has("Ministry of Social Protection"));
    assert_eq!(browser.get(&town.at("/portal/services/child-benefit")).await.status, 503);
    town.wire.serve(service(CATALOGUE), town.benefits.router(), "/catalogue");
    assert_eq!(browser.get(&town.at("/portal/services/child-benefit")).await.status, 200);
}

#[tokio::test]
async fn an_application_from_the_guide_to_its_number() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let address = applied(&town, &mut browser).await;
    assert_eq!(address, format!("/portal/applications/{}", application()));
    let draft = browser.get(&town.at(&address)).await;
    assert!(draft.has("The child") && draft.has("How we pay") && draft.has("To do"));

    let known = browser.get(&town.at(&format!("{address}/steps/child"))).await;
    assert!(known.has("Neema Tumbo") && known.has("From: Register of births"), "{}", known.html);
    assert!(!known.has("name=\"child\""), "what a register says is not asked");
    let next = send(&mut browser, &town, &known, &format!("{address}/steps/child"), &[]).await;
    assert_eq!(next.location, format!("{address}/steps/payment"));

    let step = browser.get(&town.at(&next.location)).await;
    assert!(!step.has("Give your wallet"), "nobody is told off before they answered");
    let kept = send(&mut browser, &town, &step, &next.location, &ANSWERS).await;
    assert_eq!(kept.location, format!("{address}/check"), "{}", kept.html);
    assert_eq!(town.benefits.answers()["since"], "2026-03-04");

    let check = browser.get(&town.at(&kept.location)).await;
    for text in ["0700 000 000", "4 March 2026", "No", "Neema Tumbo", "The child is 2 months old"] {
        assert!(check.has(text), "{text} is missing:\n{}", check.html);
    }
    assert_eq!(
        check.html.matches("steps/payment\">Change").count(),
        3,
        "own answers can be changed"
    );
    assert!(!check.has("steps/child\">Change"), "a register's cannot");

    for _ in 0..2 {
        let sent = send(&mut browser, &town, &check, &format!("{address}/submit"), &[]).await;
        assert_eq!(sent.location, format!("{address}?done=sent"));
    }
    assert_eq!(town.benefits.counts(), (1, 1), "sent twice, it is sent once");
    let outcome = browser.get(&town.at(&address)).await;
    for text in ["CB-2026-000117", "Child benefit: sent", "Answer by", "You began", "s.4(1)"] {
        assert!(outcome.has(text), "{text} is missing:\n{}", outcome.html);
    }
    assert!(browser.get(&town.at("/portal/applications")).await.has("CB-2026-000117"));

    town.benefits.decide(ApplicationStatus::Approved);
    let granted = browser.get(&town.at(&address)).await;
    assert!(granted.has("Child benefit: granted") && granted.has("KES 1500.00 a month"));
    let late = browser.get(&town.at(&format!("{address}/steps/payment"))).await;
    assert_eq!(late.location, address, "what is decided is not asked again");
}

#[tokio::test]
async fn applying_twice_goes_on_with_the_same_draft() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let first = applied(&town, &mut browser).await;
    assert_eq!(applied(&town, &mut browser).await, first);
    assert_eq!(town.benefits.counts(), (1, 0));
    assert!(
        browser.get(&town.at("/portal")).await.has("Not sent yet"),
        "it waits on the start page"
    );
}

#[tokio::test]
async fn what_is_wrong_comes_back_with_what_was_typed() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let address = format!("{}/steps/payment", applied(&town, &mut browser).await);
    let step = browser.get(&town.at(&address)).await;
    let wrong = [
        ("wallet", "0700 <1>"),
        ("since-day", "4"),
        ("since-month", "March"),
        ("since-year", "26"),
    ];
    let seen = send(&mut browser, &town, &step, &address, &wrong).await;
    assert_eq!(seen.status, 422);
    for text in [
        "value=\"0700 &lt;1&gt;\"",
        "value=\"March\"",
        "Give your since",
        "href=\"#since\"",
        "href=\"#twin\"",
    ] {
        assert!(seen.has(text), "{text} is missing:\n{}", seen.html);
    }
    let again = browser.get(&town.at(&address)).await;
    assert!(again.has("value=\"March\"") && again.has("Give your since"), "kept, and still wrong");
    assert!(!again.has("Give your twin"), "but not told off for what was not answered");
}

#[tokio::test]
async fn nothing_typed_is_lost_when_the_office_does_not_answer() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let address = applied(&town, &mut browser).await;
    let page = format!("{address}/steps/payment");
    let step = browser.get(&town.at(&page)).await;
    town.benefits.keep_nothing();
    let seen = send(&mut browser, &town, &step, &page, &ANSWERS).await;
    assert_eq!(seen.status, 503);
    for text in ["This could not be kept", "value=\"0700 000 000\"", "value=\"2026\""] {
        assert!(seen.has(text), "{text} is missing:\n{}", seen.html);
    }
}

#[tokio::test]
async fn a_consent_is_given_on_the_way_and_leads_back() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    town.benefits.need_consent(Some(agreement_id()));
    let address = applied(&town, &mut browser).await;
    let draft = browser.get(&town.at(&address)).await;
    let consent = format!("/portal/consents/{}?for={}", agreement_id(), application());
    assert!(draft.has(&format!("href=\"{consent}\"")), "{}", draft.html);
    assert!(!draft.has("Check your answers"), "not before");
    let check = browser.get(&town.at(&format!("{address}/check"))).await;
    assert_eq!(check.location, format!("{address}?done=incomplete"));

    let page = browser.get(&town.at(&consent)).await;
    let (revision, key, back) = (page.field("revision"), page.field("key"), page.field("for"));
    let form = [("revision", revision.as_str()), ("key", &key), ("for", &back), ("answer", "give")];
    let to = format!("/portal/consents/{}", agreement_id());
    let given = send(&mut browser, &town, &page, &to, &form).await;
    let page = browser.get(&town.at(&given.location)).await;
    assert!(
        page.has("Go on with your application") && page.has(&format!("href=\"{address}\"")),
        "{}",
        page.html
    );
    let elsewhere = browser.get(&town.at(&format!("{to}?for=https://evil.example"))).await;
    assert!(!elsewhere.has("Back to your application"), "only applications lead back");
}

#[tokio::test]
async fn a_draft_can_be_deleted_and_a_decided_one_not() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let address = applied(&town, &mut browser).await;
    let page = browser.get(&town.at(&address)).await;
    town.benefits.decide(ApplicationStatus::Approved);
    let withdraw = format!("{address}/withdraw");
    let refused = send(&mut browser, &town, &page, &withdraw, &[]).await;
    assert!(browser.get(&town.at(&refused.location)).await.has("This can no longer be changed"));
    town.benefits.decide(ApplicationStatus::Draft);
    let gone = send(&mut browser, &town, &page, &withdraw, &[]).await;
    assert!(browser.get(&town.at(&gone.location)).await.has("Taken back"));
    assert_eq!(browser.get(&town.at(&address)).await.status, 404);
}

#[tokio::test]
async fn what_is_not_ones_own_is_not_there() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    applied(&town, &mut browser).await;
    let other = "/portal/applications/0b8f2f3e-6a55-4c58-9f0e-3f7a4f1f2a10";
    for path in [
        other,
        "/portal/applications/nonsense",
        &format!("{other}/check"),
        &format!("{other}/steps/payment"),
    ] {
        assert_eq!(browser.get(&town.at(path)).await.status, 404, "{path}");
    }
    let mine = format!("/portal/applications/{}", application());
    assert_eq!(browser.get(&town.at(&format!("{mine}/steps/none"))).await.status, 404);
    assert_eq!(
        browser.post(&town.at(&format!("{mine}/submit")), &[("csrf", "guess")]).await.status,
        403
    );
    assert_eq!(town.benefits.counts(), (1, 0));
}
