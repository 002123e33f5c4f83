//! Where SQL may stand, and which SQL: one text for SQLite and every engine that speaks
//! PostgreSQL's protocol.

use super::sql_text::{self, Sql};
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub(super) const PLACE: Rule = Rule {
    name: "sql-in-store",
    remedy: "move the statement into the crate's store.rs (or store/) and give it a name",
    check: place,
};

pub(super) const PORTABLE: Rule = Rule {
    name: "portable-sql",
    remedy: "stay in the subset that every engine runs; dialects are kernel::db's business",
    check: portable,
};

pub(super) const OWN_SCHEMA: Rule = Rule {
    name: "own-schema",
    remedy: "name the table alone; another block's data is asked for through `contracts`",
    check: own_schema,
};

pub(super) const TYPES: Rule = Rule {
    name: "column-types",
    remedy: "use BIGINT, BYTEA, TEXT or BOOLEAN: times are BIGINT microseconds, ids are BYTEA",
    check: types,
};

/// Words of one dialect only, and what to write instead.
const DIALECT: &[(&str, &str)] = &[
    ("FOR UPDATE", "take tx.lock(key)"),
    ("FOR SHARE", "take tx.lock(key)"),
    ("SKIP LOCKED", "claim with a guarded UPDATE .. RETURNING under a lease"),
    ("LOCK TABLE", "take tx.lock(key)"),
    ("PG_ADVISORY", "take tx.lock(key)"),
    ("ANY(", "run one statement a value, or join"),
    ("ANY (", "run one statement a value, or join"),
    ("ARRAY[", "use rows"),
    ("ARRAY_AGG", "put lists together in Rust"),
    ("STRING_AGG", "put text together in Rust"),
    ("GROUP_CONCAT", "put text together in Rust"),
    ("NOW(", "bind tx.now()"),
    ("CURRENT_TIMESTAMP", "bind tx.now()"),
    ("CURRENT_DATE", "bind tx.now()"),
    ("CREATE TRIGGER", "write the second row in the same transaction"),
    ("CREATE SEQUENCE", "mint an id"),
    ("CREATE TYPE", "use TEXT with a CHECK"),
    ("NEXTVAL", "mint an id"),
    ("AUTOINCREMENT", "mint an id"),
    ("GENERATED", "compute it in Rust"),
    ("INSERT OR", "use ON CONFLICT"),
    ("IFNULL", "use COALESCE"),
    ("ILIKE", "search a folded key column"),
    ("PRAGMA", "kernel::db sets the engine up"),
    ("::", "use CAST(x AS type)"),
    ("\"", "plain names need no quotes"),
];

fn place(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.product().filter(|(file, _)| !may_hold_sql(file)) {
        for statement in sql_text::statements(rust) {
            let start: String = statement.text.trim_start().chars().take(40).collect();
            let what = format!("`{}`", start.replace('\n', " "));
            findings.push(file.finding(statement.at, what));
        }
    }
    findings
}

fn may_hold_sql(file: &File) -> bool {
    let whole = ["crates/kernel", "crates/testkit", "crates/journeys"];
    file.is_layer("store") || file.is_test() || whole.iter().any(|folder| file.is_under(folder))
}

fn portable(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for sql in portable_part(tree) {
        for (words, instead) in DIALECT {
            let found = sql.find(words).into_iter();
            findings.extend(found.map(|at| sql.finding(at, format!("`{words}`: {instead}"))));
        }
        for words in ["LISTEN", "NOTIFY"] {
            let found = sql.find(words).into_iter().filter(|at| starts_statement(&sql, *at));
            let what = format!("`{words}`: write an outbox row");
            findings.extend(found.map(|at| sql.finding(at, what.clone())));
        }
        if !sql.text.contains("CAST(") {
            let what = "`SUM(` without a cast: CAST(SUM(x) AS BIGINT)";
            findings.extend(sql.find("SUM(").into_iter().map(|at| sql.finding(at, what)));
        }
    }
    findings
}

fn starts_statement(sql: &Sql<'_>, at: usize) -> bool {
    let before = sql.text[..at].trim_end();
    before.is_empty() || before.ends_with(';')
}

fn own_schema(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for sql in portable_part(tree) {
        for word in ["FROM", "JOIN", "INTO", "UPDATE", "TABLE"] {
            for at in sql.find(word) {
                if sql.text[..at].trim_end().ends_with("DISTINCT") {
                    continue; // IS DISTINCT FROM compares two columns
                }
                let start = at + word.len();
                let name = sql.text[start..].trim_start();
                let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
                let name = &name[..end.unwrap_or(name.len())];
                if name.contains('.') {
                    findings.push(sql.finding(at, format!("`{word} {name}`")));
                }
            }
        }
    }
    findings
}

fn types(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for sql in portable_part(tree) {
        for (at, column) in sql.columns() {
            let (lead, words) = sql_text::words(column);
            let constraint = ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"];
            let [name, kind, ..] = words[..] else {
                continue;
            };
            let portable = ["BIGINT", "BYTEA", "TEXT", "BOOLEAN"];
            if !constraint.contains(&name) && !portable.contains(&kind) {
                let what = format!("column `{}` is `{kind}`", name.to_ascii_lowercase());
                findings.push(sql.finding(at + lead, what));
            }
        }
    }
    findings
}

/// All SQL but what makes the engines alike and what tries them out.
fn portable_part(tree: &Tree) -> impl Iterator<Item = Sql<'_>> {
    let dialects = ["crates/kernel/src/db", "crates/kernel/tests", "crates/testkit"];
    let sql = sql_text::all(tree).into_iter();
    sql.filter(move |sql| !dialects.iter().any(|folder| sql.file().is_under(folder)))
}
