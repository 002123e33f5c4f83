//! Registers and the versions of their schemas: create, draft, publish, read.

use super::{Registry, recall, remember};
use crate::error::Error;
use crate::events::{REGISTER_CREATED, SCHEMA_PUBLISHED, SCHEMA_SAVED};
use crate::model::actor::Actor;
use crate::model::compatibility::Report;
use crate::model::register::{About, Names, Register, RegisterCode};
use crate::model::schema::Schema;
use crate::store;
use crate::store::schemas::SchemaVersion;
use basis::Timestamp;
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::idempotency::Request;
use serde_json::{Value, json};

/// A register to be created.
#[derive(Clone, Debug)]
pub struct NewRegister {
    /// Its code, for good.
    pub code: RegisterCode,
    /// What its records are about, for good.
    pub about: About,
    /// What it is called.
    pub names: Names,
    /// The office that answers for it.
    pub owner: String,
    /// The draft of its first schema.
    pub schema: Value,
}

/// A draft as saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The version it becomes when published.
    pub version: i64,
    /// How it compares with the published version; empty where there is none.
    pub compatibility: Report,
}

/// A version of a register's schema.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// The register.
    pub register: Register,
    /// From 1.
    pub version: i64,
    /// The schema.
    pub schema: Value,
    /// When it was saved last.
    pub saved: Timestamp,
    /// Since when it is published; none for the draft.
    pub published: Option<Timestamp>,
    /// How it compares with the version before it; empty for the first.
    pub compatibility: Report,
}

impl Registry {
    /// Creates a register with the draft of its schema. Answers the draft's version, 1.
    ///
    /// # Errors
    /// [`Error::RegisterExists`], [`Error::SchemaRefused`], [`Error::Invalid`],
    /// [`Error::IdempotencyMismatch`].
    pub async fn create_register(
        &self,
        actor: Actor,
        new: NewRegister,
        request: Option<Request>,
    ) -> Result<i64, Error> {
        let schema = Schema::read(new.schema, new.about).map_err(Error::SchemaRefused)?;
        let now = self.ctx.clock.now();
        let register = Register::new(new.code, new.about, new.names, new.owner, now)?;
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(version) = recall(tx, request.as_ref()).await? {
                        return Ok(version);
                    }
                    store::registers::lock(tx, &register.code).await?;
                    if store::registers::find(tx, &register.code).await?.is_some() {
                        return Err(Error::RegisterExists);
                    }
                    let version = register.draft_version();
                    store::registers::insert(tx, &register).await?;
                    store::schemas::save(tx, &register.code, version, &schema, &actor.name).await?;
                    tx.audit(Audit::new(&REGISTER_CREATED, actor.name, &register.code)).await?;
                    remember(tx, request.as_ref(), 201, &version).await?;
                    Ok(version)
                })
            })
            .await
    }

    /// Saves the draft of the next version. An earlier draft of it is replaced.
    ///
    /// # Errors
    /// [`Error::RegisterUnknown`], [`Error::SchemaRefused`]. A breaking change is reported, not
    /// refused: a draft may be half done.
    pub async fn save_draft(
        &self,
        actor: Actor,
        register: RegisterCode,
        schema: Value,
    ) -> Result<Draft, Error> {
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    store::registers::lock(tx, &register).await?;
                    let register = find(tx, &register).await?;
                    let schema =
                        Schema::read(schema, register.about).map_err(Error::SchemaRefused)?;
                    let version = register.draft_version();
                    let compatibility =
                        compare_with_before(tx, &register, version, &schema).await?;
                    store::schemas::save(tx, &register.code, version, &schema, &actor.name).await?;
                    let entry = Audit::new(&SCHEMA_SAVED, actor.name, &register.code);
                    tx.audit(entry.with(json!({ "version": version }))).await?;
                    Ok(Draft { version, compatibility })
                })
            })
            .await
    }

    /// Publishes the draft: from now on writes follow it. Publishing the version that is published
    /// changes nothing.
    ///
    /// # Errors
    /// [`Error::RegisterUnknown`]; [`Error::VersionUnknown`] when `version` is neither the draft nor
    /// published; [`Error::Breaking`] when earlier records could not be read under it.
    pub async fn publish_version(
        &self,
        actor: Actor,
        register: RegisterCode,
        version: i64,
    ) -> Result<VersionView, Error> {
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    store::registers::lock(tx, &register).await?;
                    let mut register = find(tx, &register).await?;
                    let found = store::schemas::find(tx, &register.code, version).await?;
                    let found = found.ok_or(Error::VersionUnknown)?;
                    if found.published.is_some() {
                        return view(tx, register, found).await;
                    }
                    let report = compare_with_before(tx, &register, version, &found.schema).await?;
                    if !report.is_compatible() {
                        return Err(Error::Breaking(report.faults()));
                    }
                    store::schemas::publish(tx, &register.code, version, &actor.name).await?;
                    store::registers::set_published(tx, &register.code, version).await?;
                    register.published = Some(version);
                    let entry = Audit::new(&SCHEMA_PUBLISHED, actor.name, &register.code);
                    tx.audit(entry.with(json!({ "version": version }))).await?;
                    let found = SchemaVersion { published: Some(tx.now()), ..found };
                    view(tx, register, found).await
                })
            })
            .await
    }

    /// All registers by code.
    ///
    /// # Errors
    /// What the database says.
    pub async fn registers(&self) -> Result<Vec<Register>, Error> {
        let found = self.ctx.db.read(|tx| Box::pin(store::registers::list(tx))).await;
        Ok(found?)
    }

    /// One register.
    ///
    /// # Errors
    /// [`Error::RegisterUnknown`].
    pub async fn register(&self, register: RegisterCode) -> Result<Register, Error> {
        self.ctx.db.read(move |tx| Box::pin(async move { find(tx, &register).await })).await
    }

    /// One version of a register's schema, the draft included.
    ///
    /// # Errors
    /// [`Error::RegisterUnknown`], [`Error::VersionUnknown`].
    pub async fn version(
        &self,
        register: RegisterCode,
        version: i64,
    ) -> Result<VersionView, Error> {
        self.ctx
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let register = find(tx, &register).await?;
                    let found = store::schemas::find(tx, &register.code, version).await?;
                    view(tx, register, found.ok_or(Error::VersionUnknown)?).await
                })
            })
            .await
    }
}

/// One register, which must exist.
pub(super) async fn find(tx: &mut Tx, register: &RegisterCode) -> Result<Register, Error> {
    store::registers::find(tx, register).await?.ok_or(Error::RegisterUnknown)
}

/// How a version compares with the one before it, which is published.
async fn compare_with_before(
    tx: &mut Tx,
    register: &Register,
    version: i64,
    schema: &Schema,
) -> Result<Report, Error> {
    let before = store::schemas::find(tx, &register.code, version - 1).await?;
    Ok(before.map(|before| Report::compare(&before.schema, schema)).unwrap_or_default())
}

async fn view(tx: &mut Tx, register: Register, found: SchemaVersion) -> Result<VersionView, Error> {
    let compatibility = compare_with_before(tx, &register, found.version, &found.schema).await?;
    Ok(VersionView {
        register,
        version: found.version,
        saved: found.saved,
        published: found.published,
        schema: found.schema.document().clone(),
        compatibility,
    })
}
