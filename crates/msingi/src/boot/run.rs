//! What runs in the background: jobs and the delivery of events.

use contracts::{CallContext, LegalBasis, SubsystemId, Wire, call};
use exchange::Exchange;
use futures_util::FutureExt;
use kernel::block::{Ctx, Job};
use kernel::outbox::{self, Deliver, Delivery};
use kernel::serve::Shutdown;
use std::sync::Arc;
use std::time::Duration;

/// Runs a job until the installation stops. A failed run is logged and tried at its next time.
pub fn start_job(block: &'static str, job: Job, ctx: Ctx, mut shutdown: Shutdown) {
    tokio::spawn(async move {
        loop {
            if let Err(error) = (job.run)(ctx.clone()).await {
                tracing::warn!(block, job = job.name, "Job {}/{} failed: {error}", block, job.name);
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(job.every_seconds)) => {}
                () = shutdown.stopped() => return,
            }
        }
    });
}

/// Forgets what the kernel's tables no longer need, once a day.
pub fn sweeper() -> Job {
    const DAY_SECONDS: u64 = 24 * 3_600;
    Job::new("sweep", DAY_SECONDS, async |ctx: Ctx| {
        kernel::sweep::sweep(&ctx.db).await.map(drop).map_err(Into::into)
    })
}

/// Delivers a block's events through the exchange until the installation stops.
pub fn start_outbox(ctx: &Ctx, exchange: &Exchange, from: SubsystemId, mut shutdown: Shutdown) {
    let (db, deliver) = (ctx.db.clone(), deliverer(ctx, exchange.clone(), from));
    tokio::spawn(async move {
        outbox::run(db, deliver, async move { shutdown.stopped().await }).await;
    });
}

/// Hands an event to the service that subscribed, as a call like any other.
fn deliverer(ctx: &Ctx, exchange: Exchange, from: SubsystemId) -> Deliver {
    let ctx = ctx.clone();
    Arc::new(move |destination, delivery| {
        let (ctx, exchange, from) = (ctx.clone(), exchange.clone(), from.clone());
        async move { deliver(&ctx, &exchange, from, &destination, &delivery).await }.boxed()
    })
}

async fn deliver(
    ctx: &Ctx,
    exchange: &Exchange,
    from: SubsystemId,
    destination: &str,
    delivery: &Delivery,
) -> Result<(), String> {
    let service = destination.parse().map_err(|error| format!("{destination}: {error}"))?;
    let basis = LegalBasis::law("event");
    // The event's own id, so that every attempt and what follows from it can be traced together.
    let call = CallContext::new(from, service, "event", basis, delivery.id, ctx.clock.now());
    let request = call::post("/", delivery, None).map_err(|error| error.to_string())?;
    call::send_empty(exchange as &dyn Wire, call, request).await.map_err(|error| error.to_string())
}
