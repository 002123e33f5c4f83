//! `P-TRACKER`: a test institution looks at the synthetic person, and the person's own page should say so: who, when,
//! why, and with a way to ask back.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::fetch::{Trouble, Visit};
use super::super::html::elements;
use super::super::seen::Seen;
use super::super::synthetic::{Call, Officer, Person};
use super::browser::{Page, unescaped};
use super::desk::{self, Grounds, slug, whose};
use super::{Stage, institution, named, person, portal};

/// Where residents see who used their data.
pub(super) const READS: &str = "/portal/reads";
/// How long the look may take to show.
const WITHIN: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(2);

/// What the person sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracked {
    /// Seconds until the look was on the page; none if it was not in a minute.
    pub after_seconds: Option<u64>,
    /// The officer stands there.
    pub names_officer: bool,
    /// The law or agreement stands there.
    pub names_ground: bool,
    /// There is a way to ask about this very line.
    pub can_ask: bool,
    /// Systems whose looks the page tells of.
    pub sources: usize,
    /// Whether the page says that some did not answer.
    pub incomplete: bool,
}

impl Tracked {
    /// One sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let Some(seconds) = self.after_seconds else {
            return format!(
                "a look that was taken was not on the person's page within {} seconds",
                WITHIN.as_secs()
            );
        };
        let yes = |it: bool| if it { "is" } else { "is not" };
        let missing = if self.incomplete { ", some of which did not answer" } else { "" };
        format!(
            "a look that was taken stood on the person's page after {seconds} seconds; the officer {} named, the ground \
             {} named, a question {} one click away; the page tells of {} systems{missing}",
            yes(self.names_officer),
            yes(self.names_ground),
            yes(self.can_ask),
            self.sources
        )
    }
}

/// One look, and the line about it.
pub(super) struct Line {
    pub(super) seen: Tracked,
    pub(super) page: Page,
    /// HTML of the line.
    pub(super) html: String,
}

pub(super) async fn look(visit: &mut Visit<'_>, stage: &mut Stage) -> Result<Seen, Trouble> {
    Ok(Seen::Tracked(cause_and_find(visit, stage).await?.seen))
}

/// Looks at the person and waits for the line.
pub(super) async fn cause_and_find(
    visit: &mut Visit<'_>,
    stage: &mut Stage,
) -> Result<Line, Trouble> {
    let (person, officer) = (person(visit)?, institution(visit)?);
    let call = named(visit.target().synthetic.call.as_ref(), "call")?;
    let case = cause(visit, stage, officer, call, person).await?;
    let mut waited = Duration::ZERO;
    loop {
        let page = portal::open(visit, stage, person, READS).await?;
        if let Some(html) = line(&page.html, &case) {
            let seen = read(&page, &html, officer, call, waited);
            return Ok(Line { seen, page, html });
        }
        if waited >= WITHIN {
            let seen = Tracked { sources: sources(&page.html), ..Tracked::default() };
            return Ok(Line { seen, page, html: String::new() });
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
}

/// Makes the call under a case of its own, by which the line is found. Answers the case.
async fn cause<'t>(
    visit: &mut Visit<'t>,
    stage: &Stage,
    officer: &'t Officer,
    call: &Call,
    person: &Person,
) -> Result<String, Trouble> {
    let case = stage.fresh("PROBE");
    let desk = desk::sign_in(visit, stage, officer).await?;
    let grounds = Grounds::of(call, &case);
    let answer = desk.call(visit, &call.path, grounds, Some(&whose(&person.number))).await?;
    if answer.is_success() {
        return Ok(case);
    }
    let why =
        format!("the look that should be shown is answered {} {}", answer.status, slug(&answer));
    Err(Trouble::Refused(why))
}

fn line(page: &str, case: &str) -> Option<String> {
    let mut lines = page.split("<article").skip(1);
    let line = lines.find(|line| line.split("</article>").next().unwrap_or(line).contains(case))?;
    Some(line.split("</article>").next().unwrap_or(line).to_owned())
}

fn read(page: &Page, line: &str, officer: &Officer, call: &Call, waited: Duration) -> Tracked {
    let line = &unescaped(line);
    let id = officer.id.rsplit('/').next().unwrap_or(&officer.id);
    let ground = call.legal_basis.split_once(':').map_or("", |(_, reference)| reference);
    Tracked {
        after_seconds: Some(waited.as_secs()),
        names_officer: line.contains(id),
        names_ground: !ground.is_empty() && line.contains(ground),
        can_ask: line.contains("<form"),
        sources: sources(&page.html),
        incomplete: page.html.contains("notice warn"),
    }
}

/// The page offers to show each source alone.
fn sources(page: &str) -> usize {
    let links = elements(page);
    let links = links.iter().filter(|one| one.name == "a").map(|one| one.attribute("href"));
    links.filter(|link| link.contains("source=")).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_by_its_case_and_ends_where_it_ends() {
        let page = "<article><dd>PROBE-1</dd></article><article>other</article><p>PROBE-2</p>";
        assert_eq!(line(page, "PROBE-1").as_deref(), Some("><dd>PROBE-1</dd>"));
        assert_eq!(line(page, "PROBE-2"), None);
    }
}
