//! Two installations, one of which tampers with its audit trail, and the witness that says so.

use axum::Router;
use contracts::SubsystemId;
use http::StatusCode;
use kernel::audit::{Audit, AuditEvent};
use kernel::block::Ctx;
use kernel::db::{Db, DbError};
use std::sync::Arc;
use testkit::{RouterWire, Store, block_ctx, on_each_engine};
use witness::{Deps, MIGRATIONS, Trails, Witness};

const PAID: AuditEvent = AuditEvent { name: "test.paid", says: "Something was paid." };

struct Pair {
    /// The trail that is kept by the first installation and witnessed by the second.
    trail: Db,
    keeper: Witness,
    auditor: Witness,
}

fn subsystem(text: &str) -> SubsystemId {
    text.parse().expect("a subsystem")
}

async fn installation(
    store: &Store,
    wire: &Arc<RouterWire>,
    name: &'static str,
    own: &str,
    to: &[&str],
) -> (Ctx, Deps) {
    let ctx = block_ctx(store, name, MIGRATIONS, "GOV/NIA").await.expect("opens");
    let deps = Deps {
        wire: wire.clone(),
        subsystem: subsystem(own),
        law: "Audit Act s.4".to_owned(),
        installation: name.to_owned(),
        trails: Trails::default(),
        checkpoints: std::env::temp_dir().join(format!(
            "msingi-witness-{}",
            basis::Id::mint(&basis::Clock::system(), &basis::Rng::system())
        )),
        witnesses: to
            .iter()
            .map(|text| subsystem(text).service("checkpoints").expect("a service"))
            .collect(),
    };
    let router: Router =
        witness::block(&Witness::new(&ctx, deps.clone())).into_router(ctx.owner.clone());
    for (code, prefix) in
        [("checkpoints", "/witness/checkpoints"), ("audit-trail", "/witness/audit-trail")]
    {
        wire.serve(deps.subsystem.service(code).expect("a service"), router.clone(), prefix);
    }
    (ctx, deps)
}

async fn pair(store: &Store) -> Pair {
    let wire = Arc::new(RouterWire::default());
    let (ctx, deps) =
        installation(store, &wire, "registrar", "TB/GOV/NIA/audit", &["TB/GOV/AUDIT/audit"]).await;
    let (auditor_ctx, auditor_deps) =
        installation(store, &wire, "auditor", "TB/GOV/AUDIT/audit", &[]).await;
    let trail = store.open("civil", &[]).await.expect("opens");
    deps.trails.add(trail.clone());
    Pair {
        trail,
        keeper: Witness::new(&ctx, deps),
        auditor: Witness::new(&auditor_ctx, auditor_deps),
    }
}

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

async fn damage(db: &Db, sql: &'static str) {
    let done: Result<u64, DbError> =
        db.write(move |tx| Box::pin(async move { tx.exec(sql, &[]).await })).await;
    done.expect("damages");
}

/// What the auditor says about the trail after `sql` was run on it behind the keeper's back.
async fn found_after(store: &Store, sql: &'static str) -> Vec<String> {
    let pair = pair(store).await;
    write_rows(&pair.trail, 5).await;
    pair.keeper.keep().await.expect("keeps");
    damage(&pair.trail, sql).await;
    let mut reports = pair.auditor.check_all().await.expect("checks");
    assert_eq!(reports.len(), 1);
    reports.remove(0).findings
}

#[tokio::test]
async fn an_honest_installation_has_no_findings() {
    on_each_engine(async |store| {
        let pair = pair(store).await;
        write_rows(&pair.trail, 5).await;
        pair.keeper.keep().await.expect("keeps");
        write_rows(&pair.trail, 3).await;
        pair.keeper.keep().await.expect("keeps again");
        let reports = pair.auditor.check_all().await.expect("checks");
        assert_eq!((reports[0].rows, reports[0].findings.as_slice()), (8, [].as_slice()));
    })
    .await;
}

#[tokio::test]
async fn a_changed_row_is_named_by_the_other_installation() {
    on_each_engine(async |store| {
        let findings =
            found_after(store, "UPDATE audit SET actor = 'nobody' WHERE position = 3").await;
        assert!(findings[0].starts_with("row 3 (test.paid"), "{findings:?}");
    })
    .await;
}

#[tokio::test]
async fn a_trail_written_anew_from_the_start_is_named_by_the_other_installation() {
    on_each_engine(async |store| {
        let pair = pair(store).await;
        write_rows(&pair.trail, 5).await;
        pair.keeper.keep().await.expect("keeps");
        damage(&pair.trail, "UPDATE audit SET object = CASE position WHEN 2 THEN 'mine' ELSE object END, position = NULL").await;
        kernel::audit::seal(&pair.trail).await.expect("seals with our own code");
        let reports = pair.auditor.check_all().await.expect("checks");
        assert!(reports[0].findings[0].starts_with("row 2 (test.paid"), "{reports:?}");
    })
    .await;
}

#[tokio::test]
async fn a_cut_off_tail_is_found_by_the_other_installation() {
    on_each_engine(async |store| {
        let findings = found_after(store, "DELETE FROM audit WHERE position > 3").await;
        assert!(findings[0].contains("3 rows are left of the 5"), "{findings:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_else_can_speak_for_an_installation() {
    let store = Store::sqlite();
    let pair = pair(&store).await;
    write_rows(&pair.trail, 1).await;
    pair.keeper.keep().await.expect("keeps");
    let wire = Arc::new(RouterWire::default());
    let (other_ctx, other_deps) =
        installation(&store, &wire, "registrar2", "TB/COM/SHOP/audit", &[]).await;
    let forged = kernel::audit::Checkpoint {
        installation: "registrar".to_owned(),
        block: "civil".to_owned(),
        position: 9,
        chain: String::new(),
        rows: vec![],
        at: store.clock.now(),
    };
    let key = other_ctx.keys.signing_key(witness::AUDIT_KEY).expect("a key");
    let payload = serde_json::to_vec(&forged).expect("JSON");
    let jws = credential::jws::sign(&*key, &[], &payload).expect("signs");
    let ask = contracts::witness::CheckpointIn { jws, key: key.public_jwk() };
    let refused = pair.auditor.take(other_deps.subsystem, ask).await.expect_err("refused");
    let problem = kernel::problem::Problem::from(refused);
    assert_eq!((problem.status(), problem.slug()), (StatusCode::CONFLICT, "other-speaker"));
}
