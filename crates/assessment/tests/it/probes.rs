//! Probes against scripted systems, good and bad ones, and against the real block.

use assessment::probe::{self, Targets, TargetsError};
use assessment::{Deps, MIGRATIONS};
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use basis::{Clock, MockClock, Timestamp};
use kernel::block::component_routes;
use maturity::round::{Country, Measurement, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::{Store, TestServer, block_ctx, officer_layer};

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/.well-known/jwks.json";
const COMPONENTS: &str = "/.well-known/dpi-component";
const DIRECTORY: &str = "/exchange/v1/directory";
const TOKEN: &str = "t0ken";

/// What a scripted system answers: by path, with `BASE` for its own address.
#[derive(Clone, Default)]
struct Script {
    answers: BTreeMap<String, (u16, &'static str, String)>,
    /// Requests it got: path with query, and the bearer token.
    got: Arc<Mutex<Vec<(String, String)>>>,
}

impl Script {
    fn with(mut self, path: &str, status: u16, kind: &'static str, body: impl ToString) -> Self {
        self.answers.insert(path.to_owned(), (status, kind, body.to_string()));
        self
    }

    fn json(self, path: &str, body: Value) -> Self {
        self.with(path, 200, "application/json", body)
    }

    fn html(self, path: &str, body: impl ToString) -> Self {
        self.with(path, 200, "text/html; charset=utf-8", body)
    }

    fn paths(&self) -> Vec<String> {
        self.got.lock().expect("no panic").iter().map(|(path, _)| path.clone()).collect()
    }

    async fn start(&self) -> TestServer {
        let script = self.clone();
        TestServer::start(
            Router::new()
                .fallback(async move |uri: Uri, headers: HeaderMap| script.answer(&uri, &headers)),
        )
        .await
    }

    fn answer(&self, uri: &Uri, headers: &HeaderMap) -> Response {
        let header =
            |name: &str| headers.get(name).map_or("", |value| value.to_str().expect("text"));
        let whole = uri.path_and_query().expect("a path").to_string();
        self.got
            .lock()
            .expect("no panic")
            .push((whole.clone(), header("authorization").to_owned()));
        let found = self.answers.get(&whole).or_else(|| self.answers.get(uri.path()));
        let Some((status, kind, body)) = found else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let body = body.replace("BASE", &format!("http://{}", header("host")));
        let status = StatusCode::from_u16(*status).expect("a status");
        let name = if status.is_redirection() { "location" } else { "content-type" };
        let value = if status.is_redirection() { body.clone() } else { (*kind).to_owned() };
        (status, [(name, value)], body).into_response()
    }
}

/// A list with one target, `under-test`.
fn list(url: &str, probes: &[&str], more: &str) -> String {
    format!(
        "[[target]]\nname = \"under-test\"\ncomponent = \"any\"\nurl = \"{url}\"\nprobes = {probes:?}\n\
         requests_per_minute = 6000\n{more}\n"
    )
}

fn parse(text: &str) -> Result<Targets, TargetsError> {
    Targets::parse(text, |name| (name == "PROBE_TOKEN").then(|| TOKEN.to_owned()))
}

fn clock() -> (Clock, MockClock) {
    Clock::mock("2026-11-28T09:00:00Z".parse().expect("a time"))
}

/// What one probe says about one target at `url`.
async fn measure(url: &str, probe: &str, more: &str) -> Vec<Measurement> {
    let targets = parse(&list(url, &[probe], more)).expect("a good list");
    let instrument = maturity::Instrument::built_in();
    let all = probe::run(&targets, &instrument, &clock().0, &BTreeMap::new()).await;
    all.into_iter().filter(|one| one.probe == probe).collect()
}

/// The word on one indicator.
fn of<'a>(all: &'a [Measurement], indicator: &str) -> &'a Measurement {
    all.iter().find(|one| one.indicator == indicator).expect("a word on it")
}

fn good_provider() -> Value {
    json!({
        "issuer": "BASE", "authorization_endpoint": "BASE/authorize",
        "token_endpoint": "BASE/token", "jwks_uri": format!("BASE{JWKS}"),
        "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "acr_values_supported": ["urn:example:low", "urn:example:high"],
    })
}

fn keys() -> Value {
    json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]})
}

#[tokio::test]
async fn a_good_openid_provider_is_level_3_and_its_enforcement_is_not_seen() {
    let server =
        Script::default().json(DISCOVERY, good_provider()).json(JWKS, keys()).start().await;
    let all = measure(server.url(), "P-OIDC-META", "").await;
    assert_eq!(of(&all, "ID-04").outcome, Outcome::Level(3), "{:?}", of(&all, "ID-04"));
    assert_eq!(of(&all, "ID-01").outcome, Outcome::CannotBeMeasured);
    assert_eq!(of(&all, "ID-06").outcome, Outcome::CannotBeMeasured);
    let exchanges = &of(&all, "ID-04").exchanges;
    assert_eq!(exchanges.len(), 2);
    assert_eq!(exchanges[0].url, format!("{}{DISCOVERY}", server.url()));
    assert_eq!((exchanges[0].status, exchanges[0].method.as_str()), (200, "GET"));
    assert!(exchanges.iter().all(|one| one.response_sha256.len() == 64));
}

#[tokio::test]
async fn an_openid_provider_falls_with_what_is_missing() {
    let mut weak = good_provider();
    weak["id_token_signing_alg_values_supported"] = json!(["none", "HS256"]);
    weak["code_challenge_methods_supported"] = json!(["plain"]);
    weak["acr_values_supported"] = json!([]);
    let server = Script::default().json(DISCOVERY, weak).json(JWKS, keys()).start().await;
    let all = measure(server.url(), "P-OIDC-META", "").await;
    assert_eq!(of(&all, "ID-04").outcome, Outcome::Level(2));
    assert_eq!(of(&all, "ID-06").outcome, Outcome::Level(1));
    assert!(of(&all, "ID-04").says.contains("PKCE"), "{}", of(&all, "ID-04").says);
    assert!(of(&all, "ID-04").says.contains("`none`"), "{}", of(&all, "ID-04").says);

    let mut foreign = good_provider();
    foreign["issuer"] = json!(format!("https://elsewhere.example\n{}", "x".repeat(5_000)));
    let secret = json!({"keys": [{"kty": "oct", "k": "AA"}]});
    for script in [
        Script::default().json(DISCOVERY, foreign).json(JWKS, keys()),
        Script::default().json(DISCOVERY, good_provider()).json(JWKS, secret),
        Script::default().json(DISCOVERY, good_provider()),
    ] {
        let server = script.start().await;
        let all = measure(server.url(), "P-OIDC-META", "").await;
        let says = &of(&all, "ID-04").says;
        assert_eq!(of(&all, "ID-04").outcome, Outcome::Level(1), "{says}");
        assert!(says.len() <= 1_000 && !says.contains('\n'), "{says}");
    }
    let server = Script::default().start().await;
    let all = measure(server.url(), "P-OIDC-META", "").await;
    assert_eq!(of(&all, "ID-04").outcome, Outcome::Level(0));
}

#[tokio::test]
async fn a_key_set_or_redirect_on_another_host_is_not_asked() {
    let other = Script::default().json(JWKS, keys()).json(DISCOVERY, good_provider());
    let elsewhere = other.start().await;
    let mut provider = good_provider();
    provider["jwks_uri"] = json!(format!("{}{JWKS}", elsewhere.url()));
    let moved = format!("{}{DISCOVERY}", elsewhere.url());
    for script in [
        Script::default().json(DISCOVERY, provider),
        Script::default().with(DISCOVERY, 302, "", moved),
    ] {
        let server = script.start().await;
        let all = measure(server.url(), "P-OIDC-META", "").await;
        assert_eq!(of(&all, "ID-04").outcome, Outcome::CannotBeMeasured);
        assert!(of(&all, "ID-04").says.contains("not in the list of targets"));
    }
    assert_eq!(other.paths(), Vec::<String>::new(), "nobody asked there");
}

#[tokio::test]
async fn a_redirect_on_the_same_host_is_followed_but_not_for_ever() {
    let script = Script::default()
        .with(DISCOVERY, 302, "", "/there")
        .json("/there", good_provider())
        .json(JWKS, keys());
    let server = script.start().await;
    let all = measure(server.url(), "P-OIDC-META", "").await;
    assert_eq!(of(&all, "ID-04").outcome, Outcome::Level(3));
    let script = Script::default().with(DISCOVERY, 302, "", DISCOVERY);
    let server = script.start().await;
    let all = measure(server.url(), "P-OIDC-META", "").await;
    assert_eq!(of(&all, "ID-04").outcome, Outcome::CannotBeMeasured);
    assert_eq!(script.paths().len(), 4);
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_bound_only() {
    let long = "x".repeat(2 * 1024 * 1024 + 1);
    let server = Script::default().with(DISCOVERY, 200, "application/json", long).start().await;
    let all = measure(server.url(), "P-OIDC-META", "").await;
    assert_eq!(of(&all, "ID-04").outcome, Outcome::CannotBeMeasured);
    assert!(of(&all, "ID-04").says.contains("more than"), "{}", of(&all, "ID-04").says);
}

#[test]
fn the_list_lets_nothing_in_that_could_leak_or_harm() {
    let good = list("http://127.0.0.1:8080", &["P-TLS"], "");
    assert_eq!(parse(&good).unwrap().all().len(), 1);
    assert!(parse(&list("https://id.example.org", &["P-TLS"], "")).is_ok());
    let wrongs = [
        (list("http://id.example.org", &[], ""), "has to be https"),
        (list("http://localhost:8080", &[], ""), "has to be https"),
        (list("http://127.0.0.1.example.org", &[], ""), "has to be https"),
        (list("https://u:p@id.example.org", &[], ""), "token_env"),
        (list("https://id.example.org/path", &[], ""), "host and port"),
        (list("no address", &[], ""), "is no address"),
        (good.replace("under-test", "under\\ntest"), "on one line"),
        (good.replace("\"any\"", "\"all\""), "one of identity"),
        (good.replace("6000", "0"), "1 to 6000"),
        (format!("{good}token = \"t\"\n"), "unknown field `token`"),
        (format!("{good}token_env = \"UNSET\"\n"), "not set"),
        (format!("{good}token_file = \"/no/such/file\"\n"), "cannot be read"),
        (format!("{good}pages = [\"//example.org/\"]\n"), "without a host"),
        (format!("{good}{good}"), "is there twice"),
    ];
    for (text, says) in wrongs {
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    let with_token = parse(&format!("{good}token_env = \"PROBE_TOKEN\"\n")).unwrap();
    assert!(!format!("{with_token:?}").contains(TOKEN));
}

#[tokio::test]
async fn what_no_target_is_listed_for_and_what_is_not_built_says_so() {
    let script = Script::default();
    let server = script.start().await;
    let targets = parse(&list(server.url(), &["P-VCI", "P-CONSENT"], "allow_writes = true"));
    let instrument = maturity::Instrument::built_in();
    let now = clock().0;
    let all = probe::run(&targets.unwrap(), &instrument, &now, &BTreeMap::new()).await;
    assert_eq!(script.paths(), Vec::<String>::new());
    let pairs: usize = instrument.indicators.iter().map(|one| one.probes.len()).sum();
    let known = |one: &&Measurement| instrument.probes.iter().any(|probe| probe.id == one.probe);
    let defined = |id: &&String| instrument.probes.iter().any(|probe| probe.id == **id);
    let named = instrument.indicators.iter().flat_map(|one| &one.probes).filter(defined).count();
    assert!(named <= pairs && named > 100);
    assert_eq!(all.iter().filter(known).count(), named, "one for each probe and indicator");
    assert!(all.iter().all(|one| one.outcome == Outcome::CannotBeMeasured && one.says.len() > 10));
    assert!(all.iter().all(|one| !one.says.contains("does not know the probe")));
    let wallet = all.iter().find(|one| one.probe == "P-VCI").unwrap();
    assert_eq!((wallet.target.as_str(), wallet.exchanges.len()), ("under-test", 0));
    assert!(wallet.says.contains("no wallet is built here"));
    let tls = all.iter().find(|one| one.probe == "P-TLS").unwrap();
    assert_eq!((tls.target.as_str(), tls.says.as_str()), ("none", "No target for it."));
}

#[tokio::test]
async fn an_outage_is_one_only_of_what_was_there_before() {
    let server = Script::default().json(
        COMPONENTS,
        json!({"components": [
            {"id": "a", "mandate": "Act, s.1"}, {"id": "b"}
        ]}),
    );
    let running = server.start().await;
    let list = list(running.url(), &["P-MANDATE"], "");
    let (targets, instrument) = (parse(&list).unwrap(), maturity::Instrument::built_in());
    let (clock, mock) = clock();
    let of_mandates = |all: Vec<Measurement>| -> Vec<Measurement> {
        all.into_iter().filter(|one| one.probe == "P-MANDATE").collect()
    };
    let before = of_mandates(probe::run(&targets, &instrument, &clock, &BTreeMap::new()).await);
    assert_eq!(of(&before, "GOV-02").outcome, Outcome::Level(1));
    let says = &of(&before, "GOV-02").says;
    assert_eq!(says, "1 of 2 components name a mandate; without: b.");
    let seen: BTreeMap<String, Timestamp> = probe::seen_until(&before);
    assert_eq!(seen.get("under-test P-MANDATE GOV-02"), Some(&clock.now()));

    drop(running);
    mock.advance_seconds(90);
    let mut after = Vec::new();
    for _ in 0..50 {
        after = of_mandates(probe::run(&targets, &instrument, &clock, &seen).await);
        if of(&after, "GOV-02").outcome == (Outcome::Unavailable { seconds: 90 }) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(of(&after, "GOV-02").outcome, Outcome::Unavailable { seconds: 90 });
    assert_eq!(of(&after, "GOV-02").exchanges[0].status, 0);
    assert_eq!(probe::seen_until(&after), BTreeMap::new());
    let never = of_mandates(probe::run(&targets, &instrument, &clock, &BTreeMap::new()).await);
    assert_eq!(of(&never, "GOV-02").outcome, Outcome::CannotBeMeasured);

    let gateway = Script::default().with(COMPONENTS, 502, "text/plain", "").start().await;
    let targets = parse(&list.replace(&host_of(&list), gateway.url())).unwrap();
    let down = of_mandates(probe::run(&targets, &instrument, &clock, &seen).await);
    assert_eq!(of(&down, "GOV-02").outcome, Outcome::Unavailable { seconds: 90 });
}

fn host_of(list: &str) -> String {
    list.split('"').find(|part| part.starts_with("http")).expect("an address").to_owned()
}

fn page(lang: &str, text: &str) -> String {
    format!(
        "<!doctype html><html {lang}><title>Services</title><main><h1>{text}</h1><h2>More</h2>\
         <p>{}</p><label>Name <input name=a></label><img src=/i.png alt=\"\"></main></html>",
        "Apply here without papers. ".repeat(4)
    )
}

#[tokio::test]
async fn pages_are_held_against_static_rules() {
    let pages = "pages = [\"/a\", \"/b\"]";
    let bad = "<html><h1>A</h1><h3>B</h3><input id=x><img src=/i.png></html>";
    let good = page("lang=en", "Services");
    for (first, second, level) in [(&*good, &*good, 3), (&good, bad, 2), (bad, bad, 1)] {
        let server = Script::default().html("/a", first).html("/b", second).start().await;
        let all = measure(server.url(), "P-A11Y", pages).await;
        let word = of(&all, "INC-01");
        assert_eq!(word.outcome, Outcome::Level(level), "{}", word.says);
        assert_eq!(word.says.contains("names no language"), level < 3, "{}", word.says);
    }
    let server = Script::default().json("/a", json!({})).start().await;
    let all = measure(server.url(), "P-A11Y", pages).await;
    assert_eq!(of(&all, "INC-01").outcome, Outcome::CannotBeMeasured);
}

#[tokio::test]
async fn a_language_counts_when_its_page_is_another_text() {
    let translated = Script::default()
        .html("/?lang=en", page("lang=en", "Services"))
        .html("/?lang=fr", page("lang=fr-FR", "Démarches"))
        .html("/?lang=sw", page("lang=sw", "Huduma"));
    let only_labelled = Script::default()
        .html("/?lang=en", page("lang=en", "Services"))
        .html("/?lang=fr", page("lang=fr", "Services"))
        .html("/?lang=sw", page("lang=sw", "Services"));
    let named = "official_languages = [\"en\", \"fr\"]\nlocal_languages = [\"sw\"]";
    let all_official = "official_languages = [\"en\", \"fr\", \"sw\"]";
    let not_offered = "official_languages = [\"en\", \"fr\", \"ar\"]";
    for (script, more, outcome) in [
        (&translated, named, Outcome::Level(3)),
        (&translated, all_official, Outcome::Level(2)),
        (&translated, "", Outcome::CannotBeMeasured),
        (&only_labelled, all_official, Outcome::Level(0)),
        (&translated, not_offered, Outcome::Level(1)),
        (&Script::default(), all_official, Outcome::CannotBeMeasured),
    ] {
        let server = script.start().await;
        let all = measure(server.url(), "P-I18N", more).await;
        assert_eq!(of(&all, "INC-02").outcome, outcome, "{}", of(&all, "INC-02").says);
    }
}

#[tokio::test]
async fn pages_are_weighed_with_their_files() {
    let heavy = "x".repeat(200_000);
    let empty = "<html><div id=app></div><script src=/s.js></script></html>";
    let elsewhere = page("", "A").replace("/i.png", "https://cdn.example/i.png");
    for (body, image, outcome) in [
        (page("", "A"), "light", Outcome::Level(2)),
        (page("", "A"), &*heavy, Outcome::Level(0)),
        (empty.to_owned(), "", Outcome::Level(0)),
        (elsewhere, "", Outcome::CannotBeMeasured),
    ] {
        let script = Script::default().html("/", body).with("/i.png", 200, "image/png", image);
        let server = script.start().await;
        let all = measure(server.url(), "P-LOWBW", "").await;
        assert_eq!(of(&all, "INC-03").outcome, outcome, "{}", of(&all, "INC-03").says);
        assert_eq!(of(&all, "INF-04").outcome, Outcome::CannotBeMeasured);
    }
}

fn directory(agreement: Value) -> Value {
    let subsystem = |id: &str, sector: &str| json!({"id": id, "sector": sector, "names": {}});
    let service = |id: &str, kinds: Value| json!({"id": id, "kinds": kinds, "enabled": true});
    json!({
        "members": [{"id": "TB/GOV/A"}, {"id": "TB/GOV/B"}, {"id": "TB/COM/C"}],
        "subsystems": [subsystem("TB/GOV/A/a", "civil"), subsystem("TB/GOV/B/b", "social"),
            subsystem("TB/COM/C/c", "health"), subsystem("TB/COM/C/idle", "energy")],
        "services": [service("TB/GOV/A/a/records", json!([])),
            service("TB/GOV/A/a/events", json!(["events"]))],
        "rights": [{"service": "TB/GOV/A/a/records", "client": "TB/GOV/B/b"},
            {"service": "TB/GOV/A/a/events", "client": "TB/COM/C/c"}],
        "agreements": [agreement],
    })
}

#[tokio::test]
async fn the_directory_tells_members_and_uncovered_rights() {
    let in_force = json!({
        "service": "TB/GOV/A/a/records", "client": "TB/GOV/B/b", "purpose": "benefits",
        "basis": "law", "valid_from": "2026-01-01T00:00:00Z", "suspended": false
    });
    let mut ended = in_force.clone();
    ended["valid_until"] = json!("2026-11-28T09:00:00Z");
    let mut without_purpose = in_force.clone();
    without_purpose["purpose"] = json!("");
    let token = "token_env = \"PROBE_TOKEN\"";
    for (agreement, level) in [(in_force, 3), (ended, 0), (without_purpose, 0)] {
        let script = Script::default().json(DIRECTORY, directory(agreement));
        let server = script.start().await;
        let all = measure(server.url(), "P-AGREE", token).await;
        assert_eq!(of(&all, "GOV-05").outcome, Outcome::Level(level));
        assert_eq!(of(&all, "LEG-06").outcome, Outcome::CannotBeMeasured);
        assert_eq!(script.got.lock().expect("no panic")[0].1, format!("Bearer {TOKEN}"));
        let all = measure(server.url(), "P-DX-LIST", token).await;
        assert_eq!(of(&all, "DX-01").outcome, Outcome::Level(3));
        assert_eq!(of(&all, "INT-03").outcome, Outcome::CannotBeMeasured);
        let says = &of(&all, "DX-04").says;
        assert!(says.contains("1 COM, 2 GOV; 2 services between 3 sectors"), "{says}");
        let all = measure(server.url(), "P-DX-LIST", "").await;
        assert_eq!(of(&all, "DX-01").outcome, Outcome::CannotBeMeasured);
    }
}

#[tokio::test]
async fn a_witness_that_finds_a_changed_row_lowers_the_level() {
    let report = |findings: Value| json!([{"installation": "x", "block": "b", "rows": 7, "findings": findings}]);
    let token = "token_env = \"PROBE_TOKEN\"";
    for (findings, level) in [(json!([]), 3), (json!(["row 2 was changed"]), 1)] {
        let server = Script::default().json("/witness/checks", report(findings)).start().await;
        let all = measure(server.url(), "P-LOGCHAIN", token).await;
        assert_eq!(of(&all, "SAF-06").outcome, Outcome::Level(level));
        assert_eq!(of(&all, "SAF-06").exchanges[0].method, "POST");
        assert_eq!(of(&all, "SAF-10").outcome, Outcome::CannotBeMeasured);
    }
    let server = Script::default().json("/witness/checks", json!([])).start().await;
    let all = measure(server.url(), "P-LOGCHAIN", token).await;
    assert_eq!(of(&all, "SAF-06").outcome, Outcome::CannotBeMeasured);
}

#[tokio::test]
async fn a_description_that_live_answers_contradict_does_not_count() {
    let get = |responses: Value| json!({"get": {"responses": responses}});
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"},
        "paths": {"/there": get(json!({"200": {}})), "/{id}": get(json!({}))},
    });
    let mut lie = document.clone();
    lie["paths"]["/gone"] = get(json!({"200": {}, "default": {}}));
    for (document, level) in [(document, 3), (lie, 0), (json!({"swagger": "2.0"}), 0)] {
        let script = Script::default().json("/openapi.json", document).json("/there", json!([]));
        let server = script.start().await;
        let all = measure(server.url(), "P-OPENAPI", "").await;
        assert_eq!(
            of(&all, "INT-05").outcome,
            Outcome::Level(level),
            "{}",
            of(&all, "INT-05").says
        );
        assert!(!script.paths().iter().any(|path| path.contains('{')));
    }
}

#[tokio::test]
async fn a_catalogue_is_a_page_a_list_or_nothing() {
    let web = "<a href=/services/a>A</a><a href=/services/b>B</a><a href=/other>C</a>";
    let more = "catalogue = \"/services\"";
    let server = Script::default().html("/services", web).start().await;
    let all = measure(server.url(), "P-CATALOG", more).await;
    assert_eq!(of(&all, "SVC-01").outcome, Outcome::Level(1));
    assert!(of(&all, "SVC-01").says.contains("2 services"), "{}", of(&all, "SVC-01").says);
    let server = Script::default().json("/services", json!([{"name": "A"}])).start().await;
    let all = measure(server.url(), "P-CATALOG", more).await;
    assert_eq!(of(&all, "SVC-01").outcome, Outcome::Level(2));
    assert_eq!(of(&all, "SVC-08").outcome, Outcome::CannotBeMeasured);
}

#[tokio::test]
async fn security_txt_and_health_are_facts_without_a_level() {
    let text = "Contact: mailto:security@example.org\nExpires: 2027-01-01T00:00:00Z\n";
    let script = Script::default().with("/.well-known/security.txt", 200, "text/plain", text).with(
        "/health",
        200,
        "application/json",
        "{}",
    );
    let server = script.start().await;
    let all = measure(server.url(), "P-SECTXT", "").await;
    assert_eq!(of(&all, "INF-08").outcome, Outcome::CannotBeMeasured);
    assert!(of(&all, "INF-08").says.contains("has not expired"), "{}", of(&all, "INF-08").says);
    let all = measure(server.url(), "P-STATUS", "").await;
    assert!(of(&all, "DX-11").says.contains("healthy"), "{}", of(&all, "DX-11").says);
    let all = measure(server.url(), "P-TLS", "").await;
    assert!(of(&all, "INF-08").says.contains("no TLS"), "{}", of(&all, "INF-08").says);
    // Something answers, but not in TLS: neither a level nor an outage.
    let all = measure(&server.url().replace("http:", "https:"), "P-TLS", "").await;
    assert_eq!(of(&all, "INF-08").outcome, Outcome::CannotBeMeasured);
    assert!(of(&all, "INF-08").says.contains("TLS to be trusted"), "{}", of(&all, "INF-08").says);
}

/// The real block describes itself truthfully.
#[tokio::test]
async fn the_assessment_block_is_found_by_its_own_probes() {
    let store = Store::sqlite();
    let ctx = block_ctx(&store, assessment::NAME, MIGRATIONS, "GOV/DIGITAL").await.unwrap();
    let site = ui::Site {
        service: "Tumbawe services".to_owned(),
        operator: "Digital Agency".to_owned(),
        home: "/".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    let country = Country { code: "TB".to_owned(), name: "Tumbawe".to_owned(), invented: true };
    let deps = Deps { country, institutions: Vec::new(), file_bytes_max: 2_000, site };
    let block = assessment::block(&ctx, deps).unwrap();
    let component = block.component(&ctx.owner, Some("Digital Agency Act, s.4".to_owned()));
    let listed = component_routes(vec![(component, block.openapi())]);
    let (auth, _) = officer_layer(&ctx, block.permissions);
    let router = block.into_router(ctx.owner.clone()).merge(listed.into_router());
    let server = TestServer::start(router.layer(auth.layer())).await;

    let mandates = measure(server.url(), "P-MANDATE", "").await;
    assert_eq!(of(&mandates, "GOV-02").outcome, Outcome::Level(3));
    let interfaces = measure(server.url(), "P-OPENAPI", "").await;
    let word = of(&interfaces, "INT-05");
    assert_eq!(word.outcome, Outcome::Level(3), "{}", word.says);
    assert!(word.exchanges.iter().any(|one| one.status == 401), "{:?}", word.exchanges);
}
