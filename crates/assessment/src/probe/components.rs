//! `/.well-known/dpi-component`: what an installation says it runs; and `P-MANDATE` and `P-STATUS` over it.

use serde::Deserialize;

use super::fetch::{Trouble, Visit};
use super::seen::Seen;

const LIST: &str = "/.well-known/dpi-component";

/// One component as the installation lists it. Foreign lists may say more.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Component {
    pub(super) id: String,
    #[serde(default)]
    pub(super) mandate: Option<String>,
    #[serde(default)]
    pub(super) openapi: String,
    #[serde(default)]
    pub(super) health: String,
}

#[derive(Deserialize)]
struct List {
    components: Vec<Component>,
}

/// Mandates of the components of one installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mandates {
    /// Components that run.
    pub components: usize,
    /// Those that name no mandate.
    pub without: Vec<String>,
}

/// None where the target has no such list.
pub(super) async fn list(visit: &mut Visit<'_>) -> Result<Option<Vec<Component>>, Trouble> {
    let answer = visit.get(LIST).await?;
    if !answer.is_success() {
        return Ok(None);
    }
    let list: Result<List, _> = serde_json::from_slice(&answer.body);
    Ok(list.ok().map(|list| list.components))
}

pub(super) async fn mandates(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let Some(components) = list(visit).await?.filter(|all| !all.is_empty()) else {
        return Err(Trouble::Refused(format!("{LIST} lists no components")));
    };
    let named = |component: &Component| component.mandate.as_ref().is_some_and(|m| !m.is_empty());
    let without = components.iter().filter(|component| !named(component));
    let without = without.map(|component| component.id.clone()).collect();
    Ok(Seen::Mandates(Mandates { components: components.len(), without }))
}

/// A look at the health check. One moment is no figure of availability, so that it gives no level.
pub(super) async fn status(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let listed = list(visit).await?.unwrap_or_default();
    let path = listed.into_iter().map(|component| component.health).find(|path| !path.is_empty());
    let path = path.unwrap_or_else(|| "/health".to_owned());
    let answer = visit.get(&path).await?;
    let says = if answer.is_success() {
        format!("{path} answers that it is healthy")
    } else {
        format!("{path} answers {}", answer.status)
    };
    Ok(Seen::Facts(says))
}
