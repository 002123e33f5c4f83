//! The assessment's probes at a whole country: what they see while all is well, and when a part of it is missing.

use crate::country::{Country, Engine};
use assessment::probe::{self, Targets, traffic};
use basis::{Clock, Timestamp};
use credential::SigningKey;
use maturity::Instrument;
use maturity::round::{Measurement, Outcome};
use msingi::boot::{self, Selection};
use msingi::demo::{Desk, Layout, Told, World, driver, world};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PERSON: &str = "PROBE_PERSON";
const OFFICER: &str = "PROBE_OFFICER";
const AUTHORITY: &str = "PROBE_AUTHORITY";
const PARTY: &str = "PROBE_PARTY";
const OPERATOR: &str = "PROBE_OPERATOR";

/// Secrets by the names of their variables.
type Secrets = BTreeMap<&'static str, String>;

/// Registers an officer for the probes; answers the private key as a file would hold it.
async fn officer(world: &World, member: &str, id: &str, role: &str) -> String {
    let key = SigningKey::generate_es256().expect("a key");
    let operator = Desk::new(&world.registrar.base, &world.registrar.operator);
    let body = json!({"member": member, "id": id, "key": key.public_jwk(), "roles": [role]});
    let answer = operator.request(Method::PUT, "/exchange/v1/officers").json(&body).send().await;
    assert!(answer.expect("answers").status().is_success());
    let der = key.to_pkcs8().expect("PKCS#8");
    let text = credential::base64url::encode(&*der).replace('-', "+").replace('_', "/");
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    format!("-----BEGIN PRIVATE KEY-----\n{text}{padding}\n-----END PRIVATE KEY-----\n")
}

/// A data agreement that the person has not answered yet.
async fn agreement(world: &World) -> String {
    let steward = world::STEWARD.arrive(&world.registrar, "TB").await.expect("the steward arrives");
    let terms = json!({
        "version": "1.0.0", "lawful_basis": "consent", "dpia": "Lakeside DPIA 2026/9", "data_use": "data_using_service",
        "purpose": "to try whether consents hold",
        "controller": {"id": "TB/COM/LAKESIDE", "name": "Lakeside Clinic", "url": "https://lakeside.example"},
        "attributes": [{"name": "phone", "sensitivity": "medium", "category": "contact"}],
        "scope": {"service": "TB/GOV/NIA/residents/records", "clients": ["TB/COM/LAKESIDE/patients"], "purpose": "treatment"},
        "valid_days": 30,
    });
    let made = steward.post("/consent/agreements", "probe-terms", &terms).await.expect("is made");
    let id = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/consent/agreements/{id}/publish");
    steward.post(&path, "probe-publish", &json!({})).await.expect("is published");
    id
}

async fn secrets(world: &World, told: &Told) -> Secrets {
    let party = driver::outside_client(world).await.expect("a relying party");
    BTreeMap::from([
        (PERSON, told.totp_secret.clone()),
        (OFFICER, officer(world, "TB/COM/LAKESIDE", "probe-1", "exchange-user").await),
        (AUTHORITY, officer(world, "TB/GOV/DPC", "probe-2", "commissioner").await),
        (PARTY, party.key.to_string()),
        (OPERATOR, world.registrar.operator.clone()),
    ])
}

/// The whole country as one target, in which the story's person stands for a synthetic one.
fn list(base: &str, number: &str, agreement: &str, writes: bool) -> String {
    format!(
        r#"
[[target]]
name = "country"
component = "any"
url = "{base}"
probes = ["P-OIDC-META", "P-OIDC-AUTH", "P-DX-CALL", "P-POLICY", "P-CONSENT", "P-TRACKER", "P-GRIEV", "P-A11Y",
  "P-DX-LIST", "P-DX-HEALTH", "P-DX-NONGOV"]
requests_per_minute = 6000
allow_writes = {writes}
token_env = "{OPERATOR}"
pages = ["/portal", "/portal/services"]
[target.synthetic.person]
number = "{number}"
secret_env = "{PERSON}"
[target.synthetic.relying_party]
client_id = "outside"
redirect_uri = "http://127.0.0.1:9/callback"
key_env = "{PARTY}"
[target.synthetic.institution]
officer = "COM/LAKESIDE/probe-1"
client = "TB/COM/LAKESIDE/patients"
key_env = "{OFFICER}"
[target.synthetic.call]
path = "TB/GOV/NIA/identity/persons/resolve"
purpose = "treatment"
legal_basis = "law:Health Services Act, s.9"
[target.synthetic.consent]
agreement = "{agreement}"
path = "TB/GOV/NIA/residents/records"
purpose = "treatment"
[target.synthetic.authority]
officer = "GOV/DPC/probe-2"
key_env = "{AUTHORITY}"
"#
    )
}

/// Only these probes of the instrument, so that a run is about them.
fn instrument(probes: &[&str]) -> Instrument {
    let mut instrument = Instrument::built_in();
    instrument.probes.retain(|probe| probes.contains(&probe.id.as_str()));
    instrument
}

async fn run(
    list: &str,
    secrets: &Secrets,
    probes: &[&str],
    seen: &BTreeMap<String, Timestamp>,
) -> Vec<Measurement> {
    let targets = Targets::parse(list, |name| secrets.get(name).cloned()).expect("a good list");
    probe::run(&targets, &instrument(probes), &Clock::system(), seen).await
}

fn of<'a>(all: &'a [Measurement], indicator: &str) -> &'a Measurement {
    let found = all.iter().find(|one| one.indicator == indicator);
    found.unwrap_or_else(|| panic!("nothing about {indicator}: {all:?}"))
}

fn level(all: &[Measurement], indicator: &str, expected: u8) -> String {
    let one = of(all, indicator);
    assert_eq!(one.outcome, Outcome::Level(expected), "{indicator}: {}", one.says);
    one.says.clone()
}

fn not_measured(all: &[Measurement], indicator: &str) -> String {
    let one = of(all, indicator);
    assert_eq!(one.outcome, Outcome::CannotBeMeasured, "{indicator}: {}", one.says);
    one.says.clone()
}

const ACTING: [&str; 6] =
    ["P-OIDC-AUTH", "P-DX-CALL", "P-POLICY", "P-CONSENT", "P-TRACKER", "P-GRIEV"];

#[tokio::test(flavor = "multi_thread")]
async fn probes_see_what_a_person_and_an_institution_would() {
    let country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    let told = country.tell().await;
    let world = country.world();
    let (secrets, agreement) = (secrets(&world, &told).await, agreement(&world).await);
    let base = &world.registrar.base;
    let never = BTreeMap::new();

    // Nothing is done where the list does not allow it.
    let looking = list(base, &told.vid, &agreement, false);
    for one in run(&looking, &secrets, &ACTING, &never).await {
        assert_eq!(one.outcome, Outcome::CannotBeMeasured, "{}", one.says);
        assert!(one.says.contains("allow_writes") && one.exchanges.is_empty(), "{}", one.says);
    }

    let acting = list(base, &told.vid, &agreement, true);
    let all = run(&acting, &secrets, &ACTING, &never).await;
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
    // On record, without a word that could be read.
    let written = serde_json::to_string(&all).expect("JSON");
    assert!(!written.contains(&told.vid) && !written.contains('?'), "{written}");
    assert!(of(&all, "DX-07").exchanges.len() > 8);

    level(&run(&acting, &secrets, &["P-A11Y"], &never).await, "INC-01", 3);
    level(&run(&acting, &secrets, &["P-DX-LIST"], &never).await, "DX-04", 3);
    let traffic = run(&acting, &secrets, &["P-DX-HEALTH", "P-DX-NONGOV"], &never).await;
    let pairs = level(&traffic, "INT-03", 2);
    assert!(pairs.contains("between 5 pairs"), "{pairs}");
    level(&traffic, "DX-02", 2);
    // A list that does not say "in production" tells of a pilot.
    let real = acting.replace("allow_writes", "in_production = true\nallow_writes");
    level(&run(&real, &secrets, &["P-DX-NONGOV"], &never).await, "DX-02", 4);
    flows_are_those_of_the_story(&acting, &secrets).await;
    country.forget().await;
}

async fn flows_are_those_of_the_story(list: &str, secrets: &Secrets) {
    let targets = Targets::parse(list, |name| secrets.get(name).cloned()).expect("a good list");
    let flows = traffic::flows(&targets, &Clock::system()).await.expect("the log can be read");
    let reads = flows.iter().find(|flow| {
        (flow.from.as_str(), flow.to.as_str(), flow.subject.as_str())
            == ("GOV/MSP", "GOV/NIA", "TB/GOV/NIA/residents/records")
    });
    let reads = reads.unwrap_or_else(|| panic!("the ministry's reads: {flows:?}"));
    assert!(reads.calls.is_some_and(|calls| calls > 1) && reads.agreement.is_some(), "{reads:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_is_taken_away_is_an_outage_and_no_immaturity() {
    let mut country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    let told = country.tell().await;
    let world = country.world();
    let (secrets, agreement) = (secrets(&world, &told).await, agreement(&world).await);
    let list = list(&world.registrar.base, &told.vid, &agreement, true);
    let probes = ["P-OIDC-META", "P-A11Y", "P-TRACKER"];
    let before = run(&list, &secrets, &probes, &BTreeMap::new()).await;
    level(&before, "ID-04", 3);
    let seen = probe::seen_until(&before);

    let mut config = country.configs().remove(0);
    config.listen.public = country.running().public;
    country.stop().await;
    let selection = Selection {
        without: vec!["identity".to_owned(), "portal".to_owned()],
        ..Selection::default()
    };
    let running = boot::start(&config, &selection).await.expect("starts without two blocks");

    let after = run(&list, &secrets, &probes, &seen).await;
    for indicator in ["ID-04", "INC-01", "SAF-02"] {
        let one = of(&after, indicator);
        let is_outage = matches!(one.outcome, Outcome::Unavailable { seconds } if seconds < 120);
        assert!(is_outage, "{indicator}: {:?} {}", one.outcome, one.says);
    }
    // Other parts of the target answer on; the outage of this one grows all the same.
    let mut both = before.clone();
    both.extend(after);
    assert_eq!(
        probe::seen_until(&both).get("country P-OIDC-META"),
        seen.get("country P-OIDC-META")
    );
    // Where it never was, it is not there.
    level(&run(&list, &secrets, &["P-OIDC-META"], &BTreeMap::new()).await, "ID-04", 0);

    running.stop().await;
    let down = run(&list, &secrets, &["P-OIDC-META"], &seen).await;
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
    let all = run(&list, &Secrets::new(), &["P-OIDC-META"], &BTreeMap::new()).await;
    let says = level(&all, "ID-04", 2);
    assert!(says.contains("`none`") && says.contains("PKCE"), "{says}");
}
