//! The demo proves the product from outside: its driver speaks HTTP and nothing else.

use super::layers::BLOCKS;
use super::source::find_words;
use super::tree::Tree;
use super::{Finding, Rule};

const DRIVER: &str = "crates/msingi/src/demo/driver";

pub(super) const RULE: Rule = Rule {
    name: "demo-over-http",
    remedy: "let the driver do it over HTTP like any client; what has no route has no place in \
             the demo",
    check,
};

fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.product().filter(|(file, _)| file.path.starts_with(DRIVER)) {
        let inside = BLOCKS.iter().copied().chain(["kernel", "ledger", "contracts"]);
        for name in inside {
            for at in find_words(&rust.code, &format!("{name}::")) {
                let own_module = rust.code[..at].ends_with("::");
                if !own_module {
                    findings.push(file.finding(at, format!("`{name}::` in the driver")));
                }
            }
        }
    }
    findings
}
