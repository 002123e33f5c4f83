//! The desk's pages as an officer's browser sees them: read the queue, take a case, decide; open a run
//! and have a colleague approve it.

use crate::office::Office;
use axum::body::Body;
use http::{Request, header};
use testkit::on_each_engine;

/// A page as it came.
struct Seen {
    status: u16,
    location: String,
    text: String,
    /// The token for the page's forms.
    csrf: String,
}

async fn send(office: &Office, request: Request<Body>) -> Seen {
    let response = office.page(request).await;
    let (parts, body) = response.into_parts();
    let header = |name| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let text = String::from_utf8(bytes.to_vec()).expect("text");
    let csrf = text.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let csrf = csrf.unwrap_or_default().to_owned();
    Seen { status: parts.status.as_u16(), location: header(header::LOCATION), text, csrf }
}

/// An officer's browser.
struct Browser<'o> {
    office: &'o Office,
    session: String,
}

impl Browser<'_> {
    async fn get(&self, path: &str) -> Seen {
        let cookie = format!("desk={}; lang=en", self.session);
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty());
        send(self.office, request.expect("a request")).await
    }

    async fn post(&self, path: &str, csrf: &str, fields: &str) -> Seen {
        let cookie = format!("desk={}; registration-form={csrf}; lang=en", self.session);
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={csrf}&{fields}")));
        send(self.office, request.expect("a request")).await
    }
}

#[tokio::test]
async fn a_caseworker_takes_a_case_and_decides_it() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let id = office.submitted().await;
        let worker = Browser { office: &office, session: office.session("b-7", &["caseworker"]) };
        let queue = worker.get("/desk/cases").await;
        assert!(queue.text.contains("CB-2026-000001, Child benefit"), "{}", queue.text);
        let path = format!("/desk/cases/{id}");
        let closed = worker.get(&path).await;
        assert!(closed.text.contains("Take this case") && !closed.text.contains("Zawadi"));
        let taken = worker.post(&format!("{path}/take"), &closed.csrf, "").await;
        assert_eq!((taken.status, taken.location.as_str()), (303, path.as_str()));
        let case = worker.get(&path).await;
        for shown in ["Zawadi Tamba", "Register of residents", "20 January 2026", "Simu Money"] {
            assert!(case.text.contains(shown), "{shown}");
        }
        let colleague =
            Browser { office: &office, session: office.session("b-8", &["caseworker"]) };
        let theirs = colleague.get(&path).await;
        assert!(
            theirs.text.contains("Officer b-7 has taken it") && !theirs.text.contains("Zawadi")
        );

        let decide = format!("{path}/decide");
        let nothing = worker.post(&decide, &case.csrf, "").await;
        assert_eq!(nothing.status, 422);
        assert!(nothing.text.contains("Choose what you decide"));
        let mute = worker.post(&decide, &case.csrf, "decision=reject&remark=+").await;
        assert!(mute.status == 422 && mute.text.contains("Write what the applicant should know"));
        let done = worker.post(&decide, &case.csrf, "decision=approve").await;
        assert_eq!(done.status, 303);
        let after = worker.get(&path).await;
        assert!(
            after.text.contains("KES 1500.00 a month") && !after.text.contains("Your decision")
        );
        let forged = worker.post(&decide, "", "decision=approve").await;
        assert_eq!(forged.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_maker_opens_a_run_and_a_checker_approves_it() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        office.approved().await;
        office.registration.carry_out_steps().await.expect("runs");
        let both = ["benefit-maker", "benefit-checker"];
        let maker = Browser { office: &office, session: office.session("m-1", &both) };
        let runs = maker.get("/desk/runs").await;
        let wrong = maker.post("/desk/runs", &runs.csrf, "month=March").await;
        assert!(wrong.status == 422 && wrong.text.contains("Write the month as 2026-03"));
        let opened = maker.post("/desk/runs", &runs.csrf, "month=2026-03").await;
        assert_eq!(opened.status, 303, "{}", opened.text);
        office.registration.advance_runs().await.expect("runs");
        let own = maker.get(&opened.location).await;
        assert!(own.text.contains("Another officer must approve"), "{}", own.text);
        let approve = format!("{}/approve", opened.location);
        let refused = maker.post(&approve, &own.csrf, "").await;
        assert_eq!(refused.status, 409);
        let session = office.session("c-1", &["benefit-checker"]);
        let checker = Browser { office: &office, session };
        let shown = checker.get(&opened.location).await;
        assert!(shown.text.contains("KES 1,500.00") && shown.text.contains("Approve the run"));
        office.neighbours.look().no_funds = true;
        let poor = checker.post(&approve, &shown.csrf, "").await;
        assert_eq!(poor.status, 409);
        assert!(poor.text.contains("does not hold this sum"), "{}", poor.text);
        office.neighbours.look().no_funds = false;
        assert_eq!(checker.post(&approve, &shown.csrf, "").await.status, 303);
        assert!(checker.get(&opened.location).await.text.contains("Approved by"));
        let list = checker.get("/desk/runs").await;
        assert!(list.text.contains("March 2026") && !list.text.contains("Open a run"));
        let denied = checker.post("/desk/runs", &list.csrf, "month=2026-04").await;
        assert_eq!(denied.status, 403, "who checks does not make");
    })
    .await;
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_there_and_others_are_refused() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        for path in ["/desk/cases", "/desk/runs"] {
            let nobody = Browser { office: &office, session: String::new() }.get(path).await;
            assert_eq!(nobody.status, 303);
            assert!(nobody.location.starts_with("/desk/sign-in?next="), "{}", nobody.location);
            let session = office.session("x-1", &["registry-clerk"]);
            assert_eq!(Browser { office: &office, session }.get(path).await.status, 403, "{path}");
        }
    })
    .await;
}
