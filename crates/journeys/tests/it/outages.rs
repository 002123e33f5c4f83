//! From what probes see to what the assessment says: an outage shows at once and counts only when it lasts, and a
//! safeguard that does not hold turns its gate red.

use crate::country::{Country, Engine, Folder};
use crate::probes::{Seen, level, list, of, run_at, started, stopped};
use assessment::probe::seen_until;
use basis::Clock;
use maturity::result::{CellScore, DimensionScore, GateAnswer, Measured};
use maturity::round::{Measurement, Outcome};
use maturity::{Assessment, Instrument, Round, assess};
use msingi::demo::{Desk, Layout, Site};
use reqwest::Method;
use serde_json::json;

const DAY_SECONDS: i64 = 24 * 3_600;

/// What institutions say, each with evidence that carries it.
fn round(measurements: &[Measurement], clock: &Clock) -> Round {
    let claim = |level: u8| json!({"level": level, "institution": "GOV/NIA", "respondent": "Registrar's office", "evidence": ["EV-1"]});
    let today = clock.now().date_at(0);
    let text = json!({
        "schema": maturity::round::SCHEMA, "id": "tb-2026",
        "country": {"code": "TB", "name": "Tumbawe", "invented": true},
        "instrument": {"id": "dpi-baseline", "version": "1.0.0"}, "profile": "full", "as_of": today,
        "answers": {
            "ID-01": claim(3), "ID-02": claim(3), "ID-04": claim(3), "ID-05": claim(3),
            "SAF-02": claim(3), "SAF-03": claim(3), "SAF-08": claim(2), "LEG-04": claim(3),
        },
        "institutions": [{"id": "GOV/NIA", "name": "National Identity Authority", "sector": "identity"}],
        "evidence": [{
            "id": "EV-1", "kind": "audit_report", "title": "Audit of the year", "source": "audit.pdf",
            "publisher": "Auditor", "date": today,
        }],
        "measurements": measurements,
    });
    let round = Round::parse(&text.to_string()).expect("a round");
    let faults = round.check(&Instrument::built_in());
    assert!(faults.is_empty(), "{faults:?}");
    round
}

fn assessed(measurements: &[Measurement], clock: &Clock) -> Assessment {
    assess(&Instrument::built_in(), &round(measurements, clock))
}

fn dimension<'a>(found: &'a Assessment, id: &str) -> &'a DimensionScore {
    found.scores.dimensions.iter().find(|one| one.id == id).expect("the dimension")
}

/// Does identity exist and work?
fn cell(found: &Assessment) -> &CellScore {
    let mut cells = found.scores.matrix.iter();
    let wanted =
        cells.find(|one| one.component == "identity" && one.question == "exist_functional");
    wanted.expect("the cell")
}

fn gate(found: &Assessment, id: &str) -> GateAnswer {
    found.scores.gates.iter().find(|one| one.id == id).expect("the gate").state
}

fn measured(found: &Assessment, id: &str) -> Measured {
    found.scores.indicators.iter().find(|one| one.id == id).expect("the indicator").measured
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_shows_at_once_and_counts_when_it_outlasts_the_window() {
    let mut country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    country.tell().await;
    let folder = Folder::new();
    let list = list(&country.world(), &folder, false).await;
    let probes = ["P-OIDC-META"];
    let (clock, hand) = Clock::mock(Clock::system().now());
    let before = run_at(&clock, &list, &probes, &Seen::new()).await;
    let seen = seen_until(&before);
    let well = assessed(&before, &clock);
    assert!(!cell(&well).unavailable && !dimension(&well, "ID").unavailable);
    assert_eq!(gate(&well, "DPILIKE-ID"), GateAnswer::Green);

    let config = stopped(&mut country).await;
    let running = started(&config, &["identity"]).await;
    hand.advance_seconds(600);
    let minutes = run_at(&clock, &list, &probes, &seen).await;
    let short = assessed(&[&before[..], &minutes].concat(), &clock);
    assert!(cell(&short).unavailable && dimension(&short, "ID").unavailable, "at once");
    assert_eq!(dimension(&short, "ID").score, dimension(&well, "ID").score, "no immaturity");
    assert_eq!(cell(&short).score, cell(&well).score);
    assert_eq!(gate(&short, "DPILIKE-ID"), GateAnswer::Green);

    hand.advance_seconds(4 * DAY_SECONDS);
    let days = run_at(&clock, &list, &probes, &seen).await;
    let long = assessed(&[&before[..], &minutes, &days].concat(), &clock);
    assert_eq!(measured(&long, "ID-04"), Measured::Lost);
    assert!(dimension(&long, "ID").score < dimension(&well, "ID").score);
    assert!(cell(&long).score < cell(&well).score);
    assert_eq!(gate(&long, "DPILIKE-ID"), GateAnswer::Red);

    running.stop().await;
    let running = started(&config, &[]).await;
    let back = run_at(&clock, &list, &probes, &seen).await;
    let again = assessed(&[&before[..], &minutes, &days, &back].concat(), &clock);
    assert!(!cell(&again).unavailable);
    assert_eq!(cell(&again).score, cell(&well).score, "back, it counts as before");
    running.stop().await;
    country.forget().await;
}

/// The agreement by which the portal hands complaints to the commission is suspended: people are turned away.
#[tokio::test(flavor = "multi_thread")]
async fn complaints_that_reach_nobody_turn_the_gate_red() {
    let country = Country::put_up(Engine::Sqlite, Layout::Inside).await.expect("SQLite");
    country.tell().await;
    let (world, folder) = (country.world(), Folder::new());
    let list = list(&world, &folder, true).await;
    let (clock, probes) = (Clock::system(), ["P-GRIEV"]);
    let mut before = run_at(&clock, &list, &probes, &Seen::new()).await;
    level(&before, "SAF-03", 3);
    assert_eq!(gate(&assessed(&before, &clock), "UNSAFE"), GateAnswer::Green);

    put_agreement(&world.treasury, "suspend").await;
    let now = run_at(&clock, &list, &probes, &seen_until(&before)).await;
    assert!(matches!(of(&now, "SAF-03").outcome, Outcome::Unavailable { .. }), "{now:?}");
    let short = assessed(&[&before[..], &now].concat(), &clock);
    assert!(dimension(&short, "SAF").unavailable, "at once");
    assert_eq!(gate(&short, "UNSAFE"), GateAnswer::Green, "a repair of minutes is no verdict");

    // As if it had last held four days ago: one-time codes need the real time.
    for one in &mut before {
        one.at = one.at.plus_seconds(-4 * DAY_SECONDS);
    }
    let now = run_at(&clock, &list, &probes, &seen_until(&before)).await;
    let broken = assessed(&[&before[..], &now].concat(), &clock);
    assert_eq!(measured(&broken, "SAF-03"), Measured::Lost);
    assert_eq!(gate(&broken, "UNSAFE"), GateAnswer::Red);
    let first = broken.roadmap.actions.first().expect("an action");
    let closes = first.gaps.iter().any(|gap| gap == "GAP-UNSAFE-SAF-03");
    assert!(closes, "closing it comes first: {first:?}");

    put_agreement(&world.treasury, "resume").await;
    let mended = run_at(&clock, &list, &probes, &seen_until(&before)).await;
    level(&mended, "SAF-03", 3);
    let mended = assessed(&[&before[..], &now, &mended].concat(), &clock);
    assert_eq!(gate(&mended, "UNSAFE"), GateAnswer::Green);
    country.forget().await;
}

/// Suspends or resumes the agreement, as the commission's own operator.
async fn put_agreement(site: &Site, verb: &str) {
    let desk = Desk::new(&site.base, &site.operator);
    let directory = desk.get("/exchange/v1/directory").await.expect("the directory");
    let agreements = directory["agreements"].as_array().expect("a list");
    let ours = agreements.iter().find(|one| {
        one["service"] == "TB/GOV/DPC/grievances/my-grievances"
            && one["client"] == "TB/GOV/NIA/portal"
    });
    let id = ours.expect("the agreement")["id"].as_str().expect("an id").to_owned();
    let path = format!("/exchange/v1/agreements/{id}/{verb}");
    let answer = desk.request(Method::POST, &path).send().await.expect("answers");
    assert!(answer.status().is_success(), "{verb}: {}", answer.status());
}
