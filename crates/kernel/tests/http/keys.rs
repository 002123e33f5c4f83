//! The key file: made on first use, opened by its passphrase only, safe against edits and crashes.

use basis::{Clock, MockClock, Rng, Timestamp};
use credential::{SigAlg, VerifyingKey, jws};
use kernel::keys::{KeyError, KeyKind, KeyState, KeyStore, Passphrase};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A directory of its own, removed when dropped.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("msingi-keys-{}-{name}", std::process::id()));
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("keys.json")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn clock() -> (Clock, MockClock) {
    Clock::mock(Timestamp::from_micros(1_773_475_200_000_000))
}

fn open_with(path: &Path, passphrase: &str) -> Result<KeyStore, KeyError> {
    KeyStore::open(path, &Passphrase::new(passphrase), clock().0, Rng::system())
}

fn open(path: &Path) -> KeyStore {
    open_with(path, "correct horse").expect("it opens")
}

/// The parts of a store that survive a restart.
fn listing(keys: &KeyStore) -> Vec<(String, KeyState)> {
    keys.list().into_iter().map(|key| (key.purpose, key.state)).collect()
}

#[test]
fn keys_survive_a_restart_and_the_file_shows_none_of_them() {
    let place = Place::new("restart");
    let keys = open(&place.file());
    let token = keys.signing_key("token").expect("a key");
    let rsa = keys.signing_key_with("oidc-rsa", SigAlg::Rs256).expect("an RSA key");
    let (id, secret) = keys.secret("fields:civil").expect("a secret");
    let pkcs8 = keys.pkcs8("token").expect("PKCS#8");
    let again = open(&place.file());
    assert_eq!(again.list(), keys.list());
    assert_eq!(again.signing_key("token").expect("a key").kid(), token.kid());
    let rsa_again = again.signing_key_with("oidc-rsa", SigAlg::Rs256).expect("an RSA key");
    assert_eq!(rsa_again.kid(), rsa.kid());
    assert_eq!(again.secret("fields:civil").expect("a secret"), (id, secret.clone()));
    assert_eq!(again.pkcs8("token").expect("PKCS#8"), pkcs8);
    assert_eq!(again.list()[0].kind, KeyKind::Signing(SigAlg::Es256));
    let raw = fs::read(place.file()).expect("a file");
    assert!(!raw.windows(8).any(|part| part == &secret[..8]));
    assert_eq!(fs::metadata(place.file()).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_signature_verifies_with_the_published_key() {
    let keys = KeyStore::in_memory(clock().0, Rng::system());
    let key = keys.signing_key_with("oidc", SigAlg::Rs256).expect("a key");
    let token = jws::sign(&*key, &[], b"payload").expect("a signature");
    let public: Vec<VerifyingKey> = keys
        .public_keys("oidc")
        .iter()
        .map(|k| VerifyingKey::from_jwk(k).expect("a key"))
        .collect();
    assert_eq!(jws::verify(&token, &public, &[SigAlg::Rs256]).expect("good").payload, b"payload");
    assert!(matches!(keys.signing_key("oidc"), Err(KeyError::Kind(_))));
    assert!(matches!(keys.secret("oidc"), Err(KeyError::Kind(_))));
    assert!(keys.public_keys("token").is_empty());
}

#[test]
fn a_wrong_passphrase_is_one_clear_error() {
    let place = Place::new("passphrase");
    open(&place.file()).signing_key("token").expect("a key");
    let before = fs::read(place.file()).expect("a file");
    let error = open_with(&place.file(), "wrong horse").expect_err("refused");
    assert!(matches!(error, KeyError::WrongPassphrase(_)));
    let text = error.to_string();
    assert!(text.contains("keys.json: the passphrase does not open it"), "{text}");
    assert!(text.contains("MSINGI_PASSPHRASE"), "{text}");
    assert_eq!(fs::read(place.file()).expect("a file"), before);
    // An empty store knows its passphrase, too.
    let empty = Place::new("passphrase-empty");
    open(&empty.file());
    assert!(matches!(open_with(&empty.file(), "wrong"), Err(KeyError::WrongPassphrase(_))));
}

#[test]
fn a_damaged_file_is_refused_and_left_alone() {
    let place = Place::new("damaged");
    open(&place.file()).signing_key("token").expect("a key");
    let text = fs::read_to_string(place.file()).expect("a file");
    let edits = [
        ("truncated", text[..text.len() / 2].to_owned()),
        ("empty", String::new()),
        ("purpose", text.replace("\"token\"", "\"oidc\"")),
        ("state", text.replace("\"active\"", "\"retired\"")),
        ("format", text.replace("\"format\": 1", "\"format\": 2")),
        ("cost", text.replace("\"memory_kib\": 19456", "\"memory_kib\": 1048577")),
        ("passes", text.replace("\"passes\": 2", "\"passes\": 65")),
        ("kdf", text.replace("argon2id", "md5")),
    ];
    for (what, edited) in edits {
        assert_ne!(edited, text, "{what}");
        fs::write(place.file(), &edited).expect("written");
        let error = open_with(&place.file(), "correct horse").expect_err(what);
        assert!(matches!(error, KeyError::Damaged { .. }), "{what}: {error}");
        assert!(error.to_string().contains("restore it from a backup"), "{what}: {error}");
        assert_eq!(fs::read_to_string(place.file()).expect("a file"), edited, "{what}");
    }
    fs::write(place.file(), &text).expect("written");
    assert_eq!(listing(&open(&place.file())).len(), 1);
}

#[test]
fn a_leftover_of_a_crash_is_replaced() {
    let place = Place::new("crash");
    open(&place.file());
    fs::write(place.file().with_extension("new"), "half").expect("written");
    open(&place.file()).signing_key("token").expect("a key");
    assert_eq!(listing(&open(&place.file())), [("token".to_owned(), KeyState::Active)]);
    assert!(!place.file().with_extension("new").exists());
}

#[test]
fn a_place_that_cannot_be_written_names_itself() {
    let error = open_with(Path::new("/proc/nowhere/keys.json"), "x").expect_err("refused");
    assert!(error.to_string().starts_with("/proc/nowhere/keys.lock: "), "{error}");
}

#[test]
fn rotation_goes_by_pending_active_retired() {
    let (clock, time) = clock();
    let keys = KeyStore::in_memory(clock.clone(), Rng::system());
    assert!(matches!(keys.rotate("token"), Err(KeyError::Unusable(_))));
    let first = keys.signing_key("token").expect("a key").kid().to_owned();
    let pending = keys.prepare("token", clock.now().plus_seconds(3600)).expect("prepared");
    assert_eq!(keys.prepare("token", clock.now()).expect("the same"), pending);
    assert_eq!(keys.signing_key("token").expect("a key").kid(), first);
    assert_eq!(keys.public_keys("token").len(), 2, "a pending key is published");
    time.advance_seconds(3600);
    assert_eq!(keys.rotate("token").expect("rotated"), pending);
    let second = keys.signing_key("token").expect("a key").kid().to_owned();
    assert_ne!(second, first);
    let states: Vec<KeyState> = keys.list().iter().map(|key| key.state).collect();
    assert_eq!(states, [KeyState::Retired, KeyState::Active]);
    // Without a pending key a new one is made at once; one that is not due yet stays.
    keys.prepare("token", clock.now().plus_seconds(60)).expect("prepared");
    keys.rotate("token").expect("rotated");
    let states: Vec<KeyState> = keys.list().iter().map(|key| key.state).collect();
    assert_eq!(states, [KeyState::Retired, KeyState::Retired, KeyState::Pending, KeyState::Active]);
    assert_eq!(keys.public_keys("token").len(), 4);
}

#[test]
fn only_retired_keys_are_destroyed() {
    let place = Place::new("destroy");
    let keys = open(&place.file());
    let (id, secret) = keys.secret("fields:civil").expect("a secret");
    assert!(matches!(keys.destroy(id), Err(KeyError::InUse(_))));
    let next = keys.rotate("fields:civil").expect("rotated");
    assert_eq!(keys.secret_by_id("fields:civil", id).expect("still there"), secret);
    assert_eq!(keys.secret("fields:civil").expect("a secret").0, next);
    assert!(matches!(keys.secret_by_id("fields:identity", id), Err(KeyError::Unknown(_))));
    keys.destroy(id).expect("destroyed");
    assert!(matches!(keys.secret_by_id("fields:civil", id), Err(KeyError::Unknown(_))));
    assert!(matches!(keys.destroy(id), Err(KeyError::Unknown(_))));
    assert_eq!(listing(&open(&place.file())).len(), 1);
}

#[test]
fn two_processes_share_one_file() {
    let place = Place::new("shared");
    let (one, two) = (open(&place.file()), open(&place.file()));
    let (first, second) = (one.signing_key("token"), two.signing_key("token"));
    assert_eq!(first.expect("a key").kid(), second.expect("a key").kid());
    one.secret("fields:civil").expect("a secret");
    two.secret("fields:identity").expect("a secret");
    let rotated = two.rotate("fields:civil").expect("rotated");
    assert!(one.secret_by_id("fields:civil", rotated).is_ok(), "what the other made is found");
    assert_eq!(listing(&open(&place.file())).len(), 4);
}
