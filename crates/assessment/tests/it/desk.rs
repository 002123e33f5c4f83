//! The pages, as a browser has them.

use crate::app::{App, CHECKER, CLERK, FILE_MAX, LEADER, OWNER, SIGNER, Seen, get, post};
use serde_json::{Value, json};
use testkit::on_each_engine;

const LIST: &str = "/desk/assessment";

/// A round opened on its page; its path there.
async fn open(app: &App) -> String {
    let shown = app.page(LEADER, &format!("{LIST}/open")).await;
    let fields = "title=Baseline+2026&profile=full&as_of-day=1&as_of-month=3&as_of-year=2026\
        &signs=GOV/DIGITAL&needed=1";
    let opened = app.submit(LEADER, &shown, &format!("{LIST}/open"), fields).await;
    assert_eq!(opened.status, 303, "{}", opened.text);
    opened.location.trim_end_matches("?done=opened").to_owned()
}

#[tokio::test]
async fn a_round_goes_its_way_on_the_pages() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        assert!(app.page(CLERK, LIST).await.text.contains("No round has been opened"));
        assert_eq!(app.page(CLERK, &format!("{LIST}/open")).await.status, 403);
        let round = open(&app).await;
        assert!(app.page(CLERK, LIST).await.text.contains("Baseline 2026"));
        let shown = app.page(CLERK, &round).await;
        assert!(shown.text.contains("indicators have no answer"), "{}", shown.text);
        assert!(!shown.text.contains("Put it into review"), "only a lead moves a round on");

        let indicator = format!("{round}/indicators/ID-01");
        let shown = app.page(CLERK, &indicator).await;
        assert!(shown.text.contains("We do not know") && shown.text.contains("4: "));
        let wrong = app.submit(CLERK, &shown, &format!("{indicator}/answer"), "revision=0").await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("Choose a level, or that you do not know"));
        let fields = "revision=0&level=3&institution=GOV/NIA&note=%3Cb%3Eold%3C/b%3E";
        let saved = app.submit(CLERK, &shown, &format!("{indicator}/answer"), fields).await;
        let saved_at = format!("{indicator}?done=answered");
        assert_eq!((saved.status, saved.location), (303, saved_at.clone()));
        assert!(app.page(CLERK, &saved_at).await.text.contains("The answer is saved."));
        let late = app.submit(CLERK, &shown, &format!("{indicator}/answer"), fields).await;
        assert_eq!(late.status, 422);
        assert!(late.text.contains("Somebody else changed it"), "{}", late.text);
        assert!(late.text.contains("&lt;b&gt;old&lt;/b&gt;"), "what was typed comes back, escaped");

        move_on(&app, &round, "in_review").await;
        let shown = app.page(CHECKER, &indicator).await;
        assert!(
            shown.text.contains("Accept the answer") && !shown.text.contains("Save the answer")
        );
        let fields = "revision=1&verdict=2&reason=One+office+only.";
        let saved = app.submit(CHECKER, &shown, &format!("{indicator}/review"), fields).await;
        assert_eq!(saved.status, 303, "{}", saved.text);
        let shown = app.page(CLERK, &indicator).await;
        assert!(
            shown.text.contains("Level 2, reviewed") && shown.text.contains("One office only.")
        );

        sign(&app, &round).await;
        move_on(&app, &round, "closed").await;
        let shown = app.page(CLERK, &indicator).await;
        assert!(shown.text.contains("The round is closed and does not change any more."));
        let fields = "revision=2&level=4&institution=GOV/NIA";
        let refused = app.submit(CLERK, &shown, &format!("{indicator}/answer"), fields).await;
        assert_eq!(refused.status, 422);
        assert!(app.page(CLERK, &format!("{round}/dimensions/ID")).await.text.contains("reviewed"));
        assert_eq!(app.page(CLERK, &format!("{round}/findings")).await.status, 200);
        let result = app.page(CLERK, &format!("{round}/result")).await;
        assert!(result.text.contains("Result as it stands"), "{}", result.text);
        assert!(result.text.contains("Why it is not one level higher"), "{}", result.text);
    })
    .await;
}

async fn move_on(app: &App, round: &str, to: &str) {
    let shown = app.page(LEADER, round).await;
    let api = round.replace("/desk/assessment/rounds/", "/assessment/v1/rounds/");
    let revision = app.done(LEADER, get(&api)).await["round"]["revision"].clone();
    let fields = format!("revision={revision}&to={to}");
    let moved = app.submit(LEADER, &shown, &format!("{round}/state"), &fields).await;
    assert_eq!(moved.status, 303, "{}", moved.text);
}

async fn sign(app: &App, round: &str) {
    let path = format!("{round}/sign-off");
    let shown = app.page(SIGNER, &path).await;
    let marked = "name=\"digest\" value=\"";
    let digest = shown.text.split(marked).nth(1).and_then(|rest| rest.split('"').next());
    let digest = digest.expect("the form names the digest");
    let stale = format!("digest={}&role=Director&institution={OWNER}", "0".repeat(64));
    let stale = app.submit(SIGNER, &shown, &path, &stale).await;
    assert!(stale.status == 422 && stale.text.contains("The round changed"), "{}", stale.text);
    let fields = format!("digest={digest}&role=Director&institution={OWNER}&dissent=Too+low.");
    let signed = app.submit(SIGNER, &shown, &path, &fields).await;
    assert_eq!(signed.status, 303, "{}", signed.text);
    let shown = app.page(CLERK, &path).await;
    assert!(shown.text.contains("With dissent") && shown.text.contains("Too low."));
}

/// A form with a file as browsers send it.
fn upload(shown: &Seen, content: &str) -> Vec<u8> {
    let fields = [
        ("csrf", shown.csrf()),
        ("kind", "document"),
        ("title", "Minutes"),
        ("publisher", "Digital Agency"),
        ("made-day", ""),
        ("made-month", "2"),
        ("made-year", "2026"),
    ];
    let field = |(name, value): (&str, &str)| {
        format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let fields: String = fields.map(field).concat();
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"minutes.html\"";
    let file =
        format!("--xyz\r\n{head}\r\nContent-Type: text/html\r\n\r\n{content}\r\n--xyz--\r\n");
    (fields + &file).into_bytes()
}

#[tokio::test]
async fn files_come_in_by_a_form_within_bounds() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = open(&app).await;
        let path = format!("{round}/evidence");
        let kind = "multipart/form-data; boundary=xyz";
        let shown = app.page(CLERK, &path).await;
        let sent = app.send_form(CLERK, &shown, &path, kind, upload(&shown, "<b>read</b>")).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let listed = app.page(CLERK, &path).await;
        assert!(listed.text.contains("E-1: Minutes"), "{}", listed.text);
        let file = app.page(CHECKER, &format!("{path}/E-1/file")).await;
        assert_eq!((file.status, file.text.as_str()), (200, "<b>read</b>"));
        assert_eq!(
            app.page(("v-1", OWNER, "visitor"), &format!("{path}/E-1/file")).await.status,
            403
        );

        let large = upload(&shown, &"x".repeat(FILE_MAX + 1));
        let large = app.send_form(CLERK, &shown, &path, kind, large).await;
        assert!(large.status == 422 && large.text.contains("at most 2 kB"), "{}", large.text);
        let huge = upload(&shown, &"x".repeat(FILE_MAX + 70_000));
        assert_eq!(app.send_form(CLERK, &shown, &path, kind, huge).await.status, 413);
        let cut = upload(&shown, "x").into_iter().take(300).collect();
        assert_eq!(app.send_form(CLERK, &shown, &path, kind, cut).await.status, 400);
        let neither = app
            .submit(CLERK, &shown, &path, "kind=document&title=T&publisher=P&made-year=2026")
            .await;
        assert!(neither.status == 422 && neither.text.contains("Give an address or a file"));

        let other = app.page(CHECKER, &path).await;
        let forged = app.send_form(CLERK, &other, &path, kind, upload(&other, "x")).await;
        assert_eq!(forged.status, 403, "another officer's token");
        let api = path.replace("/desk/assessment/rounds/", "/assessment/v1/rounds/");
        assert_eq!(app.done(CLERK, get(&api)).await.as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_page_says_what_does_not_answer_now() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let round = open(&app).await;
        let instrument = maturity::Instrument::built_in();
        let asked = instrument.indicators.iter().find(|one| one.id == "ID-04").expect("it asks");
        let found = |outcome: Value| {
            json!({
                "probe": asked.probes[0], "indicator": "ID-04", "target": "portal",
                "says": "It did not answer.", "at": "2026-02-27T08:00:00Z", "outcome": outcome
            })
        };
        let measure = async |outcome: Value| {
            let api = round.replace("/desk/assessment/", "/assessment/v1/");
            let measured = json!({"measurements": [found(outcome)]});
            app.done(LEADER, post(&format!("{api}/measurements"), measured)).await;
            app.page(CLERK, &format!("{round}/result")).await.text
        };
        let there = measure(json!({"level": 3})).await;
        assert!(!there.contains("does not answer now"), "{there}");
        let gone = measure(json!({"unavailable": {"seconds": 600}})).await;
        assert!(gone.contains("does not answer now"), "{gone}");
    })
    .await;
}
