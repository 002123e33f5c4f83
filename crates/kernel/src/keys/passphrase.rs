//! Where the passphrase of the key file comes from.

use super::error::KeyError;
use std::fmt;
use zeroize::Zeroizing;

/// Environment variable that holds the passphrase.
pub const PASSPHRASE_VARIABLE: &str = "MSINGI_PASSPHRASE";
/// Environment variable that holds the path of a file with the passphrase on its first line.
pub const PASSPHRASE_FILE_VARIABLE: &str = "MSINGI_PASSPHRASE_FILE";
/// Fewest characters of a passphrase outside of the sandbox.
pub(super) const LENGTH_MIN: usize = 12;

/// Known to everybody, so that a sandbox starts without questions. Refused elsewhere.
const SANDBOX: &str = "msingi-sandbox";

/// A passphrase; wiped when dropped, never shown.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// A passphrase as typed.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The passphrase that `variable` names: [`PASSPHRASE_VARIABLE`], else [`PASSPHRASE_FILE_VARIABLE`], else, in a sandbox
    /// only, a well-known one with a warning in the log. Pass `|name| std::env::var(name).ok()`.
    ///
    /// # Errors
    /// No passphrase or a weak one outside of a sandbox; a passphrase file that cannot be read.
    pub fn from_environment(
        sandbox: bool,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, KeyError> {
        let given = match variable(PASSPHRASE_VARIABLE) {
            Some(text) => Some(Self::new(text)),
            None => {
                variable(PASSPHRASE_FILE_VARIABLE).map(|path| Self::from_file(&path)).transpose()?
            }
        };
        match given {
            Some(passphrase) if sandbox => Ok(passphrase),
            Some(passphrase) if passphrase.is_weak() => Err(KeyError::WeakPassphrase),
            Some(passphrase) => Ok(passphrase),
            None if sandbox => {
                tracing::warn!(
                    "The keys are protected by a passphrase that everybody knows; this is a sandbox"
                );
                Ok(Self::new(SANDBOX))
            }
            None => Err(KeyError::NoPassphrase),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn from_file(path: &str) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| KeyError::File { path: path.into(), source })?;
        let text = Zeroizing::new(text);
        Ok(Self::new(text.lines().next().unwrap_or_default()))
    }

    fn is_weak(&self) -> bool {
        *self.0 == SANDBOX || self.0.chars().count() < LENGTH_MIN
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(sandbox: bool, name: &str, text: &str) -> Result<Passphrase, KeyError> {
        Passphrase::from_environment(sandbox, |asked| (asked == name).then(|| text.to_owned()))
    }

    #[test]
    fn outside_of_a_sandbox_a_good_passphrase_is_needed() {
        assert!(matches!(resolve(false, "OTHER", ""), Err(KeyError::NoPassphrase)));
        assert!(matches!(
            resolve(false, PASSPHRASE_VARIABLE, "short"),
            Err(KeyError::WeakPassphrase)
        ));
        assert!(matches!(
            resolve(false, PASSPHRASE_VARIABLE, SANDBOX),
            Err(KeyError::WeakPassphrase)
        ));
        assert!(resolve(false, PASSPHRASE_VARIABLE, "correct horse battery").is_ok());
    }

    #[test]
    fn a_sandbox_needs_none_and_honours_a_given_one() {
        assert_eq!(resolve(true, "OTHER", "").unwrap().as_bytes(), SANDBOX.as_bytes());
        assert_eq!(resolve(true, PASSPHRASE_VARIABLE, "mine").unwrap().as_bytes(), b"mine");
    }

    #[test]
    fn a_passphrase_file_gives_its_first_line() {
        let path = std::env::temp_dir().join(format!("msingi-passphrase-{}", std::process::id()));
        std::fs::write(&path, "correct horse battery\nsecond line\n").unwrap();
        let found = resolve(false, PASSPHRASE_FILE_VARIABLE, path.to_str().unwrap()).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(found.as_bytes(), b"correct horse battery");
        let missing = resolve(false, PASSPHRASE_FILE_VARIABLE, path.to_str().unwrap()).unwrap_err();
        assert!(missing.to_string().contains("msingi-passphrase-"), "{missing}");
    }
}
