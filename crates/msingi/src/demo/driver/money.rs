//! Twenty thousand benefits are paid, through a power cut.

use super::cast::Cast;
use super::key;
use crate::demo::client::{StoryError, json, text, unexpected};
use crate::demo::screen::Screen;
use crate::demo::world::World;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

/// The number of the programme's account, as it stands in the service package.
const PROGRAMME: &str = "0199b3a0-0000-7000-8000-00000000c41d";
/// The month that is paid.
const MONTH: &str = "2026-11";
/// How long the run may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long between two looks at it.
const PAUSE: Duration = Duration::from_millis(100);

/// What was paid.
pub struct Paid {
    /// Benefits that reached an account.
    pub paid: i64,
    /// Benefits that a bank refused; the money is back.
    pub failed: i64,
    /// The sum of all postings, which must be zero: `0.00`.
    pub sum_of_postings: String,
}

/// The programme's account, and money in it.
pub async fn prepare(cast: &Cast, residents: u32) -> Result<(), StoryError> {
    let source = key();
    for (id, kind, owner) in
        [(source.as_str(), "source", "GOV/TREASURY"), (PROGRAMME, "programme", "GOV/MSP")]
    {
        let account = json!({"id": id, "kind": kind, "currency": "KES", "owner": owner});
        cast.treasurer.post("/payments/accounts", id, &account).await?;
    }
    // A year for everyone, so that whoever explores can pay further months.
    let budget = u64::from(residents) * 12 * 1_500;
    let budget = json!({
        "debit": source, "credit": PROGRAMME, "reference": "budget release 2026/11",
        "amount": {"amount": format!("{budget}.00"), "currency": "KES"},
    });
    let answer = cast.treasurer.post("/payments/transfers", &key(), &budget).await?;
    match answer.pointer("/posted").and_then(Value::as_bool) {
        Some(true) => Ok(()),
        _ => Err(StoryError::Missing(format!("a posted budget: {answer}"))),
    }
}

/// One officer puts the run together, another approves it, the power fails in the middle, and every
/// benefit arrives once.
pub async fn run(cast: &Cast, world: &World, screen: &mut Screen) -> Result<Paid, StoryError> {
    let id = put_together(cast, screen).await?;
    four_eyes(cast, &id, screen).await?;
    screen.begin();
    let cut = power_cut(cast, world, &id, screen).await?;
    let done = until(cast, &id, screen, |run| batch(run) == "done").await?;
    let (paid, failed) = (tally(&done, "paid"), tally(&done, "failed"));
    screen.done(
        &format!("{paid} benefits are paid, {failed} came back"),
        &format!("{cut}to accounts at Lake Bank and wallets at Simu Money; what a bank refuses returns to the programme"),
    );
    let sum_of_postings = reconcile(cast, paid, screen).await?;
    Ok(Paid { paid, failed, sum_of_postings })
}

async fn put_together(cast: &Cast, screen: &mut Screen) -> Result<String, StoryError> {
    screen.begin();
    let run = cast.maker.post("/registration/runs", &key(), &json!({"month": MONTH})).await?;
    let id = text(&run, "/id")?;
    let closed = until(cast, &id, screen, |run| text(run, "/state").is_ok_and(|it| it == "closed"));
    let closed = closed.await?;
    let lines = closed.pointer("/lines").and_then(Value::as_i64).unwrap_or_default();
    screen.done(
        &format!("A payment run of {lines} benefits is put together"),
        "GOV/MSP, officer m-2; instructions carry tokens and amounts, the treasury alone knows the accounts",
    );
    Ok(id)
}

/// Who put it together cannot approve it.
async fn four_eyes(cast: &Cast, id: &str, screen: &mut Screen) -> Result<(), StoryError> {
    screen.begin();
    let path = format!("/registration/runs/{id}/approve");
    let request = cast.maker.request(reqwest::Method::POST, &path);
    let alone = request.header("idempotency-key", key()).json(&json!({})).send().await?;
    let (status, body) = (alone.status(), alone.text().await?);
    if status != StatusCode::FORBIDDEN {
        return Err(unexpected("approving one's own run", "403", status, &body));
    }
    cast.checker.post(&path, &key(), &json!({})).await?;
    screen.done(
        "A second officer approves it",
        "officer c-1; officer m-2, who put it together, was refused",
    );
    Ok(())
}

/// Cuts the treasury's power once a part of the benefits is paid. Answers what happened, in words.
async fn power_cut(
    cast: &Cast,
    world: &World,
    id: &str,
    screen: &mut Screen,
) -> Result<String, StoryError> {
    let Some(hands) = &world.hands else { return Ok(String::new()) };
    let some = until(cast, id, screen, |run| tally(run, "paid") > 0).await?;
    let before = tally(&some, "paid");
    let broken = |error: crate::demo::StageError| StoryError::Missing(error.to_string());
    hands.cut_power_of_treasury().await.map_err(broken)?;
    hands.restore_power_of_treasury().await.map_err(broken)?;
    Ok(format!(
        "the treasury's process was killed after {before} and started again: nothing lost, nothing paid twice\n"
    ))
}

/// Looks at the run until it is as wanted. A treasury without power gives no tally; that passes.
async fn until(
    cast: &Cast,
    id: &str,
    screen: &mut Screen,
    wanted: impl Fn(&Value) -> bool,
) -> Result<Value, StoryError> {
    let path = format!("/registration/runs/{id}");
    let tries = PATIENCE.as_millis() / PAUSE.as_millis();
    let mut last = Value::Null;
    for _ in 0..tries {
        let request = cast.maker.request(reqwest::Method::GET, &path);
        // While the power is off nobody may answer at all.
        if let Ok(answer) = request.send().await
            && answer.status().is_success()
        {
            last = answer.json().await?;
            if wanted(&last) {
                screen.clear_progress();
                return Ok(last);
            }
            let ended = tally(&last, "paid") + tally(&last, "failed");
            let lines = last.pointer("/lines").and_then(Value::as_i64).unwrap_or_default();
            screen.progress("benefits paid", ended, lines);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(StoryError::Missing(format!("a payment run that ends: {last}")))
}

fn batch(run: &Value) -> &str {
    run.pointer("/batch").and_then(Value::as_str).unwrap_or_default()
}

fn tally(run: &Value, field: &str) -> i64 {
    run.pointer(&format!("/tally/{field}")).and_then(Value::as_i64).unwrap_or_default()
}

/// Instructions, postings and the banks' own statements, one to one. Answers the sum of all postings.
async fn reconcile(cast: &Cast, paid: i64, screen: &mut Screen) -> Result<String, StoryError> {
    screen.begin();
    let report = reconciled(cast).await?;
    let count = |field: &str| report.pointer(&format!("/{field}")).and_then(Value::as_i64);
    if count("differences") != Some(0) || count("statement_lines") != Some(paid) {
        return Err(StoryError::Missing(format!("{paid} lines without a difference: {report}")));
    }
    let totals = cast.treasurer.get("/payments/trial-balance").await?;
    let sum = text(&totals, "/ledgers/0/sum_of_postings/amount")?;
    screen.done(
        "The banks' statements agree, line by line",
        &format!("{paid} bookings at two providers with books of their own, no difference; double entry, the sum of all postings is {sum}"),
    );
    Ok(sum)
}

/// Runs the reconciliation; one that the treasury's own job has begun is waited for.
async fn reconciled(cast: &Cast) -> Result<Value, StoryError> {
    const TRIES: usize = 100;
    for _ in 0..TRIES {
        let request = cast.treasurer.request(reqwest::Method::POST, "/payments/reconciliation");
        let answer = request.header("idempotency-key", key()).json(&json!({})).send().await?;
        if answer.status() != StatusCode::SERVICE_UNAVAILABLE {
            return json("the reconciliation", answer).await;
        }
        tokio::time::sleep(PAUSE * 3).await;
    }
    Err(StoryError::Missing("a reconciliation that the treasury's own job lets through".to_owned()))
}
