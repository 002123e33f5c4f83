//! A village post without a link: it registers births under a delegation, and hands them in later.

use super::cast::Cast;
use super::mother::Mother;
use super::{INSTANCE, key};
use crate::demo::client::{Desk, StoryError, text, unexpected};
use crate::demo::screen::Screen;
use crate::demo::world::{CLERK, Site};
use basis::Clock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// How many certificate numbers the post gets.
const NUMBERS: i64 = 50;
/// For how long, in seconds.
const VALID_SECONDS: i64 = 90 * 24 * 3_600;

/// The registrar lets the post register births; while the link is down, it does.
pub async fn birth(
    cast: &Cast,
    site: &Site,
    hands: &crate::demo::Processes,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let clerk = CLERK.arrive(site, INSTANCE).await?;
    delegate(cast, &clerk).await?;
    hands.cut_link();
    let registered = clerk.post("/civil/births", &key(), &neema(&mother.vid)).await?;
    let number = text(&registered, "/number")?;
    let away = clerk.get("/civil/post/status").await?;
    screen.done(
        "Neema's birth is registered at a village post without a link",
        &format!("GOV/POST114, officer p-1, under a signed delegation of GOV/CRO for {NUMBERS} numbers and 90 days; certificate {number}, {} waits", away["waiting"]),
    );

    screen.begin();
    let unheard = unheard_of(cast, &text(&registered, "/registration")?).await?;
    hands.mend_link();
    let done = handed_in(&clerk).await?;
    mother.reads.push("the registrar asks who shows her number");
    screen.done(
        "The link is back, and the registration is handed in",
        &format!("{unheard}the registrar checks signature, number, period and likely duplicates; {} conflicts", done["conflicts"]),
    );
    Ok(())
}

/// What the clerk writes.
pub fn neema(vid: &str) -> Value {
    json!({
        "child": {"full": "Neema"}, "sex": "female", "born": "2026-03-14", "place": "TB-03-114",
        "mother": {"full": "Zawadi Tamba"}, "mother_vid": vid,
    })
}

async fn delegate(cast: &Cast, clerk: &Desk) -> Result<(), StoryError> {
    let until = Clock::system().now().plus_seconds(VALID_SECONDS);
    let ask = json!({
        "post": "TB/GOV/POST114/civil", "numbers": {"count": NUMBERS}, "valid_until": until.to_string(),
    });
    let signed = cast.registrar.post("/civil/delegations", &key(), &ask).await?;
    let delegation = json!({"delegation": text(&signed, "/delegation")?});
    clerk.post("/civil/post/delegation", &key(), &delegation).await?;
    Ok(())
}

/// While the link is down the registrar cannot know of the birth.
async fn unheard_of(cast: &Cast, registration: &str) -> Result<String, StoryError> {
    let ask = json!({"system": "civil", "value": registration});
    let request = cast.desk.request(Method::POST, "/identity/authenticators/totp").json(&ask);
    let answer = request.send().await?;
    let (status, body) = (answer.status(), answer.text().await?);
    match status {
        StatusCode::NOT_FOUND => Ok("nobody had heard of it before; ".to_owned()),
        _ => Err(unexpected("a birth that nobody knows", "404", status, &body)),
    }
}

/// Until everything is handed in.
async fn handed_in(clerk: &Desk) -> Result<Value, StoryError> {
    const TRIES: usize = 100;
    let mut last = Value::Null;
    for _ in 0..TRIES {
        last = clerk.post("/civil/post/hand-in", &key(), &json!({})).await?;
        if last["waiting"] == 0 {
            return Ok(last);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(StoryError::Missing(format!("a post with nothing left to hand in: {last}")))
}
