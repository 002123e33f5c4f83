//! `P-OPENAPI`: whether interfaces are described in public, and whether the description is true where that can be
//! tried without a token: every GET without parameters answers with a status that it states.

use serde_json::{Map, Value};

use super::components;
use super::fetch::{Trouble, Visit};
use super::openid::text;
use super::seen::Seen;

/// Where a description is looked for when the target does not list its components.
const USUAL: &str = "/openapi.json";
/// Addresses tried for each description: enough to catch one that is out of date.
const TRIED_MAX: usize = 8;

/// The descriptions of one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interfaces {
    /// Components or, where none are listed, the one usual address.
    pub expected: usize,
    /// Descriptions that were fetched and parsed.
    pub valid: usize,
    /// Of those, the ones that live answers agree with.
    pub truthful: usize,
    /// Whether the payments' own one is among the valid ones.
    pub payments: bool,
    /// Live requests made.
    pub tried: usize,
    /// What is wrong, by component.
    pub problems: Vec<String>,
}

pub(super) async fn look(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let mut seen = Interfaces::default();
    for (name, address) in addresses(visit).await? {
        seen.expected += 1;
        let is_payments = name == "payments" || visit.target().component == "payments";
        match description(visit, &address).await? {
            Err(problem) => seen.problems.push(format!("{name}: {problem}")),
            Ok(paths) => {
                seen.valid += 1;
                seen.payments |= is_payments;
                let (tried, lie) = compare(visit, &paths).await?;
                seen.tried += tried;
                seen.truthful += usize::from(lie.is_none());
                seen.problems.extend(lie.map(|lie| format!("{name}: {lie}")));
            }
        }
    }
    Ok(Seen::Interfaces(seen))
}

async fn addresses(visit: &mut Visit<'_>) -> Result<Vec<(String, String)>, Trouble> {
    let Some(components) = components::list(visit).await? else {
        return Ok(vec![(visit.target().name.clone(), USUAL.to_owned())]);
    };
    let named = components.into_iter();
    Ok(named.map(|component| (component.id, component.openapi)).collect())
}

/// The paths of a description, or what is wrong with it.
async fn description(
    visit: &mut Visit<'_>,
    address: &str,
) -> Result<Result<Map<String, Value>, String>, Trouble> {
    if address.is_empty() {
        return Ok(Err("names no description".to_owned()));
    }
    let answer = visit.get(address).await?;
    if !answer.is_success() {
        return Ok(Err(format!("{address} answers {}", answer.status)));
    }
    let Some(document) = answer.json() else {
        return Ok(Err(format!("{address} is not JSON")));
    };
    if !text(&document, "openapi").starts_with("3.") {
        return Ok(Err(format!("{address} is no OpenAPI 3 document")));
    }
    if text(&document["info"], "title").is_empty() || text(&document["info"], "version").is_empty()
    {
        return Ok(Err(format!("{address} has no title or version")));
    }
    let paths = document["paths"].as_object().cloned();
    Ok(paths.ok_or_else(|| format!("{address} has no paths")))
}

/// How many addresses were tried, and the first that answered otherwise than described.
async fn compare(
    visit: &mut Visit<'_>,
    paths: &Map<String, Value>,
) -> Result<(usize, Option<String>), Trouble> {
    let mut tried = 0;
    for (path, item) in paths {
        let Some(operation) = item.get("get").filter(|get| can_be_tried(path, item, get)) else {
            continue;
        };
        if tried == TRIED_MAX {
            break;
        }
        tried += 1;
        let answer = visit.get_once(path).await?;
        if !is_described(operation, answer.status) {
            let lie = format!("GET {path} answers {}, which is not described", answer.status);
            return Ok((tried, Some(lie)));
        }
    }
    Ok((tried, None))
}

fn can_be_tried(path: &str, item: &Value, get: &Value) -> bool {
    let required = |place: &Value| {
        let parameters = place["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|one| one["required"] == true))
    };
    path.starts_with('/') && !path.contains('{') && !required(item) && !required(get)
}

/// `default` stands for errors that are not spelt out. It excuses neither a fault of the server nor a described
/// address that is not there.
fn is_described(get: &Value, status: u16) -> bool {
    let responses = &get["responses"];
    let class = format!("{}XX", status / 100);
    if responses.get(status.to_string()).is_some() || responses.get(class).is_some() {
        return true;
    }
    // The security scheme itself says what happens without a token.
    let guarded = get["security"].as_array().is_some_and(|all| !all.is_empty());
    if guarded && matches!(status, 401 | 403) {
        return true;
    }
    responses.get("default").is_some() && (400..500).contains(&status) && status != 404
}
