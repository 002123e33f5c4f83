//! Running some of the blocks: `serve --only`, `serve --without`.

use crate::country::Folder;
use crate::program;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};

/// What an installation says it runs.
async fn components(arguments: &[&str]) -> BTreeSet<String> {
    let folder = Folder::new();
    let file = "[listen]\npublic = \"127.0.0.1:0\"\nwire = \"127.0.0.1:0\"\n";
    std::fs::write(folder.path().join("msingi.toml"), file).expect("writes");
    let mut command = program::command(&folder, &["--config", "msingi.toml", "serve"]);
    let mut child = command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let line = tokio::time::timeout(Duration::from_secs(60), lines.next_line()).await;
    let line = line.expect("it says where it is").expect("reads").expect("a line");
    let (told, base) = line.split_once(" on ").unwrap_or_else(|| panic!("no address: {line}"));

    let document = reqwest::get(format!("{base}/.well-known/dpi-component")).await;
    let document: Value = document.expect("answers").json().await.expect("JSON");
    let listed = document["components"].as_array().expect("a list");
    let id = |component: &Value| component["id"].as_str().expect("an id").to_owned();
    let listed: BTreeSet<String> = listed.iter().map(id).collect();
    let told = told.trim_start_matches("Serving ").split(", ").map(str::to_owned).collect();
    assert_eq!(listed, told, "what it prints is what it answers");
    for block in ["civil", "portal"] {
        // One route each that needs nobody to be known.
        let path = if block == "civil" { "/civil/openapi.json" } else { "/portal" };
        let answer = reqwest::get(format!("{base}{path}")).await.expect("answers");
        assert_eq!(answer.status().is_success(), listed.contains(block), "{block} in {listed:?}");
    }
    child.kill().await.expect("it ends");
    listed
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_block_alone_runs_and_says_so() {
    msingi::install_cryptography();
    // Calls pass the exchange, and audit trails are kept, whatever runs.
    assert_eq!(components(&["--only", "civil"]).await, set(&["exchange", "civil", "witness"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_but_one_run_and_say_so() {
    msingi::install_cryptography();
    let all = [
        "exchange",
        "identity",
        "civil",
        "consent",
        "registry",
        "registration",
        "payments",
        "messaging",
        "governance",
        "assessment",
        "bank_lakebank_accounts",
        "bank_simu_wallets",
        "sms_gateway_simu_sms",
        "witness",
    ];
    assert_eq!(components(&["--without", "portal"]).await, set(&all));
}

#[tokio::test(flavor = "multi_thread")]
async fn simulated_institutions_are_chosen_by_kind_or_one_by_one() {
    msingi::install_cryptography();
    let banks = ["exchange", "bank_lakebank_accounts", "bank_simu_wallets", "witness"];
    assert_eq!(components(&["--only", "bank"]).await, set(&banks));
    let one = ["exchange", "bank_simu_wallets", "witness"];
    assert_eq!(components(&["--only", "bank_simu_wallets"]).await, set(&one));
}
