//! What cannot be accepted: one clear answer each, and nothing half-written.

use crate::desk::{Desk, MOTHER, amina, benefits, residents};
use http::Method;
use serde_json::{Value, json};
use testkit::{Store, on_each_engine};

const RECORDS: &str = "/registry/registers/residents/records";

/// A body, and the status, slug and fields of its refusal.
type Case = (Value, (u16, &'static str), &'static [&'static str]);

fn record_cases() -> Vec<Case> {
    let person = json!({ "pseudonym": MOTHER });
    let with = |data: Value| json!({ "subject": person, "data": data, "reason": "r" });
    let refused = (400, "data-refused");
    let field = (400, "invalid-field");
    let body = (400, "invalid-body");
    vec![
        (with(json!({})), refused, &["/data/name", "/data/village"]),
        (with(json!([])), refused, &["/data"]),
        (with(json!(null)), refused, &["/data"]),
        (
            with(json!({ "name": "", "village": 7, "born": "soon", "household": 0, "x/y": 1 })),
            refused,
            &["/data/born", "/data/household", "/data/name", "/data/village", "/data/x~1y"],
        ),
        (
            with(json!({ "name": "A", "village": "B", "household": 1e20 })),
            refused,
            &["/data/household"],
        ),
        (with(json!({ "name": "A", "village": "x".repeat(70_000) })), refused, &["/data"]),
        (json!({ "data": amina("K"), "reason": "r" }), field, &["subject"]),
        (json!({ "subject": {}, "data": amina("K"), "reason": "r" }), field, &["subject"]),
        (
            json!({ "subject": { "pseudonym": MOTHER, "vid": "1" }, "data": amina("K"), "reason": "r" }),
            field,
            &["subject"],
        ),
        (
            json!({ "subject": { "vid": "" }, "data": amina("K"), "reason": "r" }),
            field,
            &["subject.vid"],
        ),
        (
            json!({ "subject": { "vid": "0000" }, "data": amina("K"), "reason": "r" }),
            (400, "subject-unknown"),
            &["subject.vid"],
        ),
        (
            json!({ "subject": { "pseudonym": "x" }, "data": amina("K"), "reason": "r" }),
            body,
            &["subject.pseudonym"],
        ),
        (json!({ "subject": person, "data": amina("K") }), body, &["reason"]),
        (json!({ "subject": person, "data": amina("K"), "reason": " " }), field, &["reason"]),
        (json!({ "subject": person, "reason": "r" }), body, &["data"]),
        (
            json!({ "subject": person, "data": amina("K"), "reason": "r", "register": "x" }),
            body,
            &["register"],
        ),
        (
            json!({ "subject": person, "data": amina("K"), "reason": "r",
                "effective": "2026-03-14T08:00:01Z" }),
            field,
            &["effective"],
        ),
        (
            json!({ "subject": person, "data": amina("K"), "reason": "r", "effective": "today" }),
            body,
            &["effective"],
        ),
    ]
}

async fn rows(desk: &Desk) -> [i64; 5] {
    [
        desk.count("SELECT COUNT(*) AS n FROM record").await,
        desk.count("SELECT COUNT(*) AS n FROM revision").await,
        desk.count("SELECT COUNT(*) AS n FROM idempotency").await,
        desk.count("SELECT COUNT(*) AS n FROM subject_key").await,
        desk.count("SELECT COUNT(*) AS n FROM audit").await,
    ]
}

#[tokio::test]
async fn a_record_that_cannot_be_accepted_is_refused_whole() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let before = rows(&desk).await;
        for (body, refusal, fields) in record_cases() {
            let answer = desk.clerk(Method::POST, RECORDS, &body).await;
            let mut named = answer.fields();
            named.sort_unstable();
            assert_eq!((answer.refusal(), named.as_slice()), (refusal, fields), "{answer:?}");
            let errors = answer.body["errors"].as_array().expect("a list");
            assert!(errors.iter().all(|error| error["remedy"].is_string()), "{answer:?}");
        }
        assert_eq!(rows(&desk).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_cannot_be_accepted_is_refused_whole() {
    on_each_engine(async |store: &Store| {
        let desk = Desk::open(store).await;
        let written = desk.enter(json!({ "pseudonym": MOTHER }), amina("Kisima")).await;
        let record = written["record"].as_str().expect("an id");
        let before = rows(&desk).await;
        let refused = desk.update(record, 1, json!({ "name": "Amina" })).await;
        assert_eq!(
            (refused.refusal(), refused.fields()),
            ((400, "data-refused"), vec!["/data/village"])
        );
        let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(desk.update(unknown, 1, amina("K")).await.refusal(), (404, "record-unknown"));
        let path = format!("/registry/records/{record}/delete");
        let silent = desk.clerk(Method::POST, &path, &json!({ "expected_revision": 1 })).await;
        assert_eq!((silent.refusal(), silent.fields()), ((400, "invalid-body"), vec!["reason"]));
        let body = json!({ "data": amina("K"), "reason": "r", "expected_revision": 1 });
        let path = format!("/registry/records/{record}");
        let keyless = desk.ask(&["registry-clerk"], Method::PUT, &path, &[], &body).await;
        assert_eq!(keyless.fields(), ["Idempotency-Key"]);
        assert_eq!(rows(&desk).await, before);
        let kept = desk.call(&benefits(MOTHER), "/registry/records").await.good();
        assert_eq!(kept["data"], amina("Kisima"));
    })
    .await;
}

#[tokio::test]
async fn a_register_that_cannot_be_accepted_is_refused_whole() {
    on_each_engine(async |store| {
        let desk = Desk::bare(store).await;
        let with = |path: &[&str], value: Value| {
            let mut body = residents();
            let place = path.iter().fold(&mut body, |at, key| &mut at[*key]);
            *place = value;
            body
        };
        let body = (400, "invalid-body");
        let cases: Vec<Case> = vec![
            (with(&["code"], json!("Residents")), body, &["code"]),
            (with(&["about"], json!("dog")), body, &["about"]),
            (with(&["names", "fr"], json!("")), (400, "invalid-field"), &["names.fr"]),
            (with(&["names", "de"], json!("x")), body, &["names.de"]),
            (with(&["owner"], json!("")), (400, "invalid-field"), &["owner"]),
            (with(&["schema"], json!({})), (400, "schema-refused"), &["/schema/type", "/schema"]),
            (
                with(&["schema", "properties", "name", "maxLenght"], json!(3)),
                (400, "schema-refused"),
                &["/schema/properties/name/maxLenght"],
            ),
            (
                with(&["schema", "properties", "name", "pattern"], json!("(")),
                (400, "schema-refused"),
                &["/schema/properties/name/pattern"],
            ),
        ];
        for (ask, refusal, fields) in cases {
            let answer = desk.steward(Method::POST, "/registry/registers", &ask).await;
            assert_eq!(
                (answer.refusal(), answer.fields().as_slice()),
                (refusal, fields),
                "{answer:?}"
            );
        }
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM register").await, 0);
        assert_eq!(desk.count("SELECT COUNT(*) AS n FROM schema_version").await, 0);
    })
    .await;
}

#[tokio::test]
async fn addresses_that_name_nothing_or_cannot_be_read_say_so() {
    on_each_engine(async |store| {
        let desk = Desk::open(store).await;
        let steward = "registry-steward";
        let clerk = "registry-clerk";
        for (role, method, path, refusal) in [
            (steward, Method::GET, "/registry/registers/nobody", (404, "register-unknown")),
            (steward, Method::GET, "/registry/registers/No", (400, "invalid-path")),
            (
                steward,
                Method::GET,
                "/registry/registers/residents/versions/2",
                (404, "version-unknown"),
            ),
            (
                steward,
                Method::GET,
                "/registry/registers/residents/versions/x",
                (400, "invalid-path"),
            ),
            (
                steward,
                Method::POST,
                "/registry/registers/residents/versions/2/publish",
                (404, "version-unknown"),
            ),
            (clerk, Method::GET, "/registry/records/7", (400, "invalid-path")),
        ] {
            let answer = desk.ask(&[role], method, path, &[], &json!({})).await;
            assert_eq!(answer.refusal(), refusal, "{path}");
        }
        for query in ["?as_of=yesterday", "?as_of=2026-03-14", "?asof=2026-03-14T08:00:00Z"] {
            let answer = desk.call(&benefits(MOTHER), &format!("/registry/records{query}")).await;
            assert_eq!(answer.refusal(), (400, "invalid-query"), "{query}");
        }
        let mut nobody = benefits(MOTHER);
        nobody.subject = None;
        for path in ["/registry/records", "/registry/read-log"] {
            assert_eq!(
                desk.call(&nobody, path).await.refusal(),
                (400, "subject-missing"),
                "{path}"
            );
        }
    })
    .await;
}
