//! A process that is killed in the middle: what was answered is there, and nothing half-done is.

use crate::{citizen, net, open_world, pay, world};
use basis::{Clock, Rng};
use kernel::db::{Db, Storage};
use ledger::{Ledger, Outcome};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const DIRECTORY: &str = "MSINGI_TEST_CRASH_DIRECTORY";
const CALLERS: u64 = 8;
/// Callers count up from multiples of this, so that no two use one id.
const SPAN: u64 = 1_000_000;

async fn open(directory: PathBuf) -> Db {
    let storage = Storage::Sqlite { directory, cache_kib: 1_024 };
    let (clock, rng) = (Clock::system(), Rng::system());
    Db::open(&storage, "ledger", ledger::MIGRATIONS, clock, rng).await.expect("opens")
}

/// Not a test: the process that is killed. It prints the number of each transfer once it is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started and killed by the test below"]
async fn victim() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let ledger = Ledger::start(open(directory.into()).await).await.expect("starts");
    open_world(&ledger, 1).await;
    let callers = (1..=CALLERS).map(|caller| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            for n in caller * SPAN.. {
                let outcome =
                    ledger.transfer(pay(n, world(), citizen(1), 1)).await.expect("answers");
                assert_eq!(outcome, Outcome::Posted);
                println!("answered {n}");
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("runs until it is killed");
    }
}

#[tokio::test]
async fn what_was_answered_before_a_kill_is_there_after_it() {
    let mark = basis::Id::mint(&Clock::system(), &Rng::system());
    let directory = std::env::temp_dir().join(format!("msingi-crash-{mark}"));
    let mut victim = Command::new(std::env::current_exe().expect("runs from a file"))
        .args(["--exact", "crash::victim", "--ignored", "--nocapture"])
        .env(DIRECTORY, &directory)
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let lines = BufReader::new(victim.stdout.take().expect("is piped")).lines();
    let mut answered = Vec::new();
    for line in lines.map_while(Result::ok) {
        // The first line shares its line with the name of the test.
        let number =
            line.rsplit_once("answered ").and_then(|(_, number)| number.parse::<u64>().ok());
        answered.extend(number);
        if answered.len() == 500 {
            victim.kill().expect("is ours");
        }
    }
    victim.wait().expect("ends");
    assert!(answered.len() >= 500, "only {} answers: the victim ended by itself", answered.len());

    let db = open(directory.clone()).await;
    let ledger = Ledger::start(db.clone()).await.expect("starts");
    let report = ledger::verify(&db).await.expect("the log proves it");
    let moved = i64::try_from(answered.len()).expect("small");
    assert!(report.posted > moved, "{} lines, {moved} answers", report.posted);
    assert_eq!(net(&ledger, citizen(1)).await, 1_000 + i128::from(report.posted - 1));
    for n in answered {
        let asked = pay(n, world(), citizen(1), 1);
        assert_eq!(ledger.transfer(asked).await.expect("answers"), Outcome::Exists);
    }
    std::fs::remove_dir_all(directory).expect("is ours");
}
