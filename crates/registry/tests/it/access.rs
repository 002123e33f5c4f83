//! Who may call what: every route of the block, tried by everyone who may not.

use crate::desk::Desk;
use http::{Method, Request};
use serde_json::json;
use testkit::Store;

const RECORD: &str = "/registry/records/01890a5d-ac96-774b-bcce-b302099a8057";
const STEWARD: &[&str] = &["registry-steward"];
const CLERK: &[&str] = &["registry-clerk"];
const SCHEMA_READERS: &[&str] = &["registry-steward", "registry-clerk", "auditor"];

#[tokio::test]
async fn each_officer_route_answers_its_roles_only() {
    let store = Store::sqlite();
    let desk = Desk::open(&store).await;
    let routes = [
        (Method::GET, "/registry/registers".to_owned(), SCHEMA_READERS),
        (Method::POST, "/registry/registers".to_owned(), STEWARD),
        (Method::GET, "/registry/registers/residents".to_owned(), SCHEMA_READERS),
        (Method::GET, "/registry/registers/residents/versions/1".to_owned(), SCHEMA_READERS),
        (Method::PUT, "/registry/registers/residents/draft".to_owned(), STEWARD),
        (Method::POST, "/registry/registers/residents/versions/1/publish".to_owned(), STEWARD),
        (Method::POST, "/registry/registers/residents/records".to_owned(), CLERK),
        (Method::POST, "/registry/registers/residents/records/import".to_owned(), STEWARD),
        (Method::POST, "/registry/registers/residents/records/find".to_owned(), CLERK),
        (Method::GET, RECORD.to_owned(), CLERK),
        (Method::PUT, RECORD.to_owned(), CLERK),
        (Method::POST, format!("{RECORD}/delete"), CLERK),
        (Method::GET, format!("{RECORD}/history"), CLERK),
    ];
    for (method, path, allowed) in &routes {
        for role in ["registry-steward", "registry-clerk", "auditor", "registrar"] {
            let answer = desk.ask(&[role], method.clone(), path, &[], &json!({})).await;
            let refused = answer.slug() == "wrong-role";
            assert_eq!(refused, !allowed.contains(&role), "{method} {path} {role}: {answer:?}");
        }
        let request = Request::builder().method(method).uri(path);
        let anonymous =
            desk.send(request.body(axum::body::Body::empty()).expect("a request")).await;
        assert_eq!(anonymous.refusal(), (401, "unauthorized"), "{method} {path}");
    }
    let exchange = [
        (Method::GET, "/registry/records"),
        (Method::GET, "/registry/read-log"),
        (Method::POST, "/registry/read-log/attempts"),
    ];
    for (method, path) in exchange.clone() {
        // An officer's token does not open what only the exchange may call.
        let answer = desk.ask(CLERK, method, path, &[], &json!({})).await;
        assert_eq!(answer.refusal(), (401, "exchange-only"), "{path}");
    }
    assert_eq!(desk.routes, routes.len() + exchange.len(), "a route is missing in this test");
}
