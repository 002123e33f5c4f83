use std::collections::BTreeMap;

use maturity::Round;
use maturity::plan::{Change, WhatIf, what_if};

use crate::rounds::{all_at, instrument, set};

fn country() -> Round {
    let mut round = all_at(3);
    for indicator in ["GOV-01", "INT-01", "DX-05", "CAP-02", "LEG-05", "ID-07"] {
        set(&mut round, indicator, 1);
    }
    round
}

fn suppose(change: &Change) -> WhatIf {
    what_if(&instrument(), &country(), change)
}

fn action_of(gap: &str) -> String {
    let present = suppose(&Change::default()).roadmap;
    let closes = |action: &&maturity::result::Action| action.gaps.contains(&gap.to_owned());
    present.actions.iter().find(closes).unwrap().id.clone()
}

#[test]
fn to_suppose_nothing_changes_nothing() {
    let same = suppose(&Change::default());
    assert_eq!(same.before, same.after);
    assert!(same.fallen.is_empty());
    assert_eq!(same.before.level, 1, "a critical indicator stands at 1");
    assert!(same.before.level_at_end > 1 && same.before.mean_at_end > same.before.mean);
}

#[test]
fn a_supposed_answer_counts_as_proven() {
    let answers = BTreeMap::from([("GOV-01".to_owned(), 3), ("INT-01".to_owned(), 3)]);
    let supposed = suppose(&Change { answers, ..Change::default() });
    assert!(supposed.after.level > supposed.before.level);
    assert!(supposed.after.mean > supposed.before.mean);
    assert!(supposed.roadmap.actions.iter().all(|action| action.indicator != "GOV-01"));
}

#[test]
fn to_leave_an_action_out_fells_what_waits_for_it_and_lowers_the_end() {
    let leave_out = vec![action_of("GAP-UNGOVERNED-GOV-01")];
    let supposed = suppose(&Change { leave_out, ..Change::default() });
    assert_eq!(supposed.fallen, ["Adopt the framework by decree"]);
    assert!(supposed.after.level_at_end < supposed.before.level_at_end);
    assert!(supposed.after.mean_at_end < supposed.before.mean_at_end);
    assert_eq!(supposed.after.mean, supposed.before.mean, "today is as it was");
}

#[test]
fn fewer_hands_take_longer() {
    let mut round = all_at(1);
    set(&mut round, "CAP-02", 2);
    let fewer = Change { parallel: Some(1), ..Change::default() };
    let slow = what_if(&instrument(), &round, &fewer);
    assert!(slow.after.months > slow.before.months, "{:?} {:?}", slow.before, slow.after);
    let more = BTreeMap::from([("legal".to_owned(), 20), ("digital-authority".to_owned(), 20)]);
    let quick = Change { parallel_of: more, ..Change::default() };
    let quick = what_if(&instrument(), &round, &quick);
    assert!(quick.after.months <= quick.before.months);
}
