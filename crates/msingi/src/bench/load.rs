//! Closed-loop load: so many callers, each sending its next request when the last one is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long and how often to measure.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Time of each run.
    pub time: Duration,
    /// Runs of each figure.
    pub runs: usize,
}

/// One run: how many requests a second, and how long they took.
#[derive(Clone, Debug)]
pub struct Run {
    /// Requests a second.
    pub per_second: u64,
    /// Median time of a request in microseconds.
    pub p50_micros: u64,
    /// 99th percentile in microseconds.
    pub p99_micros: u64,
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
        runs.push(one_run(plan.time, callers, request.clone()).await?);
    }
    Ok(runs)
}

async fn one_run<R, F, E>(time: Duration, callers: usize, request: R) -> Result<Run, E>
where
    R: Fn(usize) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<u64, E>> + Send + 'static,
    E: Send + 'static,
{
    let stop = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| tokio::spawn(call_until(stop.clone(), caller, request.clone())))
        .collect();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let mut done = 0;
    let mut micros = Vec::new();
    for task in tasks {
        let (units, times) = task.await.expect("a caller does not panic")?;
        done += units;
        micros.extend(times);
    }
    let elapsed = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
    micros.sort_unstable();
    let at =
        |share: usize| micros.get((micros.len() * share / 100).min(micros.len().saturating_sub(1)));
    Ok(Run {
        per_second: done * 1_000_000 / elapsed,
        p50_micros: at(50).copied().unwrap_or(0),
        p99_micros: at(99).copied().unwrap_or(0),
    })
}

async fn call_until<R, F, E>(
    stop: Arc<AtomicBool>,
    caller: usize,
    request: R,
) -> Result<(u64, Vec<u64>), E>
where
    R: Fn(usize) -> F,
    F: Future<Output = Result<u64, E>>,
{
    let mut units = 0;
    let mut micros = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let sent = Instant::now();
        units += request(caller).await?;
        micros.push(u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok((units, micros))
}
