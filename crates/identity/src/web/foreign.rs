//! To another OpenID provider and back.

use super::door::{Came, Door, OwnPage};
use super::sign_in::let_in;
use super::{App, failed, judge, redirect};
use crate::model::provider::FOREIGN_SECONDS;
use crate::service::{Callback, Leaving, Returned};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::{StatusCode, header};
use kernel::http::Query;
use kernel::problem::Problem;
use ui::{Cookie, Visit};

/// Sends the person to a provider, for a relying party's request.
pub(super) async fn begin(
    State(app): State<App>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Response {
    let asked = match judge(&app, &visit, &query.unwrap_or_default()).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    leave(&app, &visit, &provider, &Door::Party(asked.into())).await
}

/// Sends the person to a provider, for a page of ours.
pub(super) async fn begin_own(
    State(app): State<App>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Response {
    let door = Door::Own(OwnPage::of(&query.unwrap_or_default()));
    leave(&app, &visit, &provider, &door).await
}

/// Takes the person back.
pub(super) async fn complete(
    State(app): State<App>,
    query: Result<Query<Callback>, Problem>,
    came: Came,
    visit: Visit,
) -> Response {
    let callback = query.map(|Query(query)| query).unwrap_or_default();
    let cookie = pending_cookie(&visit);
    let note = visit.cookie(&cookie).unwrap_or_default();
    let pending = match app.identity.pending(note, &callback.state).await {
        Ok(Some(pending)) => pending,
        Ok(None) => return visit.error(StatusCode::BAD_REQUEST, "foreign.stale", None),
        Err(error) => return failed(&visit, error),
    };
    let door = match door_of(&app, &visit, &pending.door).await {
        Ok(door) => door,
        Err(answer) => return answer,
    };
    let arrival = door.arrival(&visit, &came);
    let mut answer = match app.identity.complete_foreign(pending, callback, arrival).await {
        Ok(Returned::In(signed_in)) => let_in(&app, signed_in, &door),
        Ok(Returned::Unlinked(note)) => {
            let age = u32::try_from(FOREIGN_SECONDS).ok();
            redirect(&door.page(), Some(link_cookie(&visit).set(&note, age)))
        }
        Ok(Returned::Refused) => visit.error(StatusCode::BAD_GATEWAY, "foreign.refused", None),
        Err(error) => failed(&visit, error),
    };
    answer.headers_mut().append(header::SET_COOKIE, cookie.forget());
    answer
}

/// What the browser keeps while somebody is at the provider: an answer from anywhere else is no
/// answer (RFC 9700 section 4.7.1).
fn pending_cookie(visit: &Visit) -> Cookie {
    Cookie::new("identity-foreign", visit.ui().site().secure)
}

/// Whom the provider vouches for, until number and code say who that is here.
pub(super) fn link_cookie(visit: &Visit) -> Cookie {
    Cookie::new("identity-link", visit.ui().site().secure)
}

async fn leave(app: &App, visit: &Visit, provider: &str, door: &Door) -> Response {
    match app.identity.begin_foreign(provider, door.note(), visit.lang.as_str()).await {
        Ok(Leaving::Begun(begun)) => {
            let age = u32::try_from(FOREIGN_SECONDS).ok();
            redirect(&begun.url, Some(pending_cookie(visit).set(&begun.note, age)))
        }
        Ok(Leaving::Unknown) => visit.not_found(),
        Ok(Leaving::Unreachable) => visit.error(StatusCode::BAD_GATEWAY, "foreign.refused", None),
        Err(error) => failed(visit, error),
    }
}

/// What the sign-in was for, judged anew.
async fn door_of(app: &App, visit: &Visit, note: &str) -> Result<Door, Response> {
    match Door::request_in(note) {
        Some(query) => Ok(Door::Party(judge(app, visit, query).await?.into())),
        None => Ok(Door::Own(OwnPage::of(note))),
    }
}
