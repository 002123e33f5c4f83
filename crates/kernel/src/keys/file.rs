//! The key file: its JSON, the key that opens it, and how it is replaced.

use super::error::KeyError;
use super::passphrase::Passphrase;
use super::seal::{context, open, seal};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use basis::Rng;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const FORMAT: u32 = 1;
/// OWASP password storage cheat sheet, argon2id: 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Bounds on what a file may ask for, so that an edited one cannot exhaust the machine.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 64;
const CHECK: &[u8] = b"msingi keys";

/// The file as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) format: u32,
    pub(super) kdf: Kdf,
    /// A known text under the derived key: tells a wrong passphrase from a damaged entry.
    check: String,
    pub(super) keys: Vec<Entry>,
}

/// How the passphrase becomes a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kdf {
    name: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
}

/// One key as it lies in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) id: basis::Id,
    pub(super) purpose: String,
    pub(super) alg: String,
    pub(super) state: super::store::KeyState,
    pub(super) created: basis::Timestamp,
    pub(super) not_before: basis::Timestamp,
    sealed: String,
}

impl Entry {
    /// An entry without material; [`Entry::close`] adds it.
    pub(super) fn new(info: &super::store::KeyInfo) -> Self {
        Self {
            id: info.id,
            purpose: info.purpose.clone(),
            alg: info.kind.name().to_owned(),
            state: info.state,
            created: info.created,
            not_before: info.not_before,
            sealed: String::new(),
        }
    }

    pub(super) fn close(mut self, kek: &[u8; 32], material: &[u8]) -> Self {
        self.sealed = BASE64.encode(seal(kek, &self.binding(), material));
        self
    }

    pub(super) fn open(&self, kek: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        open(kek, &self.binding(), &BASE64.decode(&self.sealed).ok()?)
    }

    fn binding(&self) -> Vec<u8> {
        let state = self.state.name();
        let (created, not_before) =
            (self.created.micros().to_be_bytes(), self.not_before.micros().to_be_bytes());
        let (purpose, alg) = (self.purpose.as_bytes(), self.alg.as_bytes());
        context(&[CHECK, self.id.as_bytes(), purpose, alg, state.as_bytes(), &created, &not_before])
    }
}

/// A file and the key that opens it.
pub(super) struct KeyFile {
    path: PathBuf,
    kdf: Kdf,
    kek: Zeroizing<[u8; 32]>,
}

impl KeyFile {
    /// Opens the file, or makes an empty one. Takes some 20 ms of CPU: argon2id.
    pub(super) fn open(
        path: &Path,
        passphrase: &Passphrase,
        rng: &Rng,
    ) -> Result<(Self, Vec<Entry>), KeyError> {
        let _lock = lock(path)?;
        let Some(document) = read(path)? else {
            let salt = BASE64.encode(rng.bytes::<16>());
            let kdf =
                Kdf { name: "argon2id".to_owned(), memory_kib: MEMORY_KIB, passes: PASSES, salt };
            let kek = kdf.derive(passphrase).map_err(|what| damaged(path, what))?;
            let file = Self { path: path.to_owned(), kdf, kek };
            file.write(Vec::new())?;
            return Ok((file, Vec::new()));
        };
        let kek = document.kdf.derive(passphrase).map_err(|what| damaged(path, what))?;
        let check = BASE64
            .decode(&document.check)
            .map_err(|_| damaged(path, "its check value is not base64url"))?;
        if open(&kek, CHECK, &check).is_none() {
            return Err(KeyError::WrongPassphrase(path.to_owned()));
        }
        Ok((Self { path: path.to_owned(), kdf: document.kdf, kek }, document.keys))
    }

    pub(super) fn kek(&self) -> &[u8; 32] {
        &self.kek
    }

    /// Reads the newest entries, lets `edit` change them, and replaces the file: all under the lock that every process
    /// using this file takes.
    pub(super) fn change<T>(
        &self,
        edit: impl FnOnce(Vec<Entry>) -> Result<(Vec<Entry>, T), KeyError>,
    ) -> Result<T, KeyError> {
        let _lock = lock(&self.path)?;
        let document = read(&self.path)?.ok_or_else(|| self.damaged("it was deleted"))?;
        let (entries, outcome) = edit(document.keys)?;
        self.write(entries)?;
        Ok(outcome)
    }

    pub(super) fn damaged(&self, what: impl Into<String>) -> KeyError {
        damaged(&self.path, what)
    }

    fn write(&self, keys: Vec<Entry>) -> Result<(), KeyError> {
        let check = BASE64.encode(seal(&self.kek, CHECK, CHECK));
        let document = Document { format: FORMAT, kdf: self.kdf.clone(), check, keys };
        let text = serde_json::to_vec_pretty(&document).expect("the document is plain text");
        replace(&self.path, &text)
            .map_err(|source| KeyError::File { path: self.path.clone(), source })
    }
}

impl Kdf {
    fn derive(&self, passphrase: &Passphrase) -> Result<Zeroizing<[u8; 32]>, String> {
        if self.name != "argon2id" || self.memory_kib > MEMORY_KIB_MAX || self.passes > PASSES_MAX {
            return Err("its key derivation is not one that this version makes".to_owned());
        }
        let salt = BASE64.decode(&self.salt).map_err(|_| "its salt is not base64url".to_owned())?;
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32))
            .map_err(|error| error.to_string())?;
        let mut kek = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, kek.as_mut())
            .map_err(|error| error.to_string())?;
        Ok(kek)
    }
}

fn read(path: &Path) -> Result<Option<Document>, KeyError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(KeyError::File { path: path.to_owned(), source }),
    };
    let document: Document = serde_json::from_slice(&text)
        .map_err(|error| damaged(path, format!("it is not a key file ({error})")))?;
    if document.format != FORMAT {
        return Err(damaged(
            path,
            format!("its format is {}, this version reads {FORMAT}", document.format),
        ));
    }
    Ok(Some(document))
}

fn damaged(path: &Path, what: impl Into<String>) -> KeyError {
    KeyError::Damaged { path: path.to_owned(), what: what.into() }
}

/// Held until dropped; a file beside the keys, because the key file itself is replaced.
fn lock(path: &Path) -> Result<File, KeyError> {
    let lock = path.with_extension("lock");
    let fail = |source| KeyError::File { path: lock.clone(), source };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(fail)?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&lock)
        .map_err(fail)?;
    file.lock().map_err(fail)?;
    Ok(file)
}

fn replace(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("new");
    // A leftover of a crash may have other permissions: start from nothing.
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&temporary)?;
    file.write_all(text)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    let directory =
        path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}
