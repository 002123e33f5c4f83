//! JWE round trips, key selection, and tampering.

use credential::{
    Curve, DecryptionKey, DecryptionKind, EncAlg, JoseError, Jwk, KeyAlg, SigAlg, SigningKey,
    base64url, jwe, jws,
};
use serde_json::Value;

use crate::rfc::vectors;
use crate::{jwk, text, verifying};

fn p256() -> DecryptionKey {
    DecryptionKey::generate(DecryptionKind::Ec(Curve::P256)).expect("a key")
}

fn rsa() -> DecryptionKey {
    DecryptionKey::from_jwk(&jwk(&vectors()["rfc7516_a1"]["key"])).expect("a key")
}

fn decrypt(token: &str, key: &DecryptionKey) -> Result<Vec<u8>, JoseError> {
    let keys = std::slice::from_ref(key);
    jwe::decrypt(token, keys, &KeyAlg::ALL, &EncAlg::ALL).map(|decrypted| decrypted.plaintext)
}

/// A key for each algorithm with its algorithm.
fn recipients() -> Vec<(KeyAlg, DecryptionKey)> {
    let p384 = DecryptionKey::generate(DecryptionKind::Ec(Curve::P384)).expect("a key");
    vec![
        (KeyAlg::RsaOaep256, rsa()),
        (KeyAlg::EcdhEs, p256()),
        (KeyAlg::EcdhEsA256Kw, p256()),
        (KeyAlg::EcdhEs, p384.clone()),
        (KeyAlg::EcdhEsA256Kw, p384),
    ]
}

#[test]
fn round_trips() {
    for (alg, key) in recipients() {
        for enc in EncAlg::ALL {
            for plaintext in [&b""[..], b"x", b"sixteen bytes ..", &[0xa5; 1000]] {
                let token =
                    jwe::encrypt(&key.public_jwk(), alg, enc, &[], plaintext).expect("encrypts");
                assert_eq!(decrypt(&token, &key).as_deref(), Ok(plaintext), "{alg:?} {enc:?}");
            }
        }
    }
}

#[test]
fn two_encryptions_share_nothing() {
    let key = p256();
    let make = || {
        jwe::encrypt(&key.public_jwk(), KeyAlg::EcdhEsA256Kw, EncAlg::A256Gcm, &[], b"same")
            .expect("encrypts")
    };
    let (first, second) = (make(), make());
    for (a, b) in first.split('.').zip(second.split('.')) {
        assert_ne!(a, b);
    }
}

#[test]
fn every_part_is_authenticated() {
    for (alg, key) in recipients() {
        for enc in EncAlg::ALL {
            let token =
                jwe::encrypt(&key.public_jwk(), alg, enc, &[], b"plaintext").expect("encrypts");
            let parts: Vec<&str> = token.split('.').collect();
            for index in 1..5 {
                let mut bytes = base64url::decode(parts[index], "part").expect("base64url");
                let Some(last) = bytes.last_mut() else { continue };
                *last ^= 1;
                let changed = base64url::encode(&bytes);
                let mut forged = parts.clone();
                forged[index] = &changed;
                // One and the same error, whichever part it was.
                assert_eq!(
                    decrypt(&forged.join("."), &key),
                    Err(JoseError::Decryption),
                    "{alg:?} {enc:?} {index}"
                );
            }
        }
    }
}

#[test]
fn the_header_is_authenticated() {
    let key = p256();
    let extra = [("purpose", Value::from("a"))];
    let token = jwe::encrypt(&key.public_jwk(), KeyAlg::EcdhEs, EncAlg::A128Gcm, &extra, b"x")
        .expect("encrypts");
    let (header, rest) = token.split_once('.').expect("parts");
    let json =
        String::from_utf8(base64url::decode(header, "header").expect("base64url")).expect("utf-8");
    let forged = json.replace(r#""purpose":"a""#, r#""purpose":"b""#);
    assert_ne!(forged, json);
    assert_eq!(
        decrypt(&format!("{}.{rest}", base64url::encode(forged)), &key),
        Err(JoseError::Decryption)
    );
}

#[test]
fn only_listed_algorithms_are_accepted() {
    let key = p256();
    let token = jwe::encrypt(&key.public_jwk(), KeyAlg::EcdhEs, EncAlg::A128Gcm, &[], b"x")
        .expect("encrypts");
    let keys = [key];
    let refused = Err(JoseError::AlgorithmRefused);
    assert_eq!(jwe::decrypt(&token, &keys, &[KeyAlg::EcdhEsA256Kw], &EncAlg::ALL), refused);
    assert_eq!(jwe::decrypt(&token, &keys, &KeyAlg::ALL, &[EncAlg::A256Gcm]), refused);
    assert_eq!(jwe::decrypt(&token, &keys, &[], &[]), refused);
}

#[test]
fn a_key_set_is_searched_by_kid_and_fit() {
    let (ec, other, rsa) = (p256(), p256(), rsa());
    let token = jwe::encrypt(&ec.public_jwk(), KeyAlg::EcdhEs, EncAlg::A128Gcm, &[], b"x")
        .expect("encrypts");
    let all = [rsa.clone(), other.clone(), ec.clone()];
    assert!(jwe::decrypt(&token, &all, &KeyAlg::ALL, &EncAlg::ALL).is_ok());
    let missing = jwe::decrypt(&token, &[rsa.clone(), other], &KeyAlg::ALL, &EncAlg::ALL);
    assert_eq!(missing, Err(JoseError::KeyNotFound));

    let mut bare = ec.public_jwk().public_json().expect("json");
    bare.as_object_mut().expect("object").remove("kid");
    let bare = Jwk::from_value(&bare).expect("JWK");
    let token = jwe::encrypt(&bare, KeyAlg::EcdhEs, EncAlg::A128Gcm, &[], b"x").expect("encrypts");
    assert!(jwe::decrypt(&token, &[rsa.clone(), ec.clone()], &KeyAlg::ALL, &EncAlg::ALL).is_ok());
    let doubtful = jwe::decrypt(&token, &[p256(), ec], &KeyAlg::ALL, &EncAlg::ALL);
    assert_eq!(doubtful, Err(JoseError::KeyAmbiguous));
    assert_eq!(jwe::decrypt(&token, &[rsa], &KeyAlg::ALL, &EncAlg::ALL), Err(JoseError::KeyUnfit));
}

#[test]
fn unfit_recipients_are_refused() {
    let signing = SigningKey::generate_es256().expect("a key").public_jwk();
    let encrypt = |key: &Jwk, alg| jwe::encrypt(key, alg, EncAlg::A256Gcm, &[], b"x");
    assert_eq!(encrypt(&signing, KeyAlg::EcdhEs), Err(JoseError::KeyUnfit), "a signing key");
    let mut for_signing = vectors()["rfc7520_5_5"]["key"].clone();
    for_signing["use"] = Value::from("sig");
    assert_eq!(encrypt(&jwk(&for_signing), KeyAlg::EcdhEs), Err(JoseError::KeyUnfit), "use: sig");
    let private = DecryptionKey::from_jwk(&jwk(&for_signing));
    assert_eq!(private.expect_err("use: sig"), JoseError::KeyUnfit);
    assert_eq!(encrypt(&p256().public_jwk(), KeyAlg::RsaOaep256), Err(JoseError::KeyUnfit));
    assert_eq!(encrypt(&rsa().public_jwk(), KeyAlg::EcdhEs), Err(JoseError::KeyUnfit));
    let mut off = p256().public_jwk().public_json().expect("json");
    off["y"] = off["x"].clone();
    let off = Jwk::from_value(&off).expect("well formed");
    assert!(matches!(encrypt(&off, KeyAlg::EcdhEs), Err(JoseError::KeyInvalid(_))));
    let reserved = [("alg", Value::from("none"))];
    let result =
        jwe::encrypt(&p256().public_jwk(), KeyAlg::EcdhEs, EncAlg::A256Gcm, &reserved, b"x");
    assert!(matches!(result, Err(JoseError::Malformed(_))));
}

#[test]
fn malformed_tokens_are_refused() {
    let key = p256();
    let token = jwe::encrypt(&key.public_jwk(), KeyAlg::EcdhEs, EncAlg::A128Gcm, &[], b"x")
        .expect("encrypts");
    let parts: Vec<&str> = token.split('.').collect();
    assert!(matches!(decrypt(&parts[..4].join("."), &key), Err(JoseError::Malformed(_))));
    assert!(matches!(decrypt(&format!("{token}.x"), &key), Err(JoseError::Malformed(_))));
    let with_key = [parts[0], "AAAA", parts[2], parts[3], parts[4]].join(".");
    assert!(
        matches!(decrypt(&with_key, &key), Err(JoseError::Malformed(_))),
        "direct agreement carries no key"
    );
    let padded = format!("{token}=");
    assert!(matches!(decrypt(&padded, &key), Err(JoseError::Base64(_))));
    for header in [
        r#"{"alg":"ECDH-ES"}"#,
        r#"{"alg":"ECDH-ES","enc":"A128GCM"}"#,
        r#"{"alg":"ECDH-ES","enc":"A128GCM","epk":1}"#,
        r#"{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-384","x":"","y":""}}"#,
        r#"{"alg":"ECDH-ES","enc":"A128GCM","zip":"DEF"}"#,
        r#"{"alg":"dir","enc":"A128GCM"}"#,
    ] {
        let forged = [&base64url::encode(header), parts[1], parts[2], parts[3], parts[4]].join(".");
        assert!(decrypt(&forged, &key).is_err(), "{header}");
    }
}

#[test]
fn an_ephemeral_key_of_another_curve_is_refused() {
    let p384 = DecryptionKey::generate(DecryptionKind::Ec(Curve::P384)).expect("a key");
    let token = jwe::encrypt(&p384.public_jwk(), KeyAlg::EcdhEs, EncAlg::A128Gcm, &[], b"x")
        .expect("encrypts");
    let json =
        base64url::decode(token.split('.').next().expect("header"), "header").expect("base64url");
    let key = p256();
    let header = String::from_utf8(json).expect("utf-8").replace(p384.kid(), key.kid());
    let rest = token.split_once('.').expect("parts").1;
    assert_eq!(
        decrypt(&format!("{}.{rest}", base64url::encode(header)), &key),
        Err(JoseError::KeyUnfit)
    );
}

#[test]
fn exported_keys_decrypt_what_the_originals_would() {
    for (alg, key) in recipients() {
        let token =
            jwe::encrypt(&key.public_jwk(), alg, EncAlg::A256Gcm, &[], b"x").expect("encrypts");
        let kind = match key.public_jwk().public_json().expect("json")["crv"].as_str() {
            None => DecryptionKind::Rsa,
            Some("P-384") => DecryptionKind::Ec(Curve::P384),
            Some(_) => DecryptionKind::Ec(Curve::P256),
        };
        let again =
            DecryptionKey::from_pkcs8(kind, &key.to_pkcs8().expect("exports")).expect("imports");
        assert_eq!(again.kid(), key.kid());
        assert_eq!(decrypt(&token, &again).as_deref(), Ok(&b"x"[..]));
    }
}

/// A signed token inside an encrypted one, as a userinfo response may be (OpenID Connect Core section 5.3.2).
#[test]
fn signed_then_encrypted() {
    let (signer, recipient) = (SigningKey::generate_es256().expect("a key"), p256());
    let inner = jws::sign(&signer, &[], b"claims").expect("signs");
    let extra = [("cty", Value::from("JWT"))];
    let public = recipient.public_jwk();
    let outer =
        jwe::encrypt(&public, KeyAlg::EcdhEsA256Kw, EncAlg::A256Gcm, &extra, inner.as_bytes())
            .expect("encrypts");
    let opened = jwe::decrypt(&outer, &[recipient], &KeyAlg::ALL, &EncAlg::ALL).expect("decrypts");
    assert_eq!(opened.header.cty.as_deref(), Some("JWT"));
    let inner = String::from_utf8(opened.plaintext).expect("utf-8");
    let verified = jws::verify(&inner, &verifying(&signer), &[SigAlg::Es256]).expect("verifies");
    assert_eq!(verified.payload, b"claims");
}

#[test]
fn foreign_kid_of_an_imported_key_is_kept() {
    let example = &vectors()["rfc7520_5_5"];
    let key = DecryptionKey::from_jwk(&jwk(&example["key"])).expect("a key");
    assert_eq!(key.kid(), text(&example["key"]["kid"]));
    assert_eq!(key.public_jwk().kid(), Some(key.kid()));
}
