//! The country at a glance, its dimensions, the twelve cells and the gates.

use super::word;
use crate::result::Assessment;
use crate::sheet::SheetError;
use crate::sheet::book::{Book, Cell, Head};
use crate::{Instrument, Round};

pub(super) fn overview(
    book: &mut Book,
    instrument: &Instrument,
    round: &Round,
    assessment: &Assessment,
) -> Result<(), SheetError> {
    let country = &assessment.scores.country;
    let stage = instrument.levels.iter().find(|level| level.n == country.level);
    let mut rows = vec![
        vec![Cell::text("Country"), Cell::text(&round.country.name)],
        vec![Cell::text("Round"), Cell::text(&round.id)],
        vec![Cell::text("As of"), Cell::text(round.as_of.to_string())],
        vec![
            Cell::text("Instrument"),
            Cell::text(format!("{} {}", instrument.id, instrument.version)),
        ],
        vec![Cell::text("Profile"), Cell::text(&round.profile)],
        vec![Cell::text("Digest of round and instrument"), Cell::text(&assessment.digest)],
        vec![Cell::text("Level"), Cell::level(Some(country.level))],
        vec![Cell::text("Name of the level"), Cell::text(stage.map_or("", |stage| &stage.name))],
        vec![Cell::text("Mean"), Cell::Hundredths(country.mean)],
        vec![Cell::text("Mean with every unknown at 0"), Cell::Hundredths(country.low)],
        vec![Cell::text("Mean with every unknown at 4"), Cell::Hundredths(country.high)],
        vec![Cell::text("Geometric mean"), Cell::Hundredths(country.geometric)],
        vec![Cell::text("Weakest dimension"), Cell::text(&country.weakest)],
        vec![Cell::text("Share of weight answered"), Cell::Thousandths(country.coverage)],
    ];
    if round.country.invented {
        rows.insert(
            0,
            vec![
                Cell::text("Invented"),
                Cell::text("The country and all its figures are invented."),
            ],
        );
    }
    for reason in &country.held_back_by {
        rows.push(vec![Cell::text("Held back by"), Cell::text(reason)]);
    }
    let sensitivity = &assessment.scores.sensitivity;
    rows.push(vec![Cell::text("Weightings tried"), Cell::Whole(u64::from(sensitivity.draws))]);
    rows.push(vec![Cell::text("Lowest mean among them"), Cell::Hundredths(sensitivity.mean_low)]);
    rows.push(vec![Cell::text("Highest mean among them"), Cell::Hundredths(sensitivity.mean_high)]);
    for (level, draws) in sensitivity.levels.iter().enumerate() {
        rows.push(vec![
            Cell::text(format!("Weightings at level {level}")),
            Cell::Whole(u64::from(*draws)),
        ]);
    }
    book.sheet("Overview", &[("What", 32), ("Value", 70)], &rows)?;
    Ok(())
}

pub(super) fn dimensions(
    book: &mut Book,
    instrument: &Instrument,
    assessment: &Assessment,
) -> Result<(), SheetError> {
    let heads: [Head; 8] = [
        ("Dimension", 12),
        ("Name", 36),
        ("Score", 10),
        ("Low", 10),
        ("High", 10),
        ("Answered", 10),
        ("Band", 10),
        ("Unavailable now", 12),
    ];
    let rows = assessment.scores.dimensions.iter().map(|score| {
        let name = instrument.dimension(&score.id).map_or("", |dimension| &dimension.name);
        vec![
            Cell::text(&score.id),
            Cell::text(name),
            Cell::points(score.score),
            Cell::Hundredths(score.low),
            Cell::Hundredths(score.high),
            Cell::Thousandths(score.coverage),
            Cell::level(score.band),
            Cell::yes(score.unavailable),
        ]
    });
    book.sheet("Dimensions", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

pub(super) fn cells(book: &mut Book, assessment: &Assessment) -> Result<(), SheetError> {
    let heads: [Head; 6] = [
        ("Component", 16),
        ("Question", 24),
        ("Score", 10),
        ("Level", 10),
        ("Unavailable now", 12),
        ("Red gate", 20),
    ];
    let rows = assessment.scores.matrix.iter().map(|cell| {
        vec![
            Cell::text(&cell.component),
            Cell::text(cell.question.replace('_', " ")),
            Cell::points(cell.score),
            Cell::level(cell.level),
            Cell::yes(cell.unavailable),
            Cell::text(cell.red_gate.clone().unwrap_or_default()),
        ]
    });
    book.sheet("Cells", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

pub(super) fn gates(book: &mut Book, assessment: &Assessment) -> Result<(), SheetError> {
    let heads: [Head; 5] =
        [("Gate", 14), ("Component", 16), ("State", 12), ("Says", 60), ("Because of", 30)];
    let rows = assessment.scores.gates.iter().map(|gate| {
        vec![
            Cell::text(&gate.id),
            Cell::text(&gate.component),
            Cell::text(word(&gate.state)),
            Cell::text(&gate.says),
            Cell::list(&gate.because),
        ]
    });
    book.sheet("Gates", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}
