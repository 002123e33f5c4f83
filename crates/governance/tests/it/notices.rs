//! The person is told that their complaint is answered.

use crate::app::{App, MESSAGES, complaint, person, post};
use serde_json::json;
use testkit::on_each_engine;

async fn answered(app: &App) {
    app.lodge(person(1), &complaint(7, "Why?")).await.expect("lodged");
    let path = "/governance/v1/grievances/G-2026-000001";
    app.commissioner("c-1", post(&format!("{path}/take-up"), json!({}))).await;
    let answer = post(&format!("{path}/answer"), json!({ "answer": "So." }));
    assert_eq!(app.commissioner("c-1", answer).await.status, 200);
}

#[tokio::test]
async fn an_answer_is_told_once_in_the_persons_language() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        app.run("send_notices").await;
        answered(&app).await;
        app.run("send_notices").await;
        app.run("send_notices").await;
        let sent = app.post.0.lock().expect("messages").clone();
        assert_eq!(sent.len(), 1);
        let (ctx, message) = &sent[0];
        assert_eq!(
            (message.template.as_str(), message.language.as_deref()),
            ("grievance-answered", Some("sw"))
        );
        assert_eq!(message.values["number"], "G-2026-000001");
        assert_eq!(ctx.subject, Some(person(1)));
        assert_eq!(
            (ctx.purpose.as_str(), ctx.basis.to_string().as_str()),
            ("grievance-notice", "law:Data Protection Act, s.12")
        );
        let ids = app.rows("SELECT grievance FROM notice").await;
        assert_ne!(ids[0].get::<basis::Id>("grievance").expect("an id"), message.id);
    })
    .await;
}

#[tokio::test]
async fn while_messages_cannot_be_sent_the_step_waits_and_keeps_its_id() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let service = MESSAGES.parse().expect("a service");
        app.wire.cut(&service);
        answered(&app).await;
        app.run("send_notices").await;
        let calls =
            |app: &App| app.wire.calls().iter().filter(|ctx| ctx.service == service).count();
        assert_eq!(calls(&app), 1);
        app.run("send_notices").await;
        assert_eq!(calls(&app), 1, "not before its time");
        store.time.advance_seconds(2);
        app.run("send_notices").await;
        assert_eq!(calls(&app), 2);
        app.connect_messaging();
        store.time.advance_seconds(3_600);
        app.run("send_notices").await;
        app.run("send_notices").await;
        assert_eq!(app.post.0.lock().expect("messages").len(), 1);
        assert_eq!(app.rows("SELECT grievance FROM notice WHERE sent IS NULL").await.len(), 0);
        let told =
            app.rows("SELECT id FROM audit WHERE event = 'governance.grievance.noticed'").await;
        assert_eq!(told.len(), 1);
    })
    .await;
}
