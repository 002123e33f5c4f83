//! A resident's own consents: service `my-consents` of the exchange, used by the portal's page.

use super::{PageQuery, Resident};
use crate::model::digest::Digest;
use crate::model::record::Answer;
use crate::service::{Ask, Consent};
use axum::extract::State;
use basis::Id;
use contracts::consent::{GiveIn, MyAgreement, MyRecord, Receipt};
use http::HeaderMap;
use kernel::http::{Json, Path, Query, idempotency_key};
use kernel::idempotency::Request;
use kernel::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// The operation an idempotency key is remembered for.
const ANSWER_AGREEMENT: &str = "answer_agreement";

/// In which language, and which part.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AgreementsQuery {
    /// Language tag such as `sw`; texts without a translation come as the organisation wrote them.
    language: Option<String>,
    /// How many to pass over; 0 if absent.
    offset: Option<u32>,
    /// How many to answer, 1 to 500; 100 if absent.
    limit: Option<u32>,
}

/// Agreements that are offered, and those the person has answered to.
#[utoipa::path(get, path = "/consent/my/agreements", params(AgreementsQuery),
    responses((status = 200, body = Vec<MyAgreement>), Problem))]
pub(crate) async fn list_my_agreements(
    State(consent): State<Consent>,
    resident: Resident,
    Query(query): Query<AgreementsQuery>,
) -> Result<Json<Vec<MyAgreement>>, Problem> {
    let page = PageQuery { offset: query.offset, limit: query.limit }.page()?;
    let language = query.language.unwrap_or_default();
    Ok(Json(consent.agreements_for(resident.subject, language, page).await?))
}

/// Every answer of the person, newest first.
#[utoipa::path(get, path = "/consent/my/records", params(PageQuery),
    responses((status = 200, body = Vec<MyRecord>), Problem))]
pub(crate) async fn list_my_records(
    State(consent): State<Consent>,
    resident: Resident,
    Query(query): Query<PageQuery>,
) -> Result<Json<Vec<MyRecord>>, Problem> {
    let records = consent.records_of(resident.subject, true, query.page()?).await?;
    let now = consent.now();
    Ok(Json(records.into_iter().map(|view| view.record.mine(now)).collect()))
}

/// Gives or refuses consent to an agreement.
#[utoipa::path(post, path = "/consent/my/records", request_body = GiveIn,
    params(("Idempotency-Key" = String, Header, description = "1 to 200 visible ASCII characters")),
    responses((status = 200, body = MyRecord), Problem))]
pub(crate) async fn answer_agreement(
    State(consent): State<Consent>,
    resident: Resident,
    headers: HeaderMap,
    Json(given): Json<GiveIn>,
) -> Result<Json<MyRecord>, Problem> {
    let request = repeatable(&headers, &resident, &given)?;
    let GiveIn { agreement, revision, give, valid_until } = given;
    let answer = Answer { give, valid_until };
    let ask = Ask { agreement: agreement.into(), revision: Some(revision), answer };
    let Resident { subject, actor } = resident;
    Ok(Json(consent.answer_agreement(actor, subject, ask, request).await?))
}

/// What the person keeps of an answer.
#[utoipa::path(get, path = "/consent/my/records/{record}", params(("record" = String, Path)),
    responses((status = 200, body = Receipt), Problem))]
pub(crate) async fn show_my_receipt(
    State(consent): State<Consent>,
    resident: Resident,
    Path(record): Path<Id>,
) -> Result<Json<Receipt>, Problem> {
    Ok(Json(consent.receipt(resident.subject, record).await?))
}

/// Withdraws a consent. It works at once.
#[utoipa::path(post, path = "/consent/my/records/{record}/withdraw",
    params(("record" = String, Path)),
    responses((status = 200, body = MyRecord), Problem))]
pub(crate) async fn withdraw_my_record(
    State(consent): State<Consent>,
    resident: Resident,
    Path(record): Path<Id>,
) -> Result<Json<MyRecord>, Problem> {
    let Resident { subject, actor } = resident;
    let view = consent.withdraw_record(actor, subject, record).await?;
    Ok(Json(view.record.mine(consent.now())))
}

/// Identifies a request that may be repeated. Keys of different persons never meet, though all
/// come from the one portal; the table of keys holds no pseudonym, only its digest.
fn repeatable(
    headers: &HeaderMap,
    resident: &Resident,
    given: &GiveIn,
) -> Result<Request, Problem> {
    let key = idempotency_key(headers)?;
    let person = Digest::of(&[resident.subject.as_bytes()]);
    let caller = format!("{}/{person}", resident.actor.audit_name());
    let body = serde_json::to_vec(given).map_err(Problem::internal)?;
    Ok(Request::new(caller, ANSWER_AGREEMENT, key, &body))
}
