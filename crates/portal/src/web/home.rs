//! The start page, with and without somebody signed in, and the catalogue of services.

use super::{Resident, fail, find_session};
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use ui::Visit;

/// What `portal/home.html` shows.
#[derive(Serialize)]
pub(super) struct HomePage {
    pub(super) name: String,
}

/// `GET /portal`: what the portal is for, or its three parts.
pub(super) async fn show_home(State(portal): State<Portal>, visit: Visit) -> Response {
    match find_session(&portal, &visit).await {
        Ok(Some(session)) => {
            let Resident { visit, session } = Resident::new(visit, session);
            let page =
                HomePage { name: session.name.unwrap_or_else(|| visit.t("account.unnamed", &[])) };
            visit.page("portal/home.html", page).respond()
        }
        Ok(None) => visit.page("portal/landing.html", ()).respond(),
        Err(error) => fail(&visit, &error),
    }
}

/// `GET /portal/services`: the services one can apply for; there are none before the registration block.
pub(super) async fn show_services(resident: Resident) -> Response {
    resident.visit.page("portal/services.html", ()).respond()
}
