use crate::town::{MY_GRIEVANCES, RESIDENTS, Town, read, read_log, service};
use contracts::context::BasisKind;
use testkit::{Store, on_each_engine};

fn watched(town: &Town) {
    let read = read("2026-03-14T09:26:53Z", "TB/GOV/MSP/benefits", BasisKind::Law, "Act");
    town.wire.serve(service(RESIDENTS), read_log(vec![read]), "/read-log");
}

#[tokio::test]
async fn a_complaint_from_a_line_of_the_tracker_to_its_answer() {
    on_each_engine(async |store: &Store| {
        let town = Town::start(store).await;
        watched(&town);
        let mut browser = town.signed_in().await;
        let tracker = browser.get(&town.at("/portal/reads")).await;
        let line = tracker.field("line");
        assert!(!tracker.has("/portal/grievances/new?"), "the line stands in no address");
        let csrf = tracker.field("csrf");
        let new = town.at("/portal/grievances/new");
        let form = browser.post(&new, &[("csrf", &csrf), ("line", &line)]).await;
        for text in [
            "Ministry of Social Protection, Benefits",
            "J. Mwangi",
            "CB-2026-17",
            "14 March 2026, 12:26",
        ] {
            assert!(form.has(text), "{text} is missing:\n{}", form.html);
        }
        let (line, id) = (form.field("line"), form.field("id"));
        let send = town.at("/portal/grievances");
        let empty = browser
            .post(&send, &[("csrf", &csrf), ("line", &line), ("id", &id), ("text", " ")])
            .await;
        assert!(
            empty.status == 422 && empty.has("href=\"#text\"") && empty.field("id") == id,
            "{}",
            empty.html
        );
        let full = [
            ("csrf", csrf.as_str()),
            ("line", &line),
            ("id", &id),
            ("text", "I know nobody there & fear"),
        ];
        for _ in 0..2 {
            let sent = browser.post(&send, &full).await;
            assert_eq!(sent.location, "/portal/grievances?done=lodged");
        }
        let lodged = town.commission.lodged();
        assert_eq!(lodged.len(), 1, "sent twice, lodged once");
        assert_eq!(lodged[0].line.officer.as_deref(), Some("J. Mwangi"));
        assert_eq!(lodged[0].line.source.to_string(), "TB/GOV/NIA/residents");
        assert_eq!(lodged[0].language.as_deref(), Some("en"));
        assert_eq!(lodged[0].text, "I know nobody there & fear");
        let list = browser.get(&town.at("/portal/grievances?done=lodged")).await;
        for text in [
            "Your complaint was sent",
            "G-2026-000012",
            "The officer had no case.",
            "nobody there &amp; fear",
        ] {
            assert!(list.has(text), "{text} is missing:\n{}", list.html);
        }
    })
    .await;
}

#[tokio::test]
async fn only_lines_the_tracker_showed_can_be_complained_about() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    watched(&town);
    let mut browser = town.signed_in().await;
    let tracker = browser.get(&town.at("/portal/reads")).await;
    let (csrf, line) = (tracker.field("csrf"), tracker.field("line"));
    let mut changed = line.clone().into_bytes();
    changed[20] = if changed[20] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("text");
    for forged in [changed.as_str(), "", "e30"] {
        let form = [("csrf", csrf.as_str()), ("line", forged), ("text", "x")];
        assert_eq!(
            browser.post(&town.at("/portal/grievances"), &form).await.status,
            400,
            "{forged}"
        );
    }
    assert_eq!(town.commission.lodged().len(), 0);
    let from_nowhere = browser.get(&town.at("/portal/grievances/new")).await;
    assert_eq!(from_nowhere.location, "/portal/reads", "a complaint begins at a line");
}

#[tokio::test]
async fn a_complaint_that_cannot_be_sent_is_not_lost() {
    let store = Store::sqlite();
    let town = Town::start(&store).await;
    watched(&town);
    let mut browser = town.signed_in().await;
    let tracker = browser.get(&town.at("/portal/reads")).await;
    let (csrf, line) = (tracker.field("csrf"), tracker.field("line"));
    town.wire.cut(&service(MY_GRIEVANCES));
    let form = [("csrf", csrf.as_str()), ("line", &line), ("text", "I know nobody there")];
    let seen = browser.post(&town.at("/portal/grievances"), &form).await;
    assert_eq!(seen.status, 503);
    assert!(
        seen.has("This could not be kept") && seen.has(">I know nobody there</textarea>"),
        "{}",
        seen.html
    );
}
