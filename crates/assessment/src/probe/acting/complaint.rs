//! `P-GRIEV`: the synthetic person complains about a line of their tracker, follows the case, and gets an answer.

use serde_json::json;

use super::super::fetch::{Trouble, Visit};
use super::super::html::elements;
use super::super::seen::Seen;
use super::browser::{self, Page};
use super::tracker::{self, Line};
use super::{Stage, desk, named, person, portal};

const LIST: &str = "/portal/grievances";
const API: &str = "/governance/v1/grievances";
const WORDS: &str = "A test of the assessment: who looked here, and why?";

/// What became of a complaint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complained {
    /// It was taken and is on the person's page.
    pub lodged: bool,
    /// It has a number.
    pub numbered: bool,
    /// The page says by when there is an answer.
    pub has_limit: bool,
    /// The authority's answer is on the page.
    pub answered: bool,
}

impl Complained {
    /// One sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let no = |it: bool| if it { "" } else { "not " };
        format!(
            "a complaint was {}taken, has {}a number and {}a day by which it is answered, and the answer is {}on the \
             person's page; escalation and an assisted channel were not tried",
            no(self.lodged),
            no(self.numbered),
            no(self.has_limit),
            no(self.answered)
        )
    }
}

pub(super) async fn look(visit: &mut Visit<'_>, stage: &mut Stage) -> Result<Seen, Trouble> {
    // Without somebody who answers, the test case would lie on a real desk.
    let authority = named(visit.target().synthetic.authority.as_ref(), "authority")?;
    let person = person(visit)?;
    let Line { page, html, .. } = tracker::cause_and_find(visit, stage).await?;
    if html.is_empty() {
        let why = "the page of looks does not show the line to complain about";
        return Err(Trouble::Refused(why.to_owned()));
    }
    let form = begin(visit, &page, &html).await?;
    let lodged = browser::submit(visit, &form, LIST, &[("text", WORDS)]).await?;
    let mut seen = Complained { lodged: lodged.html.contains(WORDS), ..Complained::default() };
    let Some(number) = number(&lodged.html) else { return Ok(Seen::Complained(seen)) };
    seen.numbered = true;
    seen.has_limit = states_a_limit(&lodged.html, &number);

    let desk = desk::sign_in(visit, stage, authority).await?;
    let (path, key) = (format!("{API}/{number}"), || stage.fresh("probe"));
    desk.get(visit, &path).await?;
    desk.post(visit, &format!("{path}/take-up"), key(), &json!({})).await?;
    let words = format!("Answer to {number}: the look was a test of the assessment.");
    let answer = json!({"answer": words});
    desk.post(visit, &format!("{path}/answer"), key(), &answer).await?;
    let page = portal::open(visit, stage, person, LIST).await?;
    seen.answered = page.html.contains(&words);
    Ok(Seen::Complained(seen))
}

/// The form that the line's own button opens.
async fn begin(visit: &mut Visit<'_>, page: &Page, line: &str) -> Result<Page, Trouble> {
    let of_line = Page { url: page.url.clone(), status: page.status, html: line.to_owned() };
    browser::submit(visit, &of_line, "/grievances/new", &[]).await
}

/// The newest stands first; a number has a digit in it.
fn number(page: &str) -> Option<String> {
    let heading = |name: &str| matches!(name, "h2" | "h3");
    let all = elements(page);
    let mut numbers =
        all.iter().filter(|one| heading(&one.name) && one.attribute("class") == "code");
    numbers
        .next()
        .map(|one| one.text.trim().to_owned())
        .filter(|text| text.contains(char::is_numeric))
}

/// Beside the day on which it came, the case names a second day: that of the answer. A year in a date has four digits
/// in every language of ours.
fn states_a_limit(page: &str, number: &str) -> bool {
    let case = page.split("<section").find(|section| section.contains(number)).unwrap_or_default();
    let all = elements(case);
    let dates = all.iter().find(|one| one.name == "p" && one.attribute("class").contains("small"));
    let years = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4).count()
    };
    dates.is_some_and(|line| years(&line.text) > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_second_date() {
        let case = |dates: &str| {
            format!(
                "<section><h2 class=\"code\">G-2026-1</h2><p class=\"soft small\">{dates}</p></section>"
            )
        };
        let with = case("Lodged on 28 November 2026 · Answer due by 12 December 2026");
        assert!(states_a_limit(&with, "G-2026-1"));
        assert!(!states_a_limit(&case("Lodged on 28 November 2026"), "G-2026-1"));
        assert_eq!(number(&with).as_deref(), Some("G-2026-1"));
    }
}
