//! Another instrument than the built-in one, and rounds of earlier versions.

use super::super::{Failure, say};
use super::files;
use credential::{Jwk, SigAlg, SigningKey};
use maturity::instrument::{migration, signed};
use maturity::{Instrument, Round};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The instrument that answers are read with.
#[derive(Debug, clap::Args)]
pub struct Choice {
    /// Another instrument than the built-in one (TOML), with its signature beside it in FILE.sig
    #[arg(long, value_name = "FILE", global = true)]
    instrument: Option<PathBuf>,
    /// Public key of who publishes that instrument, as a JWK
    #[arg(long, value_name = "FILE", global = true)]
    publisher: Option<PathBuf>,
}

/// The built-in one, or one that the publisher's key has signed.
pub fn chosen(choice: &Choice) -> Result<Instrument, Failure> {
    let (path, key) = match (&choice.instrument, &choice.publisher) {
        (None, None) => return Ok(Instrument::built_in()),
        (Some(path), Some(key)) => (path, key),
        (Some(_), None) => {
            return Err("--instrument needs --publisher: the public key that signed it".into());
        }
        (None, Some(_)) => return Err("--publisher needs --instrument: the file it signed".into()),
    };
    let publisher = Jwk::from_json(files::text(key)?.as_bytes())
        .map_err(|error| format!("{}: {error}", key.display()))?;
    let (file, signature) = (files::text(path)?, files::text(&signature_of(path))?);
    let opened = signed::open(file.as_bytes(), &signature, &[publisher]);
    opened.map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Signs an instrument that can be read, and writes the public key for those who use it.
pub fn sign(path: &Path, key: &Path) -> Result<(), Failure> {
    let text = files::text(path)?;
    Instrument::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let signer = SigningKey::from_text(SigAlg::Es256, &files::text(key)?);
    let signer = signer.map_err(|error| {
        format!("{}: {error}; it has to be a P-256 key as PKCS#8 in PEM, or a JWK", key.display())
    })?;
    let signature = signed::sign(text.as_bytes(), &signer)?;
    files::write(&signature_of(path), signature.as_bytes())?;
    let public = serde_json::to_string(&signer.public_jwk())?;
    files::write(&with_suffix(path, ".publisher.jwk"), public.as_bytes())
}

/// Carries a round over to the instrument's version, and says what became of each answer that moved.
pub fn migrate(instrument: &Instrument, path: &Path, out: &Path) -> Result<(), Failure> {
    let named = |error: String| format!("{}: {error}", path.display());
    let round = Round::parse(&files::text(path)?).map_err(|error| named(error.to_string()))?;
    let from = round.instrument.version.clone();
    let (round, notes) =
        migration::migrate(round, instrument).map_err(|error| named(error.to_string()))?;
    files::check(&round, instrument).map_err(|error| named(error.to_string()))?;
    for note in &notes {
        say(format!("  {}: {}", note.indicator, note.says));
        if let Some(answer) = &note.lost_answer {
            say(format!("    the answer was: {}", serde_json::to_string(answer)?));
        }
    }
    say(format!("  from version {from} to {}; {} moved", instrument.version, notes.len()));
    files::save(out, &round)
}

fn signature_of(path: &Path) -> PathBuf {
    with_suffix(path, ".sig")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
