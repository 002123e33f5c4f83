//! The catalogue: what can be applied for, for everyone to read, and applying.

use super::{App, Resident, fail, source_name, visitor};
use crate::service::{Offer, Portal};
use axum::extract::State;
use axum::response::Response;
use contracts::registration::ServiceEntry;
use kernel::http::Path;
use kernel::problem::Problem;
use serde::Serialize;
use ui::parts::Fact;
use ui::{Submitted, Visit, see_other};

/// A service in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Card {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) summary: String,
    /// The office that offers it.
    pub(super) who: String,
}

/// What `portal/services.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ServicesPage {
    pub(super) services: Vec<Card>,
    /// Offices whose catalogue did not answer.
    pub(super) missing: Vec<String>,
}

/// What `portal/service.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ServicePage {
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) guide: Vec<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) href: String,
    /// Whether somebody is signed in who can apply.
    pub(super) known: bool,
}

/// `GET /portal/services`.
pub(super) async fn list_services(State(portal): State<Portal>, visit: Visit) -> Response {
    let (visit, _) = match visitor(&portal, visit).await {
        Ok(known) => known,
        Err(answer) => return answer,
    };
    let offers = portal.list_offers(visit.lang.as_str()).await;
    let page = ServicesPage {
        services: cards(&portal, &visit, &offers.offers),
        missing: offers
            .missing
            .iter()
            .map(|catalogue| source_name(&portal, catalogue, visit.lang))
            .collect(),
    };
    visit.page("portal/services.html", page).respond()
}

/// `GET /portal/services/{service}`: the guide.
pub(super) async fn show_service(
    State(portal): State<Portal>,
    code: Result<Path<String>, Problem>,
    visit: Visit,
) -> Response {
    let (visit, session) = match visitor(&portal, visit).await {
        Ok(known) => known,
        Err(answer) => return answer,
    };
    let Ok(Path(code)) = code else { return visit.not_found() };
    match portal.find_offer(&code, visit.lang.as_str()).await {
        Ok(offer) => {
            let page = service_page(&portal, &visit, &offer, session.is_some());
            visit.page("portal/service.html", page).respond()
        }
        Err(error) => fail(&visit, &error),
    }
}

/// `POST /portal/services/{service}/apply`: starts an application, or goes on with the draft there is; so sending the form
/// twice starts one.
pub(super) async fn start_application(
    State(app): State<App>,
    code: Result<Path<String>, Problem>,
    resident: Resident,
    _form: Submitted,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(code)) = code else { return visit.not_found() };
    match app.portal.start_application(&resident.session, &code, visit.lang.as_str()).await {
        Ok(view) => see_other(&format!("/portal/applications/{}", view.entry.id)),
        Err(error) => fail(visit, &error),
    }
}

/// Services for a list of cards.
pub(super) fn cards(portal: &Portal, visit: &Visit, offers: &[Offer]) -> Vec<Card> {
    let card = |offer: &Offer| Card {
        title: offer.entry.name.clone(),
        href: format!("/portal/services/{}", offer.entry.code),
        summary: offer.entry.summary.clone(),
        who: source_name(portal, &offer.catalogue, visit.lang),
    };
    offers.iter().map(card).collect()
}

fn service_page(portal: &Portal, visit: &Visit, offer: &Offer, known: bool) -> ServicePage {
    let entry: &ServiceEntry = &offer.entry;
    let fee = entry.fee.clone().unwrap_or_else(|| visit.t("services.free", &[]));
    let facts = [
        ("services.fee", fee),
        ("services.answer", visit.t("services.days", &[("n", entry.answer_days.to_string())])),
        ("services.law", entry.law.clone()),
        ("services.office", source_name(portal, &offer.catalogue, visit.lang)),
    ];
    ServicePage {
        title: entry.name.clone(),
        summary: entry.summary.clone(),
        guide: entry.guide.clone(),
        facts: facts.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).into(),
        href: format!("/portal/services/{}", entry.code),
        known,
    }
}
