//! The person signs in: fills in number and one-time code, and allows what is asked for.

use std::time::Duration;

use credential::totp;

use super::super::fetch::{Trouble, Visit};
use super::super::synthetic::Person;
use super::Stage;
use super::browser::{self, Landed, Page};

/// Pages on the way: form, claims, and once more each where the first code was used before.
const PAGES_MAX: usize = 5;
/// Codes are good for the step they are of and for the next one.
const STEPS_AHEAD: i64 = 1;
const STEP_SECONDS: i64 = 30;

/// Opens a page of the portal that is for residents only, and signs the person in where it asks to.
pub(super) async fn open(
    visit: &mut Visit<'_>,
    stage: &mut Stage,
    person: &Person,
    path: &str,
) -> Result<Page, Trouble> {
    match signed_in(visit, stage, person, path, None).await? {
        Landed::Page(page) if page.url.path() == path && page.status == 200 => Ok(page),
        Landed::Page(_) => {
            // Portals may begin at their first page after a sign-in.
            let page = browser::open(visit, path).await?;
            if page.status == 404 {
                return Err(Trouble::Gone(format!("{path} is not there")));
            }
            let is_there = page.url.path() == path && page.status == 200;
            is_there.then_some(page).ok_or_else(|| failed(path))
        }
        Landed::Left(_) => Err(failed(path)),
    }
}

/// Follows `address` through the pages of a sign-in until one that asks for nothing, or an address that begins with
/// `stop`.
pub(super) async fn signed_in(
    visit: &mut Visit<'_>,
    stage: &mut Stage,
    person: &Person,
    address: &str,
    stop: Option<&str>,
) -> Result<Landed, Trouble> {
    let mut landed = browser::go(visit, address, stop).await?;
    for _ in 0..PAGES_MAX {
        let page = match landed {
            Landed::Page(page) => page,
            left @ Landed::Left(_) => return Ok(left),
        };
        if page.html.contains("name=\"code\"") {
            let code = stage.code(person).await;
            let fields = [("number", person.number.as_str()), ("code", &code)];
            landed = browser::submit_until(visit, &page, "", &fields, stop).await?;
        } else if page.html.contains("value=\"allow\"") {
            let fields = [("answer", "allow")];
            landed = browser::submit_until(visit, &page, "", &fields, stop).await?;
        } else {
            return Ok(Landed::Page(page));
        }
    }
    Err(Trouble::Refused(
        "the synthetic person cannot sign in: number or secret is refused".to_owned(),
    ))
}

impl Stage {
    /// The next code of the person. No code passes twice, so that one after the next has to be waited for.
    async fn code(&mut self, person: &Person) -> String {
        let last = self.steps.get(&person.number).copied();
        let present = totp::step_of(self.clock.now().unix_seconds());
        let step = last.map_or(present, |last| present.max(last + 1));
        if step > present + STEPS_AHEAD {
            let begins = (step - STEPS_AHEAD) * STEP_SECONDS;
            let seconds = begins - self.clock.now().unix_seconds();
            tokio::time::sleep(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
                .await;
        }
        self.steps.insert(person.number.clone(), step);
        person.totp.code_at(step * STEP_SECONDS)
    }
}

fn failed(path: &str) -> Trouble {
    Trouble::Refused(format!("{path} does not open for the synthetic person who signed in"))
}
