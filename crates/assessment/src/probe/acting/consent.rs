//! `P-CONSENT`: the person gives a consent, a test institution uses it, the person withdraws it, and the next use should
//! be refused. Both answers should stand on the person's own page.

use std::time::Duration;

use super::super::fetch::{Trouble, Visit};
use super::super::seen::Seen;
use super::browser;
use super::desk::{self, Grounds, slug, whose};
use super::{Stage, institution, named, person, portal};

/// How long a withdrawal may take to hold everywhere.
const WITHIN: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(3);

/// What became of a consent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consented {
    /// What the use was answered before the person agreed: a refusal, if it asks for consent at all.
    pub refused_before: bool,
    /// Seconds after the withdrawal until a use was refused; none if none was in a minute.
    pub stopped_after_seconds: Option<u64>,
    /// Why the use was refused in the end.
    pub reason: String,
    /// Whether the person's page shows what they answered.
    pub shown: bool,
}

impl Consented {
    /// One sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let before = if self.refused_before { "refused" } else { "answered" };
        let shown = if self.shown { "shows" } else { "does not show" };
        let after = match self.stopped_after_seconds {
            Some(seconds) => {
                format!("refused {seconds} seconds after it was withdrawn ({})", self.reason)
            }
            None => format!("still answered {} seconds after it was withdrawn", WITHIN.as_secs()),
        };
        format!(
            "a use was {before} before the person agreed, answered on their consent, and {after}; their page {shown} \
             where the consent stands; one flow was tried"
        )
    }
}

pub(super) async fn look(visit: &mut Visit<'_>, stage: &mut Stage) -> Result<Seen, Trouble> {
    let (person, officer) = (person(visit)?, institution(visit)?);
    let call = named(visit.target().synthetic.call.as_ref(), "call")?;
    let consent = named(visit.target().synthetic.consent.as_ref(), "consent")?;
    let desk = desk::sign_in(visit, stage, officer).await?;
    let case = stage.fresh("PROBE");
    let asked = desk
        .call(visit, &call.path, Grounds::of(call, &case), Some(&whose(&person.number)))
        .await?;
    let subject = asked.json().and_then(|json| json["pseudonym"].as_str().map(str::to_owned));
    let subject = subject.ok_or_else(|| {
        let why = format!("the person is not found: {} {}", asked.status, slug(&asked));
        Trouble::Refused(why)
    })?;
    let basis = format!("consent:{}", consent.agreement);
    let (purpose, basis) = (consent.purpose.as_str(), basis.as_str());
    let grounds = Grounds { purpose, basis, case: &case, subject: Some(&subject) };

    let path = format!("/portal/consents/{}", consent.agreement);
    let page = portal::open(visit, stage, person, &path).await?;
    let before = desk.call(visit, &consent.path, grounds, None).await?;
    let mut seen = Consented { refused_before: !before.is_success(), ..Consented::default() };
    let given = browser::submit(visit, &page, &consent.agreement, &[("answer", "give")]).await?;
    let used = desk.call(visit, &consent.path, grounds, None).await;
    // Whatever comes of it, the consent is taken back: nothing of the probe stays open.
    let standing = browser::open(visit, &path).await?;
    let withdrawn = browser::submit(visit, &standing, "/withdraw", &[]).await?;
    let used = used?;
    if !used.is_success() {
        let why = format!("a use on consent is answered {} {}", used.status, slug(&used));
        return Err(Trouble::Refused(why));
    }
    seen.shown = given.status == 200
        && browser::has_form(&standing, "/withdraw")
        && withdrawn.status == 200
        && !browser::has_form(&withdrawn, "/withdraw");
    let mut waited = Duration::ZERO;
    while waited <= WITHIN {
        let after = desk.call(visit, &consent.path, grounds, None).await?;
        if !after.is_success() {
            seen.stopped_after_seconds = Some(waited.as_secs());
            seen.reason = slug(&after);
            break;
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
    Ok(Seen::Consented(seen))
}
