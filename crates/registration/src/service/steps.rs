//! What other blocks are told after a decision: the payee, and messages. Each step stands in the
//! database until it is done, is tried again after a failure, and is idempotent by its id.

use super::payees::{Payee, open_id};
use super::{Loaded, Registration};
use crate::error::Error;
use crate::model::award::{Award, PAYMENTS_KEY};
use crate::model::package::Package;
use crate::model::run::back_off_seconds;
use crate::model::speech::Speech;
use crate::model::{eligibility, form, view};
use crate::store;
use crate::store::steps::Step;
use basis::Id;
use contracts::messaging::{MESSAGES, MessageIn};
use contracts::registration::ApplicationStatus;
use contracts::{CallError, MemberId};
use std::collections::BTreeMap;

/// Steps of one look.
const STEPS_MAX: i64 = 100;

/// What a step needs, loaded before anybody is asked.
enum Errand {
    Payee(Award, Payee),
    Message(MessageIn),
}

impl Registration {
    /// Does what is due; answers how many steps were done.
    ///
    /// # Errors
    /// [`Error::Db`]. A step that fails is put off and fails nobody else's.
    pub async fn carry_out_steps(&self) -> Result<usize, Error> {
        let due = self.ctx.db.read(|tx| {
            Box::pin(async move { Ok::<_, Error>(store::steps::due(tx, STEPS_MAX).await?) })
        });
        let mut done = 0;
        for step in due.await? {
            match self.carry_out(&step).await {
                Ok(()) => done += 1,
                Err(error) => self.put_off(&step, &error).await?,
            }
        }
        Ok(done)
    }

    async fn carry_out(&self, step: &Step) -> Result<(), Error> {
        let (registration, application) = (self.clone(), step.application);
        let loaded = self
            .ctx
            .db
            .read(move |tx| Box::pin(async move { registration.load(tx, application).await }));
        let loaded = loaded.await?;
        let award = match self.errand(step, &loaded).await? {
            Errand::Payee(award, payee) => {
                let package = self.package(&loaded.application.service)?;
                let payment = package.outcome.payment.as_ref();
                let purpose = payment.map(|payment| payment.purpose.clone()).unwrap_or_default();
                let ctx = self.payee_context(&purpose, &package.law);
                self.register_payee(ctx, payee).await?;
                Some((award.id, award.minor))
            }
            Errand::Message(message) => {
                let package = self.package(&loaded.application.service)?;
                let service = self.service_of(&self.deps.messages, MESSAGES);
                let ctx = self.call(service, &package.messages.purpose, &package.law);
                self.messages.send(ctx.about(loaded.application.subject), &message).await?;
                None
            }
        };
        let id = step.id;
        let finished = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                if let Some((award, minor)) = award {
                    store::awards::activate(tx, award, minor).await?;
                }
                Ok::<_, Error>(store::steps::finish(tx, id).await?)
            })
        });
        finished.await
    }

    async fn errand(&self, step: &Step, loaded: &Loaded) -> Result<Errand, Error> {
        match &step.template {
            Some(template) => Ok(Errand::Message(self.message(step.id, template, loaded)?)),
            None => self.payee(loaded).await,
        }
    }

    async fn payee(&self, loaded: &Loaded) -> Result<Errand, Error> {
        let one = &loaded.application;
        let package = self.package(&one.service)?;
        let payment = package.outcome.payment.as_ref().ok_or(Error::ServiceUnknown)?;
        let value = |field: &str| loaded.content.value(field).unwrap_or_default().to_owned();
        let instance = self.deps.subsystem.instance();
        let provider = format!("{instance}/{}", value(&payment.provider_field));
        let provider: MemberId = provider
            .parse()
            .map_err(|_| Error::Stored("the payment provider of an application"))?;
        let (registration, service, origin) = (self.clone(), one.service.clone(), one.id);
        let found = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                let award = store::awards::find_of(tx, &service, origin).await?;
                let award = award.ok_or(Error::Stored("the award of an application"))?;
                let key = registration.ctx.fields.subject(tx, PAYMENTS_KEY).await?;
                let token = open_id(&key, &Award::label(award.id), &award.payee)?;
                Ok::<_, Error>((award, token))
            })
        });
        let (award, token) = found.await?;
        let account = value(&payment.account_field);
        Ok(Errand::Payee(award, Payee { subject: one.subject, token, provider, account }))
    }

    /// The message of a step in the language the applicant chose.
    fn message(&self, step: Id, template: &str, loaded: &Loaded) -> Result<MessageIn, Error> {
        let one = &loaded.application;
        let package = self.package(&one.service)?;
        let speech = self.speech(&one.language);
        let today = one.decided.map_or_else(|| self.today(), |at| self.day_of(at));
        let facts = eligibility::facts(package, &loaded.content, today);
        let figures = eligibility::figures(package, &loaded.content, &facts, &speech);
        let due = one.due(package.answer_days);
        let mut values = BTreeMap::new();
        let mut say = |name: &str, text: String| values.insert(name.to_owned(), text);
        say("name", figures.get("name").cloned().unwrap_or_default());
        say("number", one.number.clone().unwrap_or_default());
        say("service", package.name.say(&speech.language).to_owned());
        say("amount", package.amount());
        say("outcome", self.outcome_of(package, loaded, &speech));
        say("remark", loaded.content.remark.clone().unwrap_or_default());
        say("due", due.map(|due| speech.date(&self.day_of(due).to_string())).unwrap_or_default());
        let phone = package.messages.phone_field.as_ref();
        Ok(MessageIn {
            id: self.told_as("message", step)?,
            template: template.to_owned(),
            language: Some(one.language.clone()),
            values,
            sms: phone.and_then(|field| loaded.content.value(field)).and_then(form::phone),
            email: None,
        })
    }

    /// What was granted; for an application that was refused, the rules that are not met.
    fn outcome_of(&self, package: &Package, loaded: &Loaded, speech: &Speech) -> String {
        let decided = loaded.application.decided;
        let day = decided.map_or_else(|| self.today(), |at| self.day_of(at));
        if loaded.application.status == ApplicationStatus::Approved {
            return view::outcome(package, &loaded.content, day, speech);
        }
        let rules = eligibility::rules(package, &loaded.content, day, speech);
        let unmet = rules.into_iter().filter(|rule| !rule.met).map(|rule| rule.says);
        unmet.collect::<Vec<_>>().join(" ")
    }

    /// The id under which another block knows something of ours: always the same, and not the one
    /// that stands in our own database, since two databases share no value about one person.
    fn told_as(&self, what: &str, id: Id) -> Result<Id, Error> {
        let digest = self.ctx.fields.blind_index(what, &id.to_string())?;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Ok(Id::from_bytes(bytes))
    }

    async fn put_off(&self, step: &Step, error: &Error) -> Result<(), Error> {
        let id = step.id;
        let problem = told(error);
        tracing::warn!(step = %id, attempts = step.attempts + 1, problem, "A step was put off");
        let due = self.ctx.clock.now().plus_seconds(back_off_seconds(step.attempts + 1));
        let kept = self.ctx.db.write(move |tx| {
            let problem = problem.clone();
            Box::pin(
                async move { Ok::<_, Error>(store::steps::put_off(tx, id, due, &problem).await?) },
            )
        });
        kept.await
    }
}

/// What may be kept of a failure: a slug, never what another block wrote about a person.
pub(super) fn told(error: &Error) -> String {
    match error {
        Error::Call(CallError::Answered { status, slug, .. }) => format!("{status}: {slug}"),
        Error::Call(CallError::Wire(error)) => error.slug().to_owned(),
        Error::Call(CallError::Unreadable(_)) => "the answer is not readable".to_owned(),
        other => other.to_string(),
    }
}
