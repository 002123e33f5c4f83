//! The directory: built from this installation's own tables and from what others published, kept
//! in memory, signed by whoever says it. Plain data, so that another source (X-Road's global
//! configuration) can take its place.

use std::time::Duration;

use contracts::{MemberId, Refusal, RefusalReason};
use credential::{JoseError, SigAlg, VerifyingKey, jws};
use kernel::db::{DbError, Tx};

use crate::ca;
use crate::error::ExchangeError;
use crate::exchange::{Exchange, TLS_KEY};
use crate::model::{Document, Installation, Member, Names, OfficerState, Part, Snapshot};
use crate::store::{self, settings};
use crate::tls::OwnCertificate;

const PART_TYPE: &str = "msingi-part+jws";
const DIRECTORY_TYPE: &str = "msingi-directory+jws";

/// The shortest time between two fetches that calls cause, in microseconds.
const REFRESH_MICROS: i64 = 1_000_000;

/// Everything the directory is built from, read in one transaction.
struct Loaded {
    members: Vec<(MemberId, Names)>,
    part: Part,
    officers: Vec<store::officers::Officer>,
    certificate: Option<String>,
    root: Option<String>,
    installations: Vec<Installation>,
    parts: Vec<String>,
    directory: Option<String>,
    directory_version: i64,
    hub: Option<String>,
}

async fn load(tx: &mut Tx, own: &str) -> Result<Loaded, DbError> {
    let mut part = Part::empty(own);
    part.version = settings::counter(tx, settings::PART_VERSION).await?;
    part.subsystems = store::members::subsystems(tx).await?;
    part.services = store::members::services(tx).await?;
    part.rights = store::rights::rights(tx).await?;
    part.agreements = store::rights::agreements(tx).await?;
    Ok(Loaded {
        members: store::members::members(tx).await?,
        part,
        officers: store::officers::all(tx).await?,
        certificate: settings::find(tx, settings::CERTIFICATE).await?,
        root: settings::find(tx, settings::ROOT).await?,
        installations: store::topology::installations(tx).await?,
        parts: store::topology::parts(tx).await?,
        directory: settings::find(tx, settings::DIRECTORY).await?,
        directory_version: settings::counter(tx, settings::DIRECTORY_VERSION).await?,
        hub: settings::find(tx, settings::HUB).await?,
    })
}

/// Notes in a transaction that the own part changed, and on the hub that the directory did.
pub(crate) async fn mark_changed(tx: &mut Tx, hub: bool) -> Result<(), DbError> {
    settings::raise(tx, settings::PART_VERSION).await?;
    if hub {
        settings::raise(tx, settings::DIRECTORY_VERSION).await?;
    }
    Ok(())
}

impl Exchange {
    /// Builds the directory anew from the database and swaps it in.
    ///
    /// # Errors
    /// Database and key errors; the directory in use stays.
    pub async fn reload(&self) -> Result<(), ExchangeError> {
        let _one_at_a_time = self.0.reloading.lock().await;
        let loaded = self.load().await?;
        let own = self.own_installation(&loaded)?;
        self.load_certificate(&loaded)?;
        let mut snapshot = Snapshot::new(&self.0.config.installation, loaded.directory_version);
        snapshot.add_installation(own);
        let mut parts = loaded.parts.clone();
        let mut others = loaded.installations.clone();
        if let Some(document) = self.stored_document(&loaded) {
            snapshot.version = document.version;
            parts = document.parts;
            others = document.installations;
        }
        others.retain(|entry| entry.name != self.0.config.installation);
        others.into_iter().for_each(|entry| snapshot.add_installation(entry));
        snapshot.add_part(self.own_part(&loaded)?);
        for signed in parts {
            match open_part(&snapshot, &signed) {
                Ok(part) if part.installation == self.0.config.installation => {}
                Ok(part) => snapshot.add_part(part),
                Err(why) => tracing::warn!(why, "a part of the directory is left out"),
            }
        }
        for officer in loaded.officers {
            add_officer(&mut snapshot, officer);
        }
        self.swap(snapshot);
        Ok(())
    }

    /// Reloads and tells the hub, after a change of the own part has been committed.
    pub(crate) async fn changed(&self) -> Result<(), ExchangeError> {
        self.reload().await?;
        if !self.0.config.hub {
            let this = self.clone();
            // The change stands here at once; if the hub is away, the job tells it later.
            tokio::spawn(async move {
                if let Err(error) = this.publish().await {
                    tracing::warn!(%error, "the hub was not told of a change yet");
                }
            });
        }
        Ok(())
    }

    /// The directory signed by this hub, for peers.
    ///
    /// # Errors
    /// Database and key errors; conflict on an installation that is not the hub.
    pub async fn signed_directory(&self) -> Result<(i64, String), ExchangeError> {
        if !self.0.config.hub {
            return Err(ExchangeError::Conflict("only the hub gives out the directory".to_owned()));
        }
        let loaded = self.load().await?;
        let own = self.own_installation(&loaded)?;
        let part = self.own_part(&loaded)?;
        let mut parts = vec![self.signed(PART_TYPE, &part)?];
        parts.extend(loaded.parts);
        let document = Document {
            instance: self.0.ctx.instance.to_string(),
            version: loaded.directory_version,
            issued: self.0.ctx.clock.now(),
            hub: own.name.clone(),
            installations: std::iter::once(own).chain(loaded.installations).collect(),
            parts,
        };
        Ok((document.version, self.signed(DIRECTORY_TYPE, &document)?))
    }

    /// Takes the hub's directory if it is newer and truly the hub's.
    ///
    /// # Errors
    /// [`ExchangeError::Peer`] if the signature, instance or version is wrong.
    pub(crate) async fn accept_directory(&self, signed: String) -> Result<(), ExchangeError> {
        let hub = self.hub().await?.ok_or_else(not_joined)?;
        let document = open_document(&hub, &signed).map_err(ExchangeError::Peer)?;
        if document.instance != *self.0.ctx.instance {
            return Err(ExchangeError::Peer(format!(
                "the directory is of instance {}",
                document.instance
            )));
        }
        if document.version < self.snapshot().version {
            return Err(ExchangeError::Peer(
                "the hub offers an older directory than it did before".to_owned(),
            ));
        }
        // Address and certificate of the hub may change; its key may not.
        let mut newer = document
            .installations
            .into_iter()
            .find(|entry| entry.name == hub.name)
            .unwrap_or(hub.clone());
        newer.sign_key = hub.sign_key;
        let newer = serde_json::to_string(&newer).expect("an entry is text and lists");
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                settings::put(tx, settings::HUB, &newer).await?;
                settings::put(tx, settings::DIRECTORY, &signed).await
            })
        });
        write.await.map_err(ExchangeError::Db)?;
        self.reload().await
    }

    /// Takes the part another installation published, on the hub.
    ///
    /// # Errors
    /// [`ExchangeError::Forbidden`] if it is not signed by the installation that sent it,
    /// [`ExchangeError::Conflict`] if it is not newer.
    pub(crate) async fn accept_part(
        &self,
        sender: &str,
        signed: String,
    ) -> Result<(), ExchangeError> {
        let part = open_part(&self.snapshot(), &signed).map_err(ExchangeError::Forbidden)?;
        if part.installation != sender {
            return Err(ExchangeError::Forbidden(format!(
                "{sender} cannot publish for {}",
                part.installation
            )));
        }
        let (name, version) = (part.installation.clone(), part.version);
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                let newer = store::topology::put_part(tx, &name, version, &signed).await?;
                if newer {
                    settings::raise(tx, settings::DIRECTORY_VERSION).await?;
                }
                Ok::<_, DbError>(newer)
            })
        });
        let newer = write.await?;
        // Also where it was known: the answer says that the directory in use holds it, and the one
        // who brought it first may still be on the way there.
        self.reload().await?;
        if !newer {
            return Err(ExchangeError::Conflict(format!(
                "version {version} of the part of {sender} is not newer"
            )));
        }
        Ok(())
    }

    /// The own part, signed, with its version.
    pub(crate) async fn signed_part(&self) -> Result<(i64, String), ExchangeError> {
        let loaded = self.load().await?;
        let part = self.own_part(&loaded)?;
        Ok((part.version, self.signed(PART_TYPE, &part)?))
    }

    /// The hub as this installation knows it; none before it joined, and on the hub.
    pub(crate) async fn hub(&self) -> Result<Option<Installation>, ExchangeError> {
        let read = self.0.ctx.db.read(|tx| Box::pin(settings::find(tx, settings::HUB)));
        let text: Option<String> = read.await.map_err(ExchangeError::Db)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Fetches the directory because a call needs what this installation does not know. Not more
    /// than once a second, failures included: calls that come in between wait for the next fetch
    /// together, since a neighbour may have joined a moment after the last one. True if there is a
    /// newer directory than `known`.
    pub(crate) async fn refresh_for_call(&self, known: i64) -> bool {
        if self.0.config.hub {
            return self.snapshot().version != known;
        }
        let clock = &self.0.ctx.clock;
        let asked = clock.monotonic_micros();
        let mut last = self.0.refreshed.lock().await;
        // Whoever held the lock may have fetched what is needed, or found that there is nothing newer.
        let newer = self.snapshot().version != known;
        if newer || last.is_some_and(|begun| begun >= asked) {
            return newer;
        }
        if let Some(begun) = *last {
            let since = clock.monotonic_micros() - begun;
            let wait = REFRESH_MICROS.saturating_sub(since).clamp(0, REFRESH_MICROS);
            tokio::time::sleep(Duration::from_micros(wait.unsigned_abs())).await;
        }
        *last = Some(clock.monotonic_micros());
        if let Err(error) = self.fetch_directory().await {
            tracing::warn!(%error, "the directory was not fetched");
        }
        self.snapshot().version != known
    }

    async fn load(&self) -> Result<Loaded, ExchangeError> {
        let own = self.0.config.installation.clone();
        let read = self.0.ctx.db.read(move |tx| Box::pin(async move { load(tx, &own).await }));
        read.await.map_err(ExchangeError::Db)
    }

    fn own_part(&self, loaded: &Loaded) -> Result<Part, ExchangeError> {
        let mut part = loaded.part.clone();
        for (id, names) in &loaded.members {
            let key = self.member_key(id)?.public_jwk();
            part.members.push(Member { id: id.clone(), names: names.clone(), key });
        }
        Ok(part)
    }

    fn own_installation(&self, loaded: &Loaded) -> Result<Installation, ExchangeError> {
        let der = loaded
            .certificate
            .as_deref()
            .map(|text| credential::base64url::decode(text, "certificate"));
        Ok(Installation {
            name: self.0.config.installation.clone(),
            address: self.0.config.address.clone(),
            fingerprint: der.transpose()?.map(|der| ca::fingerprint(&der)).unwrap_or_default(),
            sign_key: self.0.sign.public_jwk(),
            seal_key: self.0.seal.public_jwk(),
            members: loaded.members.iter().map(|(id, _)| id.clone()).collect(),
        })
    }

    fn load_certificate(&self, loaded: &Loaded) -> Result<(), ExchangeError> {
        let (Some(certificate), Some(root)) = (&loaded.certificate, &loaded.root) else {
            return Ok(());
        };
        let own = OwnCertificate {
            certificate: credential::base64url::decode(certificate, "certificate")?,
            key: self.0.ctx.keys.pkcs8(TLS_KEY)?,
            root: credential::base64url::decode(root, "root")?,
        };
        self.set_certificate(own);
        Ok(())
    }

    fn stored_document(&self, loaded: &Loaded) -> Option<Document> {
        let hub: Installation = serde_json::from_str(loaded.hub.as_deref()?).ok()?;
        match open_document(&hub, loaded.directory.as_deref()?) {
            Ok(document) => Some(document),
            Err(why) => {
                tracing::error!(
                    why,
                    "the stored directory does not stand; peers are unknown until it is fetched"
                );
                None
            }
        }
    }

    fn signed<T: serde::Serialize>(&self, kind: &str, value: &T) -> Result<String, ExchangeError> {
        let payload = serde_json::to_vec(value).map_err(|_| JoseError::Malformed("directory"))?;
        Ok(jws::sign(&*self.0.sign, &[("typ", kind.into())], &payload)?)
    }
}

fn add_officer(snapshot: &mut Snapshot, officer: store::officers::Officer) {
    let Ok(verify) = officer.key.as_ref().map(VerifyingKey::from_jwk).transpose() else {
        tracing::warn!(member = %officer.member, "an officer's key is not usable");
        return;
    };
    let state = OfficerState { roles: officer.roles, active: officer.active, verify };
    snapshot
        .officers
        .entry(officer.member.local().to_owned())
        .or_default()
        .insert(officer.id, state);
}

pub(crate) fn not_joined() -> ExchangeError {
    ExchangeError::Conflict(
        "this installation has not joined: ask the hub for a token and run `msingi join`"
            .to_owned(),
    )
}

/// The text of a refusal that a newer directory might lift.
pub(crate) fn may_be_stale(refusal: &Refusal) -> bool {
    matches!(
        refusal.reason,
        RefusalReason::UnknownClient
            | RefusalReason::UnknownService
            | RefusalReason::ServiceDisabled
            | RefusalReason::NoAccessRight
            | RefusalReason::NoAgreement
            | RefusalReason::AgreementNotInForce
    )
}

/// Opens a part signed by the installation it speaks for.
fn open_part(snapshot: &Snapshot, signed: &str) -> Result<Part, String> {
    let header = jws::unverified_header(signed)
        .map_err(|error| format!("a part is not readable: {error}"))?;
    let signer = snapshot
        .installations
        .values()
        .find(|installation| {
            header.kid.is_some() && installation.verify.kid() == header.kid.as_deref()
        })
        .ok_or("a part is signed by no installation of the directory")?;
    let name = &signer.entry.name;
    let keys = std::slice::from_ref(&signer.verify);
    let verified = jws::verify(signed, keys, &[SigAlg::Es256])
        .map_err(|error| format!("the part of {name} is not signed by it: {error}"))?;
    if !verified.header.has_type(PART_TYPE) {
        return Err(format!("the part of {name} is something else: {PART_TYPE} expected"));
    }
    let part: Part = serde_json::from_slice(&verified.payload)
        .map_err(|error| format!("the part of {name} is not readable: {error}"))?;
    if part.installation != *name {
        return Err(format!("{name} has signed a part of {}", part.installation));
    }
    Ok(part)
}

/// Opens a directory signed by the hub.
pub(crate) fn open_document(hub: &Installation, signed: &str) -> Result<Document, String> {
    let key = VerifyingKey::from_jwk(&hub.sign_key)
        .map_err(|error| format!("the hub's key is not usable: {error}"))?;
    let verified = jws::verify(signed, &[key], &[SigAlg::Es256]).map_err(|error| {
        format!("the directory is not signed by the hub this installation joined: {error}")
    })?;
    if !verified.header.has_type(DIRECTORY_TYPE) {
        return Err(format!("this is no directory: {DIRECTORY_TYPE} expected"));
    }
    serde_json::from_slice(&verified.payload)
        .map_err(|error| format!("the directory is not readable: {error}"))
}
