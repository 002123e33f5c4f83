//! The crate graph: imports run downwards only, and a block never imports a block.

use super::tree::{Dependency, Package, Tree};
use super::{Finding, Rule};

/// The blocks: one crate each, all on one level, none above another.
pub(super) const BLOCKS: &[&str] = &[
    "assessment",
    "civil",
    "consent",
    "esignature",
    "exchange",
    "governance",
    "identity",
    "messaging",
    "payments",
    "portal",
    "registration",
    "registry",
    "scheduler",
    "simulator",
    "switch",
    "trust",
    "wallet",
    "witness",
    "workflow",
];

/// The levels from the bottom up. A crate may import crates of lower levels only.
/// `testkit` stands beside the blocks: it serves them and therefore may not know them.
const LEVELS: &[&[&str]] = &[
    &["basis", "credential", "evidence", "xtask"],
    &["kernel"],
    &["contracts", "ledger", "maturity", "relying-party", "ui"],
    BLOCKS,
    &["msingi"],
    &["journeys"],
];

const TESTKIT: &str = "testkit";

pub(super) const IMPORTS: Rule = Rule {
    name: "imports-run-downwards",
    remedy: "move the shared part down a layer, or ask through a typed client in `contracts`; a \
             new crate gets its level in xtask/src/tidy/layers.rs by an ADR",
    check: imports,
};

pub(super) const DEV_ONLY: Rule = Rule {
    name: "dev-crates",
    remedy: "put testkit under [dev-dependencies]; nothing may import journeys",
    check: dev_only,
};

fn level(name: &str) -> Option<usize> {
    let name = if name == TESTKIT { BLOCKS[0] } else { name };
    LEVELS.iter().position(|level| level.contains(&name))
}

fn imports(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &tree.members {
        let Some(own) = level(&package.name) else {
            let what = format!("crate `{}` has no level", package.name);
            findings.push(tree.manifest_finding(package, "name", what));
            continue;
        };
        for import in ours(tree, package).filter(|import| import.name != TESTKIT) {
            if level(&import.name).is_some_and(|theirs| theirs < own) {
                continue;
            }
            let what = describe(package, import);
            findings.push(tree.manifest_finding(package, &import.name, what));
        }
    }
    findings
}

fn describe(package: &Package, import: &Dependency) -> String {
    let (from, to) = (&package.name, &import.name);
    if BLOCKS.contains(&from.as_str()) && BLOCKS.contains(&to.as_str()) {
        return format!("block `{from}` imports block `{to}`");
    }
    format!("`{from}` imports `{to}`, which is not below it")
}

fn dev_only(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &tree.members {
        for import in ours(tree, package) {
            let in_product = import.name == TESTKIT && import.kind.as_deref() != Some("dev");
            if in_product || import.name == "journeys" {
                let what = format!("`{}` imports `{}`", package.name, import.name);
                findings.push(tree.manifest_finding(package, &import.name, what));
            }
        }
    }
    findings
}

/// The imports that are crates of this workspace.
fn ours<'t>(tree: &'t Tree, package: &'t Package) -> impl Iterator<Item = &'t Dependency> {
    let is_member = |name: &str| tree.members.iter().any(|member| member.name == name);
    package.dependencies.iter().filter(move |import| is_member(&import.name))
}
