//! Whatever is done to a sealed audit trail with plain SQL must be found and named.

use crate::exec;
use kernel::audit::{Audit, AuditEvent, Checkpoint, Finding, seal, verify};
use kernel::db::{Db, DbError};
use testkit::on_each_engine;

const PAID: AuditEvent = AuditEvent { name: "test.paid", says: "Something was paid." };

async fn write_rows(db: &Db, count: usize) {
    for number in 0..count {
        let written: Result<(), DbError> = db
            .write(move |tx| {
                Box::pin(async move { tx.audit(Audit::new(&PAID, "officer", number)).await })
            })
            .await;
        written.expect("writes");
    }
}

/// Ten sealed rows, a checkpoint over the first eight, and what verification finds after `damage`.
async fn damaged(damage: &'static str) -> Vec<Vec<Finding>> {
    let found = std::sync::Mutex::new(Vec::new());
    on_each_engine(async |store| {
        let db = store.open("trail", &[]).await.expect("opens");
        write_rows(&db, 8).await;
        assert_eq!(seal(&db).await.expect("seals"), 8);
        let checkpoint = Checkpoint::next(&db, "here", 0).await.expect("reads").expect("has rows");
        write_rows(&db, 2).await;
        assert_eq!(seal(&db).await.expect("seals"), 10);
        exec(&db, damage, vec![]).await.expect("damages");
        let report = verify(&db, vec![checkpoint]).await.expect("verifies");
        found.lock().expect("not poisoned").push(report.findings);
    })
    .await;
    found.into_inner().expect("not poisoned")
}

async fn assert_names(damage: &'static str, expected: &str) {
    for findings in damaged(damage).await {
        let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(texts.iter().any(|text| text.contains(expected)), "{damage}: {texts:?}");
    }
}

#[tokio::test]
async fn an_untouched_trail_has_no_findings() {
    for findings in damaged("UPDATE audit SET actor = actor").await {
        assert_eq!(findings, []);
    }
}

#[tokio::test]
async fn a_changed_row_is_named() {
    assert_names("UPDATE audit SET object = 'mine' WHERE position = 4", "row 4 (test.paid").await;
}

#[tokio::test]
async fn a_changed_row_after_the_last_checkpoint_is_named_too() {
    assert_names("UPDATE audit SET actor = 'other' WHERE position = 10", "row 10 (test.paid").await;
}

#[tokio::test]
async fn a_deleted_row_is_named() {
    assert_names("DELETE FROM audit WHERE position = 3", "row 3 was deleted").await;
}

#[tokio::test]
async fn a_tail_cut_off_before_a_checkpoint_is_found() {
    let cut = "the tail was cut off: 6 rows are left of the 8";
    assert_names("DELETE FROM audit WHERE position > 6", cut).await;
}

#[tokio::test]
async fn swapped_rows_are_named() {
    let swap = "UPDATE audit SET position = CASE position WHEN 2 THEN -5 WHEN 5 THEN 2 ELSE position END WHERE position IN (2, 5)";
    assert_names(swap, "row 2 (").await;
}

#[tokio::test]
async fn a_row_changed_together_with_its_own_digest_breaks_the_chain() {
    let forged = "UPDATE audit SET digest = (SELECT digest FROM audit AS o WHERE o.position = 1) WHERE position = 4";
    assert_names(forged, "row 4 (test.paid").await;
}

#[tokio::test]
async fn a_chain_computed_anew_is_found_by_its_checkpoint_and_the_row_is_named() {
    on_each_engine(async |store| {
        let db = store.open("trail", &[]).await.expect("opens");
        write_rows(&db, 8).await;
        seal(&db).await.expect("seals");
        let checkpoint = Checkpoint::next(&db, "here", 0).await.expect("reads").expect("has rows");
        let change = "UPDATE audit SET object = CASE position WHEN 4 THEN 'mine' ELSE object END, position = NULL";
        exec(&db, change, vec![]).await.expect("damages");
        seal(&db).await.expect("the attacker seals again with our own code");
        assert_eq!(verify(&db, vec![]).await.expect("verifies").findings, [], "the chain alone is silent");
        let findings = verify(&db, vec![checkpoint]).await.expect("verifies").findings;
        assert!(matches!(findings[0], Finding::Changed { position: 4, .. }), "{findings:?}");
        assert!(findings.contains(&Finding::Rewritten { position: 8 }), "{findings:?}");
    })
    .await;
}

#[tokio::test]
async fn rows_of_late_commits_are_sealed_later_and_none_is_skipped() {
    on_each_engine(async |store| {
        let db = store.open("trail", &[]).await.expect("opens");
        write_rows(&db, 3).await;
        assert_eq!(seal(&db).await.expect("seals"), 3);
        // A transaction that began long ago commits only now: its id is older than any sealed one.
        let late = "INSERT INTO audit (id, at, event, actor, object, detail) VALUES ($1, 1, 'late', 'x', 'y', '{}')";
        exec(&db, late, vec![vec![0_u8; 16].into()]).await.expect("inserts");
        assert_eq!(seal(&db).await.expect("seals"), 4);
        let report = verify(&db, vec![]).await.expect("verifies");
        assert_eq!((report.sealed, report.unsealed, report.findings.len()), (4, 0, 0));
    })
    .await;
}
