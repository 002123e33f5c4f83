//! Gates: rules that no mean can outweigh. They are shown, and touch no score.

use crate::instrument::Gate;
use crate::instrument::condition::{Condition, Finding};
use crate::result::{GateAnswer, GateState};
use crate::score::Pairs;

pub(super) fn state(gate: &Gate, pairs: &Pairs<'_>) -> GateState {
    let level_of = |id: &str| pairs.get(id).and_then(|(_, score)| score.level);
    // The instrument's check refused conditions that do not parse; one that still does not is not open.
    let found = match Condition::parse(&gate.fails_when) {
        Ok(condition) => condition.evaluate(&level_of),
        Err(_) => Finding { holds: None, because: Vec::new() },
    };
    GateState {
        id: gate.id.clone(),
        component: gate.component.clone(),
        state: match found.holds {
            Some(true) => GateAnswer::Red,
            Some(false) => GateAnswer::Green,
            None => GateAnswer::Unknown,
        },
        says: gate.says.clone(),
        because: found.because,
    }
}
