//! Chapter 1: the decisions asked, at most five.

use crate::report::Report;
use crate::report::document::{Block, Chapter, Item, Line};
use crate::report::phrases::anchor;
use crate::result::{Action, GateAnswer, GateState};

/// As many as a cabinet decides in one sitting.
pub const ASKS_MAX: usize = 5;

/// One decision asked, with what makes it necessary.
pub struct Ask<'a> {
    pub action: &'a Action,
    /// Gate that it opens.
    pub gate: Option<&'a GateState>,
}

/// Red gates first, then the critical path, then what begins earliest.
#[must_use]
pub fn asks<'a>(report: &Report<'a>) -> Vec<Ask<'a>> {
    let roadmap = &report.assessment.roadmap;
    let mut asks: Vec<Ask<'a>> = Vec::new();
    let red = report.assessment.scores.gates.iter().filter(|gate| gate.state == GateAnswer::Red);
    for gate in red {
        if let Some(action) = opens(report, gate) {
            add(&mut asks, action, Some(gate));
        }
    }
    let mut rest: Vec<&Action> = roadmap.actions.iter().collect();
    rest.sort_by_key(|action| {
        (!roadmap.critical_path.contains(&action.id), action.first_month, &action.id)
    });
    for action in rest {
        add(&mut asks, action, None);
    }
    asks.truncate(ASKS_MAX);
    asks
}

fn add<'a>(asks: &mut Vec<Ask<'a>>, action: &'a Action, gate: Option<&'a GateState>) {
    if !asks.iter().any(|ask| ask.action.id == action.id) {
        asks.push(Ask { action, gate });
    }
}

/// The first action that works on an indicator the gate hangs on.
fn opens<'a>(report: &Report<'a>, gate: &GateState) -> Option<&'a Action> {
    let gaps = &report.assessment.gaps;
    let touches =
        |id: &String| gaps.iter().any(|gap| gap.id == *id && gate.because.contains(&gap.indicator));
    let actions = &report.assessment.roadmap.actions;
    actions
        .iter()
        .find(|action| action.gaps.iter().any(touches) || gate.because.contains(&action.indicator))
}

/// Who decides: the body, or the one accountable where no body is named.
#[must_use]
pub fn decides(action: &Action) -> &str {
    if action.decision_body.is_empty() { &action.raci.accountable } else { &action.decision_body }
}

pub(super) fn chapter(report: &Report<'_>) -> Chapter {
    let mut chapter = Chapter::new("ch-decisions", "1", report.t("decisions.title"));
    let asks = asks(report);
    if asks.is_empty() {
        chapter.text(report.t("decisions.none"));
        return chapter;
    }
    chapter.text(report.t("decisions.intro"));
    let items = asks.iter().map(|ask| Item { id: None, line: line(report, ask) }).collect();
    chapter.blocks.push(Block::List { ordered: true, items });
    chapter
}

fn line(report: &Report<'_>, ask: &Ask<'_>) -> Line {
    let action = ask.action;
    let month = action.first_month.to_string();
    let who = report.fill("decisions.who", &[("body", decides(action)), ("month", &month)]);
    let mut line = Line::new().strong(action.title.clone()).on_new_line().and(who).and(" ");
    if let Some(gate) = ask.gate {
        line = line
            .and(report.t("decisions.opens"))
            .and(" ")
            .link(anchor("gate", &gate.id), gate.id.clone())
            .and(". ");
    }
    let gaps = action.gaps.iter().map(|gap| (anchor("gap", gap), gap.clone()));
    line.link(anchor("act", &action.id), action.id.clone())
        .and(report.t("number.colon"))
        .links(gaps)
        .and(".")
}
