//! Our JSON API: extract, call the service, reply.
//!
//! Two parts are services of the exchange and know the person from the call: verification, and a
//! resident's own consents. The rest is for officers.

mod agreements;
mod histories;
mod mine;
mod resident;
mod verify;

pub(crate) use resident::Resident;

use crate::error::Error;
use crate::service::Consent;
use crate::store::Page;
use kernel::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Items answered where the caller does not say how many.
const LIMIT_DEFAULT: u32 = 100;

/// The most items answered at once.
const LIMIT_MAX: u32 = 500;

/// Every route of the API.
pub fn router() -> OpenApiRouter<Consent> {
    OpenApiRouter::new()
        .routes(routes!(verify::verify))
        .routes(routes!(mine::list_my_agreements))
        .routes(routes!(mine::list_my_records, mine::answer_agreement))
        .routes(routes!(mine::show_my_receipt))
        .routes(routes!(mine::withdraw_my_record))
        .routes(routes!(agreements::list_agreements, agreements::create_agreement))
        .routes(routes!(agreements::show_agreement, agreements::update_agreement))
        .routes(routes!(agreements::publish_agreement))
        .routes(routes!(agreements::terminate_agreement))
        .routes(routes!(histories::show_agreement_history))
        .routes(routes!(histories::show_record_history))
}

/// Which part of a list is wanted (GovStack's names).
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// How many to pass over; 0 if absent.
    pub offset: Option<u32>,
    /// How many to answer, 1 to 500; 100 if absent.
    pub limit: Option<u32>,
}

impl PageQuery {
    /// The page asked for.
    pub(crate) fn page(self) -> Result<Page, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            let problem = Problem::bad_request("The page cannot be answered.");
            return Err(problem.field("limit", "send 1 to 500"));
        }
        Ok(Page { offset: self.offset.unwrap_or(0), limit })
    }
}

/// An agreement or policy named in a path.
pub(crate) fn reference(text: &str) -> Result<crate::model::reference::Reference, Error> {
    Ok(text.parse()?)
}
