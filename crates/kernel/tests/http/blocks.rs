//! What can be read from a block without running it.

use crate::{get, send};
use http::StatusCode;
use kernel::auth::OwnerMember;
use kernel::block::{Block, component_routes};
use kernel::http::{Json, Path};
use kernel::pages::Pages;
use kernel::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Serialize, ToSchema)]
struct Birth {
    id: u32,
}

/// One birth.
#[utoipa::path(get, path = "/civil/births/{id}", params(("id" = u32, Path)),
    responses((status = 200, body = Birth), Problem), security(("officer" = [])))]
async fn find_birth(Path(id): Path<u32>) -> Result<Json<Birth>, Problem> {
    match id {
        0 => Err(Problem::not_found("No birth has this number.")),
        id => Ok(Json(Birth { id })),
    }
}

/// Registers a birth.
#[utoipa::path(post, path = "/civil/births", responses((status = 200, body = Birth), Problem))]
async fn register_birth() -> Json<Birth> {
    Json(Birth { id: 1 })
}

/// All births.
#[utoipa::path(get, path = "/civil/births", responses((status = 200, body = [Birth]), Problem))]
async fn list_births() -> Json<Vec<Birth>> {
    Json(Vec::new())
}

fn block() -> Block {
    let api = OpenApiRouter::new()
        .routes(routes!(find_birth))
        .routes(routes!(register_birth, list_births));
    Block {
        govstack: Some(("bb-digital-registries", "1.2.3")),
        api,
        pages: Pages::new().get("/civil/desk", async || "desk"),
        ..Block::new("civil", "Civil registration")
    }
}

#[test]
fn every_route_is_listed() {
    let routes: Vec<String> =
        block().routes().iter().map(|(method, path)| format!("{method} {path}")).collect();
    let expected =
        ["GET /civil/births", "POST /civil/births", "GET /civil/births/{id}", "GET /civil/desk"];
    assert_eq!(routes, expected);
}

#[test]
fn the_document_holds_problems_and_the_officers_scheme() {
    let api = serde_json::to_value(block().openapi()).expect("JSON");
    assert_eq!(api["openapi"], "3.1.0");
    assert_eq!(api["info"]["title"], "Civil registration");
    let operation = &api["paths"]["/civil/births/{id}"]["get"];
    let content = &operation["responses"]["default"]["content"]["application/problem+json"];
    assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem");
    assert_eq!(
        operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/Birth"
    );
    assert_eq!(operation["security"][0]["officer"], serde_json::json!([]));
    let components = &api["components"];
    assert_eq!(components["securitySchemes"]["officer"]["scheme"], "bearer");
    let problem = &components["schemas"]["Problem"];
    assert_eq!(problem["properties"]["errors"]["items"]["$ref"], "#/components/schemas/FieldError");
    assert!(components["schemas"]["FieldError"]["properties"]["remedy"].is_object());
}

#[tokio::test]
async fn a_block_answers_on_its_api_and_its_pages() {
    let router = block().into_router(OwnerMember::new("GOV/CRO"));
    assert_eq!(send(&router, get("/civil/births/7")).await.body, r#"{"id":7}"#);
    assert_eq!(send(&router, get("/civil/desk")).await.body, "desk");
    let answer = send(&router, get("/civil/births/0")).await;
    assert_eq!((answer.status, answer.problem().slug()), (StatusCode::NOT_FOUND, "not-found"));
}

#[tokio::test]
async fn components_say_what_they_are() {
    let (owner, block) = (OwnerMember::new("GOV/CRO"), block());
    let component = block.component(&owner, Some("Births Act s. 12".to_owned()));
    let pages = component_routes(vec![(component, block.openapi())]);
    assert_eq!(pages.routes().len(), 2);
    let router = pages.into_router();
    let list = send(&router, get("/.well-known/dpi-component")).await.json();
    let component = &list["components"][0];
    assert_eq!(component["id"], "civil");
    assert_eq!(component["building_block"], "bb-digital-registries");
    assert_eq!(component["operator"], "GOV/CRO");
    assert_eq!(component["mandate"], "Births Act s. 12");
    let path = component["openapi"].as_str().expect("a path");
    assert_eq!(send(&router, get(path)).await.json()["info"]["title"], "Civil registration");
}
