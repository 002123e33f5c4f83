//! The story holds: told over HTTP, on each engine, in one process and split over three.

use crate::country::{Country, Database, Engine, Folder, RESIDENTS};
use crate::{program, shared};
use kernel::config::Config;
use kernel::outbox;
use msingi::demo::{Layout, Told};
use std::collections::BTreeSet;
use std::time::Duration;

// One look into the mother's records as her page must show it: by whom; officer, case and ground; where
// the record is kept.

const NOBODY: &str = "";
const IDENTITY: &str = "National Identity Authority, Identity";
const REGISTER: &str = "National Identity Authority, Register of residents";
const MINISTRY: &str = "Ministry of Social Protection, Benefits";
const CLINIC: &str = "Lakeside Clinic, Patients";
const CIVIL: &str = "Civil Registration Office, Civil register";
const COMMISSION: &str = "Data Protection Commission, Complaints and mandates";
const IDENTITY_ACT: &str = "Law: Identity Act, s.5";
const PROTECTION_ACT: &str = "Law: Social Protection Act, s.4";
const CHECK_UPS: &str = "to reach you about your treatment and your child's check-ups";
const CASE: &str = "CB-2026-000001";

/// Every kind of look that the story takes; the caseworker takes one of them several times.
fn looks() -> BTreeSet<[String; 5]> {
    let consented = format!("Your consent: {CHECK_UPS}");
    let refused = format!("Attempt refused: {CHECK_UPS}");
    let looks: [[&str; 5]; 16] = [
        [IDENTITY, NOBODY, NOBODY, IDENTITY_ACT, CIVIL],
        [CIVIL, NOBODY, NOBODY, "Law: Births and Deaths Registration Act, s.3", IDENTITY],
        ["National Identity Authority, Portal", NOBODY, NOBODY, "Your consent: ", IDENTITY],
        [REGISTER, "d-4", NOBODY, IDENTITY_ACT, IDENTITY],
        [MINISTRY, NOBODY, NOBODY, PROTECTION_ACT, REGISTER],
        [
            MINISTRY,
            NOBODY,
            NOBODY,
            "Your consent: to send you news of your benefit by SMS",
            REGISTER,
        ],
        ["You", NOBODY, NOBODY, "Your own look: ", MINISTRY],
        [MINISTRY, "b-7", CASE, PROTECTION_ACT, MINISTRY],
        [MINISTRY, "b-7", CASE, PROTECTION_ACT, IDENTITY],
        [MINISTRY, "b-7", CASE, PROTECTION_ACT, REGISTER],
        [CLINIC, "n-3", "V-88", "Law: Health Services Act, s.9", IDENTITY],
        [CLINIC, "n-3", "V-88", &consented, REGISTER],
        [CLINIC, "n-3", "V-88", &refused, REGISTER],
        [MINISTRY, "b-9", CASE, PROTECTION_ACT, IDENTITY],
        [MINISTRY, "b-9", CASE, "Attempt refused: Social Protection Act, s.4", REGISTER],
        [COMMISSION, "k-1", "G-2026-000001", "Law: Data Protection Act, s.12", COMMISSION],
    ];
    looks.map(|look| look.map(str::to_owned)).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_one_process_on_sqlite() {
    holds(Engine::Sqlite, Layout::One).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_one_process_on_postgres() {
    holds(Engine::Postgres, Layout::One).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn split_over_three_processes_on_sqlite() {
    holds(Engine::Sqlite, Layout::Three).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn split_over_three_processes_on_postgres() {
    holds(Engine::Postgres, Layout::Three).await;
}

async fn holds(engine: Engine, layout: Layout) {
    let Some(mut country) = Country::put_up(engine, layout).await else { return };
    let told = country.tell().await;
    assert_eq!(told.sum_of_postings, "0.00");
    assert_eq!(told.reads, told.reads_made.len(), "{:?}", told.reads_made);
    assert_eq!(told.paid + told.failed, i64::from(RESIDENTS) + 1, "each benefit ended, and hers");
    assert_eq!(told.audit_rows.is_some_and(|rows| rows > 0), layout == Layout::Three);
    each_look_is_shown(&country, &told).await;
    let databases = country.databases().await;
    events_have_arrived(&databases).await;
    money_is_conserved(&databases, &told).await;
    shared::nothing_is_shared(&country, &told, layout).await;
    let configs = country.configs();
    country.stop().await;
    audit_trails_are_intact(&configs, told.tampered).await;
    country.forget().await;
}

async fn each_look_is_shown(country: &Country, told: &Told) {
    let page = format!("{}/portal/reads", country.world().registrar.base);
    let page = told.browser.open(&page).await.expect("her page");
    let shown: BTreeSet<[String; 5]> = page.html.split("<article>").skip(1).map(look).collect();
    assert_eq!(shown, looks());
}

fn look(article: &str) -> [String; 5] {
    let between = |start: &str, end: &str| {
        let rest = article.split_once(start).map_or("", |(_, rest)| rest);
        rest.split(end).next().unwrap_or_default().replace("&#39;", "'")
    };
    let fact = |name: &str| between(&format!("<dt>{name}</dt><dd>"), "</dd>");
    let tag = between("<span class=\"tag", "</span>");
    let tag = tag.split_once('>').map_or("", |(_, tag)| tag);
    [
        between("<h3 class=\"head\">", "</h3>"),
        fact("Officer"),
        fact("Case"),
        format!("{tag}: {}", fact("On the ground of")),
        fact("Kept by"),
    ]
}

/// The last event may still be on its way when the story ends; none stays, and none was given up.
async fn events_have_arrived(databases: &[Database]) {
    const TRIES: usize = 200;
    for database in databases {
        let mut waiting = 1;
        for _ in 0..TRIES {
            waiting = outbox::waiting(&database.db).await.expect("counts");
            if waiting == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(waiting, 0, "events wait in {}", database.name);
        let dead = outbox::dead_letters(&database.db).await.expect("lists");
        assert!(dead.is_empty(), "{}: {dead:?}", database.name);
    }
}

/// The ledger's log is replayed line by line: the budget, each benefit, each one that came back.
async fn money_is_conserved(databases: &[Database], told: &Told) {
    const BENEFIT_MINOR: i128 = 150_000;
    const BUDGET_MINOR: i128 = 12 * BENEFIT_MINOR;
    let ledger = databases.iter().find(|database| database.name.ends_with("/payments"));
    let report = payments::prove(&ledger.expect("somebody runs payments").db).await;
    let report = report.expect("the ledger is what its log says");
    let moved = told.paid + 2 * told.failed;
    assert_eq!(report.posted, 1 + moved);
    assert_eq!(report.totals.len(), 1, "one currency");
    let debits = BUDGET_MINOR * i128::from(RESIDENTS) + BENEFIT_MINOR * i128::from(moved);
    let sum = &report.totals[0];
    assert_eq!((sum.sum_of_postings(), sum.debits), (0, debits));
}

/// As an auditor would, with nothing running: `msingi audit verify`. What the story's intruder changed
/// is found, and nothing else.
async fn audit_trails_are_intact(configs: &[Config], tampered: bool) {
    for config in configs {
        let folder = Folder::new();
        let file = folder.path().join("msingi.toml");
        std::fs::write(&file, toml::to_string(config).expect("TOML")).expect("writes");
        let command = program::command(&folder, &["--config", "msingi.toml", "audit", "verify"]);
        let ended = program::ended(command).await;
        let changed = usize::from(tampered && config.installation.name == "registrar");
        assert_eq!(ended.code, Some(i32::from(changed > 0)), "{ended:?}");
        let intact = ended.out.lines().filter(|line| line.contains(": intact, ")).count();
        assert!(intact > 1, "{ended:?}");
        assert_eq!(ended.out.matches("NOT INTACT").count(), changed, "{ended:?}");
    }
}
