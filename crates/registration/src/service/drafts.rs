//! Drafts: starting, answering and looking at one's own application.

use super::prefill::Learnt;
use super::{Loaded, Registration, happen};
use crate::error::Error;
use crate::model::application::Application;
use crate::model::content::{ANSWER_BYTES_MAX, Content};
use crate::store;
use basis::Id;
use contracts::reads::{self, ReadEntry};
use contracts::registration::{AnswersIn, ApplicationStatus, ApplicationView, StartIn};
use contracts::{CallContext, Pseudonym};
use kernel::db::Tx;

/// How audit rows and histories name the applicant.
pub(super) const RESIDENT: &str = "resident";

impl Registration {
    /// Starts an application, or answers the draft that exists. What registers know is filled in.
    ///
    /// # Errors
    /// [`Error::ServiceUnknown`].
    pub async fn start(
        &self,
        ctx: CallContext,
        subject: Pseudonym,
        ask: StartIn,
        language: &str,
    ) -> Result<ApplicationView, Error> {
        let code = self.package(&ask.service)?.code.clone();
        let spoken = self.speech(ask.language.as_deref().unwrap_or(language)).language;
        let registration = self.clone();
        let made = self.ctx.db.write(move |tx| {
            Box::pin(async move { registration.find_or_start(tx, subject, &code, &spoken).await })
        });
        let loaded = self.learn(made.await?, ctx.correlation).await?;
        self.view(&loaded, language)
    }

    async fn find_or_start(
        &self,
        tx: &mut Tx,
        subject: Pseudonym,
        service: &str,
        language: &str,
    ) -> Result<Loaded, Error> {
        store::applications::lock(tx, subject.0).await?;
        if let Some(draft) = store::applications::find_draft(tx, subject, service).await? {
            return self.load(tx, draft).await;
        }
        let now = tx.now();
        let application = Application {
            id: tx.mint(),
            subject,
            service: service.to_owned(),
            number: None,
            status: ApplicationStatus::Draft,
            stage: 0,
            taken_by: None,
            language: language.to_owned(),
            started: now,
            changed: now,
            submitted: None,
            decided: None,
        };
        let sealed = self.seal(tx, &application, &Content::default()).await?;
        store::applications::insert(tx, &application, sealed).await?;
        let mut loaded = Loaded {
            agreements: store::bindings::of_service(tx, service).await?,
            application,
            content: Content::default(),
            history: Vec::new(),
        };
        happen(tx, &mut loaded, "started", RESIDENT).await?;
        Ok(loaded)
    }

    /// Keeps the answers of one step, right or wrong.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::StepUnknown`], [`Error::Invalid`],
    /// [`Error::Refused`] once it was sent.
    pub async fn answer(
        &self,
        ctx: CallContext,
        subject: Pseudonym,
        id: Id,
        step: String,
        ask: AnswersIn,
        language: &str,
    ) -> Result<ApplicationView, Error> {
        let long = ask.answers.values().any(|text| text.len() > ANSWER_BYTES_MAX);
        if long || ask.answers.values().any(|text| text.contains('\0')) {
            let remedy = "write at most 2,000 bytes of text for each";
            return Err(Error::Invalid { field: "answers", remedy });
        }
        let registration = self.clone();
        let kept = self.ctx.db.write(move |tx| {
            Box::pin(async move { registration.keep_answers(tx, subject, id, &step, &ask).await })
        });
        let loaded = self.learn(kept.await?, ctx.correlation).await?;
        self.view(&loaded, language)
    }

    async fn keep_answers(
        &self,
        tx: &mut Tx,
        subject: Pseudonym,
        id: Id,
        step: &str,
        ask: &AnswersIn,
    ) -> Result<Loaded, Error> {
        store::applications::lock(tx, id).await?;
        let mut loaded = self.load_own(tx, id, subject).await?;
        loaded.application.check_writable()?;
        let package = self.package(&loaded.application.service)?;
        let step = package.step(step).ok_or(Error::StepUnknown)?;
        let asked = |name: &String| step.fields.iter().any(|field| field.name == *name);
        if !ask.answers.keys().all(asked) {
            return Err(Error::Invalid {
                field: "answers",
                remedy: "send fields of this step only",
            });
        }
        loaded.content.answer(step, &ask.answers);
        loaded.application.changed = tx.now();
        store::applications::update(tx, &loaded.application).await?;
        self.keep_content(tx, &loaded.application, &loaded.content).await?;
        Ok(loaded)
    }

    /// The subject's own application. Once it was sent, looking at it stands in the read log too.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`].
    pub async fn show(
        &self,
        ctx: CallContext,
        subject: Pseudonym,
        id: Id,
        language: &str,
    ) -> Result<ApplicationView, Error> {
        let correlation = ctx.correlation;
        let registration = self.clone();
        let found = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let loaded = registration.load_own(tx, id, subject).await?;
                if loaded.application.status != ApplicationStatus::Draft {
                    let fields = registration.fields_of(&loaded)?;
                    let entry = ReadEntry::of(&ctx, fields, tx.now());
                    reads::store::insert(tx, &registration.ctx.fields, subject, &entry).await?;
                }
                Ok::<_, Error>(loaded)
            })
        });
        let loaded = self.learn(found.await?, correlation).await?;
        self.view(&loaded, language)
    }

    /// The names of the fields that hold something.
    pub(super) fn fields_of(&self, loaded: &Loaded) -> Result<Vec<String>, Error> {
        let package = self.package(&loaded.application.service)?;
        let filled = package.fields().filter(|(_, f)| loaded.content.value(&f.name).is_some());
        Ok(filled.map(|(_, field)| field.name.clone()).collect())
    }

    /// Asks the registers that have not answered yet, as long as the applicant can still write.
    pub(super) async fn learn(&self, loaded: Loaded, correlation: Id) -> Result<Loaded, Error> {
        let package = self.package(&loaded.application.service)?;
        if !loaded.application.is_open_to_applicant() {
            return Ok(loaded);
        }
        let Loaded { application, content, agreements, .. } = &loaded;
        let learnt = self
            .ask_registers(package, content, application.subject, agreements, correlation)
            .await?;
        if learnt.is_empty() {
            return Ok(loaded);
        }
        let (registration, id) = (self.clone(), loaded.application.id);
        let kept = self.ctx.db.write(move |tx| {
            Box::pin(async move { registration.keep_learnt(tx, id, learnt).await })
        });
        kept.await
    }

    async fn keep_learnt(&self, tx: &mut Tx, id: Id, learnt: Learnt) -> Result<Loaded, Error> {
        store::applications::lock(tx, id).await?;
        let mut loaded = self.load(tx, id).await?;
        if loaded.application.is_open_to_applicant() {
            loaded.content.reads.extend(learnt);
            self.keep_content(tx, &loaded.application, &loaded.content).await?;
        }
        Ok(loaded)
    }
}
