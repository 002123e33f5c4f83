//! One row a violation: what to plant, and the rule and place that must be reported.

use crate::tree::Planted;

/// Names a rule, plants something and says where it is found.
struct Case {
    rule: &'static str,
    plant: fn(&Planted),
    at: &'static str,
}

/// The rules that have a case here.
pub(crate) fn planted_rules() -> Vec<&'static str> {
    CASES.iter().map(|case| case.rule).collect()
}

#[test]
fn each_planted_violation_is_the_only_one_reported() {
    for (number, case) in CASES.iter().enumerate() {
        let tree = Planted::clean(&format!("case-{number}"));
        (case.plant)(&tree);
        let expected = format!("{} {}", case.rule, case.at);
        assert_eq!(tree.violations(), [expected], "case {number}");
    }
}

const CASES: &[Case] = &[
    Case {
        rule: "imports-run-downwards",
        plant: |tree| tree.member("civil", &["consent"], &[]),
        at: "crates/civil/Cargo.toml:10",
    },
    Case {
        rule: "imports-run-downwards", // in tests too
        plant: |tree| tree.member("civil", &[], &["consent"]),
        at: "crates/civil/Cargo.toml:12",
    },
    Case {
        rule: "imports-run-downwards",
        plant: |tree| {
            tree.member("ui", &["contracts"], &[]); // beside it, not below it
            tree.append("Cargo.toml", "ui = { path = \"crates/ui\" }\n");
        },
        at: "crates/ui/Cargo.toml:10",
    },
    Case {
        rule: "imports-run-downwards",
        plant: |tree| tree.member("novelty", &[], &[]),
        at: "crates/novelty/Cargo.toml:2",
    },
    Case {
        rule: "dev-crates",
        plant: |tree| tree.member("civil", &["testkit"], &[]),
        at: "crates/civil/Cargo.toml:10",
    },
    Case {
        rule: "workspace-lints",
        plant: |tree| {
            let manifest = "[package]\nname = \"civil\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
            tree.write("crates/civil/Cargo.toml", manifest);
        },
        at: "crates/civil/Cargo.toml:1",
    },
    Case {
        rule: "versions-in-root",
        plant: |tree| {
            tree.member("civil", &[], &[]);
            tree.append("crates/civil/Cargo.toml", "testkit = { path = \"../testkit\" }\n");
        },
        at: "crates/civil/Cargo.toml:12",
    },
    Case {
        rule: "drivers-in-db",
        plant: |tree| tree.write("crates/consent/src/http.rs", "\nuse tokio_postgres::Client;\n"),
        at: "crates/consent/src/http.rs:2",
    },
    Case {
        rule: "axum-at-the-edge",
        plant: |tree| tree.append("crates/consent/src/service.rs", "use axum::Json;\n"),
        at: "crates/consent/src/service.rs:7",
    },
    Case {
        rule: "axum-at-the-edge",
        plant: |tree| {
            tree.append("crates/consent/src/store.rs", "mod grants;\n");
            tree.write("crates/consent/src/store/grants.rs", "fn f(a: axum::Json) {}\n");
        },
        at: "crates/consent/src/store/grants.rs:1",
    },
    Case {
        rule: "pure-model",
        plant: |tree| tree.append("crates/consent/src/model.rs", "async fn decide() {}\n"),
        at: "crates/consent/src/model.rs:2",
    },
    Case {
        rule: "clock-and-chance",
        plant: |tree| tree.append("crates/consent/src/http.rs", "fn f() { Instant::now(); }\n"),
        at: "crates/consent/src/http.rs:2",
    },
    Case {
        rule: "clock-and-chance",
        plant: |tree| tree.append("crates/consent/src/http.rs", "use rand::Rng;\n"),
        at: "crates/consent/src/http.rs:2",
    },
    Case {
        rule: "no-wire-in-transaction",
        plant: |tree| {
            let text = "fn f() {\n  db.write(move |tx| Box::pin(async move {\n    \
                        this.wire\n  }))\n}\n";
            tree.write("crates/consent/src/service.rs", text);
        },
        at: "crates/consent/src/service.rs:3",
    },
    Case {
        rule: "no-wire-in-transaction",
        plant: |tree| {
            let text = "fn f() { db.read(move |tx| Box::pin(client.call(ctx))) }\n";
            tree.write("crates/consent/src/service.rs", text);
        },
        at: "crates/consent/src/service.rs:1",
    },
    Case {
        rule: "sql-in-store",
        plant: |tree| {
            let text = "const Q: &str = \"SELECT id FROM grant_record\";\n";
            tree.append("crates/consent/src/service.rs", text);
        },
        at: "crates/consent/src/service.rs:7",
    },
    Case {
        rule: "sql-in-store",
        plant: |tree| {
            let text = "const Q: &str = \"delete from grant_record\";\n";
            tree.append("crates/consent/src/http.rs", text);
        },
        at: "crates/consent/src/http.rs:2",
    },
    Case {
        rule: "portable-sql",
        plant: |tree| {
            let text = "const Q: &str = \"SELECT id FROM grant_record\n  WHERE id = ANY($1)\";\n";
            tree.append("crates/consent/src/store.rs", text);
        },
        at: "crates/consent/src/store.rs:6",
    },
    Case {
        rule: "portable-sql",
        plant: |tree| {
            let text = "const Q: &str = \"FOR UPDATE\";\n";
            tree.append("crates/consent/src/store.rs", text);
        },
        at: "crates/consent/src/store.rs:5",
    },
    Case {
        rule: "portable-sql",
        plant: |tree| tree.append("crates/consent/migrations/0001_init.sql", "notify grants;\n"),
        at: "crates/consent/migrations/0001_init.sql:9",
    },
    Case {
        rule: "portable-sql",
        plant: |tree| {
            let text = "const Q: &str = \"SELECT SUM(amount) AS total FROM grant_record\";\n";
            tree.append("crates/consent/src/store.rs", text);
        },
        at: "crates/consent/src/store.rs:5",
    },
    Case {
        rule: "own-schema",
        plant: |tree| {
            let text = "const Q: &str = \"SELECT id FROM civil.birth\";\n";
            tree.append("crates/consent/src/store.rs", text);
        },
        at: "crates/consent/src/store.rs:5",
    },
    Case {
        rule: "column-types",
        plant: |tree| {
            let text = "CREATE TABLE receipt (\n  id BYTEA PRIMARY KEY,\n  at TIMESTAMPTZ\n);\n";
            tree.append("crates/consent/migrations/0001_init.sql", text);
        },
        at: "crates/consent/migrations/0001_init.sql:11",
    },
    Case {
        rule: "column-types",
        plant: |tree| {
            let text = "ALTER TABLE grant_record ADD COLUMN serial BIGSERIAL;\n";
            tree.append("crates/consent/migrations/0001_init.sql", text);
        },
        at: "crates/consent/migrations/0001_init.sql:9",
    },
    Case {
        rule: "migrations", // a gap
        plant: |tree| {
            tree.write("crates/consent/migrations/0003_more.sql", "");
            let text = "const MORE: &str = include_str!(\"../migrations/0003_more.sql\");\n";
            tree.append("crates/consent/src/lib.rs", text);
        },
        at: "crates/consent/migrations/0003_more.sql:1",
    },
    Case {
        rule: "migrations", // never run
        plant: |tree| tree.write("crates/consent/migrations/0002_more.sql", ""),
        at: "crates/consent/migrations/0002_more.sql:1",
    },
    Case {
        rule: "long-file",
        plant: |tree| tree.append("crates/consent/src/http.rs", &"// line\n".repeat(600)),
        at: "crates/consent/src/http.rs:602",
    },
    Case {
        rule: "kernel-budget",
        plant: |tree| tree.append("crates/kernel/src/db/mod.rs", &"fn f() {}\n".repeat(100)),
        at: "crates/kernel/src/lib.rs:1",
    },
    Case {
        rule: "vague-name",
        plant: |tree| {
            tree.append("crates/consent/src/lib.rs", "mod utils;\n");
            tree.write("crates/consent/src/utils.rs", "");
        },
        at: "crates/consent/src/utils.rs:1",
    },
    Case {
        rule: "vague-name",
        plant: |tree| tree.append("crates/consent/src/lib.rs", "mod helpers {}\n"),
        at: "crates/consent/src/lib.rs:8",
    },
    Case {
        rule: "dead-file",
        plant: |tree| tree.write("crates/consent/src/forgotten.rs", ""),
        at: "crates/consent/src/forgotten.rs:1",
    },
    Case {
        rule: "licences",
        plant: |tree| {
            tree.foreign("copyleft", "GPL-3.0-only");
            tree.append("crates/consent/Cargo.toml", "copyleft.workspace = true\n");
        },
        at: "Cargo.lock:1",
    },
    Case {
        rule: "one-provider",
        plant: |tree| {
            tree.foreign("ring", "MIT");
            tree.member("consent", &["basis", "ring"], &[]);
            tree.write("crates/consent/src/lib.rs", CONSENT_WITH_ALL);
        },
        at: "Cargo.lock:1",
    },
    Case {
        rule: "demo-over-http",
        plant: |tree| {
            tree.write("crates/msingi/src/lib.rs", "mod demo;\n");
            tree.write("crates/msingi/src/demo/mod.rs", "mod driver;\nuse civil::block;\n");
            let text = "use crate::demo::civil::seed;\nuse civil::service::register;\n";
            tree.write("crates/msingi/src/demo/driver.rs", text);
        },
        at: "crates/msingi/src/demo/driver.rs:2",
    },
    Case {
        rule: "machine-path",
        plant: |tree| {
            let line = format!("see https://example.org/home/x\nand /{}/ann/notes\n", "home");
            tree.write("docs/notes.md", &line);
        },
        at: "docs/notes.md:2",
    },
    Case {
        rule: "banned-word",
        plant: |tree| {
            let line = format!("// {}: later\n", concat!("TO", "DO"));
            tree.append("crates/consent/src/http.rs", &line);
        },
        at: "crates/consent/src/http.rs:2",
    },
    Case {
        rule: "lock-hosts",
        plant: |tree| {
            let line = "{\n  \"resolved\": \"https://example.org/left-pad.tgz\"\n}\n";
            tree.write("interop/client/package-lock.json", line);
        },
        at: "interop/client/package-lock.json:2",
    },
];

const CONSENT_WITH_ALL: &str = "mod http;\nmod model;\nmod service;\nmod store;\n\
const INIT: &str = include_str!(\"../migrations/0001_init.sql\");\n";

#[test]
fn an_oracle_for_tests_may_use_another_provider() {
    let tree = Planted::clean("oracle");
    tree.foreign("ring", "MIT");
    tree.append("crates/consent/Cargo.toml", "ring.workspace = true\n"); // dev-dependencies
    assert_eq!(tree.violations(), Vec::<String>::new());
}

#[test]
fn tests_may_hold_sql() {
    let tree = Planted::clean("sql-in-tests");
    let text = "#[cfg(test)]\nmod tests { const Q: &str = \"SELECT id FROM grant_record\"; }\n";
    tree.append("crates/consent/src/http.rs", text);
    tree.write("crates/consent/tests/it/main.rs", "const Q: &str = \"SELECT id FROM x\";\n");
    assert_eq!(tree.violations(), Vec::<String>::new());
}
