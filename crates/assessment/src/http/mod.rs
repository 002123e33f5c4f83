//! The API: `rounds`, `answers`, `evidence` and `sign_offs` for officers of the institution that assesses,
//! `spreadsheets` beside them, `institutions` through the exchange.

mod answers;
mod evidence;
mod headers;
mod institutions;
mod rounds;
mod sign_offs;
mod spreadsheets;

use crate::service::{Acting, Assessments};
use kernel::auth::{Officer, Permission};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use evidence::download;
pub(crate) use spreadsheets::workbook;

/// Every route of the block.
pub fn api(assessments: Assessments) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(rounds::list_rounds, rounds::open_round))
        .routes(routes!(rounds::import_round))
        .routes(routes!(rounds::show_round))
        .routes(routes!(rounds::show_whole))
        .routes(routes!(rounds::move_round))
        .routes(routes!(rounds::assign))
        .routes(routes!(rounds::replace_catalogue))
        .routes(routes!(answers::answer_many))
        .routes(routes!(answers::show_answer, answers::answer))
        .routes(routes!(answers::review))
        .routes(routes!(evidence::list_evidence, evidence::add_evidence))
        .routes(routes!(evidence::read_file))
        .routes(routes!(evidence::add_measurements))
        .routes(routes!(spreadsheets::show_spreadsheet, spreadsheets::take_in_spreadsheet))
        .routes(routes!(sign_offs::sign))
        .routes(routes!(institutions::list_own))
        .routes(routes!(institutions::answer_own))
        .routes(routes!(institutions::sign_own))
        .with_state(assessments)
}

/// The officer as the service knows actors.
pub(crate) fn acting<P: Permission>(officer: &Officer<P>) -> Acting {
    Acting { actor: officer.actor(), institution: officer.member.clone() }
}
