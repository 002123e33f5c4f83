//! The keys in memory and what can be done with them.

use super::error::KeyError;
use super::file::{Entry, KeyFile};
use super::passphrase::Passphrase;
use super::signer::Signer;
use basis::{Clock, Id, Rng, Timestamp};
use credential::Jwk;
use credential::SigAlg;
use credential::SigningKey;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use zeroize::Zeroizing;

/// Where a key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Published, so that verifiers know it before it signs.
    Pending,
    /// In use; one a purpose.
    Active,
    /// Verifies and opens what it made; makes nothing new.
    Retired,
}

impl KeyState {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

/// What a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Signs with this algorithm.
    Signing(SigAlg),
    /// 32 random bytes, for HMAC and for wrapping data keys.
    Secret,
}

impl KeyKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Signing(alg) => alg.name(),
            Self::Secret => "secret",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "secret" => Some(Self::Secret),
            _ => SigAlg::from_name(name).ok().map(Self::Signing),
        }
    }
}

/// A key without its material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Id of the entry. The `kid` of a signing key is its thumbprint instead.
    pub id: Id,
    /// What it is for: `token`, `fields:civil`.
    pub purpose: String,
    /// What it can do.
    pub kind: KeyKind,
    /// Where it is in its life.
    pub state: KeyState,
    /// When it was made.
    pub created: Timestamp,
    /// When a pending key may become active.
    pub not_before: Timestamp,
}

#[derive(Clone)]
enum Material {
    Signing(Arc<SigningKey>),
    Secret(Zeroizing<[u8; 32]>),
}

#[derive(Clone)]
struct Key {
    info: KeyInfo,
    material: Material,
}

/// The installation's keys. One a process and file; several processes may use one file.
pub struct KeyStore {
    /// None: keys live and die with the process.
    file: Option<KeyFile>,
    clock: Clock,
    rng: Rng,
    keys: RwLock<Vec<Key>>,
}

impl KeyStore {
    /// Opens the key file at `path`, or makes an empty one (mode 0600).
    ///
    /// # Errors
    /// A wrong passphrase, a damaged file, a directory that cannot be written: each says what to do.
    pub fn open(
        path: &Path,
        passphrase: &Passphrase,
        clock: Clock,
        rng: Rng,
    ) -> Result<Self, KeyError> {
        let (file, entries) = KeyFile::open(path, passphrase, &rng)?;
        let keys = RwLock::new(unseal(&file, entries)?);
        Ok(Self { file: Some(file), clock, rng, keys })
    }

    /// A store without a file, for tests and throw-away instances.
    #[must_use]
    pub fn in_memory(clock: Clock, rng: Rng) -> Self {
        Self { file: None, clock, rng, keys: RwLock::default() }
    }

    /// The active ES256 key for `purpose`; made now if there is none.
    ///
    /// # Errors
    /// When the file cannot be written, or the purpose has keys of another kind.
    pub fn signing_key(&self, purpose: &str) -> Result<Arc<dyn Signer>, KeyError> {
        self.signing_key_with(purpose, SigAlg::Es256)
    }

    /// As [`KeyStore::signing_key`], for peers that demand another algorithm.
    ///
    /// # Errors
    /// As [`KeyStore::signing_key`].
    pub fn signing_key_with(
        &self,
        purpose: &str,
        alg: SigAlg,
    ) -> Result<Arc<dyn Signer>, KeyError> {
        match self.active(purpose, KeyKind::Signing(alg))?.material {
            Material::Signing(key) => Ok(key),
            Material::Secret(_) => Err(KeyError::Kind(purpose.to_owned())),
        }
    }

    /// The active signing key as PKCS#8 DER. Only for libraries that must hold the key themselves, such as TLS.
    ///
    /// # Errors
    /// As [`KeyStore::signing_key`].
    pub fn pkcs8(&self, purpose: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match self.active(purpose, KeyKind::Signing(SigAlg::Es256))?.material {
            Material::Signing(key) => key.to_pkcs8().map_err(unusable),
            Material::Secret(_) => Err(KeyError::Kind(purpose.to_owned())),
        }
    }

    /// The public keys for `purpose` in every state, newest first: what a key set publishes and a verifier accepts.
    #[must_use]
    pub fn public_keys(&self, purpose: &str) -> Vec<Jwk> {
        let keys = self.read();
        let ours = keys.iter().rev().filter(|key| key.info.purpose == purpose);
        ours.filter_map(|key| match &key.material {
            Material::Signing(key) => Some(key.public_jwk()),
            Material::Secret(_) => None,
        })
        .collect()
    }

    /// The active secret for `purpose` with its id; made now if there is none. What it wraps names the id, so that
    /// [`KeyStore::secret_by_id`] opens it after a rotation.
    ///
    /// # Errors
    /// As [`KeyStore::signing_key`].
    pub fn secret(&self, purpose: &str) -> Result<(Id, Zeroizing<[u8; 32]>), KeyError> {
        let key = self.active(purpose, KeyKind::Secret)?;
        match key.material {
            Material::Secret(bytes) => Ok((key.info.id, bytes)),
            Material::Signing(_) => Err(KeyError::Kind(purpose.to_owned())),
        }
    }

    /// The secret with this id, in any state.
    ///
    /// # Errors
    /// [`KeyError::Unknown`] when it was destroyed or is not ours.
    pub fn secret_by_id(&self, purpose: &str, id: Id) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let find = |keys: &[Key]| {
            keys.iter().find_map(|key| match &key.material {
                Material::Secret(bytes) if key.info.id == id && key.info.purpose == purpose => {
                    Some(bytes.clone())
                }
                _ => None,
            })
        };
        if let Some(bytes) = find(&self.read()) {
            return Ok(bytes);
        }
        // Another process may have rotated since this one read the file.
        self.change(|keys| Ok(find(keys)))?.ok_or(KeyError::Unknown(id))
    }

    /// Makes the next key for `purpose` without using it yet, so that verifiers learn of it first. Does nothing when one is
    /// pending already.
    ///
    /// # Errors
    /// When the purpose has no key yet, or the file cannot be written.
    pub fn prepare(&self, purpose: &str, not_before: Timestamp) -> Result<Id, KeyError> {
        self.change(|keys| {
            let pending = keys.iter().find(|key| is(key, purpose, KeyState::Pending));
            if let Some(key) = pending {
                return Ok(key.info.id);
            }
            let kind = self.kind_of(keys, purpose)?;
            let mut key = self.make(purpose, kind, KeyState::Pending)?;
            key.info.not_before = not_before;
            let id = key.info.id;
            keys.push(key);
            Ok(id)
        })
    }

    /// Retires the active key for `purpose` and activates the pending one, or a new one when none is ready.
    ///
    /// # Errors
    /// When the purpose has no key yet, or the file cannot be written.
    pub fn rotate(&self, purpose: &str) -> Result<Id, KeyError> {
        let now = self.clock.now();
        self.change(|keys| {
            let kind = self.kind_of(keys, purpose)?;
            for key in keys.iter_mut().filter(|key| is(key, purpose, KeyState::Active)) {
                key.info.state = KeyState::Retired;
            }
            let ready = keys
                .iter_mut()
                .find(|key| is(key, purpose, KeyState::Pending) && key.info.not_before <= now);
            if let Some(key) = ready {
                key.info.state = KeyState::Active;
                return Ok(key.info.id);
            }
            let key = self.make(purpose, kind, KeyState::Active)?;
            let id = key.info.id;
            keys.push(key);
            Ok(id)
        })
    }

    /// Destroys a retired key. What only it opens is lost.
    ///
    /// # Errors
    /// [`KeyError::InUse`] for a key that is not retired, [`KeyError::Unknown`] for one that does not exist.
    pub fn destroy(&self, id: Id) -> Result<(), KeyError> {
        self.change(|keys| {
            let place =
                keys.iter().position(|key| key.info.id == id).ok_or(KeyError::Unknown(id))?;
            if keys[place].info.state != KeyState::Retired {
                return Err(KeyError::InUse(id));
            }
            keys.remove(place);
            Ok(())
        })
    }

    /// All keys without their material, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<KeyInfo> {
        self.read().iter().map(|key| key.info.clone()).collect()
    }

    fn active(&self, purpose: &str, kind: KeyKind) -> Result<Key, KeyError> {
        let find =
            |keys: &[Key]| keys.iter().find(|key| is(key, purpose, KeyState::Active)).cloned();
        let found = find(&self.read());
        let key = match found {
            Some(key) => key,
            None => {
                // Before the lock is taken: an RSA key takes a second, and all who sign would wait.
                let made = self.make(purpose, kind, KeyState::Active)?;
                self.change(|keys| {
                    // Another process, or another thread, may have been faster.
                    Ok(find(keys).unwrap_or_else(|| {
                        keys.push(made.clone());
                        made
                    }))
                })?
            }
        };
        if key.info.kind != kind {
            return Err(KeyError::Kind(purpose.to_owned()));
        }
        Ok(key)
    }

    fn kind_of(&self, keys: &[Key], purpose: &str) -> Result<KeyKind, KeyError> {
        let active = keys.iter().find(|key| is(key, purpose, KeyState::Active));
        active
            .map(|key| key.info.kind)
            .ok_or_else(|| KeyError::Unusable(format!("`{purpose}` has no active key")))
    }

    fn make(&self, purpose: &str, kind: KeyKind, state: KeyState) -> Result<Key, KeyError> {
        let material = match kind {
            KeyKind::Signing(alg) => {
                Material::Signing(Arc::new(SigningKey::generate(alg).map_err(unusable)?))
            }
            KeyKind::Secret => Material::Secret(Zeroizing::new(self.rng.bytes())),
        };
        let created = self.clock.now();
        let id = Id::mint(&self.clock, &self.rng);
        let info =
            KeyInfo { id, purpose: purpose.to_owned(), kind, state, created, not_before: created };
        Ok(Key { info, material })
    }

    /// Edits the newest keys and makes the result durable before anyone sees it.
    fn change<T>(
        &self,
        edit: impl FnOnce(&mut Vec<Key>) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = &self.file else {
            let mut edited = keys.clone();
            let outcome = edit(&mut edited)?;
            *keys = edited;
            return Ok(outcome);
        };
        let (edited, outcome) = file.change(|entries| {
            let mut edited = unseal(file, entries)?;
            let outcome = edit(&mut edited)?;
            let entries = edited.iter().map(|key| sealed(file, key)).collect::<Result<_, _>>()?;
            Ok((entries, (edited, outcome)))
        })?;
        *keys = edited;
        Ok(outcome)
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Key>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list()).finish()
    }
}

fn is(key: &Key, purpose: &str, state: KeyState) -> bool {
    key.info.purpose == purpose && key.info.state == state
}

fn sealed(file: &KeyFile, key: &Key) -> Result<Entry, KeyError> {
    let material = match &key.material {
        Material::Signing(key) => key.to_pkcs8().map_err(unusable)?,
        Material::Secret(bytes) => Zeroizing::new(bytes.to_vec()),
    };
    Ok(Entry::new(&key.info).close(file.kek(), &material))
}

fn unseal(file: &KeyFile, entries: Vec<Entry>) -> Result<Vec<Key>, KeyError> {
    entries.into_iter().map(|entry| unseal_one(file, entry)).collect()
}

fn unseal_one(file: &KeyFile, entry: Entry) -> Result<Key, KeyError> {
    let damaged = || file.damaged(format!("the entry {} was changed by another program", entry.id));
    let material = entry.open(file.kek()).ok_or_else(damaged)?;
    let kind = KeyKind::from_name(&entry.alg).ok_or_else(damaged)?;
    let material = match kind {
        KeyKind::Signing(alg) => {
            Material::Signing(Arc::new(SigningKey::from_pkcs8(alg, &material).map_err(unusable)?))
        }
        KeyKind::Secret => {
            let bytes = <[u8; 32]>::try_from(material.as_slice()).map_err(|_| damaged())?;
            Material::Secret(Zeroizing::new(bytes))
        }
    };
    let Entry { id, purpose, state, created, not_before, .. } = entry;
    Ok(Key { info: KeyInfo { id, purpose, kind, state, created, not_before }, material })
}

fn unusable(error: credential::JoseError) -> KeyError {
    KeyError::Unusable(error.to_string())
}
