//! Zawadi: how the country comes to know her and her child, and how she signs in.

use super::cast::Cast;
use super::key;
use super::post::neema;
use crate::demo::client::{Browser, Desk, StoryError, json, text, unexpected};
use crate::demo::screen::Screen;
use crate::demo::totp;
use crate::demo::world::World;
use basis::Clock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// The mother, as she knows herself.
pub struct Mother {
    pub vid: String,
    /// Her authenticator app.
    pub app: totp::App,
    pub browser: Browser,
    /// Every read of facts about her that the story has made, in words.
    pub reads: Vec<&'static str>,
}

/// The mother was born long ago; her registration is entered from the paper book.
pub async fn enrol(cast: &Cast, screen: &mut Screen) -> Result<Mother, StoryError> {
    screen.begin();
    let born = json!({
        "child": {"full": "Zawadi Tamba", "given": "Zawadi", "family": "Tamba"},
        "sex": "female", "born": "1996-08", "place": "TB-03-114",
    });
    let registered = cast.registrar.post("/civil/births", &key(), &born).await?;
    let registration = text(&registered, "/registration")?;
    let enrolled = until_known(&cast.desk, &registration).await?;
    let vid: String = text(&enrolled, "/vid")?.chars().filter(char::is_ascii_digit).collect();
    let app = totp::App::new(secret_of(&text(&enrolled, "/otpauth_uri")?)?);
    screen.done(
        "Zawadi Tamba gets an identity and an authenticator",
        "GOV/CRO enters her birth from the paper book: August 1996, the day is unknown\nGOV/NIA follows the registration under the Identity Act, s.5, and enrols her app",
    );
    let reads = vec!["the identity authority reads her registration to know that she exists"];
    Ok(Mother { vid, app, browser: Browser::without_cookies(), reads })
}

/// Enrols an authenticator for whoever the registration is about, once the identity authority knows
/// them: the registrar's event needs a moment to arrive.
pub async fn until_known(desk: &Desk, registration: &str) -> Result<Value, StoryError> {
    const TRIES: usize = 100;
    let ask = json!({"system": "civil", "value": registration});
    for _ in 0..TRIES {
        let request = desk.request(Method::POST, "/identity/authenticators/totp").json(&ask);
        let answer = request.send().await?;
        if answer.status() != StatusCode::NOT_FOUND {
            return json("enrolling an authenticator", answer).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(StoryError::Missing("the identity authority did not hear of the registration".to_owned()))
}

/// The child's birth where there is no post: at the registrar's own office.
pub async fn birth(
    cast: &Cast,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let registered = cast.registrar.post("/civil/births", &key(), &neema(&mother.vid)).await?;
    mother.reads.push("the registrar asks who shows her number");
    let number = text(&registered, "/number")?;
    screen.done(
        "Neema's birth is registered",
        &format!(
            "GOV/CRO, officer r-17, Births and Deaths Registration Act, s.3; certificate {number}"
        ),
    );
    Ok(())
}

/// The identity that follows from the birth, and nobody's is missing.
pub async fn identity_follows(
    cast: &Cast,
    residents: u32,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    const TRIES: usize = 100;
    let persons = i64::from(residents) + 2;
    for _ in 0..TRIES {
        let report = cast.steward.post("/identity/reconciliation", &key(), &json!({})).await?;
        let run = |field: &str| report.pointer(&format!("/run/{field}")).and_then(Value::as_i64);
        let open = report.pointer("/open").and_then(Value::as_i64);
        if run("listed") == Some(persons) && run("pending") == Some(0) && open == Some(0) {
            screen.done("An identity follows from it", &format!("GOV/NIA, by the registrar's event; reconciliation of {persons} registrations with {persons} persons finds no difference"));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(StoryError::Missing("registrations and persons do not agree".to_owned()))
}

pub async fn sign_in(
    world: &World,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let browser = &mother.browser;
    let page = browser.open(&format!("{}/portal/sign-in", world.registrar.base)).await?;
    let now = Clock::system().now().unix_seconds();
    let code = mother
        .app
        .use_code(now)
        .ok_or_else(|| StoryError::Missing("a readable secret".to_owned()))?;
    let page = browser.submit(&page, "", &[("number", &mother.vid), ("code", &code)]).await?;
    let page = match page.html.contains("value=\"allow\"") {
        true => browser.submit(&page, "", &[("answer", "allow")]).await?,
        false => page,
    };
    mother.reads.push("the portal gets her name, as she allowed");
    if page.url.path() != "/portal" {
        return Err(unexpected("signing in", "the portal", page.status, &page.html));
    }
    screen.done("She signs in to the portal", "OpenID Connect: authorization code with PKCE, private_key_jwt, one-time code; the portal learns only its own pseudonym");
    Ok(())
}

pub async fn resident_record(
    cast: &Cast,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let record = json!({
        "subject": {"vid": mother.vid},
        "data": {"name": "Zawadi Tamba", "district": "Reed Shore", "household": 4, "phone": "+000 55 0114"},
        "reason": "registered at the desk",
    });
    cast.desk.post("/registry/registers/residents/records", &key(), &record).await?;
    mother.reads.push("the register asks who shows her number");
    screen.done("Her resident record is entered", "GOV/NIA, officer d-4; under a pseudonym of the register's own sector, encrypted under her key");
    Ok(())
}

/// The secret in an `otpauth` address.
pub fn secret_of(uri: &str) -> Result<String, StoryError> {
    let query = uri.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let secret = query.split('&').find_map(|pair| pair.strip_prefix("secret="));
    secret
        .map(str::to_owned)
        .ok_or_else(|| StoryError::Missing("a secret in the otpauth URI".to_owned()))
}
