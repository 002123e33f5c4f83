//! Who watches: the resident over her data, an auditor over everybody's trails.

use super::cast::Cast;
use super::key;
use super::mother::Mother;
use crate::demo::client::StoryError;
use crate::demo::screen::Screen;
use crate::demo::world::World;
use serde_json::{Value, json};
use std::time::Duration;

/// Her own page: every read of her data, once.
pub async fn tracker(
    world: &World,
    mother: &Mother,
    screen: &mut Screen,
) -> Result<usize, StoryError> {
    screen.begin();
    let page = mother.browser.open(&format!("{}/portal/reads", world.registrar.base)).await?;
    let reads = page.html.matches("<article").count();
    if page.html.contains("notice warn") {
        return Err(StoryError::Missing("all sources of the page".to_owned()));
    }
    screen.done(
        &format!("She sees who used her data: {reads} reads"),
        "each once, with officer, case, purpose and law; every register answers for itself",
    );
    Ok(reads)
}

/// Another institution compares every audit trail with what was stated before.
pub async fn audit(cast: &Cast, screen: &mut Screen) -> Result<i64, StoryError> {
    screen.begin();
    const TRIES: usize = 300;
    let mut last = Value::Null;
    for _ in 0..TRIES {
        last = cast.auditor.post("/witness/checks", &key(), &json!({})).await?;
        let reports = last.as_array().cloned().unwrap_or_default();
        if let Some(bad) = reports
            .iter()
            .find(|report| report["findings"].as_array().is_none_or(|f| !f.is_empty()))
        {
            return Err(StoryError::Missing(format!("an untouched audit trail: {bad}")));
        }
        let rows_of = |report: &Value| report["rows"].as_i64().unwrap_or(0);
        let rows: i64 = reports.iter().map(rows_of).sum();
        // The other installations state their trails within seconds of the auditor's joining.
        if reports.iter().any(|report| report["block"] == "identity" && rows_of(report) > 0) {
            let text = format!(
                "{rows} rows of {} trails compared with what their installations stated before",
                reports.len()
            );
            screen.done("The auditor finds every audit trail as it was", &text);
            return Ok(rows);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(StoryError::Missing(format!("witnessed audit trails: {last}")))
}

/// The message about her benefit, in the language she reads.
pub async fn inbox(world: &World, mother: &Mother, screen: &mut Screen) -> Result<(), StoryError> {
    screen.begin();
    let list = format!("{}/portal/messages?lang=sw", world.registrar.base);
    const TRIES: usize = 100;
    for _ in 0..TRIES {
        let page = mother.browser.open(&list).await?;
        if page.html.contains("limekubaliwa") {
            mother.browser.open(&format!("{}/portal?lang=en", world.registrar.base)).await?;
            screen.done(
                "A message tells her, in Swahili",
                "in her inbox on the portal, sealed under her key, and by SMS to the number she allowed",
            );
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(StoryError::Missing("a message about her benefit in Swahili".to_owned()))
}

/// She complains about the refused attempt; the commission answers, and she sees it.
pub async fn complaint(
    cast: &Cast,
    world: &World,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let base = &world.registrar.base;
    let reads = mother.browser.open(&format!("{base}/portal/reads")).await?;
    let form = mother.browser.submit(&reads, "/portal/grievances/new", &[]).await?;
    let words = "I do not know this officer. Why did they look?";
    let lodged = mother.browser.submit(&form, "/portal/grievances", &[("text", words)]).await?;
    let number = grievance_number(&lodged.html).ok_or_else(|| {
        StoryError::Missing(format!("a number of the complaint on {}", lodged.url))
    })?;
    let path = format!("/governance/v1/grievances/{number}");
    cast.commissioner.get(&path).await?;
    cast.commissioner.post(&format!("{path}/take-up"), &key(), &json!({})).await?;
    let answer = json!({"answer": "The officer had no case of yours and got nothing. The ministry was told."});
    cast.commissioner.post(&format!("{path}/answer"), &key(), &answer).await?;
    let page = mother.browser.open(&format!("{base}/portal/grievances")).await?;
    if !page.html.contains("had no case of yours") {
        return Err(StoryError::Missing("the answer on her page".to_owned()));
    }
    mother.reads.push("the commission reads her complaint");
    screen.done(
        &format!("She complains, {number}, and gets an answer"),
        "from the line on her page to the Data Protection Commission (Data Protection Act, s.12), officer k-1",
    );
    Ok(())
}

fn grievance_number(html: &str) -> Option<&str> {
    let start = html.find("G-20")?;
    let rest = &html[start..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
    Some(&rest[..end])
}

/// Somebody changes a row by SQL; another institution's process names it.
pub async fn tamper(cast: &Cast, world: &World, screen: &mut Screen) -> Result<(), StoryError> {
    let Some(hands) = &world.hands else { return Ok(()) };
    screen.begin();
    hands.tamper().await.map_err(|error| StoryError::Missing(error.to_string()))?;
    let reports = cast.auditor.post("/witness/checks", &key(), &json!({})).await?;
    let findings = reports.as_array().into_iter().flatten();
    let findings = findings.filter_map(|report| report["findings"].as_array()).flatten();
    let finding = findings.filter_map(Value::as_str).find(|text| text.starts_with("row 2 (civil."));
    let finding =
        finding.ok_or_else(|| StoryError::Missing(format!("the changed row in {reports}")))?;
    screen.done(
        "A row is changed by SQL, and the auditor names it",
        &format!("GOV/AUDIT, from what it was told earlier: {finding}"),
    );
    Ok(())
}
