//! `P-PAY-BULK`: a batch to a synthetic person's accounts, one good and one bad, with a line that comes twice; one officer
//! puts it together, another approves it, and then it is sent again.

use std::time::Duration;

use basis::Id;
use serde_json::{Value, json};

use super::super::fetch::{Answer, Trouble, Visit};
use super::super::seen::Seen;
use super::super::synthetic::Payments;
use super::desk::{self, Desk, Grounds, slug, whose};
use super::{Stage, named, person};

/// What each payee gets, in minor units.
const MINOR: i64 = 100;
/// How long the batch may take.
const WITHIN: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bulk {
    /// A second payment to one payee was refused by its line.
    pub duplicate_refused: bool,
    /// Whoever put it together could not approve it.
    pub four_eyes: bool,
    /// Seconds until every line had its end; none if it took more than a minute.
    pub done_after_seconds: Option<u64>,
    /// The good account was paid, once.
    pub paid_once: bool,
    /// The bad account was reported.
    pub bad_reported: bool,
    /// Sent again, it paid nobody.
    pub same_again: bool,
}

impl Bulk {
    /// One sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let not = |it: bool| if it { "" } else { "NOT " };
        let end = match self.done_after_seconds {
            Some(seconds) => format!("ended after {seconds} seconds"),
            None => format!("had not ended after {} seconds", WITHIN.as_secs()),
        };
        format!(
            "a batch to a good and a bad account {end}: the good one was {}paid once, the bad one {}reported, a second \
             payment to one payee {}refused by line, approval by its own maker {}refused, and the same again paid \
             {}nobody",
            not(self.paid_once),
            not(self.bad_reported),
            not(self.duplicate_refused),
            not(self.four_eyes),
            not(self.same_again),
        )
    }
}

pub(super) async fn look(visit: &mut Visit<'_>, stage: &mut Stage) -> Result<Seen, Trouble> {
    let synthetic = &visit.target().synthetic;
    let payments = named(synthetic.payments.as_ref(), "payments")?;
    let maker = named(synthetic.maker.as_ref(), "maker")?;
    let checker = named(synthetic.checker.as_ref(), "checker")?;
    let case = stage.fresh("PROBE");
    let maker = desk::sign_in(visit, stage, maker).await?;
    let subject = subject(visit, &maker, payments, &case).await?;
    let batch = Batch { payments, case: &case, id: id(stage) };

    let payees = [id(stage), id(stage)];
    for (token, account) in payees.iter().zip([&payments.good_account, &payments.bad_account]) {
        let told = json!({"token": token, "provider": payments.provider, "account": account});
        let path = format!("{}/beneficiaries", payments.services);
        let grounds = Grounds { subject: Some(&subject), ..batch.grounds() };
        must("a beneficiary", maker.call(visit, &path, grounds, Some(&told)).await?)?;
    }
    let mut seen = Bulk::default();
    batch.open(visit, &maker).await?;
    let lines = lines(stage, &payees);
    let part = must("a part", batch.add(visit, &maker, &lines).await?)?;
    seen.duplicate_refused = part["accepted"] == 2 && part["refused"][0]["line"] == 3;
    must("closing", batch.act(visit, &maker, "close").await?)?;
    seen.four_eyes = !batch.act(visit, &maker, "approve").await?.is_success();

    let checker = desk::sign_in(visit, stage, checker).await?;
    must("approval", batch.act(visit, &checker, "approve").await?)?;
    let tally = batch.until_done(visit, &checker, &mut seen).await?;
    seen.paid_once = tally["paid"] == 1 && tally["paid_minor"] == MINOR;
    seen.bad_reported = tally["failed"] == 1;

    // What the answers to the second sending are does not matter, as long as nobody is paid by it.
    let _ = batch.add(visit, &maker, &lines).await?;
    let _ = batch.act(visit, &checker, "approve").await?;
    tokio::time::sleep(2 * PAUSE).await;
    seen.same_again = batch.show(visit, &checker).await?["tally"] == tally;
    Ok(Seen::Bulk(seen))
}

struct Batch<'b> {
    payments: &'b Payments,
    case: &'b str,
    id: Id,
}

impl Batch<'_> {
    fn grounds(&self) -> Grounds<'_> {
        let Payments { purpose, legal_basis, .. } = self.payments;
        Grounds { purpose, basis: legal_basis, case: self.case, subject: None }
    }

    async fn open(&self, visit: &mut Visit<'_>, desk: &Desk<'_>) -> Result<(), Trouble> {
        let Payments { account, currency, services, .. } = self.payments;
        let (units, minor) = (2 * MINOR / 100, 2 * MINOR % 100);
        let total = json!({"amount": format!("{units}.{minor:02}"), "currency": currency});
        let told = json!({
            "id": self.id, "debit": account, "title": "Assessment probe", "count": 2, "total": total,
        });
        let path = format!("{services}/batches");
        must("a batch", desk.call(visit, &path, self.grounds(), Some(&told)).await?).map(drop)
    }

    async fn add(
        &self,
        visit: &mut Visit<'_>,
        desk: &Desk<'_>,
        lines: &[Value],
    ) -> Result<Answer, Trouble> {
        let path = format!("{}/batches/{}/parts", self.payments.services, self.id);
        desk.call_with_lines(visit, &path, self.grounds(), lines).await
    }

    async fn act(
        &self,
        visit: &mut Visit<'_>,
        desk: &Desk<'_>,
        what: &str,
    ) -> Result<Answer, Trouble> {
        let path = format!("{}/batches/{}/{what}", self.payments.services, self.id);
        desk.call(visit, &path, self.grounds(), Some(&json!({}))).await
    }

    async fn show(&self, visit: &mut Visit<'_>, desk: &Desk<'_>) -> Result<Value, Trouble> {
        let path = format!("{}/batches/{}", self.payments.services, self.id);
        must("the batch", desk.call(visit, &path, self.grounds(), None).await?)
    }

    /// The tally at the end, or after the time it has.
    async fn until_done(
        &self,
        visit: &mut Visit<'_>,
        desk: &Desk<'_>,
        seen: &mut Bulk,
    ) -> Result<Value, Trouble> {
        let mut waited = Duration::ZERO;
        loop {
            let batch = self.show(visit, desk).await?;
            if batch["status"] == "done" {
                seen.done_after_seconds = Some(waited.as_secs());
            }
            if seen.done_after_seconds.is_some() || waited > WITHIN {
                return Ok(batch["tally"].clone());
            }
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
    }
}

/// The person's pseudonym, as the programme's own system knows them.
async fn subject(
    visit: &mut Visit<'_>,
    desk: &Desk<'_>,
    payments: &Payments,
    case: &str,
) -> Result<String, Trouble> {
    let call = named(visit.target().synthetic.call.as_ref(), "call")?;
    let (purpose, basis) = (&payments.lookup_purpose, &payments.legal_basis);
    let grounds = Grounds { purpose, basis, case, subject: None };
    let number = &person(visit)?.number;
    let asked =
        must("the person", desk.call(visit, &call.path, grounds, Some(&whose(number))).await?)?;
    let subject = asked["pseudonym"].as_str().map(str::to_owned);
    subject.ok_or_else(|| Trouble::Refused("the person has no pseudonym there".to_owned()))
}

/// A line for each payee, and one more for the first.
fn lines(stage: &Stage, payees: &[Id; 2]) -> Vec<Value> {
    let all = [payees[0], payees[1], payees[0]];
    let line = |payee: &Id| json!({"id": id(stage), "payee": payee, "minor": MINOR, "reference": "Assessment probe"});
    all.iter().map(line).collect()
}

fn id(stage: &Stage) -> Id {
    Id::mint(&stage.clock, &stage.rng)
}

fn must(what: &str, answer: Answer) -> Result<Value, Trouble> {
    if !answer.is_success() {
        let why = format!("{what}: the answer is {} {}", answer.status, slug(&answer));
        return Err(Trouble::Refused(why));
    }
    Ok(answer.json().unwrap_or_default())
}
