//! The decision table: which rules are met, explained with the applicant's own figures.

use super::condition::{Fact, Facts};
use super::content::Content;
use super::package::{Field, Input, Package};
use super::speech::Speech;
use basis::PartialDate;
use contracts::registration::RuleOutcome;
use std::collections::BTreeMap;

/// What is known: answers, what registers say, and what follows from them on `today`.
pub fn facts(package: &Package, content: &Content, today: PartialDate) -> Facts {
    let mut facts = Facts::new();
    for (_, field) in package.fields() {
        if let Some(fact) = content.value(&field.name).and_then(|text| fact(field, text)) {
            facts.insert(field.name.clone(), fact);
        }
    }
    for (name, text) in content.reads.values().flat_map(|reading| &reading.facts) {
        facts.entry(name.clone()).or_insert_with(|| loose(text));
    }
    for derived in &package.derived {
        let (from, months_each) = match (&derived.years_since, &derived.months_since) {
            (Some(field), _) => (field, 12),
            (None, Some(field)) => (field, 1),
            (None, None) => continue,
        };
        let date = content.value(from).and_then(|text| text.parse().ok());
        if let Some((least, most)) = date.and_then(|date| months_since(date, today)) {
            let whole = |months: i64| months.div_euclid(months_each);
            facts.insert(derived.name.clone(), Fact::Number(whole(least), whole(most)));
        }
    }
    facts
}

fn fact(field: &Field, text: &str) -> Option<Fact> {
    Some(match field.input {
        Input::Number => {
            let number = text.parse().ok()?;
            Fact::Number(number, number)
        }
        Input::YesNo => Fact::Flag(text.parse().ok()?),
        Input::Text | Input::Date | Input::Phone | Input::Choice => Fact::Text(text.to_owned()),
    })
}

/// A fact that no field describes, by its look.
fn loose(text: &str) -> Fact {
    if let Ok(number) = text.parse() {
        return Fact::Number(number, number);
    }
    match text {
        "true" => Fact::Flag(true),
        "false" => Fact::Flag(false),
        _ => Fact::Text(text.to_owned()),
    }
}

/// Whole months between a date and today: the fewest and the most that can be.
fn months_since(date: PartialDate, today: PartialDate) -> Option<(i64, i64)> {
    let whole = |from: PartialDate| {
        let months =
            |date: PartialDate| Some(i64::from(date.year()?) * 12 + i64::from(date.month()?));
        let begun = months(today)? - months(from)?;
        Some(if today.day()? < from.day()? { begun - 1 } else { begun })
    };
    Some((whole(date.latest()?)?, whole(date.earliest()?)?))
}

/// What stands for each name in sentences.
pub fn figures(
    package: &Package,
    content: &Content,
    facts: &Facts,
    speech: &Speech,
) -> BTreeMap<String, String> {
    let mut figures = BTreeMap::new();
    for (name, fact) in facts {
        let words = match (fact, package.field(name)) {
            (Fact::Text(value), Some(field)) => label(field, value, &speech.language),
            (Fact::Text(value), None) => value.clone(),
            (Fact::Number(least, most), _) if least == most => least.to_string(),
            (Fact::Number(least, most), _) => format!("{least}–{most}"),
            (Fact::Flag(true), _) => speech.say("registration.yes", &[]),
            (Fact::Flag(false), _) => speech.say("registration.no", &[]),
        };
        figures.insert(name.clone(), words);
    }
    let dates = package.fields().filter(|(_, field)| field.input == Input::Date);
    for (_, field) in dates {
        if let Some(date) = content.value(&field.name) {
            figures.insert(field.name.clone(), speech.date(date));
        }
    }
    figures
}

/// A chosen value as it is shown.
pub fn label(field: &Field, value: &str, language: &str) -> String {
    let chosen = field.options.iter().find(|option| option.value == value);
    chosen.map_or_else(|| value.to_owned(), |option| option.label.say(language).to_owned())
}

/// How each rule comes out. A rule that asks for what nobody knows is not met.
pub fn rules(
    package: &Package,
    content: &Content,
    today: PartialDate,
    speech: &Speech,
) -> Vec<RuleOutcome> {
    let facts = facts(package, content, today);
    let figures = figures(package, content, &facts, speech);
    let unknown = speech.say("registration.unknown", &[]);
    let rows = package.rules.iter().map(|rule| RuleOutcome {
        says: rule.says.fill(&speech.language, &figures, &unknown),
        met: rule.when.holds(&facts) == Some(true),
        law: rule.law.clone(),
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_of_dates_known_in_part_have_bounds() {
        let today: PartialDate = "2026-03-14".parse().unwrap();
        for (date, expected) in [
            ("2026-03-14", Some((0, 0))),
            ("2026-02-14", Some((1, 1))),
            ("2026-02-15", Some((0, 0))),
            ("2024-03", Some((23, 24))),
            ("2024", Some((14, 26))),
            ("2026-04-01", Some((-1, -1))),
            ("unknown", None),
        ] {
            assert_eq!(months_since(date.parse().unwrap(), today), expected, "{date}");
        }
    }
}
