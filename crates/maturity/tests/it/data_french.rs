//! The French texts beside the instrument.

use maturity::instrument::translation::{Translation, TranslationError, apply};
use maturity::{Instrument, Round, assess};

const ENGLISH: &str = include_str!("../../data/instrument.toml");
const FRENCH: &str = include_str!("../../data/instrument.fr.toml");

fn english() -> Instrument {
    toml::from_str(ENGLISH).expect("an instrument")
}

fn faults(french: &str) -> Vec<String> {
    let translation = Translation::parse(french).expect("a translation");
    match apply(&english(), &translation).expect_err("it does not fit") {
        TranslationError::Faults(faults) => faults,
        TranslationError::Form(says) => panic!("{says}"),
    }
}

#[test]
fn french_covers_every_text_that_a_person_reads() {
    let (english, french) = (english(), Translation::built_in("fr").unwrap());
    let translated = apply(&english, &french).unwrap();
    assert_eq!(translated.language, "fr");
    for (ours, theirs) in english.indicators.iter().zip(&translated.indicators) {
        assert_ne!(ours.title, theirs.title, "{}", ours.id);
        assert_ne!(ours.question, theirs.question, "{}", ours.id);
        assert_ne!(ours.gap.action, theirs.gap.action, "{}", ours.id);
    }
    for (ours, theirs) in english.probes.iter().zip(&translated.probes) {
        // A request line is the same in every language.
        assert!(ours.does != theirs.does || ours.does.starts_with("GET "), "{}", ours.id);
        assert_ne!(ours.passes, theirs.passes, "{}", ours.id);
    }
    for (ours, theirs) in english.gates.iter().zip(&translated.gates) {
        assert_ne!(ours.says, theirs.says, "{}", ours.id);
    }
    for (ours, theirs) in english.levels.iter().zip(&translated.levels) {
        assert_eq!(ours.govstack_state.is_some(), theirs.govstack_state.is_some());
    }
}

#[test]
fn a_translation_changes_no_score() {
    let english = english();
    let translated = apply(&english, &Translation::parse(FRENCH).unwrap()).unwrap();
    for (ours, theirs) in english.indicators.iter().zip(&translated.indicators) {
        assert_eq!(ours.id, theirs.id);
        assert_eq!((ours.weight, ours.critical), (theirs.weight, theirs.critical));
        assert_eq!((&ours.probes, &ours.depends_on), (&theirs.probes, &theirs.depends_on));
        assert_eq!(ours.levels.len(), theirs.levels.len());
    }
    for (ours, theirs) in english.gates.iter().zip(&translated.gates) {
        assert_eq!(ours.fails_when, theirs.fails_when);
    }
}

#[test]
fn every_missing_and_unknown_key_is_named() {
    let broken = FRENCH
        .replace("[indicator.ID-01]", "[indicator.ID-99]")
        .replace("[probe.P-TLS]", "[probe.P-SSL]")
        .replacen("name = \"Absent\"", "name = \" \"", 1);
    let says = faults(&broken);
    for wanted in [
        "indicator.ID-01 is missing",
        "indicator.ID-99: the instrument has no such indicator",
        "probe.P-TLS is missing",
        "probe.P-SSL: the instrument has no such probe",
        "level.0.name is empty",
    ] {
        assert!(says.iter().any(|fault| fault == wanted), "{wanted} is not in {says:?}");
    }
    assert_eq!(says.len(), 5, "{says:?}");
}

#[test]
fn a_translation_of_another_version_is_refused() {
    let says = faults(&FRENCH.replacen("version = \"1.0.0\"", "version = \"1.1.0\"", 1));
    assert_eq!(
        says,
        ["it translates dpi-baseline 1.1.0, and the instrument is dpi-baseline 1.0.0"]
    );
}

#[test]
fn french_is_typed_as_french() {
    let translated = apply(&english(), &Translation::parse(FRENCH).unwrap()).unwrap();
    for indicator in &translated.indicators {
        let mut texts = vec![&indicator.title, &indicator.question, &indicator.gap.action];
        texts.extend(&indicator.levels);
        for text in texts {
            assert!(!text.contains('\''), "a typewriter apostrophe in {}: {text}", indicator.id);
            let breaks = [" ?", " :", " ;", " %"].iter().any(|mark| text.contains(mark));
            assert!(!breaks, "a space that breaks before a mark in {}: {text}", indicator.id);
        }
        assert!(indicator.question.ends_with("\u{a0}?"), "{}", indicator.id);
    }
}

#[test]
fn english_needs_no_translation() {
    assert!(Translation::built_in("en").is_none());
}

/// What a plan decides, without its words.
fn decided(instrument: &Instrument, text: &str) -> Vec<String> {
    let assessment = assess(instrument, &Round::parse(text).unwrap());
    let gaps = assessment.gaps.iter().map(|gap| format!("{} {}", gap.id, gap.severity));
    let services = assessment.services.iter().map(|one| format!("{} {}", one.rank, one.id));
    let components =
        assessment.components.iter().map(|one| format!("{} {}", one.rank, one.building_block));
    let verdicts = assessment.architecture.decisions.iter();
    let verdicts = verdicts.map(|one| format!("{} {:?}", one.system, one.verdict));
    let actions = assessment.roadmap.actions.iter().map(|action| {
        let months = (action.first_month, action.last_month);
        format!("{} {months:?} {:?} {:?}", action.id, action.gaps, action.depends_on)
    });
    gaps.chain(services).chain(components).chain(verdicts).chain(actions).collect()
}

#[test]
fn the_plan_decides_the_same_in_both_languages() {
    let english = Instrument::built_in();
    let french = apply(&english, &Translation::built_in("fr").unwrap()).unwrap();
    for text in [
        include_str!("../../fixtures/paper/round.json"),
        include_str!("../../fixtures/silos/round.json"),
    ] {
        assert_eq!(decided(&english, text), decided(&french, text));
    }
}
