//! A clean tree passes; a violation of each rule makes that rule, and only that rule, fail.

mod exceptions;
mod tree;
mod violations;

use xtask::tidy;

#[test]
fn a_clean_tree_passes() {
    let tree = tree::Planted::clean("clean");
    assert_eq!(tree.violations(), Vec::<String>::new());
}

#[test]
fn every_rule_has_a_planted_violation() {
    let planted = violations::planted_rules();
    let missing: Vec<&str> =
        tidy::RULES.iter().map(|rule| rule.name).filter(|name| !planted.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "plant a violation in violations.rs");
}

#[test]
fn an_unreadable_tree_is_an_error_and_not_a_pass() {
    let tree = tree::Planted::clean("broken");
    tree.write("crates/basis/Cargo.toml", "[package");
    let error = tidy::check(tree.root()).err().expect("cargo cannot read this manifest");
    assert!(error.contains("crates/basis/Cargo.toml"), "{error}");
}
