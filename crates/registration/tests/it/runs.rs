//! Taking over awards, and paying a month.

use crate::office::{CHILD_BENEFIT, MOTHER, Office};
use basis::Id;
use contracts::Pseudonym;
use http::Method;
use serde_json::{Value, json};
use testkit::{Store, on_each_engine};

const PAYMENTS: &str = "TB/GOV/TREASURY/payments";
const MAKER: &[&str] = &["benefit-maker"];
const CHECKER: &[&str] = &["benefit-checker"];

/// Persons with VIDs `1000`, `1001` ...
fn persons(office: &Office, store: &Store, count: usize) {
    let mut state = office.neighbours.look();
    for number in 0..count {
        state.vids.insert((1_000 + number).to_string(), Pseudonym::random(&store.rng));
    }
}

fn line(number: usize, account: &str) -> String {
    let provider = if number.is_multiple_of(2) { "COM/SIMU" } else { "COM/LAKEBANK" };
    json!({ "vid": (1_000 + number).to_string(), "provider": provider, "account": account,
        "minor": 150_000 })
    .to_string()
}

async fn import(office: &Office, from: usize, to: usize) -> Value {
    let lines: Vec<String> = (from..to).map(|number| line(number, &format!("A{number}"))).collect();
    let path = "/registration/awards/import";
    office.ask("m-1", MAKER, Method::POST, path, &lines.join("\n")).await.good()
}

async fn open(office: &Office) -> Id {
    let body = json!({ "month": "2026-03" }).to_string();
    let run = office.ask("m-1", MAKER, Method::POST, "/registration/runs", &body).await.good();
    run["id"].as_str().expect("an id").parse().expect("an id")
}

async fn show(office: &Office, id: Id) -> Value {
    let path = format!("/registration/runs/{id}");
    office.ask("c-1", CHECKER, Method::GET, &path, "").await.good()
}

#[tokio::test]
async fn lines_are_taken_once_and_bad_ones_named() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        persons(&office, store, 3);
        let lines =
            [line(0, "A0"), line(1, "closed"), line(7, "A7"), "{}".to_owned(), line(2, "A2")];
        let path = "/registration/awards/import";
        let done = office.ask("m-1", MAKER, Method::POST, path, &lines.join("\n")).await.good();
        assert_eq!(done["accepted"], 2);
        let refused = done["refused"].as_array().expect("a list");
        let named: Vec<_> =
            refused.iter().map(|one| (one["line"].as_u64(), one["field"].as_str())).collect();
        assert_eq!(
            named,
            [(Some(2), Some("account")), (Some(3), Some("vid")), (Some(4), Some("line"))]
        );
        assert!(!done.to_string().contains("closed"), "no value comes back: {done}");
        let active = "SELECT COUNT(*) AS n FROM award WHERE active = TRUE";
        assert_eq!(office.count(active).await, 2);
        let tokens: Vec<Id> = office.neighbours.look().payees.keys().copied().collect();
        assert_eq!(import(&office, 0, 3).await["accepted"], 3, "sent again, with a right account");
        assert_eq!(office.count("SELECT COUNT(*) AS n FROM award").await, 3);
        let state = office.neighbours.look();
        assert!(tokens.iter().all(|token| state.payees.contains_key(token)), "tokens stay");
        assert_eq!(state.payees.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn too_many_lines_and_what_is_no_line_are_refused_as_a_whole() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        let lines: Vec<String> = (0..1_001).map(|number| line(number, "A")).collect();
        let path = "/registration/awards/import";
        let answer = office.ask("m-1", MAKER, Method::POST, path, &lines.join("\n")).await;
        assert_eq!(answer.refusal(), (400, "invalid-field"));
        for body in ["", "{", "[]\n7"] {
            let answer = office.ask("m-1", MAKER, Method::POST, path, body).await;
            assert_eq!(answer.refusal(), (400, "invalid-field"), "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_run_is_gathered_sent_in_parts_closed_by_the_maker_and_approved_by_another() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        persons(&office, store, 5_100);
        for from in (0..5_000).step_by(1_000) {
            assert_eq!(import(&office, from, from + 1_000).await["accepted"], 1_000);
        }
        assert_eq!(import(&office, 5_000, 5_100).await["accepted"], 100);
        let id = open(&office).await;
        assert_eq!(open(&office).await, id, "opened twice, it is one run");
        let path = format!("/registration/runs/{id}/approve");
        let early = office.ask("c-1", CHECKER, Method::POST, &path, "").await;
        assert_eq!(early.refusal(), (409, "run-not-closed"));
        office.registration.advance_runs().await.expect("runs");

        let run = show(&office, id).await;
        assert_eq!(
            (&run["state"], &run["lines"], &run["sent"]),
            (&json!("closed"), &json!(5_100), &json!(5_100))
        );
        assert_eq!(run["tally"]["waiting"], 5_100);
        {
            let told = office.neighbours.look();
            let batch = told.batch.as_ref().expect("a batch");
            assert_eq!((batch.id, batch.count), (id, 5_100));
            let debit = format!("debit = \"{}\"", batch.debit);
            assert!(CHILD_BENEFIT.contains(&debit), "{debit}");
            assert_eq!(batch.total.minor(), 5_100 * 150_000);
            assert_eq!(batch.title, "Child benefit, 2026-03");
            assert_eq!(told.parts, [2_500, 2_500, 100]);
            assert_eq!(told.instructions.len(), 5_100);
            assert!(told.instructions.values().all(|one| told.payees.contains_key(&one.payee)));
            assert_eq!(told.closed_by.as_deref(), Some("m-1"));
        }
        let own =
            office.ask("m-1", &["benefit-checker", "benefit-maker"], Method::POST, &path, "").await;
        assert_eq!(own.refusal(), (403, "four-eyes"));
        let done = office.ask("c-1", CHECKER, Method::POST, &path, "").await.good();
        assert_eq!((&done["state"], &done["approved_by"]), (&json!("approved"), &json!("c-1")));
        assert_eq!(office.neighbours.look().approved_by.as_deref(), Some("c-1"));
    })
    .await;
}

#[tokio::test]
async fn a_run_goes_on_where_it_stopped_and_no_instruction_gets_another_id() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        persons(&office, store, 2_600);
        for from in [0, 1_000] {
            import(&office, from, from + 1_000).await;
        }
        import(&office, 2_000, 2_600).await;
        let id = open(&office).await;
        office.neighbours.look().down.push(PAYMENTS);
        office.registration.advance_runs().await.expect("runs");
        let run = show(&office, id).await;
        assert_eq!(
            (&run["state"], &run["problem"]),
            (&json!("gathered"), &json!("peer-unreachable"))
        );

        store.time.advance_seconds(2);
        office.neighbours.look().down.clear();
        office.neighbours.look().lose_part = true;
        office.registration.advance_runs().await.expect("runs");
        let run = show(&office, id).await;
        assert_eq!((&run["state"], &run["sent"]), (&json!("sending"), &json!(0)));
        let taken: Vec<Id> = office.neighbours.look().instructions.keys().copied().collect();
        assert_eq!(taken.len(), 2_500, "it was taken, only the answer was lost");

        store.time.advance_seconds(4);
        office.registration.advance_runs().await.expect("runs");
        assert_eq!(show(&office, id).await["state"], "closed");
        let told = office.neighbours.look();
        assert_eq!(told.parts, [2_500, 2_500, 100]);
        assert_eq!(told.instructions.len(), 2_600, "the same ids came again");
        assert!(taken.iter().all(|id| told.instructions.contains_key(id)));
    })
    .await;
}

#[tokio::test]
async fn a_run_holds_whom_was_approved_and_a_month_without_anybody_is_empty() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        office.approved().await;
        let body = json!({ "month": "2026-02" }).to_string();
        let path = "/registration/runs";
        office.ask("m-1", MAKER, Method::POST, path, &body).await.good();
        office.registration.advance_runs().await.expect("runs");
        let all = office.ask("m-1", MAKER, Method::GET, path, "").await.good();
        assert_eq!(all[0]["state"], "empty", "the payee is not known to payments yet");
        office.registration.carry_out_steps().await.expect("runs");
        let id = open(&office).await;
        office.registration.advance_runs().await.expect("runs");
        assert_eq!(show(&office, id).await["lines"], 1);
        let told = office.neighbours.look();
        let paid = told.instructions.values().next().expect("one instruction");
        assert_eq!(told.payees[&paid.payee].0, MOTHER);
        assert_eq!((paid.minor, paid.reference.as_str()), (150_000, "Child benefit 2026-03"));
    })
    .await;
}

#[tokio::test]
async fn a_refused_instruction_is_named_and_the_run_waits() {
    on_each_engine(async |store| {
        let office = Office::open(store).await;
        persons(&office, store, 3);
        import(&office, 0, 3).await;
        let id = open(&office).await;
        office.neighbours.look().refuse_line = true;
        office.registration.advance_runs().await.expect("runs");
        let run = show(&office, id).await;
        let problem = "the payments block refused instruction 2 of the run: payee is paid already";
        assert_eq!((&run["state"], &run["problem"]), (&json!("sending"), &json!(problem)));
        store.time.advance_seconds(2);
        office.registration.advance_runs().await.expect("runs");
        assert_eq!(show(&office, id).await["state"], "closed", "once it is taken");
    })
    .await;
}
