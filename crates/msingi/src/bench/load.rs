//! Closed-loop load: so many callers, each sending its next request when the last one is answered.

use super::cpu;
use basis::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long and how often to measure.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Seconds of each run.
    pub seconds: u64,
    /// Runs of each figure.
    pub runs: usize,
    /// Measures.
    pub clock: Clock,
}

/// One run: how many requests a second, and how long they took.
#[derive(Clone, Debug)]
pub struct Run {
    /// Units of work a second.
    pub per_second: u64,
    /// Median time of a request in microseconds.
    pub p50_micros: u64,
    /// 99th percentile in microseconds.
    pub p99_micros: u64,
    /// CPU time of this process for a unit of work in nanoseconds, callers included; none where the
    /// system does not tell.
    pub cpu_nanos: Option<u64>,
}

/// Runs `request` from `callers` tasks for the plan's time, as often as it says. `request` answers
/// how many units of work it did.
///
/// # Errors
/// The first error of a request.
pub async fn closed_loop<R, F, E>(plan: &Plan, callers: usize, request: R) -> Result<Vec<Run>, E>
where
    R: Fn(usize) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<u64, E>> + Send + 'static,
    E: Send + 'static,
{
    let mut runs = Vec::with_capacity(plan.runs);
    for _ in 0..plan.runs {
        runs.push(one_run(plan, callers, request.clone()).await?);
    }
    Ok(runs)
}

async fn one_run<R, F, E>(plan: &Plan, callers: usize, request: R) -> Result<Run, E>
where
    R: Fn(usize) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<u64, E>> + Send + 'static,
    E: Send + 'static,
{
    let stop = Arc::new(AtomicBool::new(false));
    let (begun, cpu_before) = (plan.clock.monotonic_micros(), cpu::used_micros());
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            tokio::spawn(call_until(stop.clone(), plan.clock.clone(), caller, request.clone()))
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(plan.seconds)).await;
    stop.store(true, Ordering::Relaxed);
    let (mut done, mut waits) = (0, Vec::new());
    for task in tasks {
        let (units, waited) = task.await.expect("a caller does not panic")?;
        done += units;
        waits.extend(waited);
    }
    let cpu = cpu::used_micros().zip(cpu_before).map(|(after, before)| after - before);
    let micros = u64::try_from(plan.clock.monotonic_micros() - begun).unwrap_or(0).max(1);
    waits.sort_unstable();
    let at = |percent: usize| {
        let place = (waits.len() * percent / 100).min(waits.len().saturating_sub(1));
        waits.get(place).copied().map_or(0, u64::from)
    };
    Ok(Run {
        per_second: done * 1_000_000 / micros,
        p50_micros: at(50),
        p99_micros: at(99),
        cpu_nanos: cpu.map(|micros| micros * 1_000 / done.max(1)),
    })
}

async fn call_until<R, F, E>(
    stop: Arc<AtomicBool>,
    clock: Clock,
    caller: usize,
    request: R,
) -> Result<(u64, Vec<u32>), E>
where
    R: Fn(usize) -> F,
    F: Future<Output = Result<u64, E>>,
{
    let (mut units, mut waits) = (0, Vec::new());
    while !stop.load(Ordering::Relaxed) {
        let sent = clock.monotonic_micros();
        units += request(caller).await?;
        waits.push(u32::try_from(clock.monotonic_micros() - sent).unwrap_or(u32::MAX));
    }
    Ok((units, waits))
}
