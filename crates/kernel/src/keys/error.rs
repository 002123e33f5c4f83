//! What can go wrong with keys.

use super::passphrase::{LENGTH_MIN, PASSPHRASE_FILE_VARIABLE, PASSPHRASE_VARIABLE};
use std::path::PathBuf;

/// An error of the key store. Each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No passphrase was given, and this is not a sandbox.
    #[error(
        "no passphrase for the keys: set {PASSPHRASE_VARIABLE}, or {PASSPHRASE_FILE_VARIABLE} to a file that holds it"
    )]
    NoPassphrase,
    /// A passphrase that protects nothing.
    #[error(
        "the passphrase is the sandbox's or has fewer than {LENGTH_MIN} characters: choose another one"
    )]
    WeakPassphrase,
    /// The file was made with another passphrase.
    #[error(
        "{0}: the passphrase does not open it; give the one it was made with in {PASSPHRASE_VARIABLE} or {PASSPHRASE_FILE_VARIABLE}"
    )]
    WrongPassphrase(PathBuf),
    /// The file is not one of ours any more.
    #[error(
        "{path}: {what}; restore it from a backup and do not delete it, for what its keys encrypted would be lost"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The file cannot be read or written.
    #[error("{path}: {source}; check that the directory exists and that this user may write to it")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A key is used for what it was not made for.
    #[error("the key for `{0}` is of another kind than asked for")]
    Kind(String),
    /// A key that was asked for by its id does not exist.
    #[error("there is no key {0}: it was destroyed, or it is another installation's")]
    Unknown(basis::Id),
    /// Only retired keys may be destroyed.
    #[error("the key {0} is still in use: rotate its purpose first")]
    InUse(basis::Id),
    /// The key could not sign or could not be made.
    #[error("the key cannot be used: {0}")]
    Unusable(String),
}
