use std::collections::BTreeSet;

use maturity::plan::reference;

use crate::rounds::instrument;

#[test]
fn every_dimension_has_an_owner_whose_roles_exist() {
    let data = reference();
    let roles: BTreeSet<&str> = data.roles.iter().map(|role| role.id.as_str()).collect();
    for dimension in &instrument().dimensions {
        let owner = data.owners.iter().find(|owner| owner.dimension == dimension.id);
        let owner = owner.unwrap_or_else(|| panic!("{} has no owner", dimension.id));
        let named = [&owner.responsible, &owner.accountable, &owner.decision_body];
        for role in named.into_iter().chain(&owner.consulted).chain(&owner.informed) {
            assert!(roles.contains(role.as_str()), "{role} of {}", dimension.id);
        }
    }
}

#[test]
fn components_stand_on_indicators_that_exist_and_cover_the_building_blocks_of_the_instrument() {
    let instrument = instrument();
    let data = reference();
    for component in &data.components {
        for id in &component.indicators {
            assert!(instrument.indicators.iter().any(|one| one.id == *id), "{id}");
        }
    }
    let named = instrument.indicators.iter().flat_map(|one| &one.gap.building_blocks);
    for block in named.filter(|block| *block != "all") {
        assert!(data.component(block).is_some(), "{block}");
    }
}

#[test]
fn products_and_standards_name_known_building_blocks() {
    let data = reference();
    let of_products = data.products.iter().flat_map(|product| &product.building_blocks);
    let of_interfaces = data.interfaces.iter().map(|interface| &interface.building_block);
    // Useful beside DPI, and no component of it.
    let beside = ["cms", "gis"];
    let named = of_products.chain(of_interfaces);
    for block in named.filter(|block| !beside.contains(&block.as_str())) {
        assert!(data.component(block).is_some(), "{block}");
    }
    let names: Vec<&String> = data.products.iter().map(|product| &product.name).collect();
    assert!(names.is_sorted(), "sorted by name, so that nobody is favoured");
}

#[test]
fn there_is_a_rule_for_every_indicator_at_every_level() {
    let instrument = instrument();
    for indicator in &instrument.indicators {
        let dimension = instrument.dimensions.iter().find(|one| one.id == indicator.dimension);
        for level in 0..4 {
            let rule = reference().gap_rules.rule_for(indicator, &dimension.unwrap().layer, level);
            assert!((1..=4).contains(&rule.phase), "{}", indicator.id);
        }
    }
}

#[test]
fn every_safeguard_that_an_indicator_names_is_in_the_data() {
    let data = reference();
    assert_eq!(data.safeguards.iter().filter(|one| one.kind == "principle").count(), 18);
    assert_eq!(data.safeguards.iter().filter(|one| one.kind == "risk").count(), 13);
    for reference in instrument().indicators.iter().flat_map(|one| &one.refs) {
        let id = reference.strip_prefix("UNSF:").or(reference.strip_prefix("UNSF-R:"));
        if let Some(id) = id {
            assert!(data.safeguards.iter().any(|one| one.id == id), "{reference}");
        }
    }
}
