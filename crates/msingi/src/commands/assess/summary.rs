//! What the terminal shows of an assessment.

use super::super::say;
use maturity::result::{CellScore, GateAnswer, Points, Scores};
use maturity::round::{Measurement, Outcome};
use maturity::{Instrument, Round, assess};

/// Gaps, services and hindrances that are shown.
const SHOWN: usize = 5;

pub fn show(instrument: &Instrument, round: &Round) {
    let found = assess(instrument, round);
    let country = &found.scores.country;
    let level = instrument.levels.iter().find(|level| level.n == country.level);
    let name = level.map_or("", |level| level.name.as_str());
    say(format!("\n  {}, as of {}", round.country.name, round.as_of));
    say(format!("  Level {} of 4, {name}", country.level));
    let (low, high) = (points(country.low), points(country.high));
    say(format!("  Mean {}, between {low} and {high} for what is not known", points(country.mean)));
    say("");
    for dimension in &found.scores.dimensions {
        let named = instrument.dimension(&dimension.id).map_or("", |one| one.name.as_str());
        let score = dimension.score.map_or("   ?".to_owned(), points);
        let down = if dimension.unavailable { ", something does not answer now" } else { "" };
        say(format!("  {:<4} {score:>6}  {named}{down}", dimension.id));
    }
    matrix(&found.scores);
    let red = found.scores.gates.iter().filter(|gate| gate.state == GateAnswer::Red);
    say("");
    for gate in red {
        say(format!("  Red gate {}: {}", gate.id, gate.says));
    }
    say("\n  What comes first");
    for gap in found.gaps.iter().take(SHOWN) {
        say(format!("  - {} ({}): {}", gap.indicator, gap.kind.code(), gap.action));
    }
    let months = found.roadmap.months;
    say(format!(
        "\n  {} actions over {months} months; {} services ranked",
        found.roadmap.actions.len(),
        found.services.len()
    ));
}

/// The columns of the matrix, as the instrument names them.
const QUESTIONS: [(&str, &str); 4] = [
    ("exist_functional", "exists, works"),
    ("interoperable", "interoperable"),
    ("governed", "governed"),
    ("shared", "shared"),
];

/// Identity, payments and exchange by the four questions.
fn matrix(scores: &Scores) {
    let heads = QUESTIONS.map(|(_, says)| format!("{says:>22}"));
    say(format!("\n  {:<10}{}", "", heads.concat()));
    for component in ["identity", "payments", "exchange"] {
        let cells = QUESTIONS.map(|(question, _)| {
            let mut of = scores.matrix.iter().filter(|cell| cell.component == component);
            let cell = of.find(|cell| cell.question == question).map_or("-".to_owned(), cell);
            format!("{cell:>22}")
        });
        say(format!("  {component:<10}{}", cells.concat()));
    }
}

fn cell(cell: &CellScore) -> String {
    let level = cell.level.map_or("?".to_owned(), |level| level.to_string());
    let down = if cell.unavailable { ", down" } else { "" };
    let gate = cell.red_gate.as_ref().map(|gate| format!(", {gate}")).unwrap_or_default();
    format!("{level}{down}{gate}")
}

/// `37.28`
pub fn points(points: Points) -> String {
    format!("{}.{:02}", points / 100, points % 100)
}

pub fn measured(found: &[Measurement]) {
    for one in found {
        let outcome = match one.outcome {
            Outcome::Level(level) => format!("level {level}"),
            Outcome::Unavailable { seconds } => format!("no answer for {seconds} s"),
            Outcome::CannotBeMeasured => continue,
        };
        say(format!("  {:<8} {:<12} {:<10} {}", one.indicator, one.probe, one.target, outcome));
    }
    let silent = found.iter().filter(|one| one.outcome == Outcome::CannotBeMeasured).count();
    say(format!(
        "  {silent} further questions cannot be measured here; each says why in the round"
    ));
}
