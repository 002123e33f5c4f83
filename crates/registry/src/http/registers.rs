//! Registers and their schemas, for officers.

use super::headers::repeatable;
use super::{Registry, actor};
use crate::model::compatibility::Report;
use crate::model::register::{About, Names, Register, RegisterCode};
use crate::permissions::{ManageSchemas, ReadSchemas};
use crate::service::{Draft, NewRegister, VersionView};
use axum::extract::State;
use basis::Timestamp;
use http::HeaderMap;
use kernel::auth::Officer;
use kernel::http::{Created, Json, Path};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A register to be created.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterIn {
    /// 1 to 63 of a-z 0-9 -, beginning with a letter; never changes.
    #[schema(value_type = String, example = "residents")]
    code: RegisterCode,
    /// What its records are about; never changes.
    about: About,
    /// What it is called.
    names: Names,
    /// The office that answers for it.
    #[schema(example = "Registry of residents, National Identity Authority")]
    owner: String,
    /// JSON Schema, draft 2020-12, of its records: the draft of version 1.
    #[schema(value_type = Object)]
    schema: Value,
}

/// A register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisterOut {
    /// Its code.
    #[schema(value_type = String, example = "residents")]
    code: RegisterCode,
    /// What its records are about.
    about: About,
    /// What it is called.
    names: Names,
    /// The office that answers for it.
    owner: String,
    /// The schema version that writes follow; none while there is a draft only.
    published: Option<i64>,
    /// Since when it exists.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
}

/// The draft of a schema.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftIn {
    /// JSON Schema, draft 2020-12.
    #[schema(value_type = Object)]
    schema: Value,
}

/// A draft as saved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DraftOut {
    /// The version it becomes when published.
    version: i64,
    /// How it compares with the published version.
    compatibility: Report,
}

/// A version of a register's schema.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionOut {
    /// The register.
    #[schema(value_type = String, example = "residents")]
    register: RegisterCode,
    /// From 1.
    version: i64,
    /// When it was saved last.
    #[schema(value_type = String, format = DateTime)]
    saved: Timestamp,
    /// Since when it is published; absent for a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    published: Option<Timestamp>,
    /// JSON Schema, draft 2020-12.
    #[schema(value_type = Object)]
    schema: Value,
    /// How it compares with the version before it.
    compatibility: Report,
}

impl From<Register> for RegisterOut {
    fn from(register: Register) -> Self {
        let Register { code, about, names, owner, published, created } = register;
        Self { code, about, names, owner, published, created }
    }
}

impl From<VersionView> for VersionOut {
    fn from(view: VersionView) -> Self {
        let VersionView { register, version, schema, saved, published, compatibility } = view;
        Self { register: register.code, version, saved, published, schema, compatibility }
    }
}

/// Lists registers.
#[utoipa::path(get, path = "/registry/registers", security(("officer" = [])),
    responses((status = 200, body = Vec<RegisterOut>), Problem))]
pub async fn list_registers(
    State(registry): State<Registry>,
    _officer: Officer<ReadSchemas>,
) -> Result<Json<Vec<RegisterOut>>, Problem> {
    let registers = registry.registers().await?;
    Ok(Json(registers.into_iter().map(Into::into).collect()))
}

/// Creates a register with the draft of its schema.
#[utoipa::path(post, path = "/registry/registers", security(("officer" = [])),
    request_body = RegisterIn,
    params(("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters")),
    responses((status = 201, body = DraftOut), Problem))]
pub async fn create_register(
    State(registry): State<Registry>,
    officer: Officer<ManageSchemas>,
    headers: HeaderMap,
    Json(ask): Json<RegisterIn>,
) -> Result<Created<DraftOut>, Problem> {
    let actor = actor(officer);
    let request = repeatable(&headers, &actor.name, "create_register", &(), &ask)?;
    let location = format!("/registry/registers/{}", ask.code);
    let RegisterIn { code, about, names, owner, schema } = ask;
    let new = NewRegister { code, about, names, owner, schema };
    let version = registry.create_register(actor, new, Some(request)).await?;
    let body = DraftOut { version, compatibility: Report::default() };
    Ok(Created { location, body })
}

/// Shows a register.
#[utoipa::path(get, path = "/registry/registers/{register}", security(("officer" = [])),
    params(("register" = String, Path)),
    responses((status = 200, body = RegisterOut), Problem))]
pub async fn show_register(
    State(registry): State<Registry>,
    _officer: Officer<ReadSchemas>,
    Path(register): Path<RegisterCode>,
) -> Result<Json<RegisterOut>, Problem> {
    Ok(Json(registry.register(register).await?.into()))
}

/// Shows a version of a register's schema, the draft included.
#[utoipa::path(get, path = "/registry/registers/{register}/versions/{version}",
    security(("officer" = [])), params(("register" = String, Path), ("version" = i64, Path)),
    responses((status = 200, body = VersionOut), Problem))]
pub async fn show_version(
    State(registry): State<Registry>,
    _officer: Officer<ReadSchemas>,
    Path((register, version)): Path<(RegisterCode, i64)>,
) -> Result<Json<VersionOut>, Problem> {
    Ok(Json(registry.version(register, version).await?.into()))
}

/// Saves the draft of the next version and reports how it compares with the published one.
#[utoipa::path(put, path = "/registry/registers/{register}/draft", security(("officer" = [])),
    request_body = DraftIn, params(("register" = String, Path)),
    responses((status = 200, body = DraftOut), Problem))]
pub async fn save_draft(
    State(registry): State<Registry>,
    officer: Officer<ManageSchemas>,
    Path(register): Path<RegisterCode>,
    Json(ask): Json<DraftIn>,
) -> Result<Json<DraftOut>, Problem> {
    let Draft { version, compatibility } =
        registry.save_draft(actor(officer), register, ask.schema).await?;
    Ok(Json(DraftOut { version, compatibility }))
}

/// Publishes the draft. Publishing a published version changes nothing.
#[utoipa::path(post, path = "/registry/registers/{register}/versions/{version}/publish",
    security(("officer" = [])), params(("register" = String, Path), ("version" = i64, Path)),
    responses((status = 200, body = VersionOut), Problem))]
pub async fn publish_version(
    State(registry): State<Registry>,
    officer: Officer<ManageSchemas>,
    Path((register, version)): Path<(RegisterCode, i64)>,
) -> Result<Json<VersionOut>, Problem> {
    Ok(Json(registry.publish_version(actor(officer), register, version).await?.into()))
}
