//! Who operates what with which key, and the accounts that the story leaves for whoever explores.

use super::mother::secret_of;
use super::{INSTANCE, key};
use crate::demo::client::{Desk, StoryError, json, text};
use crate::demo::screen::Screen;
use crate::demo::world::{
    CASEWORKER, CHECKER, COMMISSIONER, LEAD, MAKER, Officer, REVIEWER, Site, World,
};
use reqwest::Method;
use serde_json::{Value, json};

/// An officer's account at a desk.
pub struct Account {
    /// Where the desk is.
    pub desk: String,
    /// The number to sign in with: `GOV/MSP/b-7`.
    pub number: String,
    /// The secret of the authenticator app (base32).
    pub secret: String,
    /// What there is to do.
    pub does: &'static str,
}

/// The installations as the hub's directory has them.
pub async fn introduce(world: &World, screen: &mut Screen) -> Result<(), StoryError> {
    screen.begin();
    let hub = Desk::new(&world.registrar.base, &world.registrar.operator);
    let directory = hub.get("/exchange/v1/directory").await?;
    let found = directory["installations"].as_array().cloned().unwrap_or_default();
    let lines: Result<Vec<String>, StoryError> = found.iter().map(line).collect();
    screen.done(
        &format!("{} that need not trust each other", counted(found.len())),
        &lines?.join("\n"),
    );
    Ok(())
}

fn counted(installations: usize) -> String {
    match installations {
        1 => "One installation: to be split among institutions".to_owned(),
        number => format!("{number} installations"),
    }
}

/// `registrar   GOV/CRO, GOV/NIA · signs with 0x6oGRQt…`
fn line(installation: &Value) -> Result<String, StoryError> {
    let name = text(installation, "/name")?;
    let sign_key = text(installation, "/sign_key/kid")?;
    let members = installation["members"].as_array().into_iter().flatten();
    let members = members.filter_map(Value::as_str);
    let members: Vec<&str> =
        members.map(|id| id.split_once('/').map_or(id, |(_, member)| member)).collect();
    let shown: String = sign_key.chars().take(8).collect();
    Ok(format!("{name:<10} {} · signs with {shown}…", members.join(", ")))
}

/// Officers get one-time codes, to try their desks.
pub async fn open_accounts(world: &World) -> Result<Vec<Account>, StoryError> {
    let accounts: [(&Site, Officer, &str); 6] = [
        (&world.frontline, CASEWORKER, "decides on applications"),
        (&world.frontline, MAKER, "puts payment runs together"),
        (&world.frontline, CHECKER, "approves payment runs"),
        (&world.treasury, COMMISSIONER, "answers complaints"),
        (&world.treasury, LEAD, "opens a round of the assessment and answers"),
        (&world.treasury, REVIEWER, "reviews its answers and signs"),
    ];
    let mut opened = Vec::with_capacity(accounts.len());
    for (site, officer, does) in accounts {
        opened.push(open_account(site, officer, does).await?);
    }
    Ok(opened)
}

async fn open_account(
    site: &Site,
    officer: Officer,
    does: &'static str,
) -> Result<Account, StoryError> {
    let operator = Desk::new(&site.base, &site.operator);
    let body = json!({
        "member": format!("{INSTANCE}/{}", officer.member), "id": officer.id,
        "roles": officer.roles, "one_time_code": true,
    });
    let request = operator.request(Method::PUT, "/exchange/v1/officers");
    let request = request.header("Idempotency-Key", key()).json(&body);
    let answer = json("a one-time code for an officer", request.send().await?).await?;
    Ok(Account {
        desk: format!("{}/desk", site.base),
        number: format!("{}/{}", officer.member, officer.id),
        secret: secret_of(&text(&answer, "/otpauth_uri")?)?,
        does,
    })
}
