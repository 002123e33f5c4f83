//! Data agreements: what organisations ask people for.

use super::cast::Cast;
use super::key;
use crate::demo::client::{StoryError, text};
use serde_json::{Value, json};

/// The clinic wants to reach her.
pub fn treatment() -> Value {
    json!({
        "version": "1.0.0", "lawful_basis": "consent", "dpia": "Lakeside DPIA 2026/2", "data_use": "data_using_service",
        "purpose": "to reach you about your treatment and your child's check-ups",
        "purpose_in": {
            "fr": "vous joindre pour vos soins et les visites de votre enfant",
            "sw": "kuwasiliana nawe kuhusu matibabu yako na ya mtoto wako",
        },
        "controller": {"id": "TB/COM/LAKESIDE", "name": "Lakeside Clinic", "url": "https://lakeside.example"},
        "attributes": [
            {"name": "name", "sensitivity": "low", "category": "identity"},
            {"name": "phone", "sensitivity": "medium", "category": "contact"},
        ],
        "scope": {"service": "TB/GOV/NIA/residents/records", "clients": ["TB/COM/LAKESIDE/patients"], "purpose": "treatment"},
        "valid_days": 365,
    })
}

/// The ministry wants to send news of the benefit; no law gives it the number.
pub fn benefit_notice() -> Value {
    json!({
        "version": "1.0.0", "lawful_basis": "consent", "dpia": "MSP DPIA 2026/5", "data_use": "data_using_service",
        "purpose": "to send you news of your benefit by SMS",
        "purpose_in": {
            "fr": "vous envoyer par SMS des nouvelles de votre allocation",
            "sw": "kukutumia habari za posho yako kwa SMS",
        },
        "controller": {"id": "TB/GOV/MSP", "name": "Ministry of Social Protection", "url": "https://protection.example"},
        "attributes": [{"name": "phone", "sensitivity": "medium", "category": "contact"}],
        "scope": {"service": "TB/GOV/NIA/residents/records", "clients": ["TB/GOV/MSP/benefits"], "purpose": "benefit-notice"},
        "valid_days": 365,
    })
}

/// Publishes an agreement; answers its id.
pub async fn publish(cast: &Cast, terms: &Value) -> Result<String, StoryError> {
    let made = cast.steward.post("/consent/agreements", &key(), terms).await?;
    let id = text(&made, "/id")?;
    cast.steward.post(&format!("/consent/agreements/{id}/publish"), &key(), &json!({})).await?;
    Ok(id)
}
