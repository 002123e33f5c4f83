//! The public register of agreements.

use crate::app::App;
use testkit::on_each_engine;

#[tokio::test]
async fn anyone_can_read_who_gets_what_why_and_how_long() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let empty = app.server.send("GET", "/consent/register", &[], None).await;
        assert_eq!(empty.status, 200);
        assert!(empty.text.contains("No agreement is offered"), "{}", empty.text);

        let (agreement, _) = app.published(&App::clinics_agreement()).await;
        let swahili = [("accept-language", "sw")];
        let list = app.server.send("GET", "/consent/register", &swahili, None).await;
        assert!(list.text.contains("Ili kliniki imtibu mtu sahihi"), "{}", list.text);
        let path = format!("/consent/register/{agreement}");
        assert!(list.text.contains(&path));

        let detail = app.server.send("GET", &path, &[], None).await;
        for shown in
            ["Lakeside Clinic", "TB/COM/LAKESIDE/patients", "birth_date", "365 days", "DPIA 2026/7"]
        {
            assert!(detail.text.contains(shown), "{shown} is missing: {}", detail.text);
        }
        assert!(!detail.text.contains("<script"));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_offered_is_not_there() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let created = app
            .by("consent-officer", "POST", "/consent/agreements", Some(&App::clinics_agreement()))
            .await;
        let draft = format!("/consent/register/{}", created.json()["id"].as_str().expect("an id"));
        for path in [draft.as_str(), "/consent/register/c0ffee", "/consent/register/no_such_thing"]
        {
            let answer = app.server.send("GET", path, &[], None).await;
            assert_eq!(answer.status, 404, "{path}");
            assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        }
    })
    .await;
}
