//! The treasury's pages.

use crate::TREASURY;
use crate::programme::Programme;
use axum::body::Body;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use testkit::on_each_engine;
use tower::ServiceExt;

struct Page {
    status: StatusCode,
    headers: http::HeaderMap,
    text: String,
}

async fn send(msp: &Programme, request: Request<Body>) -> Page {
    let response = msp.desk.router.clone().oneshot(request).await.expect("routers do not fail");
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.expect("a body in memory").to_bytes();
    Page { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

async fn get_in(msp: &Programme, session: &str, path: &str) -> Page {
    let request = Request::get(path).header("cookie", format!("desk={session}"));
    send(msp, request.body(Body::empty()).expect("a request")).await
}

async fn get(msp: &Programme, role: &str, path: &str) -> Page {
    get_in(msp, &msp.desk.session(TREASURY, &[role]), path).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officers_of_the_treasury_see_batches_and_have_the_books_compared() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        let empty = get(&msp, "treasurer", "/desk/payments").await;
        assert!(empty.text.contains("No batch yet"), "{}", empty.text);
        msp.register_many(3).await;
        let id = msp.order(1, &msp.instructions(1, 3)).await;
        msp.work().await;
        let list = get(&msp, "treasurer", "/desk/payments").await;
        assert!(list.text.contains(&format!("/desk/payments/{id}")), "{}", list.text);
        let shown = get(&msp, "treasury-auditor", &format!("/desk/payments/{id}")).await;
        assert_eq!(shown.status, StatusCode::OK);
        for said in ["Child benefit, March 2026", "GOV/MSP/b-1", "GOV/MSP/b-2", "Done"] {
            assert!(shown.text.contains(said), "{said}: {}", shown.text);
        }
        let missing = get(&msp, "treasurer", "/desk/payments/none").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);

        store.time.advance_seconds(1);
        let session = msp.desk.session(TREASURY, &["treasurer"]);
        let before = get_in(&msp, &session, "/desk/reconciliation").await;
        assert!(before.text.contains("Payments are under way"), "{}", before.text);
        let cookies = before.headers.get_all(header::SET_COOKIE).iter();
        let mut cookies = cookies.map(|value| value.to_str().expect("is text").to_owned());
        let form = cookies.find(|line| line.starts_with("payments-form=")).expect("a form");
        let token = form.split(['=', ';']).nth(1).expect("a value").to_owned();
        let cookie = format!("payments-form={token}");
        let post = |token: &str| {
            Request::post("/desk/reconciliation")
                .header("cookie", format!("desk={session}; {cookie}"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from(format!("csrf={token}")))
                .expect("a request")
        };
        assert_eq!(send(&msp, post("none")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(send(&msp, post(&token)).await.status, StatusCode::SEE_OTHER);
        let after = get(&msp, "treasurer", "/desk/reconciliation").await;
        assert!(after.text.contains("All three books match"), "{}", after.text);
    })
    .await;
}

#[tokio::test]
async fn others_are_sent_to_sign_in_or_refused() {
    on_each_engine(async |store| {
        let msp = Programme::open(store).await;
        for path in ["/desk/payments", "/desk/reconciliation"] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let away = send(&msp, request).await;
            assert_eq!(away.status, StatusCode::SEE_OTHER);
            let place = away.headers[header::LOCATION].to_str().expect("is text");
            assert!(place.starts_with("/desk/sign-in?next="), "{place}");
            assert_eq!(get(&msp, "registrar", path).await.status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}
