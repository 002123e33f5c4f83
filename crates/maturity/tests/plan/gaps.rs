//! What is missing, and what is not.

use maturity::Instrument;
use maturity::result::{Effort, GapKind};
use maturity::round::Target;

use crate::build;
use crate::world::{assessed, gap, hasty};

#[test]
fn no_gap_stands_at_its_target_and_every_lower_level_has_one() {
    let mut round = hasty();
    round.targets.insert("DX-07".to_owned(), Target::Level { level: 1, by: None });
    round.targets.insert("ID-05".to_owned(), Target::Level { level: 4, by: None });
    let declined = Target::NotPlanned { reason: "council".to_owned() };
    round.targets.insert("DX-09".to_owned(), declined);
    let assessment = assessed(&round);
    for score in &assessment.scores.indicators {
        let wanted = !score.not_planned && score.level.unwrap() < score.target;
        assert_eq!(gap(&assessment.gaps, &score.id).is_some(), wanted, "{}", score.id);
    }
    assert!(gap(&assessment.gaps, "DX-07").is_none() && gap(&assessment.gaps, "DX-09").is_none());
    assert_eq!(gap(&assessment.gaps, "ID-05").unwrap().target, 4);
}

#[test]
fn a_target_does_not_hide_a_red_safeguard() {
    let mut round = hasty();
    round.targets.insert("LEG-04".to_owned(), Target::Level { level: 0, by: None });
    let declined = Target::NotPlanned { reason: "council".to_owned() };
    round.targets.insert("SAF-03".to_owned(), declined);
    let gaps = assessed(&round).gaps;
    assert_eq!(gap(&gaps, "LEG-04").unwrap().kind, GapKind::Unsafe);
    assert_eq!(gap(&gaps, "SAF-03").unwrap().target, 2, "what the gate asks");
    assert!(gaps[..3].iter().all(|gap| gap.kind == GapKind::Unsafe));
}

#[test]
fn what_nobody_knows_is_to_be_found_out_and_is_not_zero() {
    let assessment = assessed(&build::empty());
    let instrument = Instrument::built_in();
    let critical = instrument.indicators.iter().filter(|indicator| indicator.critical);
    assert_eq!(assessment.gaps.len(), critical.count());
    for gap in &assessment.gaps {
        assert_eq!((gap.kind, gap.level, gap.effort), (GapKind::Unevidenced, None, Effort::Small));
        assert!(gap.action.starts_with("Find out: ") && gap.exit_test.starts_with("evidence"));
        let weight = instrument.indicator(&gap.indicator).unwrap().weight;
        assert_eq!(gap.severity, weight * 2 * 100, "one step, not all the way from zero");
    }
}

#[test]
fn kinds_follow_from_what_stands_beside_them() {
    let kind = |id: &str| gap(&assessed(&hasty()).gaps, id).map(|gap| gap.kind);
    // Identity stands at 3 and nobody shares it; the exchange at 1 has nothing to share.
    assert_eq!(kind("REU-02"), Some(GapKind::Siloed));
    assert_eq!(kind("REU-04"), Some(GapKind::Missing));
    assert_eq!(kind("XB-02"), Some(GapKind::NotInteroperable));
    assert_eq!(kind("REU-07"), Some(GapKind::DependentOnOne));
    assert_eq!(kind("GOV-01"), Some(GapKind::Ungoverned));
    assert_eq!(kind("INC-01"), Some(GapKind::Excluding));
    assert_eq!(kind("DX-01"), Some(GapKind::Missing));
}

#[test]
fn a_claim_without_evidence_asks_for_evidence() {
    let mut round = hasty();
    round.answers.insert("DX-01".to_owned(), build::claim(Some(3)));
    let gaps = assessed(&round).gaps;
    let found = gap(&gaps, "DX-01").unwrap();
    assert_eq!(
        (found.kind, found.level, found.effort),
        (GapKind::Unevidenced, Some(1), Effort::Small)
    );
    assert!(found.action.starts_with("Collect evidence"), "{}", found.action);
}

#[test]
fn services_that_wait_make_a_gap_graver() {
    let mut round = hasty();
    let with = assessed(&round).gaps;
    round.services.clear();
    let without = assessed(&round).gaps;
    let (with, without) = (gap(&with, "DX-01").unwrap(), gap(&without, "DX-01").unwrap());
    assert_eq!(with.blocks_services, ["benefit"]);
    // Two levels, weight 3, critical; one of four services waits.
    assert_eq!((without.severity, with.severity), (2 * 3 * 2 * 100, 2 * 3 * 2 * 125));
}

#[test]
fn infrastructure_is_marked_as_outside_govstack() {
    let gaps = assessed(&hasty()).gaps;
    assert!(gap(&gaps, "INF-01").unwrap().outside_govstack);
    assert!(!gap(&gaps, "DX-01").unwrap().outside_govstack);
    assert!(!gap(&gaps, "DX-01").unwrap().products.is_empty());
}
