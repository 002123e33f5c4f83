//! Use cases: load, decide (in `model`), store, audit, in one transaction. What must be asked
//! elsewhere is asked before it opens.

mod bindings;
mod cases;
mod decisions;
mod drafts;
mod import;
mod payees;
mod prefill;
mod runs;
mod send_run;
mod steps;
mod submission;

pub use cases::{CaseEntry, CaseView, FollowUp};
pub use decisions::Answer;
pub use import::Imported;
pub use runs::RunView;

use crate::Deps;
use crate::error::Error;
use crate::model::application::{Application, Happened};
use crate::model::content::Content;
use crate::model::package::Package;
use crate::model::speech::Speech;
use crate::model::view;
use crate::store;
use basis::{Id, PartialDate, Timestamp};
use contracts::batches::BatchesClient;
use contracts::consent::ConsentClient;
use contracts::identity::IdentityClient;
use contracts::messaging::MessagingClient;
use contracts::reads::{self, ReadLog, ReadLogQuery};
use contracts::registration::{ApplicationEntry, ApplicationView, ServiceEntry};
use contracts::{CallContext, LegalBasis, Pseudonym, ServiceId, SubsystemId};
use kernel::block::Ctx;
use kernel::db::Tx;
use std::collections::BTreeMap;
use std::sync::Arc;
use ui::Ui;

/// An officer who acts.
#[derive(Clone, Debug)]
pub struct Clerk {
    /// Id at the member.
    pub id: String,
    /// As audit rows name them.
    pub actor: String,
    /// The roles of the token.
    pub roles: Vec<String>,
}

/// The block's use cases. Cheap to clone; the state of every handler.
#[derive(Clone)]
pub struct Registration {
    ctx: Ctx,
    deps: Arc<Deps>,
    ui: Ui,
    packages: Arc<BTreeMap<String, Package>>,
    batches: BatchesClient,
    messages: MessagingClient,
    identity: IdentityClient,
    consents: ConsentClient,
}

/// An application with everything that belongs to it.
struct Loaded {
    application: Application,
    content: Content,
    history: Vec<Happened>,
    agreements: BTreeMap<String, Id>,
}

impl Registration {
    /// The use cases over a block's context and the packages of `deps`.
    ///
    /// # Errors
    /// [`Error::Package`], [`Error::PackageTwice`].
    pub fn new(ctx: &Ctx, deps: Deps, ui: Ui) -> Result<Self, Error> {
        let mut packages = BTreeMap::new();
        for text in &deps.packages {
            let package = Package::read(text)?;
            let code = package.code.clone();
            if packages.insert(code.clone(), package).is_some() {
                return Err(Error::PackageTwice(code));
            }
        }
        Ok(Self {
            ctx: ctx.clone(),
            ui,
            packages: Arc::new(packages),
            batches: BatchesClient::new(deps.wire.clone()),
            messages: MessagingClient::new(deps.wire.clone()),
            identity: IdentityClient::new(deps.wire.clone()),
            consents: ConsentClient::new(deps.wire.clone()),
            deps: Arc::new(deps),
        })
    }

    /// What can be applied for.
    #[must_use]
    pub fn catalogue(&self, language: &str) -> Vec<ServiceEntry> {
        self.packages.values().map(|package| view::service(package, language)).collect()
    }

    /// The subject's applications, newest first.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn list(
        &self,
        subject: Pseudonym,
        language: &str,
    ) -> Result<Vec<ApplicationEntry>, Error> {
        let found = self.ctx.db.read(move |tx| {
            Box::pin(
                async move { Ok::<_, Error>(store::applications::list_of(tx, subject).await?) },
            )
        });
        let found = found.await?;
        let entry = |one: &Application| Ok(view::entry(self.package(&one.service)?, one, language));
        found.iter().map(entry).collect()
    }

    /// Who read what about the subject.
    ///
    /// # Errors
    /// [`Error::Db`], [`Error::Fields`].
    pub async fn read_log(
        &self,
        subject: Pseudonym,
        query: ReadLogQuery,
    ) -> Result<ReadLog, Error> {
        let fields = self.ctx.fields.clone();
        let read = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                Ok::<_, Error>(reads::store::list(tx, &fields, subject, &query).await?)
            })
        });
        read.await
    }

    fn package(&self, code: &str) -> Result<&Package, Error> {
        self.packages.get(code).ok_or(Error::ServiceUnknown)
    }

    /// The package named, or the only one that pays.
    fn paying(&self, code: Option<&str>) -> Result<&Package, Error> {
        let pays = |package: &&Package| package.outcome.payment.is_some();
        let mut all = self.packages.values().filter(pays);
        match code {
            Some(code) => all.find(|package| package.code == code).ok_or(Error::ServiceUnknown),
            None => match (all.next(), all.next()) {
                (Some(only), None) => Ok(only),
                _ => Err(Error::Invalid { field: "service", remedy: "name the service" }),
            },
        }
    }

    fn speech(&self, language: &str) -> Speech {
        Speech::new(&self.ui, language)
    }

    /// Today where the country is.
    fn today(&self) -> PartialDate {
        self.day_of(self.ctx.clock.now())
    }

    fn day_of(&self, at: Timestamp) -> PartialDate {
        at.date_at(i16::try_from(self.deps.site.utc_offset_minutes).unwrap_or(0))
    }

    fn service_of(&self, subsystem: &SubsystemId, code: &str) -> ServiceId {
        subsystem.service(code).expect("the code is a constant of the contracts")
    }

    /// The context of a call of ours under a package's law.
    fn call(&self, service: ServiceId, purpose: &str, law: &str) -> CallContext {
        let correlation = Id::mint(&self.ctx.clock, &self.ctx.rng);
        let (client, now) = (self.deps.subsystem.clone(), self.ctx.clock.now());
        CallContext::new(client, service, purpose, LegalBasis::law(law), correlation, now)
    }

    async fn load(&self, tx: &mut Tx, id: Id) -> Result<Loaded, Error> {
        let found = store::applications::find(tx, id).await?;
        let (application, sealed) = found.ok_or(Error::ApplicationUnknown)?;
        let key = self.ctx.fields.subject(tx, application.subject.as_bytes()).await?;
        let plain = key.open(&label(id), &sealed)?;
        let content = serde_json::from_slice(&plain);
        Ok(Loaded {
            content: content.map_err(|_| Error::Stored("content of an application"))?,
            history: store::applications::events(tx, id).await?,
            agreements: store::bindings::of_service(tx, &application.service).await?,
            application,
        })
    }

    /// The same if it is the subject's own; what is somebody else's is not there.
    async fn load_own(&self, tx: &mut Tx, id: Id, subject: Pseudonym) -> Result<Loaded, Error> {
        let found = store::applications::find(tx, id).await?;
        match found {
            Some((application, _)) if application.subject == subject => self.load(tx, id).await,
            _ => Err(Error::ApplicationUnknown),
        }
    }

    async fn seal(
        &self,
        tx: &mut Tx,
        one: &Application,
        content: &Content,
    ) -> Result<Vec<u8>, Error> {
        let plain = serde_json::to_vec(content).expect("texts are JSON");
        let key = self.ctx.fields.subject_or_new(tx, one.subject.as_bytes()).await?;
        Ok(key.seal(&label(one.id), &plain))
    }

    async fn keep_content(
        &self,
        tx: &mut Tx,
        one: &Application,
        content: &Content,
    ) -> Result<(), Error> {
        let sealed = self.seal(tx, one, content).await?;
        Ok(store::applications::update_content(tx, one.id, sealed).await?)
    }

    fn view(&self, loaded: &Loaded, language: &str) -> Result<ApplicationView, Error> {
        let shown = view::Shown {
            package: self.package(&loaded.application.service)?,
            application: &loaded.application,
            content: &loaded.content,
            history: &loaded.history,
            agreements: &loaded.agreements,
            // What was decided is explained as of the day of the decision.
            today: loaded.application.decided.map_or_else(|| self.today(), |at| self.day_of(at)),
        };
        Ok(view::application(&shown, &self.speech(language)))
    }
}

/// The label that what an application says is sealed under.
fn label(id: Id) -> String {
    format!("application:{id}")
}

/// Writes down that `kind` happened, in the store and in what is loaded.
async fn happen(tx: &mut Tx, loaded: &mut Loaded, kind: &str, actor: &str) -> Result<(), Error> {
    let happened = Happened { at: tx.now(), kind: kind.to_owned(), actor: actor.to_owned() };
    store::applications::add_event(tx, loaded.application.id, &happened).await?;
    loaded.history.push(happened);
    Ok(())
}
