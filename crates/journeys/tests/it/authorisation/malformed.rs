//! What cannot be read is refused by every route that reads something, and nothing falls over.

use super::TABLE;
use super::attempt::{Answer, Attempt, ID};
use super::cast::Cast;
use super::table::{self, Row, Who};
use crate::country::{Country, Engine};
use msingi::demo::Layout;
use serde_json::Value;

/// Routes that are asked by their path alone and look at no body.
const WITHOUT_BODY: [&str; 15] = [
    "POST /civil/post/hand-in",
    "POST /exchange/v1/agreements/{id}/suspend",
    "POST /exchange/v1/agreements/{id}/resume",
    "POST /identity/reconciliation",
    "POST /consent/agreements/{agreement}/publish",
    "POST /consent/agreements/{agreement}/terminate",
    "POST /govstack/consent/service/individual/record/data-agreement/{dataAgreementId}/",
    "POST /registry/registers/{register}/versions/{version}/publish",
    "POST /witness/checks",
    "POST /registration/cases/{id}/take",
    "POST /registration/cases/{id}/approve",
    "POST /registration/runs/{id}/approve",
    "POST /registration/runs/{id}/resend",
    "POST /governance/v1/grievances/{number}/take-up",
    "POST /payments/reconciliation",
];

/// Half an object, wrong types, a member that is not ours, bytes that are no text.
const BODIES: [&[u8]; 5] = [b"{", b"[]", b"\"x\"", b"{\"nonsense\": 1}", b"{\"\xff\xfe\": 1}"];

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_refused_by_every_route() {
    let country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    let told = country.tell().await;
    let rows = table::read(TABLE);
    let cast = Cast::assemble(&country, &told, &rows).await;
    let (mut bodies, mut ids) = (0, 0);
    for row in &rows {
        let Some((member, role)) = allowed(row) else { continue };
        let token = cast.token(member, &[role]).await;
        if matches!(row.method, "POST" | "PUT") && !WITHOUT_BODY.contains(&row.name().as_str()) {
            bodies += 1;
            for body in BODIES {
                let answer = cast.send(Attempt::of(row).bearer(&token).raw(body)).await;
                assert_eq!(answer.status, 400, "{} of {body:?}: {answer}", row.name());
                says_what(row, &answer);
            }
        }
        let mut attempt = Attempt::of(row).bearer(&token);
        if attempt.path.contains(ID) {
            ids += 1;
            attempt.path = attempt.path.replace(ID, "not-an-id");
            let answer = cast.send(attempt).await;
            assert!(matches!(answer.status, 400 | 404), "{}: {answer}", row.name());
            says_what(row, &answer);
        }
    }
    assert!(bodies > 30 && ids > 30, "{bodies} routes with bodies and {ids} with ids were tried");
    country.forget().await;
}

/// Who may send the request, so that it is read.
fn allowed(row: &Row) -> Option<(&'static str, &'static str)> {
    match &row.who[0] {
        Who::Officer { member, roles } => Some((member, roles[0])),
        Who::Hosted { roles, .. } => Some(("GOV/NIA", roles[0])),
        _ => None,
    }
}

/// Ours is a problem document, GovStack's paths have their own form.
fn says_what(row: &Row, answer: &Answer) {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let text = match row.path.starts_with("/govstack/") {
        true => &body["errorDescription"],
        false => &body["title"],
    };
    assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{}: {answer}", row.name());
}
