//! The data beside the instrument: ids that must exist, and lists that must be whole.

use std::collections::BTreeSet;

use maturity::Instrument;
use toml::{Table, Value};

const INSTRUMENT: &str = include_str!("../../data/instrument.toml");
const PRODUCTS: &str = include_str!("../../data/products.toml");
const ROLES: &str = include_str!("../../data/roles.toml");
const STANDARDS: &str = include_str!("../../data/standards.toml");
const SAFEGUARDS: &str = include_str!("../../data/safeguards.toml");

fn instrument() -> Instrument {
    toml::from_str(INSTRUMENT).expect("an instrument")
}

fn rows(text: &str, name: &str) -> Vec<Table> {
    let table: Table = toml::from_str(text).expect("a table");
    let rows = table[name].as_array().expect("a list");
    rows.iter().map(|row| row.as_table().expect("a row").clone()).collect()
}

fn text<'r>(row: &'r Table, key: &str) -> &'r str {
    let value = row.get(key).and_then(Value::as_str);
    value.unwrap_or_else(|| panic!("{key} is missing in {row}"))
}

fn texts(row: &Table, key: &str) -> Vec<String> {
    let list = row[key].as_array().expect("a list");
    list.iter().map(|value| value.as_str().expect("a text").to_owned()).collect()
}

/// Building Blocks named by the instrument. `all` stands for every one.
fn building_blocks() -> BTreeSet<String> {
    let indicators = instrument().indicators;
    let named = indicators.into_iter().flat_map(|indicator| indicator.gap.building_blocks);
    named.filter(|block| block != "all").collect()
}

#[test]
fn every_indicator_has_five_levels_that_differ() {
    let instrument = instrument();
    assert_eq!(instrument.indicators.len(), 113);
    for indicator in &instrument.indicators {
        let levels: BTreeSet<&String> = indicator.levels.iter().collect();
        assert_eq!(levels.len(), 5, "{}", indicator.id);
        assert!(indicator.question.ends_with('?'), "{}", indicator.id);
        assert!(!indicator.evidence.is_empty(), "{}", indicator.id);
        // "Unknown" is an answer of its own: no level may mean it.
        let unknown = indicator.levels.iter().any(|level| level.contains("unknown"));
        assert!(!unknown, "a level of {} says unknown", indicator.id);
    }
}

#[test]
fn some_fitting_evidence_carries_the_top_level() {
    let instrument = instrument();
    for indicator in &instrument.indicators {
        let caps = indicator.evidence.iter().map(|kind| instrument.evidence_rule.caps[kind]);
        let best = caps.max().unwrap();
        assert_eq!(best, 4, "{} can never reach the top", indicator.id);
    }
}

#[test]
fn whatever_rests_on_something_names_it_and_nothing_rests_on_itself() {
    let instrument = instrument();
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<_> = instrument.indicators.iter().collect();
    while !open.is_empty() {
        let before = open.len();
        open.retain(|indicator| {
            let ready = indicator.depends_on.iter().all(|id| settled.contains(id.as_str()));
            if ready {
                settled.insert(&indicator.id);
            }
            !ready
        });
        let left: Vec<&str> = open.iter().map(|indicator| indicator.id.as_str()).collect();
        assert!(open.len() < before, "in a circle, or on something unknown: {left:?}");
    }
}

#[test]
fn the_profiles_ask_what_their_purpose_says() {
    let instrument = instrument();
    let asked = |id: &str| {
        let profile = instrument.profiles.iter().find(|profile| profile.id == id).unwrap();
        let asks = instrument.indicators.iter().filter(|indicator| {
            (profile.critical && indicator.critical)
                || profile.dimensions.contains(&indicator.dimension)
                || profile.indicators.contains(&indicator.id)
        });
        asks.count()
    };
    assert_eq!(asked("core"), 25);
    assert_eq!(asked("full"), 113);
    for id in ["regional", "health", "social-protection"] {
        assert!((30..80).contains(&asked(id)), "{id} asks {}", asked(id));
    }
}

#[test]
fn products_are_sorted_by_name_and_each_has_a_licence() {
    let rows = rows(PRODUCTS, "product");
    let names: Vec<String> = rows.iter().map(|row| text(row, "name").to_lowercase()).collect();
    assert!(names.is_sorted(), "{names:?}");
    for row in &rows {
        assert!(!text(row, "licence").is_empty() && text(row, "does").ends_with('.'));
        assert!(!texts(row, "building_blocks").is_empty());
    }
}

#[test]
fn every_building_block_of_the_instrument_has_standards_and_products_of_several_makers() {
    let standards: BTreeSet<String> = rows(STANDARDS, "interface")
        .iter()
        .map(|row| text(row, "building_block").to_owned())
        .collect();
    let products = rows(PRODUCTS, "product");
    for block in building_blocks() {
        assert!(standards.contains(&block), "no standards for {block}");
        // Hosting is rented or built, no product of this list.
        if block == "cloud-infrastructure" {
            continue;
        }
        let others = products.iter().filter(|row| {
            texts(row, "building_blocks").contains(&block) && text(row, "name") != "Msingi"
        });
        assert!(others.count() >= 1, "no product of another maker for {block}");
    }
}

#[test]
fn every_dimension_has_an_owner_whose_roles_exist() {
    let roles: BTreeSet<String> =
        rows(ROLES, "role").iter().map(|row| text(row, "id").to_owned()).collect();
    let owners = rows(ROLES, "owner");
    let owned: Vec<&str> = owners.iter().map(|row| text(row, "dimension")).collect();
    let instrument = instrument();
    let dimensions: Vec<&str> = instrument.dimensions.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(owned, dimensions);
    for row in &owners {
        let mut named = texts(row, "consulted");
        named.extend(texts(row, "informed"));
        for key in ["responsible", "accountable", "decision_body"] {
            named.push(text(row, key).to_owned());
        }
        for role in named {
            assert!(roles.contains(&role), "{} names {role}", text(row, "dimension"));
        }
    }
}

#[test]
fn safeguards_are_the_principles_and_risks_that_the_indicators_name() {
    let rows = rows(SAFEGUARDS, "safeguard");
    let listed: BTreeSet<String> = rows.iter().map(|row| text(row, "id").to_owned()).collect();
    let mut named: BTreeSet<String> = BTreeSet::new();
    for reference in instrument().indicators.iter().flat_map(|indicator| &indicator.refs) {
        let id = reference.strip_prefix("UNSF:").or(reference.strip_prefix("UNSF-R:"));
        named.extend(id.map(str::to_owned));
    }
    assert_eq!(listed, named);
    let principles = rows.iter().filter(|row| text(row, "kind") == "principle").count();
    assert_eq!((principles, rows.len() - principles), (18, 13));
    for row in &rows {
        for key in ["name", "stage", "authority"] {
            assert!(!text(row, key).is_empty());
        }
    }
}
