//! The twelve cells: three components by four questions.

use crate::instrument::{Instrument, MatrixCell};
use crate::result::{CellScore, GateAnswer, GateState};
use crate::score::Pairs;
use crate::score::tally::Tally;

pub(super) fn cells(
    instrument: &Instrument,
    pairs: &Pairs<'_>,
    gates: &[GateState],
) -> Vec<CellScore> {
    instrument.matrix.iter().map(|cell| cell_score(instrument, cell, pairs, gates)).collect()
}

fn cell_score(
    instrument: &Instrument,
    cell: &MatrixCell,
    pairs: &Pairs<'_>,
    gates: &[GateState],
) -> CellScore {
    let tally = Tally::of(cell.indicators.iter().filter_map(|id| pairs.get(id)));
    let red = gates.iter().find(|gate| is_red_here(gate, cell, &instrument.matrix));
    CellScore {
        component: cell.component.clone(),
        question: cell.question.clone(),
        score: tally.score(),
        level: tally.band(instrument),
        unavailable: tally.unavailable,
        red_gate: red.map(|gate| gate.id.clone()),
    }
}

/// A red gate marks the cells of its component that hold one of the indicators that made it red; if none does, the
/// whole component.
fn is_red_here(gate: &GateState, cell: &MatrixCell, matrix: &[MatrixCell]) -> bool {
    if gate.state != GateAnswer::Red {
        return false;
    }
    let of_component =
        |cell: &MatrixCell| gate.component == "any" || gate.component == cell.component;
    let decides = |cell: &MatrixCell| gate.because.iter().any(|id| cell.indicators.contains(id));
    let somewhere = matrix.iter().any(|other| of_component(other) && decides(other));
    of_component(cell) && (decides(cell) || !somewhere)
}
