//! Exceptions cover what they name and nothing else; the lists can only shrink.

use crate::tree::Planted;

const CLOCK: &str = "fn f() { Instant::now(); }\n";

fn entry(rule: &str, path: &str, extra: &str) -> String {
    format!("[[exception]]\nrule = \"{rule}\"\npath = \"{path}\"\n{extra}\n")
}

#[test]
fn an_exception_covers_what_it_names() {
    let tree = Planted::clean("covered");
    tree.append("crates/consent/src/http.rs", CLOCK);
    let what = "what = \"Instant::now\"\nreason = \"measures\"";
    let list = entry("clock-and-chance", "crates/consent/src/http", what);
    tree.write("xtask/exceptions.toml", &list);
    assert_eq!(tree.violations(), Vec::<String>::new());

    tree.append("crates/consent/src/http.rs", "fn g() { SystemTime::now(); }\n");
    assert_eq!(tree.violations(), ["clock-and-chance crates/consent/src/http.rs:3"]);
}

#[test]
fn an_exception_that_is_not_needed_fails() {
    let tree = Planted::clean("not-needed");
    let reason = "reason = \"was needed once\"";
    let list = "# a comment\n".to_owned() + &entry("clock-and-chance", "crates/consent", reason);
    tree.write("xtask/exceptions.toml", &list);
    assert_eq!(tree.violations(), ["exceptions xtask/exceptions.toml:2"]);
}

#[test]
fn an_exception_names_a_rule_and_a_reason() {
    let tree = Planted::clean("named");
    tree.append("crates/consent/src/http.rs", CLOCK);
    let list = entry("clock-and-chance", "crates/consent", "reason = \" \"")
        + &entry("no-such-rule", "crates/consent", "reason = \"a typing error\"");
    tree.write("xtask/exceptions.toml", &list);
    let expected = ["exceptions xtask/exceptions.toml:1", "exceptions xtask/exceptions.toml:5"];
    assert_eq!(tree.violations(), expected);
}

#[test]
fn an_unknown_key_in_the_list_is_an_error() {
    let tree = Planted::clean("unknown-key");
    let list = entry("clock-and-chance", "crates/consent", "reasons = \"misspelt\"");
    tree.write("xtask/exceptions.toml", &list);
    let error = xtask::tidy::check(tree.root()).err().expect("an unknown key");
    assert!(error.contains("xtask/exceptions.toml"), "{error}");
}

#[test]
fn a_listed_long_file_may_not_grow_and_lowers_its_entry() {
    let path = "crates/consent/src/http.rs";
    let tree = Planted::clean("ratchet");
    let list =
        |lines: usize| format!("kernel_code_lines_max = 100\n[long_files]\n\"{path}\" = {lines}\n");
    tree.write(path, &"// line\n".repeat(700));

    tree.write("xtask/ratchet.toml", &list(700));
    assert_eq!(tree.violations(), Vec::<String>::new());
    tree.write("xtask/ratchet.toml", &list(699));
    assert_eq!(tree.violations(), [format!("long-file {path}:701")]);
    tree.write("xtask/ratchet.toml", &list(701));
    assert_eq!(tree.violations(), [format!("long-file {path}:701")]);

    tree.write("xtask/ratchet.toml", &list(700));
    tree.write(path, "// short now\n");
    assert_eq!(tree.violations(), [format!("long-file {path}:2")]);
}

#[test]
fn a_ratchet_entry_without_a_file_fails() {
    let tree = Planted::clean("ratchet-gone");
    let list = "kernel_code_lines_max = 100\n[long_files]\n\"crates/gone.rs\" = 700\n";
    tree.write("xtask/ratchet.toml", list);
    assert_eq!(tree.violations(), ["long-file xtask/ratchet.toml:1"]);
}
