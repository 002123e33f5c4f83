//! Answers that outlive a version.

use maturity::instrument::migration::{Change, MigrationError, migrate};
use maturity::instrument::{Instrument, InstrumentError, Migration};
use maturity::round::{Outcome, Round, Target};

use crate::build::{claim, empty, measurement, standing};

/// Version 9.0.0, in which old ids (which version 8.0.0 had) became ids of the built-in instrument.
fn next() -> Instrument {
    let mut instrument = Instrument::built_in();
    instrument.version = "9.0.0".to_owned();
    let migration = |text: &str| toml::from_str::<Migration>(text).unwrap();
    instrument.migrations = vec![
        migration(
            r#"from = "7.0.0"
               to = "8.0.0"
               renamed = { "OLD-1" = "OLD-2" }"#,
        ),
        migration(
            r#"from = "8.0.0"
               to = "9.0.0"
               renamed = { "OLD-2" = "ID-01" }
               split = { "OLD-3" = ["ID-02", "ID-03"] }
               dropped = ["OLD-4"]
               level_map = { "ID-04" = [0, 0, 1, 2, 4] }"#,
        ),
    ];
    Instrument::parse(&toml::to_string(&instrument).unwrap()).unwrap()
}

fn old(answers: &[(&str, u8)]) -> Round {
    let mut round = empty();
    round.instrument.version = "7.0.0".to_owned();
    for (id, level) in answers {
        round.answers.insert((*id).to_owned(), claim(Some(*level)));
    }
    round
}

#[test]
fn answers_move_and_nothing_is_lost_silently() {
    let mut round =
        old(&[("OLD-1", 3), ("OLD-3", 2), ("OLD-4", 4), ("ID-04", 3), ("NO-9", 1), ("CAP-01", 1)]);
    round.targets.insert("ID-04".to_owned(), Target::Level { level: 3, by: None });
    let (new, notes) = migrate(round, &next()).unwrap();
    let levels: Vec<_> =
        new.answers.iter().map(|(id, answer)| (id.as_str(), answer.level)).collect();
    let expected = [("CAP-01", 1), ("ID-01", 3), ("ID-02", 2), ("ID-03", 2), ("ID-04", 2)];
    assert_eq!(levels, expected.map(|(id, level)| (id, Some(level))));
    assert!(matches!(new.targets["ID-04"], Target::Level { level: 2, .. }));
    assert_eq!(new.instrument.version, "9.0.0");

    let changes: Vec<_> = notes.iter().map(|note| (note.indicator.as_str(), note.change)).collect();
    assert_eq!(
        changes,
        [
            ("OLD-1", Change::Renamed),
            ("ID-04", Change::Releveled),
            ("OLD-2", Change::Renamed),
            ("OLD-3", Change::Split),
            ("OLD-4", Change::Dropped),
            ("NO-9", Change::Dropped),
        ]
    );
    for note in notes.iter().filter(|note| note.change == Change::Dropped) {
        assert!(note.lost_answer.is_some(), "{}", note.indicator);
    }
}

#[test]
fn measurements_move_with_their_indicator() {
    let instrument = next();
    let mut round = old(&[]);
    let mut one = measurement(&instrument.indicators[0], "2026-06-30T10:00:00Z", Outcome::Level(2));
    one.indicator = "OLD-1".to_owned();
    let mut two = one.clone();
    two.indicator = "OLD-4".to_owned();
    round.measurements = vec![one, two];
    let (new, notes) = migrate(round, &instrument).unwrap();
    assert_eq!(new.measurements.len(), 1);
    assert_eq!(new.measurements[0].indicator, "ID-01");
    let dropped = notes.iter().find(|note| note.change == Change::Dropped).unwrap();
    assert_eq!(dropped.lost_measurements.len(), 1);
}

#[test]
fn a_round_of_this_version_stays_as_it_is() {
    let instrument = Instrument::built_in();
    let round = standing(|_| 2);
    let before = serde_json::to_string(&round).unwrap();
    let (after, notes) = migrate(round, &instrument).unwrap();
    assert_eq!(serde_json::to_string(&after).unwrap(), before);
    assert!(notes.is_empty());
}

#[test]
fn without_a_way_the_round_is_refused() {
    let mut round = old(&[]);
    round.instrument.version = "6.0.0".to_owned();
    let refused = migrate(round, &next()).unwrap_err();
    let no_way = MigrationError::NoWay { from: "6.0.0".to_owned(), to: "9.0.0".to_owned() };
    assert_eq!(refused, no_way);
    let mut round = old(&[]);
    round.instrument.id = "other".to_owned();
    assert!(matches!(migrate(round, &next()), Err(MigrationError::OtherInstrument { .. })));
}

#[test]
fn a_migration_that_would_lose_answers_is_no_instrument() {
    let check = |change: fn(&mut Migration), says: &str| {
        let mut instrument = next();
        change(&mut instrument.migrations[1]);
        let error = Instrument::parse(&toml::to_string(&instrument).unwrap()).unwrap_err();
        assert!(matches!(error, InstrumentError::Faults(_)));
        assert!(error.to_string().contains(says), "{error}");
    };
    check(|m| m.to = "9.9.9".to_owned(), "it does not lead to version 9.0.0");
    check(|m| m.dropped.push("OLD-2".to_owned()), "OLD-2 stands in more than one");
    check(
        |m| drop(m.renamed.insert("OLD-5".to_owned(), "ID-01".to_owned())),
        "ID-01 would get more than one answer",
    );
    check(
        |m| drop(m.renamed.insert("OLD-5".to_owned(), "ID-99".to_owned())),
        "there is no indicator ID-99",
    );
    check(
        |m| m.level_map.extend([("ID-05".to_owned(), [0, 1, 2, 3, 9])]),
        "leaves the levels 0 to 4",
    );
}

#[test]
fn a_rename_onto_an_answered_indicator_hands_one_answer_back() {
    let mut round = old(&[("OLD-1", 3), ("ID-01", 1)]);
    round.targets.insert("OLD-1".to_owned(), Target::Level { level: 4, by: None });
    let (new, notes) = migrate(round, &next()).unwrap();
    assert_eq!(new.answers["ID-01"].level, Some(1));
    let lost = notes.iter().find(|note| note.change == Change::Dropped).unwrap();
    assert_eq!(lost.lost_answer.as_ref().unwrap().level, Some(3));
    assert!(matches!(lost.lost_target, Some(Target::Level { level: 4, .. })));
}

#[test]
fn a_rename_onto_an_indicator_with_a_target_hands_the_target_back() {
    let mut round = old(&[]);
    round.targets.insert("ID-01".to_owned(), Target::Level { level: 2, by: None });
    round.targets.insert("OLD-1".to_owned(), Target::Level { level: 4, by: None });
    let (new, notes) = migrate(round, &next()).unwrap();
    assert!(matches!(new.targets["ID-01"], Target::Level { level: 2, .. }));
    let lost = notes.iter().find(|note| note.change == Change::Dropped).unwrap();
    assert!(matches!(lost.lost_target, Some(Target::Level { level: 4, .. })));
}
