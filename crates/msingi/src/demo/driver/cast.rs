//! Who takes part, and what stands before the story begins.

use super::{INSTANCE, key};
use crate::demo::client::{Desk, StoryError, json};
use crate::demo::world::{
    AUDITOR, CASEWORKER, CHECKER, COMMISSIONER, CURIOUS, DESK, MAKER, MANAGER, NURSE, REGISTRAR,
    STEWARD, TREASURER, World,
};
use serde_json::json;

/// Everybody at their desk.
pub struct Cast {
    pub registrar: Desk,
    pub desk: Desk,
    pub steward: Desk,
    pub caseworker: Desk,
    pub curious: Desk,
    pub manager: Desk,
    pub maker: Desk,
    pub checker: Desk,
    pub nurse: Desk,
    pub treasurer: Desk,
    pub auditor: Desk,
    pub commissioner: Desk,
}

/// Everybody arrives.
pub async fn assemble(world: &World) -> Result<Cast, StoryError> {
    Ok(Cast {
        registrar: REGISTRAR.arrive(&world.registrar, INSTANCE).await?,
        desk: DESK.arrive(&world.registrar, INSTANCE).await?,
        steward: STEWARD.arrive(&world.registrar, INSTANCE).await?,
        caseworker: CASEWORKER.arrive(&world.frontline, INSTANCE).await?,
        curious: CURIOUS.arrive(&world.frontline, INSTANCE).await?,
        manager: MANAGER.arrive(&world.frontline, INSTANCE).await?,
        maker: MAKER.arrive(&world.frontline, INSTANCE).await?,
        checker: CHECKER.arrive(&world.frontline, INSTANCE).await?,
        nurse: NURSE.arrive(&world.frontline, INSTANCE).await?,
        treasurer: TREASURER.arrive(&world.treasury, INSTANCE).await?,
        auditor: AUDITOR.arrive(&world.treasury, INSTANCE).await?,
        commissioner: COMMISSIONER.arrive(&world.treasury, INSTANCE).await?,
    })
}

/// What stands before the story begins.
pub async fn prepare(cast: &Cast, world: &World) -> Result<(), StoryError> {
    let base = &world.registrar.base;
    let keys =
        json("the portal's keys", reqwest::get(format!("{base}/portal/jwks.json")).await?).await?;
    let portal = json!({
        "client_id": "portal", "name": "Tumbawe portal", "subsystem": "TB/GOV/NIA/portal", "sector": "portal",
        "redirect_uris": [format!("{base}/portal/sign-in/callback")], "jwks": keys, "scopes": ["openid", "profile"],
    });
    cast.steward.post("/identity/clients", &key(), &portal).await?;
    let register = json!({
        "code": "residents", "about": "person", "owner": "Register of residents, National Identity Authority",
        "names": {"en": "Register of residents", "fr": "Registre des résidents", "sw": "Daftari la wakazi"},
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
            "required": ["name", "district"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "x-personal": true},
                "district": {"type": "string", "x-personal": true},
                "household": {"type": "integer", "minimum": 1, "x-personal": true},
                "phone": {"type": "string", "x-personal": true},
            },
        },
    });
    cast.steward.post("/registry/registers", &key(), &register).await?;
    cast.steward
        .post("/registry/registers/residents/versions/1/publish", &key(), &json!({}))
        .await?;
    Ok(())
}
