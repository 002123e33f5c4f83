//! Answers of an authenticator made here, one flaw at a time.

use super::*;
use crate::base64url;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use ciborium::Value;

const RP: &str = "id.example";
const ORIGIN: &str = "https://id.example";
const CHALLENGE: &[u8] = b"0123456789abcdef";
const ID: &[u8] = b"a passkey";
const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;

enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Key {
    fn es256() -> Self {
        Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    fn eddsa() -> Self {
        Self::EdDsa(Ed25519KeyPair::generate().unwrap())
    }

    fn cose(&self) -> Vec<u8> {
        let members: Vec<(i64, Value)> = match self {
            Self::Es256(pair) => {
                let point = pair.public_key().as_ref();
                vec![
                    (1, 2.into()),
                    (3, (-7).into()),
                    (-1, 1.into()),
                    (-2, point[1..33].to_vec().into()),
                    (-3, point[33..].to_vec().into()),
                ]
            }
            Self::EdDsa(pair) => vec![
                (1, 1.into()),
                (3, (-8).into()),
                (-1, 6.into()),
                (-2, pair.public_key().as_ref().to_vec().into()),
            ],
        };
        encode(members.into_iter().map(|(label, value)| (label.into(), value)).collect())
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(pair) => {
                pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
            }
            Self::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

fn encode(members: Vec<(Value, Value)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(&Value::Map(members), &mut bytes).unwrap();
    bytes
}

fn client_data(kind: &str) -> serde_json::Value {
    serde_json::json!({ "type": kind, "challenge": base64url::encode(CHALLENGE), "origin": ORIGIN,
        "crossOrigin": false, "extra": 1 })
}

fn data(rp: &str, flags: u8, counter: u32) -> Vec<u8> {
    let mut data = digest(&SHA256, rp.as_bytes()).as_ref().to_vec();
    data.push(flags);
    data.extend(counter.to_be_bytes());
    data
}

fn attestation(cose: &[u8], flags: u8) -> Vec<u8> {
    let mut data = data(RP, flags | 64, 0);
    data.extend([7; 16]);
    data.extend(u16::try_from(ID.len()).unwrap().to_be_bytes());
    data.extend(ID);
    data.extend(cose);
    encode(vec![
        ("fmt".into(), "none".into()),
        ("attStmt".into(), Value::Map(Vec::new())),
        ("authData".into(), data.into()),
    ])
}

fn expected() -> Expected<'static> {
    Expected { rp_id: RP, origin: ORIGIN, challenge: CHALLENGE }
}

fn made(key: &Key) -> Registration {
    let client = client_data("webauthn.create").to_string();
    register(client.as_bytes(), &attestation(&key.cose(), PRESENT | VERIFIED), &expected()).unwrap()
}

fn answer(
    key: &Key,
    client: &serde_json::Value,
    data: &[u8],
    counter: u32,
) -> Result<u32, WebauthnError> {
    let client_data = client.to_string();
    let mut signed = data.to_vec();
    signed.extend(digest(&SHA256, client_data.as_bytes()).as_ref());
    let signature = key.sign(&signed);
    let assertion = Assertion {
        client_data: client_data.as_bytes(),
        authenticator_data: data,
        signature: &signature,
    };
    verify(&assertion, &made(key).key, counter, &expected())
}

#[test]
fn what_was_made_answers_in_both_algorithms() {
    for key in [Key::es256(), Key::eddsa()] {
        let passkey = made(&key);
        assert_eq!((passkey.id.as_slice(), passkey.counter), (ID, 0));
        let (alg, bytes) = passkey.key.to_parts();
        assert_eq!(PasskeyKey::from_parts(alg, bytes).unwrap(), passkey.key);
        let data = data(RP, PRESENT | VERIFIED, 5);
        assert_eq!(answer(&key, &client_data("webauthn.get"), &data, 4), Ok(5));
    }
}

#[test]
fn each_flaw_of_an_answer_is_refused() {
    let key = Key::es256();
    let good = || data(RP, PRESENT | VERIFIED, 5);
    let with = |name: &str, value: serde_json::Value| {
        let mut client = client_data("webauthn.get");
        client[name] = value;
        client
    };
    let table = [
        (with("type", "webauthn.create".into()), good(), WebauthnError::Unexpected("type")),
        (with("challenge", "AAAA".into()), good(), WebauthnError::Unexpected("challenge")),
        (with("challenge", "A=".into()), good(), WebauthnError::Malformed("challenge")),
        (
            with("origin", "https://evil.example".into()),
            good(),
            WebauthnError::Unexpected("origin"),
        ),
        (with("origin", "http://id.example".into()), good(), WebauthnError::Unexpected("origin")),
        (with("crossOrigin", true.into()), good(), WebauthnError::Unexpected("frame")),
        (
            client_data("webauthn.get"),
            data("example", PRESENT | VERIFIED, 5),
            WebauthnError::Unexpected("relying party"),
        ),
        (client_data("webauthn.get"), data(RP, PRESENT, 5), WebauthnError::Unverified),
        (client_data("webauthn.get"), data(RP, VERIFIED, 5), WebauthnError::Unverified),
        (client_data("webauthn.get"), data(RP, 5, 4), WebauthnError::Counter),
        (client_data("webauthn.get"), data(RP, 5, 0), WebauthnError::Counter),
        (
            client_data("webauthn.get"),
            good()[..36].to_vec(),
            WebauthnError::Malformed("authenticator data"),
        ),
    ];
    for (client, data, refusal) in table {
        assert_eq!(answer(&key, &client, &data, 4), Err(refusal), "{client}");
    }
}

#[test]
fn those_that_do_not_count_may_stay_at_zero() {
    let data = data(RP, PRESENT | VERIFIED, 0);
    assert_eq!(answer(&Key::es256(), &client_data("webauthn.get"), &data, 0), Ok(0));
}

#[test]
fn another_key_or_a_changed_answer_does_not_verify() {
    let (key, other) = (Key::es256(), Key::es256());
    let client = client_data("webauthn.get").to_string();
    let data = data(RP, PRESENT | VERIFIED, 5);
    let mut signed = data.clone();
    signed.extend(digest(&SHA256, client.as_bytes()).as_ref());
    let check = |signature: &[u8], data: &[u8]| {
        let assertion =
            Assertion { client_data: client.as_bytes(), authenticator_data: data, signature };
        verify(&assertion, &made(&key).key, 0, &expected())
    };
    assert_eq!(check(&other.sign(&signed), &data), Err(WebauthnError::Signature));
    assert_eq!(check(b"", &data), Err(WebauthnError::Signature));
    let mut changed = data.clone();
    changed[36] = 9;
    assert_eq!(check(&key.sign(&signed), &changed), Err(WebauthnError::Signature));
    assert_eq!(check(&key.sign(&signed), &data), Ok(5));
}

#[test]
fn what_is_no_passkey_is_not_registered() {
    let client = client_data("webauthn.create").to_string();
    let register = |object: &[u8]| register(client.as_bytes(), object, &expected()).map(drop);
    let cose = Key::es256().cose();
    assert_eq!(register(&attestation(&cose, PRESENT)), Err(WebauthnError::Unverified));
    let mut off_curve = cose.clone();
    *off_curve.last_mut().unwrap() ^= 1;
    assert_eq!(register(&attestation(&off_curve, 5)), Err(WebauthnError::Key));
    let rs256 = encode(vec![(1.into(), 3.into()), (3.into(), (-257).into())]);
    assert_eq!(register(&attestation(&rs256, 5)), Err(WebauthnError::Key));
    assert_eq!(register(b"\xa0"), Err(WebauthnError::Malformed("attestation object")));
    assert_eq!(register(b""), Err(WebauthnError::Malformed("attestation object")));
    let deep = [0x81; 40];
    assert_eq!(register(&deep), Err(WebauthnError::Malformed("attestation object")));
    let whole = attestation(&cose, 5);
    for end in 0..whole.len() {
        assert!(register(&whole[..end]).is_err(), "cut at {end}");
    }
}
