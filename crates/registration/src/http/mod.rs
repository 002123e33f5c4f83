//! The API: `catalogue`, `mine` and `exchange` for calls through the exchange; `cases`, `runs` and
//! `manage` for officers.

mod cases;
mod exchange;
mod manage;
mod mine;
mod runs;

use crate::service::{Clerk, Registration};
use kernel::auth::{Officer, Permission};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every route of the API.
pub fn api(registration: Registration) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(mine::show_catalogue))
        .routes(routes!(mine::list_mine, mine::start_application))
        .routes(routes!(mine::show_mine))
        .routes(routes!(mine::answer_step))
        .routes(routes!(mine::submit_application))
        .routes(routes!(mine::withdraw_application))
        .routes(routes!(exchange::show_read_log))
        .routes(routes!(exchange::note_attempt))
        .routes(routes!(exchange::verify_case))
        .routes(routes!(cases::list_cases))
        .routes(routes!(cases::show_case))
        .routes(routes!(cases::take_case))
        .routes(routes!(cases::approve_case))
        .routes(routes!(cases::reject_case))
        .routes(routes!(cases::send_case_back))
        .routes(routes!(runs::import_awards))
        .routes(routes!(runs::list_runs, runs::open_run))
        .routes(routes!(runs::show_run))
        .routes(routes!(runs::approve_run))
        .routes(routes!(runs::resend_run))
        .routes(routes!(manage::bind_consent))
        .with_state(registration)
}

/// The language of the texts in an answer.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LanguageQuery {
    /// A tag such as `sw`; English if absent.
    #[serde(default)]
    language: Option<String>,
}

impl LanguageQuery {
    fn tag(&self) -> &str {
        self.language.as_deref().unwrap_or(crate::model::words::ENGLISH)
    }
}

/// The officer as the service knows them.
pub fn clerk<P: Permission>(officer: Officer<P>) -> Clerk {
    Clerk { actor: officer.actor(), id: officer.id, roles: officer.roles }
}
