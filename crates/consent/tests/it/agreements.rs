//! Agreements: the officer's API, and what residents see of it.

use crate::app::App;
use serde_json::{Value, json};
use testkit::on_each_engine;

const OFFICER: &str = "consent-officer";

#[tokio::test]
async fn an_agreement_is_created_changed_published_and_terminated() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let created =
            app.by(OFFICER, "POST", "/consent/agreements", Some(&App::clinics_agreement())).await;
        assert_eq!(created.status, 201, "{}", created.text);
        let path = created.header("location").to_owned();
        assert_eq!(created.json()["state"], "draft");
        assert_eq!(created.json()["number"], 1);

        let mut changed = App::clinics_agreement();
        changed["version"] = json!("2");
        let updated = app.by(OFFICER, "PUT", &path, Some(&changed)).await.json();
        assert_eq!((&updated["number"], &updated["state"]), (&json!(2), &json!("draft")));

        let published = app.by(OFFICER, "POST", &format!("{path}/publish"), None).await.json();
        assert_eq!(
            (&published["state"], &published["published"]),
            (&json!("published"), &updated["revision"])
        );

        let listed = app.by(OFFICER, "GET", "/consent/agreements?limit=1", None).await.json();
        assert_eq!(listed.as_array().map(Vec::len), Some(1));
        assert_eq!(listed[0], app.by(OFFICER, "GET", &path, None).await.json());

        let ended = app.by(OFFICER, "POST", &format!("{path}/terminate"), None).await.json();
        assert_eq!((&ended["state"], &ended["number"]), (&json!("terminated"), &json!(3)));
        for (method, path, body) in [
            ("POST", format!("{path}/publish"), None),
            ("POST", format!("{path}/terminate"), None),
            ("PUT", path.clone(), Some(App::clinics_agreement())),
        ] {
            let answer = app.by(OFFICER, method, &path, body.as_ref()).await;
            assert_eq!(
                (answer.status, slug(&answer.json())),
                (409, "agreement-terminated".to_owned())
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_field_that_cannot_be_accepted_is_named() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let table: [(&str, Value, &str); 9] = [
            ("/purpose", json!(""), "purpose"),
            ("/version", json!(1), "version"),
            ("/lawful_basis", json!("whim"), "lawful_basis"),
            ("/controller/url", json!("javascript:alert(1)"), "controller.url"),
            ("/scope/clients", json!([]), "scope.clients"),
            ("/scope/service", json!("TB/GOV"), "scope.service"),
            ("/valid_days", json!(0), "valid_days"),
            ("/valid_days", json!(-1), "valid_days"),
            ("/attributes/0/name", json!("a\u{7}b"), "attributes.name"),
        ];
        for (place, value, field) in table {
            let mut agreement = App::clinics_agreement();
            *agreement.pointer_mut(place).expect("a member") = value;
            let answer = app.by(OFFICER, "POST", "/consent/agreements", Some(&agreement)).await;
            assert_eq!(answer.status, 400, "{place}: {}", answer.text);
            assert_eq!(answer.json()["errors"][0]["field"], field, "{}", answer.text);
        }
        let mut unknown = App::clinics_agreement();
        unknown["colour"] = json!("red");
        let answer = app.by(OFFICER, "POST", "/consent/agreements", Some(&unknown)).await;
        assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (400, &json!("colour")));
        assert!(
            app.texts("SELECT state FROM data_agreement").await.is_empty(),
            "nothing is half-written"
        );
        assert!(app.texts("SELECT snapshot FROM revision").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_code_is_given_once_and_to_one_agreement() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let mut agreement = App::clinics_agreement();
        agreement["code"] = json!("c1");
        let first = app.by(OFFICER, "POST", "/consent/agreements", Some(&agreement)).await;
        assert_eq!(first.status, 201);
        let second = app.by(OFFICER, "POST", "/consent/agreements", Some(&agreement)).await;
        assert_eq!((second.status, slug(&second.json())), (409, "code-taken".to_owned()));
        let by_code = app.by(OFFICER, "GET", "/consent/agreements/c1", None).await;
        assert_eq!(by_code.json()["id"], first.json()["id"]);
        let again = app.by(OFFICER, "PUT", "/consent/agreements/c1", Some(&agreement)).await;
        assert_eq!((again.status, &again.json()["errors"][0]["field"]), (400, &json!("code")));
    })
    .await;
}

#[tokio::test]
async fn a_path_that_names_nothing_is_400_and_a_name_nothing_has_is_404() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        for (name, status, wanted) in [
            ("invalid_id", 400, "bad-reference"),
            ("123!%40%23", 400, "bad-reference"),
            ("c0ffee", 404, "agreement-unknown"),
            ("01890a5d-ac96-774b-bcce-b302099a8057", 404, "agreement-unknown"),
        ] {
            let answer = app.by(OFFICER, "GET", &format!("/consent/agreements/{name}"), None).await;
            assert_eq!(
                (answer.status, slug(&answer.json())),
                (status, wanted.to_owned()),
                "{name}"
            );
        }
        let page = app.by(OFFICER, "GET", "/consent/agreements?limit=501", None).await;
        assert_eq!((page.status, &page.json()["errors"][0]["field"]), (400, &json!("limit")));
    })
    .await;
}

#[tokio::test]
async fn a_resident_sees_what_is_published_and_nothing_before() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let person = app.person();
        let created = app
            .by(OFFICER, "POST", "/consent/agreements", Some(&App::clinics_agreement()))
            .await
            .json();
        let mine = app.client.agreements(app.as_person(person), "sw").await.expect("a list");
        assert!(mine.is_empty(), "a draft is nobody's business");

        app.publish(created["id"].as_str().expect("an id")).await;
        let mine = app.client.agreements(app.as_person(person), "sw").await.expect("a list");
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].title, "Ili kliniki imtibu mtu sahihi");
        assert_eq!(mine[0].fields, ["name", "birth_date"]);
        assert_eq!(mine[0].controller.as_deref(), Some("Lakeside Clinic"));
        assert_eq!((mine[0].offered, mine[0].given, mine[0].answer.is_none()), (true, false, true));
        let mine = app.client.agreements(app.as_person(person), "fr").await.expect("a list");
        assert_eq!(mine[0].title, "So that the clinic treats the right person");
    })
    .await;
}

pub fn slug(problem: &Value) -> String {
    let kind = problem["type"].as_str().unwrap_or_default();
    kind.trim_start_matches("urn:msingi:problem:").to_owned()
}
