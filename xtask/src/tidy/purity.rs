//! What a layer may not know: drivers outside the database folder, HTTP below the edge, waiting
//! inside the model.

use super::source::find_words;
use super::tree::Tree;
use super::{Finding, Rule};

const DB_FOLDER: &str = "crates/kernel/src/db";

pub(super) const DRIVERS: Rule = Rule {
    name: "drivers-in-db",
    remedy: "use kernel::db; a driver's type must not leave crates/kernel/src/db",
    check: drivers,
};

pub(super) const AXUM: Rule = Rule {
    name: "axum-at-the-edge",
    remedy: "take and return plain types here and translate them in http.rs, govstack.rs or web.rs",
    check: axum,
};

pub(super) const MODEL: Rule = Rule {
    name: "pure-model",
    remedy: "let the model decide on values it is given; load and wait in service.rs",
    check: model,
};

fn drivers(tree: &Tree) -> Vec<Finding> {
    let drivers = ["rusqlite", "tokio_postgres", "deadpool_postgres"];
    words_where(tree, &drivers, |file| !file.is_under(DB_FOLDER))
}

fn axum(tree: &Tree) -> Vec<Finding> {
    let layers = ["model", "store", "service"];
    words_where(tree, &["axum"], |file| layers.iter().any(|layer| file.is_layer(layer)))
}

fn model(tree: &Tree) -> Vec<Finding> {
    words_where(tree, &["async", ".await"], |file| file.is_layer("model"))
}

fn words_where(
    tree: &Tree,
    words: &[&str],
    applies: impl Fn(&super::tree::File) -> bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.product().filter(|(file, _)| applies(file)) {
        for word in words {
            let found = find_words(&rust.code, word);
            findings.extend(found.into_iter().map(|at| file.finding(at, format!("`{word}`"))));
        }
    }
    findings
}
