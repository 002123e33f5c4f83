//! The registrar takes in what its posts registered.

use crate::model::conflict::{Reason, joined};
use crate::model::delegation::Delegation;
use crate::model::{self, Birth, Facts, Sex};
use crate::store::handed_in::{self, HandedIn};
use crate::store::{self, Marks};
use crate::{BIRTH_DISPUTED, BIRTH_HANDED_IN, Civil, Error, events};
use basis::{Id, PartialDate};
use contracts::CallContext;
use contracts::civil::posts::{
    OutcomesIn, PAGE_MAX, PostOutcome, PostPage, PostRegistration, PostResult, PostResults,
};
use kernel::audit::Audit;
use kernel::db::Tx;
use serde_json::json;
use std::sync::Arc;

/// Births of one mother that are compared.
const SIBLINGS_MAX: i64 = 100;
/// The longest name of an officer that is taken over, in bytes.
const OFFICER_BYTES_MAX: usize = 200;

/// A registration with what was found out about it before the transaction.
#[derive(Clone)]
struct Incoming {
    /// As the birth it would be.
    birth: Birth,
    officer: String,
    content: [u8; 32],
    marks: Marks,
    /// What speaks against it by itself.
    reasons: Vec<Reason>,
}

impl Civil {
    /// Takes a page of a post: each registration becomes a birth or a conflict, once.
    ///
    /// # Errors
    /// [`Error::Delegation`], [`Error::PageSize`]; what the identity authority could not answer.
    pub async fn hand_in(&self, ctx: CallContext, page: PostPage) -> Result<PostResults, Error> {
        let keys = self.delegation_keys()?;
        let given = Delegation::verify(&page.delegation, &keys)?;
        given.is_for(&ctx.client, &self.deps.subsystem)?;
        if !(1..=PAGE_MAX).contains(&page.registrations.len()) {
            return Err(Error::PageSize);
        }
        let incoming = Arc::new(self.look_at(&given, page.registrations).await?);
        let civil = self.clone();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                handed_in::lock(tx).await?;
                let mut results = Vec::with_capacity(incoming.len());
                for one in incoming.iter() {
                    results.push(civil.take_in(tx, &given, one).await?);
                }
                Ok(PostResults { results })
            })
        });
        write.await
    }

    /// Where registrations stand that this post handed in; others are left out.
    ///
    /// # Errors
    /// [`Error::PageSize`].
    pub async fn outcomes(&self, ctx: CallContext, ask: OutcomesIn) -> Result<PostResults, Error> {
        if !(1..=PAGE_MAX).contains(&ask.registrations.len()) {
            return Err(Error::PageSize);
        }
        let post = ctx.client.to_string();
        let read = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let mut results = Vec::new();
                for registration in ask.registrations {
                    let found = handed_in::find(tx, registration).await?;
                    results.extend(found.filter(|one| one.post == post).map(|one| result(&one)));
                }
                Ok::<_, Error>(PostResults { results })
            })
        });
        read.await
    }

    /// Asks who the mothers are, and checks what can be checked without the register.
    async fn look_at(
        &self,
        given: &Delegation,
        page: Vec<PostRegistration>,
    ) -> Result<Vec<Incoming>, Error> {
        let vids = page.iter().filter_map(|one| one.mother_vid.clone()).collect();
        let mut mothers = self.resolve_vids(vids, None).await?.into_iter();
        let mut incoming = Vec::with_capacity(page.len());
        for one in page {
            let mother = one.mother_vid.as_ref().map(|_| mothers.next().flatten());
            let text = serde_json::to_string(&one).expect("what was read as JSON is JSON");
            let content = self.ctx.fields.blind_index("handed_in", &text)?;
            let sex = Sex::from_word(&one.sex);
            let facts = Facts {
                child: one.child,
                sex: sex.unwrap_or(Sex::Unknown),
                born: one.born,
                place: one.place,
                mother: one.mother,
                mother_pseudonym: mother.flatten(),
                mother_vid: None,
                entry: None,
            };
            let now = self.ctx.clock.now();
            let valid = sex.is_some() && model::check(&facts, now).is_ok();
            let found = [
                (Reason::OutsideRange, !given.covers(&one.number, one.recorded)),
                (Reason::OutsidePeriod, !given.is_in_force(one.recorded)),
                (Reason::InvalidField, !valid),
                (Reason::MotherUnknown, mother == Some(None)),
            ];
            incoming.push(Incoming {
                marks: self.marks(&facts)?,
                reasons: found
                    .iter()
                    .filter(|(_, found)| *found)
                    .map(|(reason, _)| *reason)
                    .collect(),
                content,
                officer: one.officer.chars().take(OFFICER_BYTES_MAX).collect(),
                birth: Birth {
                    id: one.registration,
                    number: one.number,
                    facts,
                    subject: None,
                    effective: one.recorded,
                    recorded: now,
                },
            });
        }
        Ok(incoming)
    }

    async fn take_in(
        &self,
        tx: &mut Tx,
        given: &Delegation,
        one: &Incoming,
    ) -> Result<PostResult, Error> {
        let id = one.birth.id;
        match handed_in::find(tx, id).await? {
            Some(known) if known.content == one.content => return Ok(result(&known)),
            Some(_) => return Ok(taken(id)),
            None if store::find_birth(tx, id).await?.is_some() => return Ok(taken(id)),
            None => {}
        }
        let (reasons, other) = self.compare(tx, one).await?;
        let sealed = match reasons.is_empty() {
            true => None,
            false => Some(self.seal(tx, id, &one.birth.facts).await?),
        };
        let outcome = if sealed.is_none() { PostOutcome::Accepted } else { PostOutcome::Conflict };
        let row = HandedIn {
            registration: id,
            delegation: given.id,
            post: given.post.to_string(),
            content: one.content,
            number: one.birth.number.clone(),
            outcome,
            reasons: joined(&reasons),
            other,
            marks: one.marks,
            sealed,
            officer: one.officer.clone(),
            recorded: one.birth.effective,
            received: tx.now(),
        };
        handed_in::insert(tx, &row).await?;
        let actor = format!("member:{}", given.post.member());
        if outcome == PostOutcome::Accepted {
            self.write_birth(tx, one.birth.clone(), &one.officer).await?;
            let audit = Audit::new(&BIRTH_HANDED_IN, actor, id);
            tx.audit(audit.with(json!({ "delegation": given.id }))).await?;
            tx.emit(&events::birth_registered(id)).await?;
        } else {
            let audit = Audit::new(&BIRTH_DISPUTED, actor, id);
            tx.audit(audit.with(json!({ "delegation": given.id, "reasons": row.reasons }))).await?;
        }
        Ok(result(&row))
    }

    /// What speaks against it in view of the register, and the birth that it may be the same as.
    async fn compare(
        &self,
        tx: &mut Tx,
        one: &Incoming,
    ) -> Result<(Vec<Reason>, Option<Id>), Error> {
        let (mut reasons, mut other) = (one.reasons.clone(), None);
        if let Some(id) = store::numbered(tx, &one.birth.number).await? {
            reasons.push(Reason::NumberTaken);
            other = Some(id);
        }
        if let Some(mother) = one.marks.mother {
            for sealed in store::of_mother(tx, mother, SIBLINGS_MAX).await? {
                let sibling = self.open_birth(tx, sealed).await?;
                if may_be_same_date(sibling.facts.born, one.birth.facts.born) {
                    reasons.push(Reason::SameMotherAndDate);
                    other = Some(sibling.id);
                    break;
                }
            }
        }
        if let Some(likeness) = one.marks.likeness
            && let Some(id) = store::alike(tx, likeness).await?
        {
            reasons.push(Reason::SameChildDateAndPlace);
            other = Some(id);
        }
        reasons.sort_unstable();
        Ok((reasons, other))
    }
}

/// An unknown date is like none.
fn may_be_same_date(one: PartialDate, other: PartialDate) -> bool {
    !one.is_unknown() && !other.is_unknown() && one.may_equal(other)
}

/// The answer about a registration that is known.
pub(super) fn result(one: &HandedIn) -> PostResult {
    PostResult {
        registration: one.registration,
        outcome: one.outcome,
        number: (one.outcome != PostOutcome::Conflict).then(|| one.number.clone()),
        reasons: one.reasons.split_whitespace().map(str::to_owned).collect(),
    }
}

/// The answer where the registration's id means another birth.
fn taken(registration: Id) -> PostResult {
    let reasons = vec!["registration-taken".to_owned()];
    PostResult { registration, outcome: PostOutcome::Rejected, number: None, reasons }
}
