//! What the round amounts to as it stands: level, dimensions, the twelve cells, gates.

use super::{failed, round_path};
use crate::permissions::ReadRounds;
use crate::service::Assessments;
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use kernel::http::Path;
use kernel::problem::Problem;
use maturity::Instrument;
use maturity::result::{CellScore, DimensionScore, GateAnswer, GateState, Points, Scores};
use serde::Serialize;
use ui::charts::Bar;
use ui::parts::{Fact, Tone};
use ui::{Desk, Visit};

/// What `assessment/result.html` shows.
#[derive(Serialize)]
pub(super) struct ResultPage {
    pub round: String,
    pub round_title: String,
    pub level: String,
    pub facts: Vec<Fact>,
    /// Why the level is not one higher.
    pub held_back_by: Vec<String>,
    pub dimensions: Vec<Bar>,
    pub cells: Vec<Fact>,
    pub gates: Vec<Gate>,
}

/// A gate with its answer.
#[derive(Serialize)]
pub(super) struct Gate {
    pub says: String,
    pub tag: String,
    pub tone: Tone,
    pub because: String,
}

/// `GET /desk/assessment/rounds/{id}/result`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path(id)) = path else { return visit.not_found() };
    match (assessments.show_round(id).await, assessments.whole(id).await) {
        (Ok(view), Ok((whole, _))) => {
            let instrument = assessments.instrument();
            let scores = maturity::score::score(instrument, &whole);
            let page = ResultPage {
                round: round_path(id),
                round_title: view.round.title,
                ..result_page(visit, instrument, scores)
            };
            visit.page("assessment/result.html", page).respond()
        }
        (Err(error), _) | (_, Err(error)) => failed(visit, error),
    }
}

fn result_page(visit: &Visit, instrument: &Instrument, scores: Scores) -> ResultPage {
    let country = scores.country;
    let stage = instrument.levels.iter().find(|level| level.n == country.level);
    let stage = stage.map(|level| level.name.clone()).unwrap_or_default();
    let number = [("level", country.level.to_string())];
    let interval = [("low", points(country.low)), ("high", points(country.high))];
    let facts = [
        ("assessment.mean", points(country.mean)),
        ("assessment.interval", visit.t("assessment.interval-says", &interval)),
        ("assessment.coverage", format!("{} %", country.coverage / 10)),
    ];
    ResultPage {
        round: String::new(),
        round_title: String::new(),
        level: format!("{}: {stage}", visit.t("assessment.level", &number)),
        facts: facts.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).into(),
        held_back_by: country.held_back_by,
        dimensions: scores.dimensions.iter().map(|one| dimension(visit, instrument, one)).collect(),
        cells: scores.matrix.iter().map(|one| cell(visit, one)).collect(),
        gates: scores.gates.into_iter().map(|one| gate(visit, one)).collect(),
    }
}

fn dimension(visit: &Visit, instrument: &Instrument, one: &DimensionScore) -> Bar {
    let named = instrument.dimension(&one.id);
    let interval = [("low", points(one.low)), ("high", points(one.high))];
    let shown = match one.score {
        None => visit.t("assessment.unknown", &[]),
        Some(score) => {
            format!("{} ({})", points(score), visit.t("assessment.interval-says", &interval))
        }
    };
    Bar {
        label: named.map(|named| named.name.clone()).unwrap_or_default(),
        shown,
        // Of 1,000, where 10,000 are the whole.
        share: one.score.unwrap_or(0) / 10,
    }
}

fn cell(visit: &Visit, one: &CellScore) -> Fact {
    let word = |text: &str| visit.t_or(&format!("assessment.matrix-{text}"), text);
    let name = format!("{}: {}", word(&one.component), word(&one.question));
    let shown = one.score.map_or_else(|| visit.t("assessment.unknown", &[]), points);
    let red = one.red_gate.as_ref().map(|gate| format!(" ({gate})")).unwrap_or_default();
    Fact::new(name, format!("{shown}{red}"))
}

fn gate(visit: &Visit, one: GateState) -> Gate {
    let (key, tone) = match one.state {
        GateAnswer::Green => ("assessment.gate-green", Tone::Good),
        GateAnswer::Red => ("assessment.gate-red", Tone::Bad),
        GateAnswer::Unknown => ("assessment.gate-unknown", Tone::Warn),
    };
    let (tag, because) = (visit.t(key, &[]), one.because.join(", "));
    Gate { says: format!("{}: {}", one.id, one.says), tag, tone, because }
}

/// Hundredths of a point as people read them.
fn points(hundredths: Points) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
