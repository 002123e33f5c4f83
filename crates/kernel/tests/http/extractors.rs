//! Bad input is refused with a problem that names the field and never repeats the value.

use crate::{get, post, send};
use axum::Router;
use axum::routing;
use basis::Id;
use http::StatusCode;
use kernel::http::{Created, Form, Json, Path, Query};
use kernel::problem::with_fallbacks;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Birth {
    name: Name,
    weight: u32,
    #[serde(default)]
    parents: Vec<Name>,
    #[serde(default)]
    kind: Kind,
}

#[derive(Debug, Serialize, Deserialize)]
struct Name {
    full: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Single,
    Twin,
}

#[derive(Deserialize)]
struct Paging {
    page: Option<u32>,
}

fn router() -> Router {
    let router = Router::new()
        .route("/births", routing::post(async |Json(birth): Json<Birth>| Json(birth)))
        .route("/births", routing::get(async |Query(paging): Query<Paging>| Json(paging.page)))
        .route("/births/{id}", routing::get(async |Path(id): Path<Id>| Json(id)))
        .route("/pages/{number}/{text}", routing::get(async |Path(p): Path<(u8, String)>| Json(p)))
        .route("/forms", routing::post(async |Form(name): Form<Name>| name.full))
        .route(
            "/made",
            routing::post(async || Created { location: "/made/1".to_owned(), body: 1 }),
        );
    with_fallbacks(router)
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The slug, the field and the sentence of a refusal.
async fn refused(request: http::Request<axum::body::Body>) -> (String, String, String) {
    let answer = send(&router(), request).await;
    assert!(answer.status.is_client_error(), "{}", answer.body);
    assert!(!answer.body.contains("Secret"), "the value is repeated: {}", answer.body);
    let problem = answer.problem();
    let field = problem.errors.first().map(|error| error.field.clone()).unwrap_or_default();
    (problem.slug().to_owned(), field, problem.detail.unwrap_or_default())
}

#[tokio::test]
async fn a_good_body_passes() {
    let body = r#"{"name":{"full":"Amina \\u0000"},"weight":3100,"kind":"twin"}"#;
    let answer = send(&router(), post("/births", JSON, body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.json()["weight"], 3100);
    let kind = "application/merge+json; charset=utf-8";
    assert_eq!(send(&router(), post("/births", kind, body)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_bad_body_names_the_field_and_not_the_value() {
    let cases = [
        (r#"{"weight":1}"#, "name", "`name` is missing: send it."),
        (r#"{"name":{},"weight":1}"#, "name.full", "`name.full` is missing: send it."),
        (
            r#"{"name":{"full":"A"},"weight":"Secret, expected nothing"}"#,
            "weight",
            "`weight` has the wrong type: expected u32.",
        ),
        (
            r#"{"name":{"full":"A"},"weight":-1}"#,
            "weight",
            "`weight` has a value that is not allowed: expected u32.",
        ),
        (
            r#"{"name":{"full":"A"},"weight":1,"parents":[{"full":"B"},{"full":["Secret"]}]}"#,
            "parents[1].full",
            "`parents[1].full` has the wrong type: expected a string.",
        ),
        (
            r#"{"name":{"full":"A"},"weight":1,"colour":"Secret"}"#,
            "colour",
            "`colour` is not known here: expected one of `name`, `weight`, `parents`, `kind`.",
        ),
        (
            r#"{"name":{"full":"A"},"weight":1,"kind":"Secret"}"#,
            "kind",
            "`kind` is not one of the allowed values: expected `single` or `twin`.",
        ),
        (
            r#"{"name":{"full":"A"},"weight":1,"weight":2}"#,
            "weight",
            "`weight` appears twice: send it once.",
        ),
        ("[]", "", "It has the wrong length: expected struct Birth with 4 elements."),
        (
            r#"{"name":{"full":"A\u0000"},"weight":1}"#,
            "",
            "It holds the character U+0000: leave that character out.",
        ),
    ];
    for (body, field, detail) in cases {
        let found = refused(post("/births", JSON, body)).await;
        assert_eq!(found, ("invalid-body".into(), field.into(), detail.into()), "{body}");
    }
}

#[tokio::test]
async fn what_is_not_json_says_where() {
    let twice = r#"{"name":{"full":"A"},"weight":1} {}"#;
    for body in [twice, "", "{", "{\"name\":Secret}", "{} {}", "\u{feff}{}", "{\"name\":\"\u{1}\"}"]
    {
        let (slug, _, detail) = refused(post("/births", JSON, body)).await;
        assert_eq!(slug, "invalid-body", "{body}");
        assert!(!detail.is_empty(), "{body}");
    }
    let (_, _, detail) = refused(post("/births", JSON, "")).await;
    assert_eq!(detail, "The body is empty; send a JSON document.");
    let (slug, _, _) = refused(post("/births", JSON, &b"\"\xff\""[..])).await;
    assert_eq!(slug, "invalid-body");
    let (slug, _, detail) = refused(post("/births", "text/plain", "{}")).await;
    assert_eq!(slug, "unsupported-media-type");
    assert_eq!(detail, "Send the body with `Content-Type: application/json`.");
}

#[tokio::test]
async fn deep_nesting_is_refused_and_does_not_overflow() {
    let body = format!("{{\"name\":{}", "[".repeat(100_000));
    let (slug, _, _) = refused(post("/births", JSON, body)).await;
    assert_eq!(slug, "invalid-body");
}

#[tokio::test]
async fn queries_paths_and_forms_name_the_parameter() {
    let (slug, field, detail) = refused(get("/births?page=Secret")).await;
    assert_eq!((slug.as_str(), field.as_str()), ("invalid-query", "page"), "{detail}");
    let (slug, _, _) = refused(get("/births?page=1%00")).await;
    assert_eq!(slug, "invalid-query");
    let (slug, _, detail) = refused(get("/births/Secret")).await;
    assert_eq!(slug, "invalid-path", "{detail}");
    let (slug, _, _) = refused(get("/pages/1/%00")).await;
    assert_eq!(slug, "invalid-path");
    let (slug, field, detail) = refused(get("/pages/Secret/x")).await;
    assert_eq!((slug.as_str(), field.as_str()), ("invalid-path", "parameter 1"), "{detail}");
    let (slug, field, _) = refused(post("/forms", FORM, "half=Secret")).await;
    assert_eq!((slug.as_str(), field.as_str()), ("invalid-body", "full"));
    let (slug, _, _) = refused(post("/forms", JSON, "{}")).await;
    assert_eq!(slug, "unsupported-media-type");
    let answer = send(&router(), post("/forms", FORM, "full=Amina+%C3%89")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "Amina É"));
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems() {
    let answer = send(&router(), get("/nothing/here")).await;
    assert_eq!((answer.status, answer.problem().slug()), (StatusCode::NOT_FOUND, "unknown-route"));
    let answer = send(&router(), post("/births/x", JSON, "{}")).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.problem().slug(), "method-not-allowed");
    assert_eq!(answer.headers["allow"], "GET,HEAD");
}

#[tokio::test]
async fn what_was_made_says_where_it_is() {
    let answer = send(&router(), post("/made", JSON, "")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::CREATED, "1"));
    assert_eq!(answer.headers["location"], "/made/1");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_even_without_a_length() {
    let chunk = || Ok::<_, std::io::Error>(vec![b' '; 64 * 1024]);
    let chunks = futures_util::stream::iter((0..17).map(move |_| chunk()));
    let request = post("/births", JSON, axum::body::Body::from_stream(chunks));
    let answer = send(&router(), request).await;
    assert_eq!(
        (answer.status, answer.problem().slug()),
        (StatusCode::PAYLOAD_TOO_LARGE, "too-large")
    );
    let (_, _, detail) = refused(post("/births", JSON, vec![b' '; 1024 * 1024 + 1])).await;
    assert_eq!(detail, "Send at most 1048576 bytes.");
}
