//! The assessment's probes at a whole country: what they see while all is well, and when a part of it is missing.

use crate::country::{Country, Engine, Folder};
use assessment::probe::{self, Targets, traffic};
use basis::{Clock, Timestamp};
use kernel::config::Config;
use maturity::Instrument;
use maturity::round::{Measurement, Outcome};
use msingi::boot::{self, Running, Selection};
use msingi::demo::{Layout, World, driver};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The list that `msingi assess targets` writes for the country; it looks and does nothing unless told to.
pub async fn list(world: &World, folder: &Folder, writes: bool) -> String {
    let path = driver::prepare_probes(world, folder.path()).await.expect("can be written");
    let text = std::fs::read_to_string(path).expect("is there");
    text.replace("allow_writes = true", &format!("allow_writes = {writes}"))
}

/// Only these probes of the instrument, so that a run is about them.
fn instrument(probes: &[&str]) -> Instrument {
    let mut instrument = Instrument::built_in();
    instrument.probes.retain(|probe| probes.contains(&probe.id.as_str()));
    instrument
}

pub type Seen = BTreeMap<String, Timestamp>;

async fn run(list: &str, probes: &[&str], seen: &Seen) -> Vec<Measurement> {
    run_at(&Clock::system(), list, probes, seen).await
}

/// Probes whose clock says something else.
pub async fn run_at(clock: &Clock, list: &str, probes: &[&str], seen: &Seen) -> Vec<Measurement> {
    let targets = Targets::parse(list, |_| None).expect("a good list");
    probe::run(&targets, &instrument(probes), clock, seen).await
}

pub fn of<'a>(all: &'a [Measurement], indicator: &str) -> &'a Measurement {
    let found = all.iter().find(|one| one.indicator == indicator);
    found.unwrap_or_else(|| panic!("nothing about {indicator}: {all:?}"))
}

pub fn level(all: &[Measurement], indicator: &str, expected: u8) -> String {
    let one = of(all, indicator);
    assert_eq!(one.outcome, Outcome::Level(expected), "{indicator}: {}", one.says);
    one.says.clone()
}

fn not_measured(all: &[Measurement], indicator: &str) -> String {
    let one = of(all, indicator);
    assert_eq!(one.outcome, Outcome::CannotBeMeasured, "{indicator}: {}", one.says);
    one.says.clone()
}

const ACTING: [&str; 7] =
    ["P-OIDC-AUTH", "P-DX-CALL", "P-POLICY", "P-CONSENT", "P-TRACKER", "P-GRIEV", "P-PAY-BULK"];

#[tokio::test(flavor = "multi_thread")]
async fn probes_see_what_a_person_and_an_institution_would() {
    let country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    country.tell().await;
    let (world, folder) = (country.world(), Folder::new());
    let never = BTreeMap::new();

    // Nothing is done where the list does not allow it.
    let looking = list(&world, &folder, false).await;
    for one in run(&looking, &ACTING, &never).await {
        assert_eq!(one.outcome, Outcome::CannotBeMeasured, "{}", one.says);
        assert!(one.says.contains("allow_writes") && one.exchanges.is_empty(), "{}", one.says);
    }

    let acting = looking.replace("allow_writes = false", "allow_writes = true");
    let all = run(&acting, &ACTING, &never).await;
    let login = level(&all, "ID-04", 3);
    for attack in ["used before", "another audience", "without its verifier", "redirect address"] {
        assert!(login.contains(attack) && !login.contains("NOT refused"), "{login}");
    }
    let call = not_measured(&all, "DX-03");
    assert!(call.contains("refused: a caller without a token, a caller with a token"), "{call}");
    let policy = level(&all, "DX-08", 3);
    assert!(policy.contains("a purpose outside of every agreement (no-agreement)"), "{policy}");
    let consent = level(&all, "DX-07", 3);
    assert!(consent.contains("(consent-missing)"), "{consent}");
    let tracker = level(&all, "SAF-02", 3);
    assert!(tracker.contains("the officer is named, the ground is named"), "{tracker}");
    let complaint = level(&all, "SAF-03", 3);
    assert!(!complaint.contains("not on the person's page"), "{complaint}");
    let batch = not_measured(&all, "PAY-03");
    assert!(batch.contains("a good and a bad account ended after"), "{batch}");
    assert!(!batch.contains("NOT "), "{batch}");
    // On record, without a word that could be read.
    let written = serde_json::to_string(&all).expect("JSON");
    assert!(!written.contains(number_in(&acting)) && !written.contains('?'), "{written}");
    assert!(of(&all, "DX-07").exchanges.len() > 8);

    level(&run(&acting, &["P-A11Y"], &never).await, "INC-01", 3);
    level(&run(&acting, &["P-DX-LIST"], &never).await, "DX-04", 3);
    let traffic = run(&acting, &["P-DX-HEALTH", "P-DX-NONGOV"], &never).await;
    let pairs = level(&traffic, "INT-03", 2);
    assert!(pairs.contains("between 5 pairs"), "{pairs}");
    level(&traffic, "DX-02", 2);
    // A list that does not say "in production" tells of a pilot.
    let real = acting.replace("allow_writes", "in_production = true\nallow_writes");
    level(&run(&real, &["P-DX-NONGOV"], &never).await, "DX-02", 4);
    flows_are_those_of_the_story(&acting).await;
    country.forget().await;
}

fn number_in(list: &str) -> &str {
    let after = list.split_once("number = \"").expect("a person").1;
    after.split('"').next().expect("a number")
}

/// Stops the country; answers the configuration that starts it at the same place again.
pub async fn stopped(country: &mut Country) -> Config {
    let mut config = country.configs().remove(0);
    config.listen.public = country.running().public;
    country.stop().await;
    config
}

/// As `serve --without` would.
pub async fn started(config: &Config, without: &[&str]) -> Running {
    let without = without.iter().map(|block| (*block).to_owned()).collect();
    let selection = Selection { without, ..Selection::default() };
    boot::start(config, &selection).await.expect("starts without them")
}

async fn flows_are_those_of_the_story(list: &str) {
    let targets = Targets::parse(list, |_| None).expect("a good list");
    let flows = traffic::flows(&targets, &Clock::system()).await.expect("the log can be read");
    let reads = flows.iter().find(|flow| {
        (flow.from.as_str(), flow.to.as_str(), flow.subject.as_str())
            == ("GOV/NIA", "GOV/MSP", "TB/GOV/NIA/residents/records")
    });
    let reads = reads.unwrap_or_else(|| panic!("the ministry's reads: {flows:?}"));
    assert!(reads.calls.is_some_and(|calls| calls > 1) && reads.agreement.is_some(), "{reads:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_is_taken_away_is_an_outage_and_no_immaturity() {
    let mut country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    country.tell().await;
    let folder = Folder::new();
    let list = list(&country.world(), &folder, true).await;
    let probes = ["P-OIDC-META", "P-A11Y", "P-TRACKER"];
    let before = run(&list, &probes, &BTreeMap::new()).await;
    level(&before, "ID-04", 3);
    let seen = probe::seen_until(&before);

    let config = stopped(&mut country).await;
    let running = started(&config, &["identity", "portal"]).await;

    let after = run(&list, &probes, &seen).await;
    for indicator in ["ID-04", "INC-01", "SAF-02"] {
        let one = of(&after, indicator);
        let is_outage = matches!(one.outcome, Outcome::Unavailable { seconds } if seconds < 120);
        assert!(is_outage, "{indicator}: {:?} {}", one.outcome, one.says);
    }
    // Other parts of the target answer on; the outage of this one grows all the same.
    let mut both = before.clone();
    both.extend(after);
    assert_eq!(
        probe::seen_until(&both).get("country P-OIDC-META ID-04"),
        seen.get("country P-OIDC-META ID-04")
    );
    // Where it never was, it is not there.
    level(&run(&list, &["P-OIDC-META"], &BTreeMap::new()).await, "ID-04", 0);

    running.stop().await;
    let down = run(&list, &["P-OIDC-META"], &seen).await;
    assert!(matches!(of(&down, "ID-04").outcome, Outcome::Unavailable { .. }), "{down:?}");
    country.forget().await;
}

/// A provider that takes whatever comes.
fn careless(base: &str) -> Value {
    json!({
        "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/jwks"), "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["none"],
    })
}

#[tokio::test]
async fn a_foreign_provider_without_signatures_is_told_from_ours() {
    msingi::install_cryptography();
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", socket.local_addr().expect("an address"));
    let document = careless(&base).to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = socket.accept().await {
            let document = document.clone();
            tokio::spawn(async move {
                use tokio::io::{AsyncReadExt, AsyncWriteExt};
                let mut asked = vec![0; 4096];
                let length = stream.read(&mut asked).await.unwrap_or_default();
                let is_keys = String::from_utf8_lossy(&asked[..length]).starts_with("GET /jwks");
                let body = if is_keys { r#"{"keys":[{"kty":"EC"}]}"#.to_owned() } else { document };
                let length = body.len();
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json";
                let answer = format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    let list = format!(
        "[[target]]\nname = \"foreign\"\ncomponent = \"identity\"\nurl = \"{base}\"\nprobes = [\"P-OIDC-META\"]\n\
         requests_per_minute = 6000\n"
    );
    let all = run(&list, &["P-OIDC-META"], &BTreeMap::new()).await;
    let says = level(&all, "ID-04", 2);
    assert!(says.contains("`none`") && says.contains("PKCE"), "{says}");
}
