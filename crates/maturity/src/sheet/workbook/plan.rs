//! Gaps, services, components, decisions, and the roadmap with who does what.

use super::word;
use crate::Round;
use crate::result::{Action, Assessment, Roadmap};
use crate::sheet::SheetError;
use crate::sheet::book::{Book, Cell, Head};

pub(super) fn gaps(book: &mut Book, assessment: &Assessment) -> Result<(), SheetError> {
    let heads: [Head; 16] = [
        ("Gap", 22),
        ("Kind", 18),
        ("Indicator", 12),
        ("Dimension", 12),
        ("Level", 10),
        ("Target", 10),
        ("Severity", 10),
        ("Owner", 26),
        ("Effort", 10),
        ("Cost", 10),
        ("Action", 50),
        ("Building Blocks", 24),
        ("Products", 30),
        ("Closed when", 40),
        ("Blocks services", 24),
        ("Outside GovStack", 12),
    ];
    let rows = assessment.gaps.iter().map(|gap| {
        vec![
            Cell::text(&gap.id),
            Cell::text(word(&gap.kind)),
            Cell::text(&gap.indicator),
            Cell::text(&gap.dimension),
            Cell::level(gap.level),
            Cell::level(Some(gap.target)),
            Cell::Hundredths(gap.severity),
            Cell::text(&gap.owner),
            Cell::text(word(&gap.effort)),
            Cell::text(word(&gap.cost)),
            Cell::text(&gap.action),
            Cell::list(&gap.building_blocks),
            Cell::list(&gap.products),
            Cell::text(&gap.exit_test),
            Cell::list(&gap.blocks_services),
            Cell::yes(gap.outside_govstack),
        ]
    });
    book.sheet("Gaps", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

pub(super) fn services(
    book: &mut Book,
    round: &Round,
    assessment: &Assessment,
) -> Result<(), SheetError> {
    let heads: [Head; 10] = [
        ("Rank", 8),
        ("Service", 14),
        ("Name", 36),
        ("Quadrant", 10),
        ("Impact", 10),
        ("Readiness", 10),
        ("Hours a year", 14),
        ("Rights depend on it", 12),
        ("Held back by", 30),
        ("Not filled in", 30),
    ];
    let rows = assessment.services.iter().map(|ranked| {
        let service = round.services.iter().find(|service| service.id == ranked.id);
        vec![
            Cell::Whole(u64::from(ranked.rank)),
            Cell::text(&ranked.id),
            Cell::text(service.map_or("", |service| &service.name)),
            Cell::text(word(&ranked.quadrant).to_uppercase()),
            Cell::Thousandths(ranked.impact),
            Cell::Thousandths(ranked.readiness),
            ranked.burden_hours.map_or(Cell::Empty, Cell::Whole),
            Cell::yes(ranked.rights_flag),
            Cell::list(&ranked.missing),
            Cell::list(&ranked.unknown_fields),
        ]
    });
    book.sheet("Services", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

pub(super) fn components(book: &mut Book, assessment: &Assessment) -> Result<(), SheetError> {
    let heads: [Head; 6] = [
        ("Rank", 8),
        ("Building Block", 24),
        ("Level", 10),
        ("Value", 10),
        ("Effort", 10),
        ("Unlocks", 50),
    ];
    let rows = assessment.components.iter().map(|component| {
        vec![
            Cell::Whole(u64::from(component.rank)),
            Cell::text(&component.building_block),
            Cell::level(component.level),
            Cell::Thousandths(component.value),
            Cell::text(word(&component.effort)),
            Cell::list(&component.unlocks),
        ]
    });
    book.sheet("Components", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

pub(super) fn decisions(
    book: &mut Book,
    round: &Round,
    assessment: &Assessment,
) -> Result<(), SheetError> {
    let heads: [Head; 5] =
        [("System", 16), ("Name", 36), ("Decision", 12), ("Reason", 60), ("Building Block", 20)];
    let rows = assessment.architecture.decisions.iter().map(|decision| {
        let system = round.systems.iter().find(|system| system.id == decision.system);
        vec![
            Cell::text(&decision.system),
            Cell::text(system.map_or("", |system| &system.name)),
            Cell::text(word(&decision.verdict)),
            Cell::text(&decision.reason),
            Cell::text(decision.building_block.clone().unwrap_or_default()),
        ]
    });
    book.sheet("Decisions", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

/// The columns of GovStack's high-level roadmap.
pub(super) fn roadmap(book: &mut Book, assessment: &Assessment) -> Result<(), SheetError> {
    let heads: [Head; 10] = [
        ("Stage", 24),
        ("Indicator", 12),
        ("Activity id", 12),
        ("Activity", 40),
        ("Description", 40),
        ("Deliverable", 40),
        ("Lead organisation", 26),
        ("Timeline", 18),
        ("Resources", 26),
        ("Comments", 50),
    ];
    let roadmap = &assessment.roadmap;
    let rows = roadmap.actions.iter().map(|action| {
        let stage = roadmap.phases.iter().find(|phase| phase.n == action.phase);
        vec![
            Cell::text(stage.map_or_else(|| action.phase.to_string(), |stage| stage.name.clone())),
            Cell::text(&action.indicator),
            Cell::text(&action.id),
            Cell::text(&action.title),
            Cell::text(description(action)),
            Cell::text(&action.deliverable),
            Cell::text(&action.raci.responsible),
            Cell::text(format!("months {} to {}", action.first_month, action.last_month)),
            Cell::text(format!("{} cost; {}", word(&action.cost), action.funding)),
            Cell::text(comments(action, roadmap)),
        ]
    });
    book.sheet("Roadmap", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}

fn description(action: &Action) -> String {
    format!("Closes {}. Done when: {}", action.gaps.join(", "), action.exit_test)
}

fn comments(action: &Action, roadmap: &Roadmap) -> String {
    let mut comments = Vec::new();
    if !action.depends_on.is_empty() {
        comments.push(format!("After {}.", action.depends_on.join(", ")));
    }
    if roadmap.critical_path.contains(&action.id) {
        comments.push("On the critical path.".to_owned());
    }
    if !action.standards.is_empty() {
        comments.push(format!("Standards: {}.", action.standards.join(", ")));
    }
    if !action.decision_body.is_empty() {
        comments.push(format!("Decided by: {}.", action.decision_body));
    }
    comments.join(" ")
}

pub(super) fn raci(book: &mut Book, assessment: &Assessment) -> Result<(), SheetError> {
    let heads: [Head; 6] = [
        ("Activity id", 12),
        ("Activity", 40),
        ("Responsible", 30),
        ("Accountable", 30),
        ("Consulted", 40),
        ("Informed", 40),
    ];
    let rows = assessment.roadmap.actions.iter().map(|action| {
        vec![
            Cell::text(&action.id),
            Cell::text(&action.title),
            Cell::text(&action.raci.responsible),
            Cell::text(&action.raci.accountable),
            Cell::list(&action.raci.consulted),
            Cell::list(&action.raci.informed),
        ]
    });
    book.sheet("RACI", &heads, &rows.collect::<Vec<_>>())?;
    Ok(())
}
