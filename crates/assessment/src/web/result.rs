//! What the round amounts to as it stands: level, dimensions, the twelve cells, gates.

use super::spreadsheet::Head;
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
use maturity::score::stage::{CRITICAL_LEAST, Hindrance};
use serde::Serialize;
use ui::charts::Bar;
use ui::parts::{Chip, Fact, Tone};
use ui::{Desk, Visit};

/// What `assessment/result.html` shows.
#[derive(Serialize)]
pub(super) struct ResultPage {
    pub round: String,
    pub round_title: String,
    pub level: String,
    pub facts: Vec<Fact>,
    /// Why the level is not one higher.
    pub held_back_by: Vec<Reason>,
    pub dimensions: Vec<Bar>,
    pub questions: Vec<Head>,
    /// A row for each component.
    pub cells: Vec<Vec<String>>,
    pub gates: Vec<Gate>,
}

/// What keeps the country from the next level, and where that is answered.
#[derive(Serialize)]
pub(super) struct Reason {
    pub title: String,
    pub href: String,
    pub says: String,
}

/// A gate with its answer.
#[derive(Serialize)]
pub(super) struct Gate {
    pub id: String,
    pub says: String,
    pub tag: String,
    pub tone: Tone,
    /// The indicators it rests on.
    pub because: Vec<Chip>,
}

/// Who reads, of which round.
struct Reader<'r> {
    visit: &'r Visit,
    instrument: &'r Instrument,
    round: String,
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
            let instrument = assessments.instrument_in(visit.lang.as_str());
            let scores = maturity::score::score(instrument, &whole);
            let reader = Reader { visit, instrument, round: round_path(id) };
            let page = ResultPage { round_title: view.round.title, ..reader.page(scores) };
            visit.page("assessment/result.html", page).respond()
        }
        (Err(error), _) | (_, Err(error)) => failed(visit, error),
    }
}

impl Reader<'_> {
    fn page(&self, scores: Scores) -> ResultPage {
        let (visit, country) = (self.visit, &scores.country);
        let stage = self.instrument.levels.iter().find(|level| level.n == country.level);
        let stage = stage.map(|level| level.name.clone()).unwrap_or_default();
        let number = [("level", country.level.to_string())];
        let facts = [
            ("assessment.mean", self.points(country.mean)),
            ("assessment.interval", self.interval(country.low, country.high)),
            ("assessment.coverage", self.percent(country.coverage)),
        ];
        let hindrances = scores.hindrances(self.instrument);
        let (questions, cells) = self.matrix(&scores.matrix);
        ResultPage {
            round: self.round.clone(),
            round_title: String::new(),
            level: format!("{}: {stage}", visit.t("assessment.level", &number)),
            facts: facts.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).into(),
            held_back_by: hindrances.iter().map(|one| self.reason(one)).collect(),
            dimensions: scores.dimensions.iter().map(|one| self.dimension(one)).collect(),
            questions,
            cells,
            gates: scores.gates.into_iter().map(|one| self.gate(one)).collect(),
        }
    }

    fn reason(&self, one: &Hindrance) -> Reason {
        let t = |key: &str, args: &[(&str, String)]| self.visit.t(key, args);
        match one {
            Hindrance::Critical { indicator, level, not_planned } => {
                let says = match (level, not_planned) {
                    (Some(level), _) => {
                        let levels =
                            [("level", level.to_string()), ("needs", CRITICAL_LEAST.to_string())];
                        t("assessment.held-critical-low", &levels)
                    }
                    (None, true) => t("assessment.held-critical-not-planned", &[]),
                    (None, false) => t("assessment.held-critical-unknown", &[]),
                };
                let title = self.instrument.indicator(indicator).map(|one| one.title.as_str());
                Reason {
                    title: format!("{indicator} {}", title.unwrap_or_default()),
                    href: format!("{}/indicators/{indicator}", self.round),
                    says,
                }
            }
            Hindrance::Coverage { dimension, coverage, needs } => {
                let shares =
                    [("coverage", self.percent(*coverage)), ("needs", self.percent(*needs))];
                self.of_dimension(dimension, t("assessment.held-coverage", &shares))
            }
            Hindrance::Dimension { dimension, score, needs } => {
                let scores = [("score", self.points(*score)), ("needs", self.points(*needs))];
                self.of_dimension(dimension, t("assessment.held-score", &scores))
            }
            Hindrance::Mean { mean, needs } => {
                let scores = [("score", self.points(*mean)), ("needs", self.points(*needs))];
                let says = t("assessment.held-score", &scores);
                Reason { title: t("assessment.mean", &[]), href: String::new(), says }
            }
        }
    }

    fn of_dimension(&self, id: &str, says: String) -> Reason {
        let href = format!("{}/dimensions/{id}", self.round);
        Reason { title: self.dimension_name(id), href, says }
    }

    fn dimension_name(&self, id: &str) -> String {
        self.instrument.dimension(id).map_or_else(|| id.to_owned(), |named| named.name.clone())
    }

    fn dimension(&self, one: &DimensionScore) -> Bar {
        let shown = match one.score {
            None => self.visit.t("assessment.unknown", &[]),
            Some(score) => {
                format!("{} ({})", self.points(score), self.interval(one.low, one.high))
            }
        };
        // Of 1,000, where 10,000 are the whole.
        let shown = format!("{shown}{}", self.down(one.unavailable));
        let share = one.score.unwrap_or(0) / 10;
        Bar { label: self.dimension_name(&one.id), shown, share }
    }

    /// The cells as a table: components down, questions across, in the order in which they come.
    fn matrix(&self, cells: &[CellScore]) -> (Vec<Head>, Vec<Vec<String>>) {
        let word = |text: &str| self.visit.t_or(&format!("assessment.matrix-{text}"), text);
        let head = |text: String, number| Head { text, number };
        let mut heads = vec![head(self.visit.t("assessment.component", &[]), false)];
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut component = "";
        for cell in cells {
            if cell.component != component {
                component = &cell.component;
                rows.push(vec![word(component)]);
            }
            if rows.len() == 1 {
                heads.push(head(word(&cell.question), true));
            }
            if let Some(row) = rows.last_mut() {
                row.push(self.cell(cell));
            }
        }
        (heads, rows)
    }

    fn cell(&self, one: &CellScore) -> String {
        let unknown = || self.visit.t("assessment.unknown", &[]);
        let shown = one.score.map_or_else(unknown, |score| self.points(score));
        let red = one.red_gate.as_ref().map(|gate| format!(" ({gate})")).unwrap_or_default();
        format!("{shown}{red}{}", self.down(one.unavailable))
    }

    /// Something that is counted here does not answer now.
    fn down(&self, unavailable: bool) -> String {
        if !unavailable {
            return String::new();
        }
        format!(", {}", self.visit.t("assessment.down-now", &[]))
    }

    fn gate(&self, one: GateState) -> Gate {
        let (key, tone) = match one.state {
            GateAnswer::Green => ("assessment.gate-green", Tone::Good),
            GateAnswer::Red => ("assessment.gate-red", Tone::Bad),
            GateAnswer::Unknown => ("assessment.gate-unknown", Tone::Warn),
        };
        let chip = |id: String| {
            let href = format!("{}/indicators/{id}", self.round);
            Chip { text: id, href, current: false }
        };
        let because = one.because.into_iter().map(chip).collect();
        Gate { id: one.id, says: one.says, tag: self.visit.t(key, &[]), tone, because }
    }

    fn interval(&self, low: Points, high: Points) -> String {
        let ends = [("low", self.points(low)), ("high", self.points(high))];
        self.visit.t("assessment.interval-says", &ends)
    }

    /// Hundredths of a point as people read them.
    fn points(&self, hundredths: Points) -> String {
        let number = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        self.visit.ui().format(self.visit.lang).decimal(&number)
    }

    /// Thousandths as a share of 100.
    fn percent(&self, thousandths: i64) -> String {
        let number = format!("{}.{}", thousandths / 10, thousandths % 10);
        format!("{}\u{a0}%", self.visit.ui().format(self.visit.lang).decimal(&number))
    }
}
