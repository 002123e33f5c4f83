//! The queue of registrations of posts that an officer of the registrar looks at.

use super::hand_in::result;
use super::{FIELDS, PURPOSE, Registrar};
use crate::model::certificate_number;
use crate::model::conflict::{Reason, Resolution, ResolveIn};
use crate::model::{Birth, Facts};
use crate::store::handed_in::{self, Decision, HandedIn};
use crate::store::{self, SealedBirth};
use crate::{CONFLICT_RESOLVED, Civil, Error, events};
use basis::{Id, PartialDate, PersonName, Timestamp};
use contracts::civil::BIRTHS;
use contracts::civil::posts::{PostOutcome, PostResult};
use contracts::reads::{self, ReadEntry};
use contracts::{CallContext, Pseudonym};
use kernel::audit::Audit;
use kernel::db::Tx;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// Label of a sealed remark.
const REMARK: &str = "remark";
/// Draws of a free number before giving up.
const TRIES: usize = 5;

/// A registration as the officer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Shown {
    /// The registration.
    #[schema(value_type = String, format = Uuid)]
    pub registration: Id,
    /// Number on the certificate.
    pub number: String,
    /// The child's name.
    #[schema(value_type = Object)]
    pub child: PersonName,
    /// The child's sex.
    pub sex: &'static str,
    /// When the child was born.
    #[schema(value_type = String)]
    pub born: PartialDate,
    /// Code of the place of birth.
    pub place: String,
    /// The mother's name as declared.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mother: Option<PersonName>,
}

/// A registration that waits for a decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConflictOut {
    /// The post that handed it in.
    pub post: String,
    /// The officer at the post.
    pub officer: String,
    /// Why: codes.
    pub reasons: Vec<String>,
    /// When the post wrote it.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
    /// When it was handed in.
    #[schema(value_type = String, format = DateTime)]
    pub received: Timestamp,
    /// What it says.
    pub registration: Shown,
    /// The birth in the register that it may be the same as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Shown>,
}

/// A registration that waits, without what it says.
#[derive(Clone, Debug)]
pub struct OpenConflict {
    /// The registration.
    pub registration: Id,
    /// Number on the certificate.
    pub number: String,
    /// Why: codes.
    pub reasons: Vec<String>,
    /// The post that handed it in.
    pub post: String,
    /// When.
    pub received: Timestamp,
}

/// Conflicts, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Conflicts {
    /// At most as many as were asked for.
    pub conflicts: Vec<ConflictOut>,
    /// True if more follow.
    pub more: bool,
}

impl Civil {
    /// Shows conflicts that nobody decided yet. That the officer saw them stands in the read logs.
    ///
    /// # Errors
    /// [`Error::OnlyAtRegistrar`].
    pub async fn conflicts(
        &self,
        officer: Registrar,
        after: Option<Id>,
        limit: u16,
    ) -> Result<Conflicts, Error> {
        if self.deps.registrar.is_some() {
            return Err(Error::OnlyAtRegistrar);
        }
        let ctx = self.desk_context(&officer);
        let (civil, limit) = (self.clone(), i64::from(limit.clamp(1, 100)));
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let mut found = handed_in::conflicts(tx, after, limit + 1).await?;
                let more = found.len() as i64 > limit;
                found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                let (mut conflicts, mut subjects) = (Vec::new(), Vec::new());
                for one in found {
                    conflicts.push(civil.show_conflict(tx, one, &mut subjects).await?);
                }
                civil.log_look(tx, &ctx, &subjects).await?;
                Ok(Conflicts { conflicts, more })
            })
        });
        write.await
    }

    /// Conflicts that nobody decided yet, without what they say about persons; and whether there are
    /// more. Nothing is read of anybody.
    ///
    /// # Errors
    /// [`Error::OnlyAtRegistrar`].
    pub async fn open_conflicts(&self, limit: u16) -> Result<(Vec<OpenConflict>, bool), Error> {
        if self.deps.registrar.is_some() {
            return Err(Error::OnlyAtRegistrar);
        }
        let limit = i64::from(limit.clamp(1, 100));
        let read = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let found = handed_in::conflicts(tx, None, limit + 1).await?;
                let more = found.len() as i64 > limit;
                let shown = found.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX));
                let open = shown.map(|one| OpenConflict {
                    registration: one.registration,
                    number: one.number,
                    reasons: one.reasons.split_whitespace().map(str::to_owned).collect(),
                    post: one.post,
                    received: one.received,
                });
                Ok::<_, Error>((open.collect(), more))
            })
        });
        read.await
    }

    /// Shows one conflict that nobody decided yet; that the officer saw it stands in the read logs.
    ///
    /// # Errors
    /// [`Error::OnlyAtRegistrar`], [`Error::ConflictNotFound`], [`Error::ConflictClosed`].
    pub async fn conflict(&self, officer: Registrar, id: Id) -> Result<ConflictOut, Error> {
        if self.deps.registrar.is_some() {
            return Err(Error::OnlyAtRegistrar);
        }
        let (civil, ctx) = (self.clone(), self.desk_context(&officer));
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let one = handed_in::find(tx, id).await?.ok_or(Error::ConflictNotFound)?;
                if one.outcome != PostOutcome::Conflict {
                    return Err(Error::ConflictClosed);
                }
                let mut subjects = Vec::new();
                let shown = civil.show_conflict(tx, one, &mut subjects).await?;
                civil.log_look(tx, &ctx, &subjects).await?;
                Ok(shown)
            })
        });
        write.await
    }

    /// Writes the officer's look into the read logs of whom they saw.
    async fn log_look(
        &self,
        tx: &mut Tx,
        ctx: &CallContext,
        subjects: &[Pseudonym],
    ) -> Result<(), Error> {
        let fields = FIELDS.iter().map(|field| (*field).to_owned()).collect();
        let entry = ReadEntry::of(ctx, fields, tx.now());
        Ok(reads::store::append(tx, &self.ctx.fields, subjects, &entry).await?)
    }

    async fn show_conflict(
        &self,
        tx: &mut Tx,
        one: HandedIn,
        subjects: &mut Vec<Pseudonym>,
    ) -> Result<ConflictOut, Error> {
        let sealed = one.sealed.as_deref().ok_or(Error::Damaged(one.registration))?;
        let facts = self.open(tx, one.registration, sealed).await?;
        subjects.push(Pseudonym(one.registration));
        let other = match one.other {
            Some(id) => Some(self.load(tx, id).await?),
            None => None,
        };
        subjects.extend(other.as_ref().map(Birth::logged_under));
        Ok(ConflictOut {
            reasons: one.reasons.split_whitespace().map(str::to_owned).collect(),
            registration: shown(one.registration, one.number, facts),
            other: other.map(|birth| shown(birth.id, birth.number, birth.facts)),
            post: one.post,
            officer: one.officer,
            recorded: one.recorded,
            received: one.received,
        })
    }

    /// Decides a conflict. The same decision again is answered as it stands.
    ///
    /// # Errors
    /// [`Error::ConflictNotFound`], [`Error::ConflictClosed`], [`Error::Undecidable`].
    pub async fn resolve_conflict(
        &self,
        officer: Registrar,
        id: Id,
        ask: ResolveIn,
    ) -> Result<PostResult, Error> {
        if self.deps.registrar.is_some() {
            return Err(Error::OnlyAtRegistrar);
        }
        if !ask.has_remark() {
            return Err(undecidable("remark", "say why in 1 to 1,000 bytes of plain text"));
        }
        let civil = self.clone();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                handed_in::lock(tx).await?;
                let one = handed_in::find(tx, id).await?.ok_or(Error::ConflictNotFound)?;
                let wanted = outcome_of(ask.resolution);
                if one.outcome != PostOutcome::Conflict {
                    let same = one.outcome == wanted && !one.reasons.is_empty();
                    return if same { Ok(result(&one)) } else { Err(Error::ConflictClosed) };
                }
                civil.decide(tx, &officer, one, &ask).await
            })
        });
        write.await
    }

    async fn decide(
        &self,
        tx: &mut Tx,
        officer: &Registrar,
        one: HandedIn,
        ask: &ResolveIn,
    ) -> Result<PostResult, Error> {
        let id = one.registration;
        let (mut number, mut other, mut sealed) =
            (one.number.clone(), one.other, one.sealed.clone());
        match ask.resolution {
            Resolution::Keep => {
                number = self.keep(tx, &one).await?;
                sealed = None;
            }
            Resolution::Merge => {
                let into = ask.into.or(one.other).filter(|into| *into != id);
                let remedy = "name a registration of the register";
                let into = into.ok_or_else(|| undecidable("into", remedy))?;
                let birth = store::find_birth(tx, into).await?;
                let birth = birth.ok_or_else(|| undecidable("into", remedy))?;
                let subject = birth.subject.unwrap_or(Pseudonym(into));
                reads::store::relink(tx, Pseudonym(id), subject).await?;
                number = birth.number;
                other = Some(into);
            }
            Resolution::Reject => {}
        }
        let remark = ask.remark.as_bytes();
        let decision = Decision {
            registration: id,
            outcome: outcome_of(ask.resolution),
            number: &number,
            other,
            sealed,
            officer: &officer.actor,
            sealed_remark: self.ctx.fields.seal(tx, id.as_bytes(), REMARK, remark).await?,
        };
        let outcome = decision.outcome;
        if !handed_in::decide(tx, decision).await? {
            return Err(Error::ConflictClosed);
        }
        let audit = Audit::new(&CONFLICT_RESOLVED, &officer.actor, id);
        let detail = json!({ "resolution": ask.resolution, "reasons": one.reasons });
        tx.audit(audit.with(detail)).await?;
        Ok(result(&HandedIn { outcome, number, other, ..one }))
    }

    /// Makes a birth of it; answers its number, which is another one where the post's is taken.
    async fn keep(&self, tx: &mut Tx, one: &HandedIn) -> Result<String, Error> {
        if one.reasons.split_whitespace().any(|code| code == Reason::InvalidField.as_str()) {
            let remedy = "cannot be `keep`: a field is not valid; have the post register it anew";
            return Err(undecidable("resolution", remedy));
        }
        let sealed = one.sealed.clone().ok_or(Error::Damaged(one.registration))?;
        let mut number = one.number.clone();
        let outside =
            one.reasons.split_whitespace().any(|code| code == Reason::OutsideRange.as_str());
        if outside || store::numbered(tx, &number).await?.is_some() {
            number = self.free_number(tx).await?;
        }
        let birth = SealedBirth {
            id: one.registration,
            number: number.clone(),
            sealed,
            subject: None,
            effective: one.recorded,
            recorded: tx.now(),
        };
        store::insert_birth(tx, &birth, one.marks, &one.officer).await?;
        tx.emit(&events::birth_registered(one.registration)).await?;
        Ok(number)
    }

    async fn free_number(&self, tx: &mut Tx) -> Result<String, Error> {
        let mut number = certificate_number(tx.now(), &self.ctx.rng);
        for _ in 1..TRIES {
            if store::numbered(tx, &number).await?.is_none() {
                break;
            }
            number = certificate_number(tx.now(), &self.ctx.rng);
        }
        Ok(number)
    }

    /// An officer of the registrar looks at the register.
    fn desk_context(&self, officer: &Registrar) -> CallContext {
        let service = self.deps.subsystem.service(BIRTHS).expect("the code is a constant of ours");
        let officer = Some(officer.id.clone());
        CallContext { officer, ..self.context(service, PURPOSE) }
    }
}

fn outcome_of(resolution: Resolution) -> PostOutcome {
    match resolution {
        Resolution::Keep => PostOutcome::Accepted,
        Resolution::Merge => PostOutcome::Merged,
        Resolution::Reject => PostOutcome::Rejected,
    }
}

fn undecidable(field: &'static str, remedy: &'static str) -> Error {
    Error::Undecidable { field, remedy }
}

fn shown(registration: Id, number: String, facts: Facts) -> Shown {
    Shown {
        registration,
        number,
        child: facts.child,
        sex: facts.sex.as_str(),
        born: facts.born,
        place: facts.place,
        mother: facts.mother,
    }
}
