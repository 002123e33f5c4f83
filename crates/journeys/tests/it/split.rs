//! What can only happen between installations: somebody else's certificate, a newer protocol, a row
//! changed behind the back of its own code, a neighbour that is down.

use crate::country::{Country, Engine};
use crate::stranger;
use msingi::demo::{Layout, world};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::time::Duration;

const REGISTRAR: usize = 0;
const RECORDS: &str = "/exchange/r1/TB/GOV/NIA/residents/records";
const RESOLVE: &str = "/exchange/r1/TB/GOV/NIA/identity/persons/resolve";

/// A problem document that says what is the matter in one sentence.
async fn problem(answer: Response) -> (u16, String, String) {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").cloned();
    assert_eq!(kind.as_ref().map(|it| it.as_bytes()), Some(b"application/problem+json".as_slice()));
    let problem: Value = answer.json().await.expect("JSON");
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    let detail = text("detail");
    assert!(!detail.is_empty() && !detail.contains('\n'), "{problem}");
    (status, text("type").replace("urn:msingi:problem:", ""), detail)
}

/// Waits until an operator can read this.
async fn the_log_says(country: &Country, text: &str) {
    const TRIES: usize = 100;
    for _ in 0..TRIES {
        if country.logs().iter().any(|(_, log)| log.contains(text)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("`{text}` is in no log: {:?}", country.logs());
}

async fn split() -> Country {
    Country::put_up(Engine::Sqlite, Layout::Three).await.expect("SQLite is always there")
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_turned_away_at_the_wire() {
    let country = split().await;
    let wire = country.configs()[REGISTRAR].listen.wire;
    let call = async |client: &reqwest::Client, version: &str| {
        let request = client.post(format!("https://{wire}/wire/v1/call"));
        request.header("msingi-wire-version", version).body("{}").send().await
    };

    let nobody = stranger::client(false);
    let (status, slug, detail) = problem(call(&nobody, "1").await.expect("an answer")).await;
    assert_eq!((status, slug.as_str()), (401, "not-authentic"), "{detail}");
    assert!(detail.contains("connect with the installation's TLS certificate"), "{detail}");

    let newer = call(&nobody, "99").await.expect("an answer");
    assert_eq!(newer.headers()["msingi-wire-error"], "wire-version");
    let (status, slug, detail) = problem(newer).await;
    assert_eq!((status, slug.as_str()), (400, "wire-version"), "{detail}");
    assert!(detail.contains("99") && detail.contains("speaks 1"), "{detail}");

    let impostor = call(&stranger::client(true), "1").await;
    let error = impostor.expect_err("the handshake is refused");
    assert!(!error.is_timeout(), "{error}");
    the_log_says(&country, "a TLS handshake on the wire listener failed").await;

    for (method, path) in [(Method::GET, "/wire/v1/directory"), (Method::PUT, "/wire/v1/part")] {
        let request = nobody.request(method, format!("https://{wire}{path}"));
        let (status, slug, detail) = problem(request.send().await.expect("an answer")).await;
        assert_eq!((status, slug.as_str()), (401, "not-authentic"), "{path}: {detail}");
    }
    let join = nobody.post(format!("https://{wire}/wire/v1/join")).body("let me in");
    let (status, _, detail) = problem(join.send().await.expect("an answer")).await;
    assert!((400..500).contains(&status), "{status} {detail}");
    country.forget().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_auditor_keeps_what_was_found_in_another_installation() {
    let country = split().await;
    let told = country.tell().await;
    assert!(told.tampered, "the story changes a row behind the back of its code");
    let world = country.world();
    let auditor = world::AUDITOR.arrive(&world.treasury, "TB").await.expect("the auditor arrives");
    let kept = auditor.get("/witness/findings").await.expect("findings").to_string();
    assert!(kept.contains("row 2 (civil."), "{kept}");
    assert!(kept.contains("was changed after it was sealed"), "{kept}");
    country.forget().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_that_is_down_is_one_clear_error_until_it_is_back() {
    let country = split().await;
    let told = country.tell().await;
    let listen = country.configs()[REGISTRAR].listen.clone();
    let (wire, address) = (listen.wire, listen.wire_url.expect("the link's address"));
    let caseworker = world::CASEWORKER.arrive(&country.world().frontline, "TB").await;
    let caseworker = caseworker.expect("the caseworker arrives");
    let ask = |method: Method, path: &str| {
        let request =
            caseworker.request(method, path).header("msingi-client", "TB/GOV/MSP/benefits");
        let request = request.header("msingi-purpose", "benefit-eligibility");
        let request = request.header("msingi-case", &told.case);
        request.header("msingi-legal-basis", "law:Social Protection Act, s.4")
    };
    let resolve = ask(Method::POST, RESOLVE).json(&json!({"system": "VID", "value": told.vid}));
    let resolved: Value = resolve.send().await.expect("answers").json().await.expect("JSON");
    let subject = resolved["pseudonym"].as_str().expect("a pseudonym").to_owned();
    let read = async || {
        let request = ask(Method::GET, RECORDS).header("msingi-subject", &subject);
        request.send().await.expect("the ministry's own installation answers")
    };
    assert_eq!(read().await.status(), 200);

    country.processes().stop_one(REGISTRAR).await;
    let (status, slug, detail) = problem(read().await).await;
    assert_eq!((status, slug.as_str()), (502, "peer-unreachable"), "{detail}");
    assert!(detail.contains("registrar") && detail.contains(&address), "{detail}");
    assert!(detail.contains("no connection to"), "{detail}");

    let impostor = stranger::stand_in(wire).await;
    let (status, slug, detail) = problem(read().await).await;
    assert_eq!((status, slug.as_str()), (502, "peer-certificate"), "{detail}");
    assert!(detail.contains("registrar") && detail.contains("fingerprint"), "{detail}");
    assert!(detail.contains("join anew"), "it names the remedy: {detail}");
    impostor.abort();
    // The port is free when the task is gone.
    let _ = impostor.await;

    country.processes().start_one(REGISTRAR).await.expect("the registrar starts again");
    let answer = read().await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap_or_default());
    country.forget().await;
}
