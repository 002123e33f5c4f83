//! A process that is killed at every named place of a batch's life and started again: instruction, posting and the banks'
//! books match one to one each time.

use crate::bank::{Bank, Manners};
use crate::programme::{CHECKER, LAKEBANK, MAKER, Programme, SIMU, numbered};
use crate::{Desk, TREASURY};
use basis::{Clock, MockClock, Rng, Timestamp};
use contracts::Pseudonym;
use contracts::batches::BatchStatus;
use kernel::auth::OwnerMember;
use kernel::block::Ctx;
use kernel::db::{Db, PostgresPlace, Storage};
use kernel::fields::Fields;
use kernel::keys::{KeyStore, Passphrase};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use testkit::{RouterWire, Store};
use tokio::task::JoinSet;

/// Every place in the block where the process can be made to end.
const POINTS: [&str; 11] = [
    "part",
    "close",
    "approve",
    "planned",
    "posted",
    "before-rail",
    "after-rail",
    "rejected",
    "returned",
    "callback",
    "reconciliation",
];

/// Set by the campaign for the process that is to end.
const POINT: &str = "MSINGI_CRASH_POINT";
const DIRECTORY: &str = "MSINGI_TEST_CRASH_DIRECTORY";
const INSTALLATION: &str = "MSINGI_TEST_CRASH_INSTALLATION";
const FORGETFUL: &str = "MSINGI_TEST_CRASH_FORGETFUL";
const DAY: &str = "MSINGI_TEST_CRASH_DAY";

const PAYEES: usize = 1_200;
/// Whose account is closed: the one payment that fails.
const CLOSED: usize = 1;
/// 2026-03-14 08:00:00 UTC.
const START_MICROS: i64 = 1_773_475_200_000_000;

/// Not a test: the process that is killed. It does the same each time it is started, goes on where things stand, and says at
/// the end how they stand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started and killed by the tests below"]
async fn victim() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let (msp, time) = start(Path::new(&directory)).await;
    prepare(&msp).await;
    let lines = msp.instructions(1, PAYEES);
    let batch = msp.announce(1, &lines).await.expect("opens");
    if batch.status == BatchStatus::Open {
        for part in lines.chunks(500) {
            let taken = msp.client.add(msp.system("batches"), batch.id, part).await;
            assert!(taken.expect("takes").refused.is_empty());
        }
    }
    if msp.show(batch.id).await.status != BatchStatus::Done {
        msp.client.close(msp.officer(MAKER), batch.id).await.expect("closes");
        msp.client.approve(msp.officer(CHECKER), batch.id).await.expect("approves");
    }
    for _ in 0..100 {
        msp.work().await;
        if msp.show(batch.id).await.status == BatchStatus::Done {
            break;
        }
        let report = msp.simu.book_waiting().await;
        msp.report("TB/COM/SIMU/accounts", &report).await.expect("takes");
        time.advance_seconds(10);
    }
    time.advance_seconds(60);
    let counts = msp.reconcile().await;
    msp.desk.assert_sums_to_zero().await;
    let shown = msp.show(batch.id).await;
    let booked: Vec<_> =
        msp.booked().await.into_iter().map(|(id, minor)| json!([id, minor])).collect();
    let told = json!({ "batch": shown, "counts": counts, "differences": msp.differences().await, "booked": booked });
    println!("\nends with {told}");
}

async fn start(directory: &Path) -> (Programme, MockClock) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<i64>().ok());
    let begun = START_MICROS + number(DAY).unwrap_or(0) * 24 * 3_600 * 1_000_000;
    let (clock, time) = Clock::mock(Timestamp::from_micros(begun));
    let rng = Rng::system();
    let storage = match std::env::var(INSTALLATION) {
        Err(_) => Storage::Sqlite { directory: directory.into(), cache_kib: 1_024 },
        Ok(installation) => {
            let url = std::env::var("MSINGI_TEST_PG_URL").expect("comes from the campaign");
            Storage::Postgres(PostgresPlace { url, installation, secret: [7; 32], pool: 4 })
        }
    };
    let migrations = payments::MIGRATIONS;
    let db = Db::open(&storage, payments::NAME, migrations, clock.clone(), rng.clone()).await;
    let passphrase = Passphrase::new("correct horse battery staple");
    let keys =
        KeyStore::open(&directory.join("keys.json"), &passphrase, clock.clone(), rng.clone());
    let keys = Arc::new(keys.expect("opens"));
    let ctx = Ctx {
        db: db.expect("opens"),
        clock: clock.clone(),
        rng: rng.clone(),
        fields: Fields::new(payments::NAME, keys.clone(), rng.clone()),
        keys,
        instance: Arc::from("TB"),
        owner: OwnerMember::new(TREASURY),
        issuer: Arc::from("http://127.0.0.1"),
        sandbox: true,
    };
    let bank = async |name| Bank::open(&storage, name, clock.clone(), rng.clone()).await;
    let (lakebank, simu) = (bank("lakebank").await, bank("simu").await);
    let forgetful = std::env::var_os(FORGETFUL).is_some();
    lakebank.behave(Manners { forgetful, ..Manners::default() });
    simu.behave(Manners { waits: !forgetful, forgetful, ..Manners::default() });
    let wire = Arc::new(RouterWire::default());
    let desk = Desk::over_wire(ctx, wire.clone());
    (Programme::over(desk, wire, lakebank, simu, numbered(7, 2)), time)
}

/// Accounts, money and beneficiaries; all of it may be there already.
async fn prepare(msp: &Programme) {
    let (source, account) = (numbered(7, 1), msp.account);
    for (id, kind, owner) in [(source, "source", TREASURY), (account, "programme", "GOV/MSP")] {
        let asked = json!({ "id": id, "kind": kind, "currency": "KES", "owner": owner });
        msp.desk.post("/payments/accounts", None, &asked).await;
    }
    msp.desk.transfer(numbered(7, 3), source, account, "1000000.00").await;
    let mut asked = JoinSet::new();
    for n in 0..PAYEES {
        let client = msp.client.clone();
        let context = msp.system("beneficiaries").about(Pseudonym(numbered(4, n)));
        let provider = if n % 3 == 0 { SIMU } else { LAKEBANK };
        let account = if n == CLOSED { format!("closed-{n}") } else { format!("a-{n}") };
        let ask = contracts::batches::BeneficiaryIn {
            token: numbered(3, n),
            provider: provider.parse().expect("a member"),
            account,
        };
        asked.spawn(async move { client.register(context, &ask).await });
    }
    while let Some(done) = asked.join_next().await {
        done.expect("does not panic").expect("registers");
    }
}

/// A place for a victim, and the processes in it.
struct Scene {
    store: Store,
    directory: PathBuf,
    forgetful: bool,
}

impl Scene {
    fn new(store: Store, forgetful: bool) -> Self {
        let mark = basis::Id::mint(&Clock::system(), &Rng::system());
        let directory = std::env::temp_dir().join(format!("msingi-crash-{mark}"));
        std::fs::create_dir_all(&directory).expect("is ours");
        Self { store, directory, forgetful }
    }

    /// Runs the victim once, a day after the one before.
    fn run(&self, point: Option<&str>, day: i64) -> Output {
        let mut command = Command::new(std::env::current_exe().expect("runs from a file"));
        command.args(["--exact", "crash_campaign::victim", "--ignored", "--nocapture"]);
        command.env(DIRECTORY, &self.directory).env(DAY, day.to_string()).env_remove(POINT);
        if let Storage::Postgres(place) = &self.store.storage {
            command.env(INSTALLATION, &place.installation);
        }
        if let Some(point) = point {
            command.env(POINT, point);
        }
        if self.forgetful {
            command.env(FORGETFUL, "yes");
        }
        command.output().expect("starts")
    }

    /// Kills a victim at a place, starts it again, and answers how things stand then.
    fn killed_at(&self, point: &str) -> Value {
        let killed = self.run(Some(point), 0);
        let text = String::from_utf8_lossy(&killed.stdout).into_owned();
        assert!(
            !killed.status.success() && !text.contains("ends with"),
            "{point} is not passed: {text}"
        );
        assert!(!text.contains("panicked"), "{point}: {text}");
        let again = self.run(None, 1);
        let (out, err) =
            (String::from_utf8_lossy(&again.stdout), String::from_utf8_lossy(&again.stderr));
        assert!(again.status.success(), "{point}: {out} {err}");
        let told = out.lines().find_map(|line| line.strip_prefix("ends with "));
        serde_json::from_str(told.expect("tells")).expect("is JSON")
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // Leftovers lie in the temporary directory and harm nobody.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn expected() -> Vec<Value> {
    let paid = (0..PAYEES).filter(|n| *n != CLOSED);
    let mut all: Vec<_> = paid.map(|n| (numbered(5, 1_000_000 + n), 1_000 + n as i64)).collect();
    all.sort();
    all.into_iter().map(|(id, minor)| json!([id, minor])).collect()
}

fn campaign(store: impl Fn() -> Option<Store>) {
    for point in POINTS {
        let Some(store) = store() else { return };
        let told = Scene::new(store, false).killed_at(point);
        assert_eq!(told["batch"]["status"], json!("done"), "{point}");
        let tally = &told["batch"]["tally"];
        assert_eq!((&tally["paid"], &tally["failed"]), (&json!(PAYEES - 1), &json!(1)), "{point}");
        assert_eq!(told["booked"], Value::Array(expected()), "{point}");
        let all = PAYEES - 1;
        let counts = json!({ "instructions": all, "postings": all, "statement_lines": all, "differences": 0 });
        assert_eq!(told["counts"], counts, "{point}: {}", told["differences"]);
    }
}

#[test]
fn killed_anywhere_everything_matches_one_to_one_on_sqlite() {
    campaign(|| Some(Store::sqlite()));
}

#[test]
fn killed_anywhere_everything_matches_one_to_one_on_postgresql() {
    campaign(Store::postgres);
}

/// The proof that the campaign would notice: the bank books without looking at ids, so the message that is sent again after
/// the kill is booked twice.
#[test]
fn where_a_bank_does_not_look_at_ids_the_same_kill_is_found_out() {
    let told = Scene::new(Store::sqlite(), true).killed_at("after-rail");
    let booked = told["booked"].as_array().expect("a list").len();
    assert!(booked > PAYEES - 1, "{booked} bookings: nothing was booked twice");
    assert_ne!(told["booked"], Value::Array(expected()));
    let differences = told["differences"].as_array().expect("a list");
    assert!(differences.iter().all(|one| one[0] == json!("booked-twice")), "{differences:?}");
    let too_many = booked - (PAYEES - 1);
    assert_eq!(told["counts"]["differences"], json!(too_many), "each booking too many is noted");
    assert_ne!(told["counts"]["instructions"], told["counts"]["statement_lines"]);
}
