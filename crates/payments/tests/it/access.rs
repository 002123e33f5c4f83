//! Who may do what.

use crate::{Desk, TREASURY, transfer};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use std::sync::Arc;
use testkit::Store;

fn request(method: &Method, path: &str, token: Option<&str>) -> Request<Body> {
    let path = path.replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057");
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("idempotency-key", "01890a5d-ac96-774b-bcce-b302099a8057");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::from("{}")).expect("a request")
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_the_exchange() {
    let store = Store::sqlite();
    let desk = Desk::open(&store).await;
    let routes =
        payments::block(&desk.ctx, crate::deps(Arc::default())).expect("is whole").routes();
    assert_eq!(routes.len(), 28, "{routes:?}");
    for (method, path) in routes {
        if path.starts_with("/desk/") {
            continue; // pages send to sign in: `desk.rs`
        }
        let answer = desk.send(request(&method, &path, None)).await;
        let slug =
            if path.starts_with("/payments/exchange/") { "exchange-only" } else { "unauthorized" };
        assert_eq!(
            (answer.status, answer.slug()),
            (StatusCode::UNAUTHORIZED, slug),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn an_officers_token_does_not_open_what_belongs_to_the_exchange() {
    let store = Store::sqlite();
    let desk = Desk::open(&store).await;
    let token = desk.token(TREASURY, &["treasurer", "treasury-auditor"]);
    for (method, path) in
        payments::block(&desk.ctx, crate::deps(Arc::default())).expect("is whole").routes()
    {
        if path.starts_with("/payments/exchange/") {
            let answer = desk.send(request(&method, &path, Some(&token))).await;
            assert_eq!(answer.slug(), "exchange-only", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn roles_and_members_are_held_apart() {
    let store = Store::sqlite();
    let desk = Desk::open(&store).await;
    let (post, get) = (Method::POST, Method::GET);
    #[rustfmt::skip]
    let table = [
        // member        role                method  path                        refused with, or let in
        (TREASURY,       "treasury-auditor", &post,  "/payments/accounts",       Some("wrong-role")),
        (TREASURY,       "treasury-auditor", &post,  "/payments/transfers",      Some("wrong-role")),
        (TREASURY,       "treasury-auditor", &get,   "/payments/trial-balance",  None),
        (TREASURY,       "treasury-auditor", &get,   "/payments/accounts/{id}",  None),
        (TREASURY,       "registrar",        &get,   "/payments/accounts/{id}",  Some("wrong-role")),
        (TREASURY,       "registrar",        &get,   "/payments/accounts/{id}/statement", Some("wrong-role")),
        (TREASURY,       "registrar",        &get,   "/payments/trial-balance",  Some("wrong-role")),
        ("GOV/MSP",      "treasurer",        &post,  "/payments/transfers",      Some("wrong-member")),
        ("GOV/MSP",      "treasurer",        &get,   "/payments/transfers/{id}", Some("wrong-member")),
        ("GOV/MSP",      "treasury-auditor", &get,   "/payments/trial-balance",  Some("wrong-member")),
        (TREASURY,       "treasurer",        &get,   "/payments/trial-balance",  None),
        (TREASURY,       "treasury-auditor", &get,   "/payments/batches",        None),
        (TREASURY,       "registrar",        &get,   "/payments/batches",        Some("wrong-role")),
        ("GOV/MSP",      "treasurer",        &get,   "/payments/batches/{id}",   Some("wrong-member")),
        (TREASURY,       "registrar",        &post,  "/payments/reconciliation", Some("wrong-role")),
        (TREASURY,       "treasury-auditor", &get,   "/payments/reconciliation", None),
    ];
    for (member, role, method, path, refused) in table {
        let token = desk.token(member, &[role]);
        let answer = desk.send(request(method, path, Some(&token))).await;
        match refused {
            Some(slug) => {
                let got = (answer.status, answer.slug());
                assert_eq!(got, (StatusCode::FORBIDDEN, slug), "{member} {role} {path}");
            }
            None => assert_ne!(answer.status, StatusCode::FORBIDDEN, "{member} {role} {path}"),
        }
    }
}

#[tokio::test]
async fn opening_an_account_is_audited_with_who_did_it() {
    let store = Store::sqlite();
    let desk = Desk::open(&store).await;
    let source = desk.account("source", TREASURY).await;
    let programme = desk.account("programme", "GOV/MSP").await;
    let key = desk.mint();
    desk.post("/payments/transfers", Some(key), &transfer(source, programme, "1.00")).await;
    let rows: Result<Vec<(String, String)>, kernel::db::DbError> = desk
        .ctx
        .db
        .read(|tx| {
            Box::pin(async move {
                let rows = tx.all("SELECT actor, object FROM audit ORDER BY id", &[]).await?;
                rows.iter().map(|row| Ok((row.get("actor")?, row.get("object")?))).collect()
            })
        })
        .await;
    let by = |id: basis::Id| ("officer:GOV/TREASURY/o-1".to_owned(), id.to_string());
    let rows = rows.expect("reads");
    assert_eq!(rows.len(), 2, "a transfer leaves no entry");
    assert!(rows.contains(&by(source)) && rows.contains(&by(programme)), "{rows:?}");
}
