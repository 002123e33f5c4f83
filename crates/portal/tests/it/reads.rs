use crate::town::{CIVIL, PERSON, RESIDENTS, Town, agreement_id, read, read_log, service};
use contracts::LegalBasis;
use contracts::context::BasisKind;
use testkit::{Store, on_each_engine};

#[tokio::test]
async fn each_read_stands_once_with_who_when_why_and_what() {
    on_each_engine(async |store: &Store| {
        let town = Town::start(store).await;
        let mut own = read("2026-03-14T08:00:00Z", "TB/GOV/NIA/portal", BasisKind::SelfAccess, "");
        own.officer = None;
        let law = read(
            "2026-03-14T09:26:53.5Z",
            "TB/GOV/MSP/benefits",
            BasisKind::Law,
            "Social Protection Act s.4",
        );
        let consent = agreement_id().to_string();
        let consent =
            read("2026-03-13T22:30:00Z", "TB/COM/LAKESIDE/patients", BasisKind::Consent, &consent);
        town.wire.serve(service(RESIDENTS), read_log(vec![law, own]), "/read-log");
        town.wire.serve(service(CIVIL), read_log(vec![consent]), "/read-log");

        let mut browser = town.signed_in().await;
        let page = browser.get(&town.at("/portal/reads")).await;
        assert_eq!(page.status, 200);
        let expected = [
            "14 March 2026, 12:26",
            "Ministry of Social Protection, Benefits",
            "J. Mwangi",
            "CB-2026-17",
            "Decide on a benefit",
            "Social Protection Act s.4",
            "name, date of birth, shoe-size",
            "National Identity Authority, residents",
            "14 March 2026, 01:30",
            "Lakeside Clinic, patients",
            "Treatment at the clinic",
            "Your own look",
            "UTC+3",
        ];
        for text in expected {
            assert!(page.has(text), "{text} is missing:\n{}", page.html);
        }
        assert_eq!(page.html.matches("<article>").count(), 3, "one entry a read");
        assert!(!page.has("Some sources did not answer") && !page.has(PERSON));
        let who = page.html.find("Ministry of Social").expect("there");
        assert!(who < page.html.find("Lakeside Clinic").expect("there"), "newest first");
    })
    .await;
}

#[tokio::test]
async fn sources_are_asked_in_the_residents_name_on_self_access() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    browser.get(&town.at("/portal/reads")).await;
    let calls = town.wire.calls();
    for source in [CIVIL, RESIDENTS] {
        let call = calls.iter().find(|call| call.service == service(source)).expect("asked");
        assert_eq!(call.basis, LegalBasis::SelfAccess);
        assert_eq!(call.purpose, portal::PURPOSE);
        assert_eq!(call.client.to_string(), "TB/GOV/NIA/portal");
        assert_eq!(call.subject.expect("named").0.to_string(), PERSON);
        call.check().expect("a context the exchange takes");
    }
}

#[tokio::test]
async fn a_source_that_fails_is_named_and_the_page_comes() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let law = read("2026-03-14T09:26:53Z", "TB/GOV/MSP/benefits", BasisKind::Law, "Act");
    town.wire.serve(service(RESIDENTS), read_log(vec![law]), "/read-log");
    town.wire.cut(&service(CIVIL));
    let mut browser = town.signed_in().await;
    let page = browser.get(&town.at("/portal/reads?lang=fr")).await;
    assert_eq!(page.status, 200);
    assert!(page.has("Certaines sources n’ont pas répondu"));
    assert!(page.has("<li>Civil Registration Office, civil</li>"), "{}", page.html);
    assert!(page.has("Ministère de la Protection sociale, Benefits"), "what is known is shown");

    town.wire.cut(&service(RESIDENTS));
    let page = browser.get(&town.at("/portal/reads?lang=en")).await;
    assert!(
        page.has("The sources that answered know of no reads"),
        "nothing known is not nothing read"
    );
    assert!(!page.has("Nobody has read a record about you yet"));
}

#[tokio::test]
async fn many_reads_come_in_pages_without_loss() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let minutes = (0..59).rev();
    let entry = |minute: i32| {
        let mut entry = read(
            &format!("2026-03-14T09:{minute:02}:00Z"),
            "TB/GOV/MSP/benefits",
            BasisKind::Law,
            "Act",
        );
        entry.case = Some(format!("case-{minute}."));
        entry
    };
    let all: Vec<_> = minutes.map(entry).collect();
    let (even, odd) = all.into_iter().partition(|entry| entry.at.unix_seconds() % 120 == 0);
    town.wire.serve(service(RESIDENTS), read_log(even), "/read-log");
    town.wire.serve(service(CIVIL), read_log(odd), "/read-log");
    let mut browser = town.signed_in().await;
    let mut address = "/portal/reads".to_owned();
    let mut seen = String::new();
    for _ in 0..2 {
        let page = browser.get(&town.at(&address)).await;
        let older = page.html.split("href=\"/portal/reads?before=").nth(1);
        address = format!(
            "/portal/reads?before={}",
            older.and_then(|rest| rest.split('"').next()).unwrap_or("none")
        );
        seen.push_str(&page.html);
    }
    assert!(address.ends_with("none"), "two pages hold all: {address}");
    for minute in 0..59 {
        assert_eq!(seen.matches(&format!("case-{minute}.")).count(), 1, "minute {minute}");
    }
}

#[tokio::test]
async fn nothing_read_is_said_plainly_and_bad_addresses_do_no_harm() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    for address in ["/portal/reads", "/portal/reads?before=yesterday"] {
        let page = browser.get(&town.at(address)).await;
        assert_eq!(page.status, 200);
        assert!(page.has("Nobody has read a record about you yet"), "{address}");
    }
}

#[tokio::test]
async fn a_refused_attempt_stands_out_and_says_why() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut attempt = read("2026-03-14T09:26:53Z", "TB/GOV/MSP/benefits", BasisKind::Law, "Act");
    attempt.refused = Some("case-not-standing".to_owned());
    attempt.fields.clear();
    let mut strange = attempt.clone();
    strange.refused = Some("a-reason-of-tomorrow".to_owned());
    town.wire.serve(service(RESIDENTS), read_log(vec![attempt, strange]), "/read-log");
    let mut browser = town.signed_in().await;
    let page = browser.get(&town.at("/portal/reads")).await;
    assert_eq!(page.html.matches("class=\"refused\"").count(), 2, "{}", page.html);
    for text in ["Attempt refused", "no case of yours", "The rules of the exchange do not allow it"]
    {
        assert!(page.has(text), "{text} is missing:\n{}", page.html);
    }
    assert!(!page.has("Data read"), "nothing was");
}

#[tokio::test]
async fn reads_come_by_local_day_and_from_one_source_if_wanted() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let at = |at: &str| read(at, "TB/GOV/MSP/benefits", BasisKind::Law, "Act");
    // Half past ten at night in UTC is the next day where the country's clocks are three hours ahead.
    let night = vec![at("2026-03-14T22:30:00Z"), at("2026-03-14T09:00:00Z")];
    town.wire.serve(service(RESIDENTS), read_log(night), "/read-log");
    town.wire.serve(service(CIVIL), read_log(vec![at("2026-03-13T09:00:00Z")]), "/read-log");
    let mut browser = town.signed_in().await;
    let page = browser.get(&town.at("/portal/reads")).await;
    for day in ["15 March 2026", "14 March 2026", "13 March 2026"] {
        assert_eq!(page.html.matches(&format!("\">{day}</h2>")).count(), 1, "{day}: {}", page.html);
    }
    let chip = format!("href=\"/portal/reads?source={CIVIL}\"");
    assert!(page.has(&chip), "{}", page.html);
    let page = browser.get(&town.at(&format!("/portal/reads?source={CIVIL}"))).await;
    assert!(page.has("13 March 2026") && !page.has("14 March 2026"));
    let page = browser.get(&town.at("/portal/reads?source=TB/GOV/MSP/benefits/spy")).await;
    assert!(page.has("14 March 2026"), "an unknown source filters nothing");
}

#[tokio::test]
async fn sign_ins_are_shown_with_those_that_failed() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let mut browser = town.signed_in().await;
    let page = browser.get(&town.at("/portal/sign-ins")).await;
    for text in
        ["Passkey", "My telephone", "Firefox, Android", "Locked for a while", "Lakeside Clinic"]
    {
        assert!(page.has(text), "{text} is missing:\n{}", page.html);
    }
}

#[tokio::test]
async fn own_looks_are_counted_and_not_listed_one_by_one() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    let own = |minute: u32| {
        let at = format!("2026-03-14T09:{minute:02}:00Z");
        read(&at, "TB/GOV/NIA/portal", BasisKind::SelfAccess, "")
    };
    let mut all: Vec<_> = (10..50).rev().map(own).collect();
    all.push(read("2026-03-14T09:05:00Z", "TB/GOV/MSP/benefits", BasisKind::Law, "Act"));
    town.wire.serve(service(RESIDENTS), read_log(all), "/read-log");
    let mut browser = town.signed_in().await;
    let page = browser.get(&town.at("/portal/reads")).await;
    assert_eq!(page.html.matches("<article>").count(), 2, "{}", page.html);
    assert!(page.has("40 times since 14 March 2026, 12:10") && page.has("J. Mwangi"));
    let home = browser.get(&town.at("/portal")).await;
    assert!(home.has("Ministry of Social Protection") && !home.has("Your own look"));
}
