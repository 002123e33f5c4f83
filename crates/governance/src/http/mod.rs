//! The API: `residents` through the exchange, `officers` of the authority, and what is public.

mod officers;
mod public;
mod residents;

use crate::service::Governance;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use officers::acting;

/// Every route of the block.
pub fn api(governance: Governance) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(residents::lodge_grievance, residents::list_own))
        .routes(routes!(residents::show_read_log))
        .routes(routes!(residents::note_attempt))
        .routes(routes!(officers::show_queue))
        .routes(routes!(officers::read_grievance))
        .routes(routes!(officers::take_up))
        .routes(routes!(officers::answer))
        .routes(routes!(public::list_mandates, officers::publish_mandate))
        .routes(routes!(officers::end_mandate))
        .routes(routes!(public::list_agreements))
        .with_state(governance)
}
