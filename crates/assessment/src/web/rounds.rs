//! The list of rounds.

use super::{ROUNDS, failed, profile_name, round_path, state_tag};
use crate::permissions::{ManageRounds, ReadRounds, carry};
use crate::service::{Assessments, RoundLine};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use ui::parts::Tone;
use ui::{Desk, Visit};

/// What `assessment/rounds.html` shows.
#[derive(Serialize)]
pub(super) struct RoundsPage {
    pub rounds: Vec<Row>,
    /// Where a round is opened; empty for those who may not.
    pub open: String,
}

/// A line of a list.
#[derive(Serialize)]
pub(super) struct Row {
    pub title: String,
    pub href: String,
    pub tag: String,
    pub tone: Tone,
    pub says: String,
}

/// `GET /desk/assessment`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let may_open = carry::<ManageRounds>(&desk.officer.roles);
    match assessments.rounds().await {
        Ok(all) => {
            let rounds = all.into_iter().map(|round| row(visit, &assessments, round)).collect();
            let open = if may_open { format!("{ROUNDS}/open") } else { String::new() };
            visit.page("assessment/rounds.html", RoundsPage { rounds, open }).respond()
        }
        Err(error) => failed(visit, error),
    }
}

fn row(visit: &Visit, assessments: &Assessments, round: RoundLine) -> Row {
    let (tag, tone) = state_tag(visit, round.state);
    let as_of = visit.ui().format(visit.lang).date(&round.as_of.to_string());
    let instrument = assessments.instrument_in(visit.lang.as_str());
    let profile = profile_name(visit, instrument, &round.profile);
    let says = visit.t("assessment.round-says", &[("profile", profile), ("date", as_of)]);
    Row { title: round.title, href: round_path(round.id), tag, tone, says }
}
