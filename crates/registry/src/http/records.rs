//! Records, for officers at the desk.

use super::headers::{etag, expected_revision, repeatable};
use super::{Registry, SubjectIn, actor};
use crate::model::register::RegisterCode;
use crate::permissions::{ReadRecords, WriteRecords};
use crate::service::{Change, HistoryEntry, NewRecord, Written};
use axum::extract::State;
use axum::response::IntoResponse;
use basis::{Id, Timestamp};
use contracts::registry::RegistryRecord;
use http::HeaderMap;
use kernel::auth::Officer;
use kernel::http::{Created, Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// A record to be created.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordIn {
    /// Whom it is about; absent in a register about things.
    #[serde(default)]
    subject: Option<SubjectIn>,
    /// What it says, following the register's published schema.
    #[schema(value_type = Object)]
    data: Value,
    /// Why it is entered; kept as secret as the data.
    reason: String,
    /// From when it has effect; now if absent, and never later than now.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    effective: Option<Timestamp>,
}

/// New data of a record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateIn {
    /// All that it says from now on, following the register's published schema.
    #[schema(value_type = Object)]
    data: Value,
    /// Why; kept as secret as the data.
    reason: String,
    /// From when it has effect; now if absent, and never later than now.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    effective: Option<Timestamp>,
    /// The revision that was read before; or send `If-Match`.
    #[serde(default)]
    expected_revision: Option<i64>,
}

/// The deletion of a record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteIn {
    /// Why; kept as secret as the data.
    reason: String,
    /// From when it has effect; now if absent, and never later than now.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    effective: Option<Timestamp>,
    /// The revision that was read before; or send `If-Match`.
    #[serde(default)]
    expected_revision: Option<i64>,
}

/// Whose record is looked for. In a body: identifiers of persons never stand in an address.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindIn {
    /// The person.
    subject: SubjectIn,
}

/// As of when.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsOfQuery {
    /// As the register knew it at this recorded time; now if absent.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub(super) as_of: Option<Timestamp>,
}

/// Which part of a history.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// Revisions before this number only.
    before: Option<i64>,
    /// How many, 1 to 100; 100 if absent.
    limit: Option<u16>,
}

/// One revision of a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionOut {
    /// Its number, from 1.
    revision: i64,
    /// The schema version the data follow.
    schema_version: i64,
    /// From when it has effect.
    #[schema(value_type = String, format = DateTime)]
    effective: Timestamp,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded: Timestamp,
    /// Who recorded it: `officer:CLASS/MEMBER/ID` or `job:NAME`.
    actor: String,
    /// In which case.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    /// Why.
    reason: String,
    /// Whether it deletes the record.
    deleted: bool,
    /// What it says; absent where it deletes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
}

/// The history of a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryOut {
    /// The record.
    #[schema(value_type = String, format = "uuid")]
    record: Id,
    /// Newest first.
    revisions: Vec<RevisionOut>,
    /// True if older ones exist.
    more: bool,
}

impl From<HistoryEntry> for RevisionOut {
    fn from(entry: HistoryEntry) -> Self {
        let HistoryEntry { revision, data, reason } = entry;
        Self {
            revision: revision.revision,
            schema_version: revision.schema_version,
            effective: revision.effective,
            recorded: revision.recorded,
            actor: revision.actor,
            case: revision.case,
            reason,
            deleted: revision.deleted,
            data,
        }
    }
}

/// Creates a record.
#[utoipa::path(post, path = "/registry/registers/{register}/records", security(("officer" = [])),
    request_body = RecordIn,
    params(("register" = String, Path),
        ("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters")),
    responses((status = 201, body = Written, headers(("ETag" = String))), Problem))]
pub async fn create_record(
    State(registry): State<Registry>,
    officer: Officer<WriteRecords>,
    Path(register): Path<RegisterCode>,
    headers: HeaderMap,
    Json(ask): Json<RecordIn>,
) -> Result<impl IntoResponse, Problem> {
    let actor = actor(officer);
    let request = repeatable(&headers, &actor.name, "create_record", &register, &ask)?;
    let RecordIn { subject, data, reason, effective } = ask;
    let subject = subject.map(SubjectIn::subject).transpose()?;
    let new = NewRecord { register, subject, data, reason, effective };
    let body = registry.create_record(actor, new, Some(request)).await?;
    let location = format!("/registry/records/{}", body.record);
    Ok((etag(body.revision), Created { location, body }))
}

/// Finds a person's record.
#[utoipa::path(post, path = "/registry/registers/{register}/records/find",
    security(("officer" = [])), request_body = FindIn, params(("register" = String, Path)),
    responses((status = 200, body = RegistryRecord, headers(("ETag" = String))), Problem))]
pub async fn find_record(
    State(registry): State<Registry>,
    officer: Officer<ReadRecords>,
    Path(register): Path<RegisterCode>,
    Json(ask): Json<FindIn>,
) -> Result<impl IntoResponse, Problem> {
    let subject = ask.subject.subject()?;
    let found = registry.find_record(actor(officer), register, subject).await?;
    Ok((etag(found.revision), Json(found)))
}

/// Shows a record, now or as it was known.
#[utoipa::path(get, path = "/registry/records/{record}", security(("officer" = [])),
    params(("record" = String, Path), AsOfQuery),
    responses((status = 200, body = RegistryRecord, headers(("ETag" = String))), Problem))]
pub async fn show_record(
    State(registry): State<Registry>,
    officer: Officer<ReadRecords>,
    Path(record): Path<Id>,
    Query(query): Query<AsOfQuery>,
) -> Result<impl IntoResponse, Problem> {
    let found = registry.read_record(actor(officer), record, query.as_of).await?;
    Ok((etag(found.revision), Json(found)))
}

/// Gives a record new data; a deleted one stands again.
#[utoipa::path(put, path = "/registry/records/{record}", security(("officer" = [])),
    request_body = UpdateIn,
    params(("record" = String, Path),
        ("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters"),
        ("If-Match" = Option<String>, Header, description = "The revision read before, as \"3\"")),
    responses((status = 200, body = Written, headers(("ETag" = String))), Problem))]
pub async fn update_record(
    State(registry): State<Registry>,
    officer: Officer<WriteRecords>,
    Path(record): Path<Id>,
    headers: HeaderMap,
    Json(ask): Json<UpdateIn>,
) -> Result<impl IntoResponse, Problem> {
    let actor = actor(officer);
    let expected = expected_revision(&headers, ask.expected_revision)?;
    let target = (record, expected);
    let request = repeatable(&headers, &actor.name, "update_record", &target, &ask)?;
    let UpdateIn { data, reason, effective, .. } = ask;
    let change = Change { record, expected, data: Some(data), reason, effective };
    let written = registry.change_record(actor, change, Some(request)).await?;
    Ok((etag(written.revision), Json(written)))
}

/// Deletes a record: it is not shown any more; its history stays.
#[utoipa::path(post, path = "/registry/records/{record}/delete", security(("officer" = [])),
    request_body = DeleteIn,
    params(("record" = String, Path),
        ("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters"),
        ("If-Match" = Option<String>, Header, description = "The revision read before, as \"3\"")),
    responses((status = 200, body = Written, headers(("ETag" = String))), Problem))]
pub async fn delete_record(
    State(registry): State<Registry>,
    officer: Officer<WriteRecords>,
    Path(record): Path<Id>,
    headers: HeaderMap,
    Json(ask): Json<DeleteIn>,
) -> Result<impl IntoResponse, Problem> {
    let actor = actor(officer);
    let expected = expected_revision(&headers, ask.expected_revision)?;
    let target = (record, expected);
    let request = repeatable(&headers, &actor.name, "delete_record", &target, &ask)?;
    let DeleteIn { reason, effective, .. } = ask;
    let change = Change { record, expected, data: None, reason, effective };
    let written = registry.change_record(actor, change, Some(request)).await?;
    Ok((etag(written.revision), Json(written)))
}

/// Shows what a record said, deleted ones included.
#[utoipa::path(get, path = "/registry/records/{record}/history", security(("officer" = [])),
    params(("record" = String, Path), HistoryQuery),
    responses((status = 200, body = HistoryOut), Problem))]
pub async fn show_history(
    State(registry): State<Registry>,
    officer: Officer<ReadRecords>,
    Path(record): Path<Id>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<HistoryOut>, Problem> {
    let limit = query.limit.unwrap_or(u16::MAX);
    let (entries, more) = registry.history(actor(officer), record, query.before, limit).await?;
    let revisions = entries.into_iter().map(Into::into).collect();
    Ok(Json(HistoryOut { record, revisions, more }))
}
