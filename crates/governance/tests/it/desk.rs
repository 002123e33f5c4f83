//! The officers' pages, as a browser has them.

use crate::app::{App, complaint, person};
use contracts::governance::GrievanceStatus;
use testkit::on_each_engine;

#[tokio::test]
async fn an_officer_takes_up_and_answers_on_the_desk() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let empty = app.page("c-1", "/desk/grievances").await;
        assert!(
            empty.status == 200 && empty.text.contains("No complaint is open"),
            "{}",
            empty.text
        );
        let ask = complaint(7, "I know <nobody> there.\nWhy did they look?");
        app.lodge(person(1), &ask).await.expect("lodged");
        let queue = app.page("c-1", "/desk/grievances").await;
        assert!(queue.text.contains("/desk/grievances/G-2026-000001"));
        assert!(!queue.text.contains("nobody"), "a queue shows no words");

        let path = "/desk/grievances/G-2026-000001";
        let shown = app.page("c-1", path).await;
        for text in [
            "I know &lt;nobody&gt; there.",
            "Why did they look?",
            "b-9",
            "CB-2026-17",
            "Take it up",
        ] {
            assert!(shown.text.contains(text), "{text}: {}", shown.text);
        }
        assert_eq!(app.read_log(person(1)).await.len(), 1);
        let taken = app.submit("c-1", &shown, &format!("{path}/take-up"), "").await;
        assert_eq!((taken.status, taken.location.as_str()), (303, path));
        let other = app.page("c-2", path).await;
        assert!(
            other.text.contains("Officer c-1 looks into it")
                && !other.text.contains("Send the answer")
        );

        let shown = app.page("c-1", path).await;
        let wrong = app.submit("c-1", &shown, &format!("{path}/answer"), "answer=").await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("Write an answer of 1 to 2,000 characters"));
        let sent = app
            .submit("c-1", &shown, &format!("{path}/answer"), "answer=The+officer+was+warned.")
            .await;
        assert_eq!((sent.status, sent.location.as_str()), (303, path));
        assert!(app.page("c-1", path).await.text.contains("The officer was warned."));
        assert_eq!(app.list(person(1)).await[0].status, GrievanceStatus::Answered);
        assert_eq!(app.page("c-1", "/desk/grievances/G-2026-000009").await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn forms_of_strangers_change_nothing() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        app.lodge(person(1), &complaint(7, "Why?")).await.expect("lodged");
        let path = "/desk/grievances/G-2026-000001";
        let shown_to_another = app.page("c-2", path).await;
        let forged = app.submit("c-1", &shown_to_another, &format!("{path}/take-up"), "").await;
        assert_eq!(forged.status, 403);
        let nobody = app.page_for_nobody(path).await;
        assert_eq!(nobody.status, 303);
        assert!(nobody.location.starts_with("/desk/sign-in"), "{}", nobody.location);
        assert_eq!(app.list(person(1)).await[0].status, GrievanceStatus::Lodged);
    })
    .await;
}
