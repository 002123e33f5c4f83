//! When and how the resident signed in, so that they notice if it was somebody else.

use super::{Resident, fail};
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use basis::Timestamp;
use contracts::identity::{SignInEntry, SignInMethod, SignInOutcome};
use kernel::http::Query;
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use ui::Visit;
use ui::parts::{Entry, Fact, Mark, Tone};

/// Which page of the list.
#[derive(Default, Deserialize)]
pub(super) struct Before {
    before: Option<Timestamp>,
}

/// What `portal/sign_ins.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct SignInsPage {
    pub(super) entries: Vec<Entry>,
    /// Whether this is the first page.
    pub(super) newest: bool,
    /// Address of the next page; empty if there is none.
    pub(super) older: String,
}

/// `GET /portal/sign-ins`.
pub(super) async fn list_sign_ins(
    State(portal): State<Portal>,
    query: Result<Query<Before>, Problem>,
    resident: Resident,
) -> Response {
    let visit = &resident.visit;
    let before = query.ok().and_then(|Query(query)| query.before);
    match portal.list_sign_ins(&resident.session, before).await {
        Ok(page) => {
            let last = page.entries.last().filter(|_| page.more);
            let older = last.map(|entry| format!("/portal/sign-ins?before={}", entry.at));
            let page = SignInsPage {
                entries: page.entries.iter().map(|told| entry(visit, told)).collect(),
                newest: before.is_none(),
                older: older.unwrap_or_default(),
            };
            visit.page("portal/sign_ins.html", page).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

fn entry(visit: &Visit, told: &SignInEntry) -> Entry {
    let (key, tag_kind, mark) = match told.outcome {
        SignInOutcome::SignedIn => ("signed-in", Tone::Good, Mark::Plain),
        SignInOutcome::Refused => ("refused", Tone::Bad, Mark::Refused),
        SignInOutcome::LockedOut => ("locked-out", Tone::Bad, Mark::Refused),
    };
    let method = match told.method {
        SignInMethod::Code => "code",
        SignInMethod::Passkey => "passkey",
        SignInMethod::Foreign => "foreign",
    };
    let all = [
        ("sign-ins.for", told.party.clone()),
        ("sign-ins.by", told.by.clone()),
        ("sign-ins.device", Some(told.device.clone())),
    ];
    let known = all.into_iter().filter_map(|(key, value)| Some((key, value?)));
    Entry {
        at: told.at.to_string(),
        who: visit.t(&format!("sign-ins.{method}"), &[]),
        tag: visit.t(&format!("sign-ins.{key}"), &[]),
        tag_kind,
        mark,
        facts: known
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| Fact::new(visit.t(key, &[]), value))
            .collect(),
    }
}
