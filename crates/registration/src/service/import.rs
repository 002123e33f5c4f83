//! Taking over awards from an earlier system, a thousand lines a call. A call is two commits, however
//! many lines it has; a call that broke off is sent again and makes up for what is missing.

use super::payees::{Payee, open_id};
use super::{Clerk, Registration};
use crate::error::Error;
use crate::events;
use crate::model::award::{self, Award, Line, PAYMENTS_KEY};
use crate::model::package::Package;
use crate::store;
use basis::Id;
use contracts::batches::RefusedLine;
use contracts::identity::{PERSONS, ResolveManyIn};
use contracts::{CallError, Pseudonym};
use futures_util::StreamExt;
use kernel::audit::Audit;
use kernel::db::Tx;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

/// How many payees are told to the payments block at the same time.
const AT_ONCE: usize = 64;

/// What became of an import call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Imported {
    /// Lines taken; those taken before count.
    pub accepted: u32,
    /// Lines refused, with the field to correct. Send them again once they are right.
    pub refused: Vec<RefusedLine>,
}

/// A line whose person is known.
#[derive(Clone)]
struct Known {
    line: Line,
    subject: Pseudonym,
}

/// A line with its award and token.
struct Drawn {
    number: u32,
    award: Id,
    minor: i64,
    payee: Payee,
}

impl Registration {
    /// Takes over awards: newline-delimited JSON, at most 1,000 lines.
    ///
    /// # Errors
    /// [`Error::ServiceUnknown`], [`Error::Invalid`] for too many lines, [`Error::Call`] when the
    /// identity authority does not answer.
    pub async fn import_awards(
        &self,
        clerk: Clerk,
        service: Option<&str>,
        body: &[u8],
    ) -> Result<Imported, Error> {
        let package = self.paying(service)?;
        let remedy = "send at most 1,000 lines in one call";
        let (lines, mut refused) = award::read_lines(body, self.deps.subsystem.instance())
            .ok_or(Error::Invalid { field: "body", remedy })?;
        if lines.is_empty() && refused.iter().all(|refusal| refusal.field == "line") {
            let remedy =
                "send newline-delimited JSON, an object with vid, provider, account and minor each";
            return Err(Error::Invalid { field: "body", remedy });
        }
        let known = self.resolve_lines(package, lines, &mut refused).await?;
        let drawn = self.draw(&package.code, known).await?;
        let told = self.tell_payees(package, drawn, &mut refused).await;
        self.activate(&clerk, &package.code, &told).await?;
        refused.sort_by_key(|refusal| refusal.line);
        Ok(Imported { accepted: u32::try_from(told.len()).unwrap_or(u32::MAX), refused })
    }

    async fn resolve_lines(
        &self,
        package: &Package,
        lines: Vec<Line>,
        refused: &mut Vec<RefusedLine>,
    ) -> Result<Vec<Known>, Error> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        let persons = self.service_of(&self.deps.identity, PERSONS);
        let ctx = self.call(persons, &package.purpose, &package.law);
        let values = lines.iter().map(|line| line.said.vid.clone()).collect();
        let ask = ResolveManyIn { system: "VID".to_owned(), values };
        let found = self.identity.resolve_many(ctx, &ask).await?.pseudonyms;
        if found.len() != lines.len() {
            let what = "the identity authority answered for other lines".to_owned();
            return Err(CallError::Unreadable(what).into());
        }
        let mut known = Vec::with_capacity(lines.len());
        for (line, subject) in lines.into_iter().zip(found) {
            match subject {
                Some(subject) => known.push(Known { line, subject }),
                None => refused.push(award::refusal(line.number, "vid", "nobody has it")),
            }
        }
        Ok(known)
    }

    /// The awards of the lines, with the tokens they have or get: durable before anybody is told.
    async fn draw(&self, service: &str, known: Vec<Known>) -> Result<Vec<Drawn>, Error> {
        let (registration, service) = (self.clone(), service.to_owned());
        let known = Arc::new(known);
        let drawn = self.ctx.db.write(move |tx| {
            Box::pin(async move { registration.draw_in(tx, &service, &known).await })
        });
        drawn.await
    }

    async fn draw_in(
        &self,
        tx: &mut Tx,
        service: &str,
        known: &[Known],
    ) -> Result<Vec<Drawn>, Error> {
        // Two imports of the same person at the same time must find each other's award.
        tx.lock("award:import").await?;
        let key = self.ctx.fields.subject_or_new(tx, PAYMENTS_KEY).await?;
        let (mut drawn, mut fresh) = (Vec::with_capacity(known.len()), Vec::new());
        for Known { line, subject } in known {
            let found = store::awards::find_of(tx, service, subject.0).await?;
            let minor = line.said.minor;
            let award = match found {
                Some(award) => award,
                None => {
                    let award = self.new_award(tx, &key, service, *subject, subject.0, minor);
                    fresh.push(award.clone());
                    award
                }
            };
            let payee = Payee {
                subject: *subject,
                token: open_id(&key, &Award::label(award.id), &award.payee)?,
                provider: line.provider.clone(),
                account: line.said.account.clone(),
            };
            drawn.push(Drawn { number: line.number, award: award.id, minor, payee });
        }
        store::awards::append(tx, &fresh).await?;
        Ok(drawn)
    }

    /// Tells the payments block; answers award and amount of those it took.
    async fn tell_payees(
        &self,
        package: &Package,
        drawn: Vec<Drawn>,
        refused: &mut Vec<RefusedLine>,
    ) -> Vec<(Id, i64)> {
        let payment = package.outcome.payment.as_ref();
        let purpose = payment.map(|payment| payment.purpose.as_str()).unwrap_or_default();
        let calls = drawn.into_iter().map(|Drawn { number, award, minor, payee }| {
            let ctx = self.payee_context(purpose, &package.law);
            async move { (number, award, minor, self.register_payee(ctx, payee).await) }
        });
        let mut answers = futures_util::stream::iter(calls).buffer_unordered(AT_ONCE);
        let mut told = Vec::new();
        while let Some((number, award, minor, answer)) = answers.next().await {
            match answer {
                Ok(()) => told.push((award, minor)),
                Err(error) => {
                    let reason = format!("not taken by the payments block ({})", reason(&error));
                    refused.push(award::refusal(number, "account", &reason));
                }
            }
        }
        told
    }

    async fn activate(
        &self,
        clerk: &Clerk,
        service: &str,
        told: &[(Id, i64)],
    ) -> Result<(), Error> {
        let told: Arc<[(Id, i64)]> = told.into();
        let (actor, service) = (clerk.actor.clone(), service.to_owned());
        let done = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                for (award, minor) in told.iter() {
                    store::awards::activate(tx, *award, *minor).await?;
                }
                let entry = Audit::new(&events::AWARDS_IMPORTED, &actor, &service);
                tx.audit(entry.with(json!({ "count": told.len() }))).await?;
                Ok::<_, Error>(())
            })
        });
        done.await
    }
}

fn reason(error: &CallError) -> String {
    match error {
        CallError::Answered { status, slug, .. } => format!("{status} {slug}"),
        CallError::Wire(error) => error.slug().to_owned(),
        CallError::Unreadable(_) | CallError::Request(_) => "no readable answer".to_owned(),
    }
}
