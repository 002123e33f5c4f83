//! The installation's keys: made on first use, kept in one file that a passphrase opens, replaced by rotation.
//!
//! A key has a purpose (`token`, `oidc`, `audit`, `member:GOV/CRO`, `fields:civil`) and a state: *pending* (published, not
//! yet used), *active* (in use, one a purpose) or *retired* (still verifies or opens what it made). Signing goes through
//! [`Signer`], so that a hardware module can stand where the file stands.
//!
//! # Invariants
//! - Key material is on disk only under AES-256-GCM, below a key that argon2id derives from the passphrase.
//! - The file is replaced as a whole (temporary file, fsync, rename) under a lock: a crash leaves the old one or the new.
//! - Purpose, state and dates are bound to the material: an entry that was edited or swapped does not open.

mod error;
mod file;
mod passphrase;
mod seal;
mod signer;
mod store;

pub use error::KeyError;
pub use passphrase::{PASSPHRASE_FILE_VARIABLE, PASSPHRASE_VARIABLE, Passphrase};
pub use signer::Signer;
pub use store::{KeyInfo, KeyKind, KeyState, KeyStore};

pub(crate) use seal::{context, open, seal};
