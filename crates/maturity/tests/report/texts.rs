//! Both languages say everything that the code asks for.

use std::collections::BTreeSet;

use maturity::report::Language;
use maturity::report::texts::Texts;

/// The sources that ask for texts.
const SOURCES: [&str; 30] = [
    include_str!("../../src/compare.rs"),
    include_str!("../../src/regional.rs"),
    include_str!("../../src/report.rs"),
    include_str!("../../src/report/brief.rs"),
    include_str!("../../src/report/chapters.rs"),
    include_str!("../../src/report/chapters/answers.rs"),
    include_str!("../../src/report/chapters/architecture.rs"),
    include_str!("../../src/report/chapters/border.rs"),
    include_str!("../../src/report/chapters/catalogues.rs"),
    include_str!("../../src/report/chapters/components.rs"),
    include_str!("../../src/report/chapters/decisions.rs"),
    include_str!("../../src/report/chapters/gaps.rs"),
    include_str!("../../src/report/chapters/glance.rs"),
    include_str!("../../src/report/chapters/layers.rs"),
    include_str!("../../src/report/chapters/limits.rs"),
    include_str!("../../src/report/chapters/method.rs"),
    include_str!("../../src/report/chapters/probes.rs"),
    include_str!("../../src/report/chapters/register.rs"),
    include_str!("../../src/report/chapters/roadmap.rs"),
    include_str!("../../src/report/chapters/safeguards.rs"),
    include_str!("../../src/report/chapters/services.rs"),
    include_str!("../../src/report/chapters/sharing.rs"),
    include_str!("../../src/report/docx.rs"),
    include_str!("../../src/report/html.rs"),
    include_str!("../../src/report/pdf.rs"),
    include_str!("../../src/report/paper.rs"),
    include_str!("../../src/report/names.rs"),
    include_str!("../../src/report/phrases.rs"),
    include_str!("../../src/draw/architecture.rs"),
    include_str!("../../src/draw/overview.rs"),
];

/// Charts whose texts are not in the list above.
const CHARTS: [&str; 7] = [
    include_str!("../../src/draw/flows.rs"),
    include_str!("../../src/draw/gantt.rs"),
    include_str!("../../src/draw/heat.rs"),
    include_str!("../../src/draw/histogram.rs"),
    include_str!("../../src/draw/matrix.rs"),
    include_str!("../../src/draw/quadrant.rs"),
    include_str!("../../src/draw/radar.rs"),
];

const SPREAD: &str = include_str!("../../src/draw/spread.rs");

fn keys(language: Language) -> BTreeSet<&'static str> {
    Texts::of(language).keys().collect()
}

/// Every `"group.name"` of which the group exists.
fn asked() -> BTreeSet<&'static str> {
    let groups: BTreeSet<&str> =
        keys(Language::English).iter().filter_map(|key| key.split('.').next()).collect();
    let mut asked = BTreeSet::new();
    for source in SOURCES.iter().chain(&CHARTS).chain([&SPREAD]) {
        for (at, literal) in source.split('"').enumerate() {
            let key = at % 2 == 1 && literal.split('.').count() == 2 && !literal.contains(' ');
            let file = literal.ends_with(".html")
                || literal.ends_with(".css")
                || literal.ends_with(".json");
            if key && !file && literal.split('.').next().is_some_and(|group| groups.contains(group))
            {
                asked.insert(literal);
            }
        }
    }
    asked
}

#[test]
fn both_languages_have_the_same_keys() {
    assert_eq!(keys(Language::English), keys(Language::French));
}

#[test]
fn every_text_asked_for_exists_and_every_text_is_asked_for() {
    let (asked, known) = (asked(), keys(Language::English));
    let missing: Vec<_> = asked.difference(&known).collect();
    let idle: Vec<_> = known.difference(&asked).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    assert!(idle.is_empty(), "not used: {idle:?}");
}

#[test]
fn both_languages_fill_the_same_places() {
    let places = |text: &str| {
        let parts: BTreeSet<String> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .map(str::to_owned)
            .collect();
        parts
    };
    for key in keys(Language::English) {
        let [english, french] = Language::ALL.map(|language| places(Texts::of(language).get(key)));
        assert_eq!(english, french, "{key}");
    }
}
