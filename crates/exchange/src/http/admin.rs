//! Administration: members, services, rights, agreements, officers, joining, the hop log.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use basis::Id;
use contracts::{MemberId, ServiceId, SubsystemId};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use kernel::http::{Created, Json, Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::officer::HostedOfficer;
use super::{ManageJoin, ManageOfficers, ManageRights, ManageServices, ReadDirectory, ReadHops};
use crate::error::ExchangeError;
use crate::exchange::Exchange;
use crate::hops::HopRow;
use crate::join::check_token_seconds;
use crate::model::{AccessRight, Agreement, Installation, Names, Service, Subsystem};
use crate::service::{NewAgreement, NewOfficer};

/// The directory as this installation sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DirectoryOut {
    /// Name of this installation.
    installation: String,
    /// Version of the hub's directory it knows.
    version: i64,
    /// All installations.
    installations: Vec<Installation>,
    /// All members.
    members: Vec<MemberOut>,
    /// Their subsystems.
    subsystems: Vec<Subsystem>,
    /// Their services.
    services: Vec<Service>,
    /// Who may call them.
    rights: Vec<AccessRight>,
    /// And on what basis.
    agreements: Vec<Agreement>,
}

/// A member and where it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberOut {
    #[schema(value_type = String)]
    id: MemberId,
    names: Names,
    /// The installation that hosts it.
    installation: String,
}

/// Reads the directory.
#[utoipa::path(get, path = "/exchange/v1/directory", tag = "directory", security(("officer" = [])),
    responses((status = 200, body = DirectoryOut)))]
pub(crate) async fn read_directory(
    State(exchange): State<Exchange>,
    _officer: HostedOfficer<ReadDirectory>,
) -> Json<DirectoryOut> {
    let snapshot = exchange.snapshot();
    let mut out = DirectoryOut {
        installation: snapshot.own.clone(),
        version: snapshot.version,
        installations: snapshot.installations.values().map(|i| i.entry.clone()).collect(),
        members: Vec::new(),
        subsystems: snapshot.subsystems.values().cloned().collect(),
        services: snapshot.services.values().map(|s| s.entry.clone()).collect(),
        rights: Vec::new(),
        agreements: Vec::new(),
    };
    for (id, member) in &snapshot.members {
        let installation = member.installation.entry.name.clone();
        out.members.push(MemberOut { id: id.clone(), names: member.names.clone(), installation });
    }
    for service in snapshot.services.values() {
        for (client, state) in &service.clients {
            if state.right {
                out.rights.push(AccessRight {
                    service: service.entry.id.clone(),
                    client: client.clone(),
                });
            }
            out.agreements.extend(state.agreements.iter().cloned());
        }
    }
    out.installations.sort_by(|a, b| a.name.cmp(&b.name));
    out.members.sort_by(|a, b| a.id.cmp(&b.id));
    out.subsystems.sort_by(|a, b| a.id.cmp(&b.id));
    out.services.sort_by(|a, b| a.id.cmp(&b.id));
    out.rights.sort_by(|a, b| (&a.service, &a.client).cmp(&(&b.service, &b.client)));
    out.agreements.sort_by_key(|a| a.id);
    Json(out)
}

/// A member to add or rename.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberIn {
    #[schema(value_type = String, example = "TB/GOV/CRO")]
    id: MemberId,
    names: Names,
}

/// Adds a member to this installation (on the hub), or renames one.
#[utoipa::path(put, path = "/exchange/v1/members", tag = "directory", security(("officer" = [])),
    request_body = MemberIn, responses((status = 204), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn put_member(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageServices>,
    Json(member): Json<MemberIn>,
) -> Result<StatusCode, Problem> {
    exchange.put_member(&officer.actor(), &member.id, member.names).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds or changes a subsystem.
#[utoipa::path(put, path = "/exchange/v1/subsystems", tag = "directory", security(("officer" = [])),
    request_body = Subsystem, responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn put_subsystem(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageServices>,
    Json(subsystem): Json<Subsystem>,
) -> Result<StatusCode, Problem> {
    exchange.put_subsystem(&officer.actor(), subsystem).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds or changes a service, or switches it on or off.
#[utoipa::path(put, path = "/exchange/v1/services", tag = "directory", security(("officer" = [])),
    request_body = Service, responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn put_service(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageServices>,
    Json(service): Json<Service>,
) -> Result<StatusCode, Problem> {
    exchange.put_service(&officer.actor(), service).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Grants a subsystem access to a service. Granting twice is granting once.
#[utoipa::path(put, path = "/exchange/v1/access-rights", tag = "rights", security(("officer" = [])),
    request_body = AccessRight, responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn grant_right(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageRights>,
    Json(right): Json<AccessRight>,
) -> Result<StatusCode, Problem> {
    exchange.grant_right(&officer.actor(), right).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An access right by its two ends.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RightQuery {
    #[param(value_type = String)]
    service: ServiceId,
    #[param(value_type = String)]
    client: SubsystemId,
}

/// Revokes access.
#[utoipa::path(delete, path = "/exchange/v1/access-rights", tag = "rights", security(("officer" = [])),
    params(RightQuery), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn revoke_right(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageRights>,
    Query(right): Query<RightQuery>,
) -> Result<StatusCode, Problem> {
    let right = AccessRight { service: right.service, client: right.client };
    exchange.revoke_right(&officer.actor(), right).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Records an agreement.
#[utoipa::path(post, path = "/exchange/v1/agreements", tag = "rights", security(("officer" = [])),
    request_body = NewAgreement, responses((status = 201, body = Agreement), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn create_agreement(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageRights>,
    Json(new): Json<NewAgreement>,
) -> Result<Created<Agreement>, Problem> {
    let body = exchange.create_agreement(&officer.actor(), new).await?;
    Ok(Created { location: format!("/exchange/v1/agreements/{}", body.id), body })
}

/// Suspends an agreement.
#[utoipa::path(post, path = "/exchange/v1/agreements/{id}/suspend", tag = "rights", security(("officer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = Agreement), (status = 404, body = Problem)))]
pub(crate) async fn suspend_agreement(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageRights>,
    Path(id): Path<Id>,
) -> Result<Json<Agreement>, Problem> {
    Ok(Json(exchange.suspend_agreement(&officer.actor(), id, true).await?))
}

/// Puts a suspended agreement in force again.
#[utoipa::path(post, path = "/exchange/v1/agreements/{id}/resume", tag = "rights", security(("officer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = Agreement), (status = 404, body = Problem)))]
pub(crate) async fn resume_agreement(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageRights>,
    Path(id): Path<Id>,
) -> Result<Json<Agreement>, Problem> {
    Ok(Json(exchange.suspend_agreement(&officer.actor(), id, false).await?))
}

/// What an officer's device needs, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfficerOut {
    /// For the officer's authenticator app, as a QR code: `otpauth://totp/...`.
    otpauth_uri: String,
}

/// Registers an officer, or replaces key, one-time code and roles.
#[utoipa::path(put, path = "/exchange/v1/officers", tag = "officers", security(("officer" = [])),
    request_body = NewOfficer, responses((status = 200, description = "With a new one-time code", body = OfficerOut), (status = 204), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn put_officer(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageOfficers>,
    Json(new): Json<NewOfficer>,
) -> Result<Response, Problem> {
    let Some(otpauth_uri) = exchange.put_officer(&officer.actor(), new).await? else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let mut response = Json(OfficerOut { otpauth_uri }).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Dismisses an officer.
#[utoipa::path(delete, path = "/exchange/v1/officers/{class}/{member}/{id}", tag = "officers", security(("officer" = [])),
    params(("class" = String, Path), ("member" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn dismiss_officer(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageOfficers>,
    Path((class, member, id)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let member =
        MemberId::new(&exchange.0.ctx.instance, &class, &member).map_err(ExchangeError::from)?;
    exchange.dismiss_officer(&officer.actor(), &member, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An installation to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinTokenIn {
    /// Name it will have.
    installation: String,
    /// Members it will host.
    #[schema(value_type = Vec<String>)]
    members: Vec<MemberId>,
    /// How long the token is good for; an hour if left out.
    #[serde(default)]
    valid_seconds: Option<i64>,
}

/// A token to join, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JoinTokenOut {
    token: String,
}

/// Makes a one-time token with which an installation can join.
#[utoipa::path(post, path = "/exchange/v1/join-tokens", tag = "directory", security(("officer" = [])),
    request_body = JoinTokenIn, responses((status = 200, body = JoinTokenOut), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn create_join_token(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ManageJoin>,
    Json(new): Json<JoinTokenIn>,
) -> Result<Json<JoinTokenOut>, Problem> {
    let seconds = check_token_seconds(new.valid_seconds.unwrap_or(3600))?;
    let actor = officer.actor().name;
    let token = exchange.create_join_token(&actor, &new.installation, new.members, seconds).await?;
    Ok(Json(JoinTokenOut { token }))
}

/// Which hops to show.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HopQuery {
    /// Hops before this one only: the id of the last one got.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    before: Option<Id>,
    /// 1 to 200; 50 if left out.
    #[serde(default)]
    limit: Option<u16>,
    /// Of this service only.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    service: Option<ServiceId>,
    /// Of this client only.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    client: Option<SubsystemId>,
}

/// Hops, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HopsOut {
    hops: Vec<HopRow>,
}

/// Reads the hop log: an operator all of it, an auditor what their own member asked or answered.
#[utoipa::path(get, path = "/exchange/v1/hops", tag = "hops", security(("officer" = [])),
    params(HopQuery), responses((status = 200, body = HopsOut), (status = 400, body = Problem)))]
pub(crate) async fn list_hops(
    State(exchange): State<Exchange>,
    officer: HostedOfficer<ReadHops>,
    Query(query): Query<HopQuery>,
) -> Result<Json<HopsOut>, Problem> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(ExchangeError::invalid("limit", "send 1 to 200").into());
    }
    // Several members share an installation, and each grants its own officers their roles.
    let own = officer.actor().member;
    let (service, client) = (query.service.as_ref(), query.client.as_ref());
    let hops = exchange.hops_of(own.as_ref(), query.before, limit, service, client).await?;
    Ok(Json(HopsOut { hops }))
}
