//! Ledger transfers a second, durable before the answer.

use super::cpu;
use super::load::{Plan, Run};
use super::report::{Aim, Figure, grouped};
use basis::{Clock, Rng};
use kernel::db::{Db, Storage};
use payments::{Load, bench};

/// Transfers a second that the ledger should reach with many callers or in batches.
const AIM_SQLITE: u64 = 300_000;
const AIM_POSTGRES: u64 = 150_000;
/// Callers from which on the aim counts: fewer wait for the disk.
const MANY: usize = 1_024;

/// Measures each standard load, each run on a ledger of its own.
///
/// # Errors
/// Whatever the ledger or its database says.
pub async fn measure(
    storage: &Storage,
    plan: &Plan,
) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let mut figures = Vec::new();
    for (number, load) in Load::STANDARD.iter().enumerate() {
        let (mut runs, mut engine) = (Vec::with_capacity(plan.runs), "");
        for run in 0..plan.runs {
            let block = format!("ledger_{number}_{run}");
            let (clock, rng) = (Clock::system(), Rng::system());
            let db = Db::open(storage, &block, payments::MIGRATIONS, clock, rng).await?;
            engine = db.engine();
            runs.push(one_run(db, *load, plan).await?);
        }
        figures.push(figure(engine, *load, &runs));
    }
    Ok(figures)
}

async fn one_run(db: Db, load: Load, plan: &Plan) -> Result<Run, payments::Error> {
    let seconds = u32::try_from(plan.seconds).unwrap_or(u32::MAX);
    let before = cpu::used_micros();
    let measured = bench(db, &[load], seconds).await?;
    let cpu = cpu::used_micros().zip(before).map(|(after, before)| after - before);
    let figure = measured.first().copied().expect("one load gives one figure");
    Ok(Run {
        per_second: figure.per_second,
        p50_micros: figure.p50_micros.into(),
        p99_micros: figure.p99_micros.into(),
        cpu_nanos: cpu.map(|micros| micros * 1_000 / figure.transfers.max(1)),
    })
}

fn figure(engine: &str, load: Load, runs: &[Run]) -> Figure {
    let Load { callers, batch } = load;
    let name = match batch {
        1 => format!("{engine}: ledger, {} callers", grouped(callers as u64)),
        _ => format!("{engine}: ledger, {callers} callers, batches of {}", grouped(batch as u64)),
    };
    let figure = Figure::of_runs(&name, "transfers/s", runs);
    let aim = if engine == "sqlite" { AIM_SQLITE } else { AIM_POSTGRES };
    match callers * batch >= MANY {
        true => figure.with_aim(Aim::AtLeast(aim)),
        false => figure,
    }
}
