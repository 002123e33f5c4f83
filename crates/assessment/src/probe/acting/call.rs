//! `P-DX-CALL` and `P-POLICY`: a test institution calls another one through the exchange, on a ground that stands and
//! on others that do not.

use super::super::fetch::{Answer, Trouble, Visit};
use super::super::seen::Seen;
use super::super::synthetic::Call;
use super::desk::{self, Desk, Grounds, slug, whose};
use super::{Stage, institution, named, person};

/// A purpose that no agreement has.
const IDLE_PURPOSE: &str = "idle-curiosity";
/// A law that nobody passed.
const IDLE_BASIS: &str = "law:No Such Act, s.1";

/// What became of calls by those who may not call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Called {
    /// Header by which the call can be found in the logs of both ends.
    pub correlated: bool,
    /// Callers that were turned away.
    pub refused: Vec<&'static str>,
    /// Callers that were answered.
    pub answered: Vec<&'static str>,
}

/// What became of calls on grounds that do not stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownBad {
    /// Requests that were refused, each with the reason that was given.
    pub refused: Vec<String>,
    /// Requests that were answered.
    pub answered: Vec<&'static str>,
    /// Requests refused without a reason that a machine can read.
    pub without_reason: usize,
}

impl Called {
    /// One sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let mut says = "a test institution's call was answered".to_owned();
        says.push_str(if self.correlated {
            " with an id for the logs"
        } else {
            " without an id for the logs"
        });
        for (what, list) in [("refused: ", &self.refused), ("ANSWERED: ", &self.answered)] {
            if !list.is_empty() {
                says.push_str(&format!("; {what}{}", list.join(", ")));
            }
        }
        says
    }
}

impl KnownBad {
    /// One sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let mut says = format!("refused: {}", self.refused.join(", "));
        if !self.answered.is_empty() {
            says.push_str(&format!("; ANSWERED: {}", self.answered.join(", ")));
        }
        if self.without_reason > 0 {
            says.push_str(&format!("; {} of them without a reason", self.without_reason));
        }
        says
    }
}

async fn ready<'t>(visit: &mut Visit<'t>, stage: &Stage) -> Result<(Desk<'t>, &'t Call), Trouble> {
    let call = named(visit.target().synthetic.call.as_ref(), "call")?;
    let desk = desk::sign_in(visit, stage, institution(visit)?).await?;
    Ok((desk, call))
}

/// The call that is in order. Without it a refusal of others says nothing.
async fn in_order(
    visit: &mut Visit<'_>,
    stage: &Stage,
    desk: &Desk<'_>,
    call: &Call,
) -> Result<Answer, Trouble> {
    let body = whose(&person(visit)?.number);
    let case = stage.fresh("PROBE");
    let answer = desk.call(visit, &call.path, Grounds::of(call, &case), Some(&body)).await?;
    if answer.is_success() {
        return Ok(answer);
    }
    let why = format!("the call that should pass is answered {} {}", answer.status, slug(&answer));
    Err(Trouble::Refused(why))
}

pub(super) async fn look(visit: &mut Visit<'_>, stage: &mut Stage) -> Result<Seen, Trouble> {
    let (desk, call) = ready(visit, stage).await?;
    let answer = in_order(visit, stage, &desk, call).await?;
    let correlated = !answer.header("msingi-correlation").is_empty();
    let mut seen = Called { correlated, ..Called::default() };
    let body = whose(&person(visit)?.number);
    let case = stage.fresh("PROBE");
    let grounds = Grounds::of(call, &case);
    for (what, token) in [
        ("a caller without a token", String::new()),
        ("a caller with a token of another signature", forged(&desk.token)),
    ] {
        let answer = desk.call_as(visit, &call.path, grounds, Some(&body), &token).await?;
        let list = if answer.is_success() { &mut seen.answered } else { &mut seen.refused };
        list.push(what);
    }
    Ok(Seen::Called(seen))
}

/// The token with one character of its signature changed. Not the last one, some of whose bits may not count.
fn forged(token: &str) -> String {
    let at = token.rfind('.').map_or(0, |dot| dot + 1);
    let (head, tail) = token.split_at(at);
    let first = if tail.starts_with('A') { 'B' } else { 'A' };
    let rest: String = tail.chars().skip(1).collect();
    format!("{head}{first}{rest}")
}

pub(super) async fn known_bad(visit: &mut Visit<'_>, stage: &mut Stage) -> Result<Seen, Trouble> {
    let (desk, call) = ready(visit, stage).await?;
    in_order(visit, stage, &desk, call).await?;
    let body = whose(&person(visit)?.number);
    let case = stage.fresh("PROBE");
    let good = Grounds::of(call, &case);
    let mut seen = KnownBad::default();
    for (what, grounds) in [
        ("no purpose", Grounds { purpose: "", ..good }),
        ("no legal basis", Grounds { basis: "", ..good }),
        ("a purpose outside of every agreement", Grounds { purpose: IDLE_PURPOSE, ..good }),
        ("a law outside of every agreement", Grounds { basis: IDLE_BASIS, ..good }),
    ] {
        let answer = desk.call(visit, &call.path, grounds, Some(&body)).await?;
        if answer.is_success() {
            seen.answered.push(what);
            continue;
        }
        let reason = slug(&answer);
        seen.without_reason += usize::from(reason.is_empty());
        seen.refused.push(format!("{what} ({reason})"));
    }
    Ok(Seen::KnownBad(seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_token_differs_in_its_signature_alone() {
        assert_eq!(forged("a.b.Acd"), "a.b.Bcd");
        assert_eq!(forged("a.b.xcd"), "a.b.Acd");
    }
}
