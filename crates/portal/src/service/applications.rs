//! The resident's applications, wherever they were made.

use super::{Portal, within};
use crate::error::Error;
use crate::model::session::Session;
use basis::Id;
use contracts::registration::{
    AnswersIn, ApplicationEntry, ApplicationView, KIND, MY_APPLICATIONS, StartIn,
};
use contracts::{CallError, ServiceId};
use futures_util::future::join_all;
use http::StatusCode;

/// An application, and the service that keeps it.
pub struct Kept {
    /// Whom to ask about it.
    pub keeper: ServiceId,
    /// As the applicant sees it.
    pub view: ApplicationView,
}

/// The applications of one resident.
#[derive(Default)]
pub struct Applications {
    /// Newest change first.
    pub entries: Vec<ApplicationEntry>,
    /// Keepers that did not answer.
    pub missing: Vec<ServiceId>,
}

impl Portal {
    /// All applications of the resident.
    pub async fn list_applications(&self, session: &Session, language: &str) -> Applications {
        let keepers = self.keepers();
        let asked = keepers.into_iter().map(|keeper| self.ask_keeper(session, keeper, language));
        let mut all = Applications::default();
        for (keeper, answer) in join_all(asked).await {
            match answer {
                Ok(entries) => all.entries.extend(entries),
                Err(error) => {
                    tracing::warn!(%keeper, "Applications are missing from the list: {error}");
                    all.missing.push(keeper);
                }
            }
        }
        all.entries.sort_by_key(|entry| std::cmp::Reverse(entry.changed));
        all
    }

    async fn ask_keeper(
        &self,
        session: &Session,
        keeper: ServiceId,
        language: &str,
    ) -> (ServiceId, Result<Vec<ApplicationEntry>, CallError>) {
        let list = self.registration.list(self.call(session, keeper.clone()), language);
        let answer = within(&keeper, list).await;
        (keeper, answer)
    }

    /// Starts an application for the service `code`, or goes on with the draft there is.
    ///
    /// # Errors
    /// [`Error::ServiceUnknown`], [`Error::CatalogueMissing`], [`Error::Source`].
    pub async fn start_application(
        &self,
        session: &Session,
        code: &str,
        language: &str,
    ) -> Result<ApplicationView, Error> {
        let offer = self.find_offer(code, language).await?;
        let keeper = keeper_of(&offer.catalogue).ok_or(Error::ServiceUnknown)?;
        let ask = StartIn { service: code.to_owned(), language: Some(language.to_owned()) };
        let call = self.call(session, keeper.clone());
        let started = within(&keeper, self.registration.start(call, &ask, language)).await;
        started.map_err(|error| match error.is_not_found() {
            true => Error::ServiceUnknown,
            false => Error::Source(error),
        })
    }

    /// One application. Its address does not say who keeps it, so that it stays the same when services move: each keeper
    /// is asked in turn, and there are few.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::Source`] if one that may have it does not answer.
    pub async fn find_application(
        &self,
        session: &Session,
        id: Id,
        language: &str,
    ) -> Result<Kept, Error> {
        let mut silent = None;
        for keeper in self.keepers() {
            let call = self.call(session, keeper.clone());
            match within(&keeper, self.registration.show(call, id, language)).await {
                Ok(view) => return Ok(Kept { keeper, view }),
                Err(error) if error.is_not_found() => {}
                Err(error) => silent = Some(error),
            }
        }
        Err(silent.map_or(Error::ApplicationUnknown, Error::Source))
    }

    /// Keeps the answers of one step; wrong ones come back with their error.
    ///
    /// # Errors
    /// [`Error::ApplicationUnknown`], [`Error::ApplicationSent`], [`Error::Source`].
    pub async fn answer_step(
        &self,
        session: &Session,
        kept: &Kept,
        step: &str,
        answers: &AnswersIn,
        language: &str,
    ) -> Result<ApplicationView, Error> {
        let (call, id) = (self.call(session, kept.keeper.clone()), kept.view.entry.id);
        let ask = self.registration.answer(call, id, step, answers, language);
        within(&kept.keeper, ask).await.map_err(application_error)
    }

    /// Sends the application. Sent twice, it is sent once.
    ///
    /// # Errors
    /// [`Error::Incomplete`], [`Error::ApplicationUnknown`], [`Error::Source`].
    pub async fn submit_application(
        &self,
        session: &Session,
        id: Id,
        language: &str,
    ) -> Result<ApplicationView, Error> {
        let kept = self.find_application(session, id, language).await?;
        let call = self.call(session, kept.keeper.clone());
        let ask = self.registration.submit(call, id, language);
        within(&kept.keeper, ask).await.map_err(application_error)
    }

    /// Takes an application back; a draft is deleted.
    ///
    /// # Errors
    /// [`Error::ApplicationSent`] once it was decided, [`Error::ApplicationUnknown`], [`Error::Source`].
    pub async fn withdraw_application(
        &self,
        session: &Session,
        id: Id,
        language: &str,
    ) -> Result<(), Error> {
        let kept = self.find_application(session, id, language).await?;
        let call = self.call(session, kept.keeper.clone());
        let ask = self.registration.withdraw(call, id, language);
        within(&kept.keeper, ask).await.map(drop).map_err(application_error)
    }

    /// Who keeps applications: the neighbours of the catalogues.
    fn keepers(&self) -> Vec<ServiceId> {
        self.directory.services(KIND).iter().filter_map(keeper_of).collect()
    }
}

fn keeper_of(catalogue: &ServiceId) -> Option<ServiceId> {
    catalogue.subsystem().service(MY_APPLICATIONS).ok()
}

fn application_error(error: CallError) -> Error {
    match &error {
        CallError::Answered { status, slug, .. } => match (*status, slug.as_str()) {
            (StatusCode::NOT_FOUND, _) => Error::ApplicationUnknown,
            (StatusCode::CONFLICT, "incomplete") => Error::Incomplete,
            (StatusCode::CONFLICT, _) => Error::ApplicationSent,
            _ => Error::Source(error),
        },
        _ => Error::Source(error),
    }
}
