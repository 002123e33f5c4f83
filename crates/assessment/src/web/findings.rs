//! What a reviewer looks at first.

use super::rounds::Row;
use super::{failed, round_path};
use crate::permissions::ReadRounds;
use crate::service::{Assessments, RoundView};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use kernel::http::Path;
use kernel::problem::Problem;
use maturity::Instrument;
use serde::Serialize;
use ui::parts::Tone;
use ui::{Desk, Visit};

/// What `assessment/findings.html` shows.
#[derive(Serialize)]
pub(super) struct FindingsPage {
    pub round: String,
    pub round_title: String,
    pub contradictions: Vec<Row>,
    pub unanswered: Vec<Row>,
    pub expired: Vec<Row>,
}

/// `GET /desk/assessment/rounds/{id}/findings`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path(id)) = path else { return visit.not_found() };
    match assessments.show_round(id).await {
        Ok(view) => {
            let page = findings_page(visit, assessments.instrument_in(visit.lang.as_str()), &view);
            visit.page("assessment/findings.html", page).respond()
        }
        Err(error) => failed(visit, error),
    }
}

fn findings_page(visit: &Visit, instrument: &Instrument, view: &RoundView) -> FindingsPage {
    let path = round_path(view.round.id);
    let row = |indicator: &str, tag: String, tone: Tone, says: String| {
        let found = instrument.indicators.iter().find(|one| one.id == indicator);
        let title = found.map(|one| one.title.as_str()).unwrap_or_default();
        let href = format!("{path}/indicators/{indicator}");
        Row { title: format!("{indicator} {title}"), href, tag, tone, says }
    };
    let found = &view.findings;
    let contradictions = found.contradictions.iter().map(|one| {
        let levels = [("claimed", one.claimed.to_string()), ("measured", one.measured.to_string())];
        let tag = visit.t("assessment.claimed-measured", &levels);
        let tone = if one.measured < one.claimed { Tone::Bad } else { Tone::Warn };
        row(&one.indicator, tag, tone, format!("{}: {}", one.probe, one.says))
    });
    let unanswered =
        found.unanswered.iter().map(|id| row(id, String::new(), Tone::Plain, String::new()));
    let expired = found.expired.iter().map(|one| Row {
        title: format!("{}: {}", one.evidence, one.title),
        href: format!("{path}/evidence"),
        tag: visit.t("assessment.expired", &[]),
        tone: Tone::Bad,
        says: one.indicators.join(", "),
    });
    FindingsPage {
        contradictions: contradictions.collect(),
        unanswered: unanswered.collect(),
        expired: expired.collect(),
        round_title: view.round.title.clone(),
        round: path,
    }
}
