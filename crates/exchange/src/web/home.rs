//! The desk's home: what the officer may open, for whom they act and on what ground.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use ui::desk::{SignedIn, in_language};
use ui::parts::Fact;

use super::App;
use crate::model::Names;

/// What the home page shows.
#[derive(Serialize)]
struct HomePage {
    /// The member in the visitor's language.
    member: String,
    facts: Vec<Fact>,
    /// Whether the member's mandate is known.
    mandated: bool,
    places: Vec<Place>,
}

/// Where one may go.
#[derive(Serialize)]
struct Place {
    name: String,
    href: &'static str,
    about: String,
}

/// The desk's home.
pub(super) async fn show(State(app): State<App>, who: SignedIn) -> Response {
    let (visit, claims) = (&who.visit, &who.claims);
    let instance = &app.exchange.0.ctx.instance;
    let id = format!("{instance}/{}", claims.member).parse().ok();
    let snapshot = app.exchange.snapshot();
    let member = id.as_ref().and_then(|id| snapshot.members.get(id));
    let member = member.map(|member| name_in(&member.names, visit.lang.as_str()));
    let member = member.unwrap_or_else(|| claims.member.clone());
    let mandate = id.as_ref().and_then(|id| app.surroundings.mandate(id));
    let mut facts = vec![
        Fact::new(visit.t("desk-home.number", &[]), format!("{}/{}", claims.member, claims.sub)),
        Fact::new(visit.t("desk-home.roles", &[]), claims.roles.join(", ")),
        Fact::new(visit.t("desk-home.installation", &[]), snapshot.own.clone()),
    ];
    if let Some(mandate) = &mandate {
        facts.insert(1, Fact::new(visit.t("desk-home.mandate", &[]), mandate.clone()));
    }
    let until = visit.ui().format(visit.lang).datetime(&time_of(claims.exp));
    facts.push(Fact::new(visit.t("desk-home.until", &[]), until));
    let place = |place: &ui::desk::DeskPlace| Place {
        name: in_language(place.entry.names, visit.lang).to_owned(),
        href: place.entry.path,
        about: in_language(place.entry.about, visit.lang).to_owned(),
    };
    let places = who.places.iter().map(place).collect();
    let page = HomePage { member, facts, mandated: mandate.is_some(), places };
    visit.page("exchange/home.html", page).respond()
}

/// A name in a language, in English, or in any.
pub(super) fn name_in(names: &Names, lang: &str) -> String {
    let found = names.get(lang).or_else(|| names.get("en")).or_else(|| names.values().next());
    found.cloned().unwrap_or_default()
}

/// Unix seconds as RFC 3339.
fn time_of(unix_seconds: i64) -> String {
    basis::Timestamp::EPOCH.plus_seconds(unix_seconds).to_string()
}

/// The page with something to show, for the tests.
#[cfg(test)]
pub(super) fn samples() -> Vec<ui::Sample> {
    let page = |mandated, names: &[&str]| {
        let facts = vec![Fact::new("Number", "GOV/MSP/b-7")];
        let place = |name: &&str| Place {
            name: (*name).to_owned(),
            href: "/desk/x",
            about: "A".to_owned(),
        };
        let places = names.iter().map(place).collect();
        let member = "Ministry of Social Protection".to_owned();
        ui::Sample::new("exchange/home.html", HomePage { member, facts, mandated, places })
    };
    vec![page(true, &["Queue", "Batches"]), page(false, &[])]
}
