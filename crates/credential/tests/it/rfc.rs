//! The examples printed in RFC 7515, 7516, 7517, 7520, 7638 and 8037 (`vectors/rfc.json`).

use credential::{
    DecryptionKey, EncAlg, JoseError, Jwk, JwkSet, KeyAlg, KeyUse, SigAlg, SigningKey,
    VerifyingKey, base64url, jwe, jws,
};
use serde_json::{Value, json};

use crate::{jwk, text};

pub fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/rfc.json")).expect("vectors")
}

fn public(value: &Value) -> Vec<VerifyingKey> {
    vec![VerifyingKey::from_jwk(&jwk(value)).expect("public key")]
}

#[test]
fn rfc_7515_a_1_hmac_is_refused() {
    let example = &vectors()["rfc7515_a1"];
    let key = jwk(&example["key"]);
    assert_eq!(
        VerifyingKey::from_jwk(&key).expect_err("a secret verifies nothing"),
        JoseError::KeyUnfit
    );
    assert_eq!(
        jws::verify(text(&example["token"]), &[], &SigAlg::ALL),
        Err(JoseError::AlgorithmRefused)
    );
}

#[test]
fn rfc_7515_a_2_rs256() {
    let example = &vectors()["rfc7515_a2"];
    let token = text(&example["token"]);
    let verified =
        jws::verify(token, &public(&example["key"]), &[SigAlg::Rs256]).expect("verifies");
    assert_eq!(verified.payload, text(&example["payload"]).as_bytes());
    // RS256 is deterministic, so our signature over the same signing input must be the printed one.
    let (input, signature) = token.rsplit_once('.').expect("parts");
    let key = SigningKey::from_jwk(SigAlg::Rs256, &jwk(&example["key"])).expect("private key");
    let ours = credential::JwsSigner::sign(&key, input.as_bytes()).expect("signs");
    assert_eq!(base64url::encode(ours), signature);
}

#[test]
fn rfc_7515_a_3_es256() {
    let example = &vectors()["rfc7515_a3"];
    let keys = public(&example["key"]);
    let verified = jws::verify(text(&example["token"]), &keys, &[SigAlg::Es256]).expect("verifies");
    assert_eq!(verified.payload, text(&example["payload"]).as_bytes());
    SigningKey::from_jwk(SigAlg::Es256, &jwk(&example["key"]))
        .expect("private and public part agree");
}

#[test]
fn rfc_7515_a_4_es512_is_not_supported() {
    let example = &vectors()["rfc7515_a4"];
    assert!(matches!(Jwk::from_value(&example["key"]), Err(JoseError::KeyUnsupported(_))));
    assert_eq!(
        jws::verify(text(&example["token"]), &[], &SigAlg::ALL),
        Err(JoseError::AlgorithmRefused)
    );
}

#[test]
fn rfc_7515_a_5_none_is_refused() {
    let vectors = vectors();
    let keys = public(&vectors["rfc7515_a3"]["key"]);
    let token = text(&vectors["rfc7515_a5"]["token"]);
    assert_eq!(jws::verify(token, &keys, &SigAlg::ALL), Err(JoseError::AlgorithmRefused));
}

#[test]
fn rfc_7515_e_unknown_critical_header_is_refused() {
    let token = "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.";
    assert_eq!(jws::verify(token, &[], &SigAlg::ALL), Err(JoseError::UnsupportedHeader("crit")));
}

/// RFC 7516 A.1 and A.2 use RSA-OAEP with SHA-1 and RSA1_5; their content parts are tested in `content.rs`.
#[test]
fn rfc_7516_a_weak_key_management_is_refused() {
    for name in ["rfc7516_a1", "rfc7516_a2"] {
        let example = &vectors()[name];
        let key = DecryptionKey::from_jwk(&jwk(&example["key"])).expect("private key");
        let result = jwe::decrypt(text(&example["token"]), &[key], &KeyAlg::ALL, &EncAlg::ALL);
        assert_eq!(result, Err(JoseError::AlgorithmRefused), "{name}");
    }
}

#[test]
fn rfc_7517_a_key_sets() {
    let vectors = vectors();
    let public =
        JwkSet::from_json(vectors["rfc7517_a1"].to_string().as_bytes()).expect("public set");
    assert_eq!(public.keys.len(), 2);
    assert_eq!(
        (public.keys[0].kid(), public.keys[0].usage()),
        (Some("1"), Some(KeyUse::Encryption))
    );
    assert!(public.keys.iter().all(|key| !key.is_private()));
    // The EC key is for encryption and must not verify; the RSA key names RS256 and must not verify PS256.
    let verifying = public.verifying_keys();
    assert_eq!(verifying.len(), 1);
    assert!(verifying[0].fits(SigAlg::Rs256) && !verifying[0].fits(SigAlg::Ps256));
    assert_eq!(public.encryption_key(KeyAlg::EcdhEs).and_then(Jwk::kid), Some("1"));
    assert!(public.encryption_key(KeyAlg::RsaOaep256).is_none());

    let private =
        JwkSet::from_json(vectors["rfc7517_a2"].to_string().as_bytes()).expect("private set");
    assert!(private.keys.iter().all(Jwk::is_private));
    assert_eq!(
        serde_json::to_value(&private).expect("json"),
        serde_json::to_value(&public).expect("json")
    );
    SigningKey::from_jwk(SigAlg::Rs256, &private.keys[1]).expect("RSA private key");
    DecryptionKey::from_jwk(&private.keys[0]).expect("EC private key");

    let symmetric =
        JwkSet::from_json(vectors["rfc7517_a3"].to_string().as_bytes()).expect("symmetric set");
    assert_eq!(symmetric.keys[0].symmetric_key().map(<[u8]>::len), Some(16));
    assert!(serde_json::to_value(&symmetric).is_err(), "an oct key has no public form");
}

#[test]
fn rfc_7638_section_3_1_thumbprint() {
    let key = jwk(&vectors()["rfc7517_a1"]["keys"][1]);
    assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn rfc_7520_4_1_rs256() {
    let example = &vectors()["rfc7520_4_1"];
    let verified = jws::verify(text(&example["token"]), &public(&example["key"]), &[SigAlg::Rs256])
        .expect("verifies");
    assert_eq!(verified.header.kid.as_deref(), Some("bilbo.baggins@hobbiton.example"));
    assert!(verified.payload.starts_with("It\u{2019}s a dangerous business, Frodo".as_bytes()));
}

#[test]
fn rfc_7520_other_signatures_are_refused() {
    for name in ["rfc7520_4_2", "rfc7520_4_3"] {
        let example = &vectors()[name];
        assert_eq!(
            jws::verify(text(&example["token"]), &[], &SigAlg::ALL),
            Err(JoseError::AlgorithmRefused)
        );
    }
}

#[test]
fn rfc_7520_5_5_ecdh_es_with_a128cbc_hs256() {
    let example = &vectors()["rfc7520_5_5"];
    let key = DecryptionKey::from_jwk(&jwk(&example["key"])).expect("private key");
    let token = text(&example["token"]);
    let decrypted =
        jwe::decrypt(token, &[key], &[KeyAlg::EcdhEs], &[EncAlg::A128CbcHs256]).expect("decrypts");
    assert_eq!(decrypted.plaintext, text(&example["plaintext"]).as_bytes());
}

#[test]
fn rfc_7520_5_4_a128kw_is_not_supported() {
    let example = &vectors()["rfc7520_5_4"];
    let key = DecryptionKey::from_jwk(&jwk(&example["key"])).expect("P-384 private key");
    let result = jwe::decrypt(text(&example["token"]), &[key], &KeyAlg::ALL, &EncAlg::ALL);
    assert_eq!(result, Err(JoseError::AlgorithmRefused));
}

/// RFC 8037 appendices A.1 to A.4. Ed25519 is deterministic, so signing must give the printed token.
#[test]
fn rfc_8037_a_ed25519() {
    let key = jwk(&vectors()["rfc8037_a"]["key"]);
    assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let signing = SigningKey::from_jwk(SigAlg::EdDsa, &key).expect("private key");
    let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let ours = credential::JwsSigner::sign(&signing, input.as_bytes()).expect("signs");
    assert_eq!(base64url::encode(ours), signature);
    let keys = [VerifyingKey::from_jwk(&key).expect("public key")];
    let verified =
        jws::verify(&format!("{input}.{signature}"), &keys, &[SigAlg::EdDsa]).expect("verifies");
    assert_eq!(verified.payload, b"Example of Ed25519 signing");
}

#[test]
fn malformed_keys_are_refused() {
    let ec = vectors()["rfc7515_a3"]["key"].clone();
    let rsa = vectors()["rfc7515_a2"]["key"].clone();
    let with = |key: &Value, name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        Jwk::from_value(&key)
    };
    assert!(matches!(with(&ec, "crv", json!("P-256K")), Err(JoseError::KeyUnsupported(_))));
    assert!(matches!(with(&ec, "kty", json!("AKP")), Err(JoseError::KeyUnsupported(_))));
    assert!(matches!(with(&ec, "use", json!("tls")), Err(JoseError::KeyUnsupported(_))));
    assert!(matches!(with(&ec, "x", json!("AAAA")), Err(JoseError::KeyInvalid(_))));
    assert!(matches!(with(&ec, "d", json!("AAAA")), Err(JoseError::KeyInvalid(_))));
    assert!(matches!(with(&ec, "y", Value::Null), Err(JoseError::KeyInvalid(_))));
    assert!(matches!(
        with(&ec, "x", json!("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU=")),
        Err(JoseError::Base64("x"))
    ));
    assert!(matches!(with(&rsa, "e", json!("AQ")), Err(JoseError::KeyInvalid(_))), "exponent 1");
    assert!(
        matches!(with(&rsa, "e", json!("AAEAAQ")), Err(JoseError::KeyInvalid(_))),
        "leading zero"
    );
    assert!(matches!(with(&rsa, "n", json!("8QAB")), Err(JoseError::KeyInvalid(_))), "24 bits");
    assert!(
        matches!(with(&rsa, "oth", json!([])), Err(JoseError::KeyUnsupported(_))),
        "multi-prime"
    );
    assert!(
        matches!(with(&rsa, "qi", Value::Null), Err(JoseError::KeyInvalid(_))),
        "d without the factors"
    );
    let doubled = br#"{"kty":"oct","k":"AA","k":"AQ"}"#;
    assert!(matches!(Jwk::from_json(doubled), Err(JoseError::KeyInvalid(_))));

    // A coordinate of another point: the lengths are right, the point is not on the curve.
    let off =
        with(&ec, "y", json!("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")).expect("well formed");
    assert!(matches!(VerifyingKey::from_jwk(&off), Err(JoseError::KeyInvalid(_))));
    // A private part of another key.
    let mixed =
        with(&ec, "d", json!("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE")).expect("well formed");
    assert!(matches!(SigningKey::from_jwk(SigAlg::Es256, &mixed), Err(JoseError::KeyInvalid(_))));
    assert!(matches!(DecryptionKey::from_jwk(&mixed), Err(JoseError::KeyInvalid(_))));
    let mixed = with(&rsa, "d", json!("X4cT")).expect("well formed");
    assert!(matches!(SigningKey::from_jwk(SigAlg::Rs256, &mixed), Err(JoseError::KeyInvalid(_))));
}

#[test]
fn one_bad_key_does_not_spoil_a_set() {
    let set = json!({"keys": [
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
        {"kty": "RSA", "n": "8QAB", "e": "AQAB"},
        vectors()["rfc7515_a3"]["key"],
    ]});
    assert_eq!(JwkSet::from_json(set.to_string().as_bytes()).expect("a set").keys.len(), 1);
    assert!(JwkSet::from_json(b"[]").is_err());
    assert!(JwkSet::from_json(b"{}").is_err());
    let through_serde: JwkSet = serde_json::from_value(set).expect("a set");
    assert_eq!(through_serde.keys.len(), 1);
}
