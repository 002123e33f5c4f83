//! A small workspace in a temporary folder that keeps every rule.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::tidy;

/// Removed when dropped.
pub(crate) struct Planted {
    root: PathBuf,
}

impl Planted {
    /// A workspace with the layers, one migration, one store and one transaction.
    pub(crate) fn clean(name: &str) -> Planted {
        let folder = format!("msingi-tidy-{}-{name}", std::process::id());
        let root = std::env::temp_dir().join(folder);
        let tree = Planted { root };
        let members = ["basis", "kernel", "contracts", "testkit", "civil", "consent", "msingi"];
        tree.write("Cargo.toml", &root_manifest(&members));
        tree.write("xtask/ratchet.toml", "kernel_code_lines_max = 100\n[long_files]\n");
        tree.write("xtask/exceptions.toml", "");
        tree.member("basis", &[], &[]);
        tree.member("kernel", &["basis"], &[]);
        tree.member("contracts", &["basis", "kernel"], &[]);
        tree.member("testkit", &["basis", "kernel", "contracts"], &[]);
        tree.member("civil", &["basis", "kernel", "contracts"], &["testkit"]);
        tree.member("consent", &["basis", "kernel", "contracts"], &["testkit"]);
        tree.member("msingi", &["basis", "kernel", "civil", "consent"], &[]);
        tree.write("crates/kernel/src/lib.rs", "pub mod db;\n");
        tree.write("crates/kernel/src/db/mod.rs", "use rusqlite::Connection;\n");
        tree.write("crates/basis/src/lib.rs", "fn f() { SystemTime::now(); }\n");
        tree.write("crates/consent/src/lib.rs", CONSENT);
        tree.write("crates/consent/src/model.rs", "//! Never says .await or async.\n");
        tree.write("crates/consent/src/store.rs", STORE);
        tree.write("crates/consent/src/service.rs", SERVICE);
        tree.write("crates/consent/src/http.rs", "use axum::Router;\n");
        tree.write("crates/consent/migrations/0001_init.sql", MIGRATION);
        tree
    }

    /// Writes a file, making its folders.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("inside the root")).expect("a writable folder");
        fs::write(path, text).expect("a writable file");
    }

    /// Appends to a file.
    pub(crate) fn append(&self, path: &str, text: &str) {
        let before = fs::read_to_string(self.root.join(path)).unwrap_or_default();
        self.write(path, &(before + text));
    }

    /// Writes a crate with an empty library and the given imports.
    pub(crate) fn member(&self, name: &str, imports: &[&str], dev_imports: &[&str]) {
        let list = |names: &[&str]| {
            names.iter().map(|name| format!("{name}.workspace = true\n")).collect::<String>()
        };
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [lints]\nworkspace = true\n\n[dependencies]\n{}\n[dev-dependencies]\n{}",
            list(imports),
            list(dev_imports)
        );
        self.write(&format!("crates/{name}/Cargo.toml"), &manifest);
        self.write(&format!("crates/{name}/src/lib.rs"), "");
    }

    /// A crate outside the workspace, as if it came from a registry.
    pub(crate) fn foreign(&self, name: &str, licence: &str) {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\
             license = \"{licence}\"\n"
        );
        self.write(&format!("vendor/{name}/Cargo.toml"), &manifest);
        self.write(&format!("vendor/{name}/src/lib.rs"), "");
        let row = format!("{name} = {{ path = \"vendor/{name}\" }}\n");
        self.append("Cargo.toml", &row);
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Each violation as `rule path:line`.
    pub(crate) fn violations(&self) -> Vec<String> {
        let violations = tidy::check(&self.root).expect("a readable tree");
        let lines = violations.iter().map(|v| format!("{} {}:{}", v.rule, v.path, v.line));
        lines.collect()
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn root_manifest(members: &[&str]) -> String {
    let rows = members.iter().map(|name| format!("{name} = {{ path = \"crates/{name}\" }}\n"));
    let rows: String = rows.collect();
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\nexclude = [\"vendor\"]\n\n[workspace.lints.rust]\n\
         unsafe_code = \"forbid\"\n\n[workspace.dependencies]\n{rows}"
    )
}

const CONSENT: &str = r#"//! Speaks of Instant::now and reqwest in a comment only.
mod http;
mod model;
mod service;
mod store;
const INIT: &str = include_str!("../migrations/0001_init.sql");
const TITLE: &str = "Select a language";
"#;

const STORE: &str = r#"
const ONE: &str = "SELECT id, wire_version FROM grant_record WHERE id = $1";
const SUM: &str = "SELECT CAST(SUM(amount) AS BIGINT) AS total FROM grant_record";
const DISTINCT: &str = "SELECT 1 FROM grant_record g WHERE g.a IS DISTINCT FROM g.b";
"#;

const SERVICE: &str = r#"
async fn create(&self) {
    let answer = self.wire.call(ctx, request).await;
    self.db.write(move |tx| Box::pin(async move { store::insert(tx, &answer).await })).await;
    let guard = self.lock.write();
}
"#;

const MIGRATION: &str = "-- now() in a comment; SERIAL too\n\
CREATE TABLE grant_record (\n  id BYTEA NOT NULL,\n  state TEXT NOT NULL DEFAULT 'now()',\n  \
at BIGINT NOT NULL CHECK (at >= 0),\n  open BOOLEAN NOT NULL,\n  PRIMARY KEY (id)\n);\n";
