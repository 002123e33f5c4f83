//! What an attacker would send to a verifier.

use credential::{JoseError, Jwk, SigAlg, SigningKey, VerifyingKey, base64url, jws};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{signing_key, verifying};

/// A token with any header, signed by the key whatever the header says.
fn signed(key: &SigningKey, header: &Value, payload: &[u8]) -> String {
    let input = format!("{}.{}", base64url::encode(header.to_string()), base64url::encode(payload));
    let signature = credential::JwsSigner::sign(key, input.as_bytes()).expect("signs");
    format!("{input}.{}", base64url::encode(signature))
}

fn verify(token: &str, keys: &[VerifyingKey]) -> Result<Vec<u8>, JoseError> {
    jws::verify(token, keys, &SigAlg::ALL).map(|verified| verified.payload)
}

#[test]
fn round_trips_in_every_algorithm() {
    for alg in SigAlg::ALL {
        let key = signing_key(alg);
        let keys = verifying(&key);
        let token = jws::sign(&key, &[("typ", Value::from("x"))], b"payload").expect("signs");
        let verified = jws::verify(&token, &keys, &[alg]).expect("verifies");
        assert_eq!(verified.payload, b"payload");
        assert_eq!(verified.header.kid.as_deref(), Some(key.kid()));
        assert_eq!(verified.header.typ.as_deref(), Some("x"));
        let others: Vec<SigAlg> = SigAlg::ALL.into_iter().filter(|other| *other != alg).collect();
        assert_eq!(jws::verify(&token, &keys, &others), Err(JoseError::AlgorithmRefused));
        assert_eq!(jws::verify(&token, &keys, &[]), Err(JoseError::AlgorithmRefused));

        let again =
            SigningKey::from_pkcs8(alg, &key.to_pkcs8().expect("exports")).expect("imports");
        assert_eq!(again.kid(), key.kid());
        let token = jws::sign(&again, &[], b"payload").expect("signs");
        assert!(verify(&token, &keys).is_ok());
    }
}

#[test]
fn generated_rsa_keys_have_3072_bits() {
    let key = SigningKey::generate(SigAlg::Ps256).expect("a key");
    let n = key.public_jwk().public_json().expect("json")["n"].as_str().expect("n").to_owned();
    assert_eq!(base64url::decode(&n, "n").expect("base64url").len(), 384);
    let token = jws::sign(&key, &[], b"x").expect("signs");
    assert!(verify(&token, &verifying(&key)).is_ok());
}

#[test]
fn pkcs8_of_another_type_is_refused() {
    let p256 = SigningKey::generate(SigAlg::Es256).expect("a key").to_pkcs8().expect("exports");
    for alg in [SigAlg::Es384, SigAlg::EdDsa, SigAlg::Rs256, SigAlg::Ps256] {
        assert!(
            matches!(SigningKey::from_pkcs8(alg, &p256), Err(JoseError::KeyInvalid(_))),
            "{alg:?}"
        );
    }
    assert!(SigningKey::from_pkcs8(SigAlg::Es256, b"").is_err());
}

#[test]
fn none_and_hmac_are_refused_in_every_spelling() {
    let key = signing_key(SigAlg::Es256);
    let keys = verifying(&key);
    for name in ["none", "None", "NONE", "nOnE", "HS256", "HS512", "", "ES256K"] {
        let token = signed(&key, &json!({"alg": name}), b"x");
        assert_eq!(verify(&token, &keys), Err(JoseError::AlgorithmRefused), "{name}");
        let unsigned = format!(
            "{}.{}.",
            base64url::encode(json!({"alg": name}).to_string()),
            base64url::encode("x")
        );
        assert_eq!(verify(&unsigned, &keys), Err(JoseError::AlgorithmRefused), "{name}");
    }
}

/// The old attack: an HMAC made with the public key's bytes as its secret.
#[test]
fn a_public_key_is_never_an_hmac_secret() {
    let key = signing_key(SigAlg::Rs256);
    let public = key.public_jwk().public_json().expect("json").to_string();
    let secret =
        Jwk::from_value(&json!({"kty": "oct", "k": base64url::encode(public), "alg": "HS256"}))
            .expect("JWK");
    assert_eq!(VerifyingKey::from_jwk(&secret).expect_err("refused"), JoseError::KeyUnfit);
}

#[test]
fn an_algorithm_of_another_key_type_is_refused() {
    for alg in SigAlg::ALL {
        let key = signing_key(alg);
        for other in SigAlg::ALL.into_iter().filter(|other| *other != alg) {
            let token = signed(&key, &json!({"alg": other.name()}), b"x");
            assert_eq!(
                verify(&token, &verifying(&key)),
                Err(JoseError::KeyUnfit),
                "{alg:?} as {other:?}"
            );
        }
    }
}

/// An RSA key without `alg` serves both paddings, but a signature of one is none of the other.
#[test]
fn rsa_paddings_do_not_mix() {
    let key = signing_key(SigAlg::Rs256);
    let mut json = key.public_jwk().public_json().expect("json");
    json.as_object_mut().expect("object").remove("alg");
    let keys = [VerifyingKey::from_jwk(&Jwk::from_value(&json).expect("JWK")).expect("key")];
    assert!(verify(&signed(&key, &json!({"alg": "RS256"}), b"x"), &keys).is_ok());
    assert_eq!(
        verify(&signed(&key, &json!({"alg": "PS256"}), b"x"), &keys),
        Err(JoseError::Signature)
    );
}

#[test]
fn keys_not_meant_for_signatures_do_not_verify() {
    let json = signing_key(SigAlg::Es256).public_jwk().public_json().expect("json");
    for (member, value) in
        [("use", json!("enc")), ("alg", json!("ECDH-ES")), ("key_ops", json!(["encrypt"]))]
    {
        let mut changed = json.clone();
        changed[member] = value;
        let jwk = Jwk::from_value(&changed).expect("JWK");
        assert_eq!(
            VerifyingKey::from_jwk(&jwk).expect_err("refused"),
            JoseError::KeyUnfit,
            "{member}"
        );
    }
    let mut changed = json;
    changed["key_ops"] = json!(["verify"]);
    assert!(VerifyingKey::from_jwk(&Jwk::from_value(&changed).expect("JWK")).is_ok());
}

#[test]
fn extensions_and_doubled_members_are_refused() {
    let key = signing_key(SigAlg::Es256);
    let keys = verifying(&key);
    let crit = signed(&key, &json!({"alg": "ES256", "crit": ["exp"], "exp": 1}), b"x");
    assert_eq!(verify(&crit, &keys), Err(JoseError::UnsupportedHeader("crit")));
    let b64 = signed(&key, &json!({"alg": "ES256", "b64": false}), b"x");
    assert_eq!(verify(&b64, &keys), Err(JoseError::UnsupportedHeader("b64")));
    let input = format!("{}.eA", base64url::encode(r#"{"alg":"none","alg":"ES256"}"#));
    let signature = credential::JwsSigner::sign(&key, input.as_bytes()).expect("signs");
    let doubled = format!("{input}.{}", base64url::encode(signature));
    assert_eq!(verify(&doubled, &keys), Err(JoseError::DuplicateMember));
}

/// A header may offer its own key (`jwk`, `jku`, `x5c`); it must never be used.
#[test]
fn keys_offered_by_the_token_are_ignored() {
    let (honest, attacker) = (signing_key(SigAlg::Es256), signing_key(SigAlg::Es256));
    let header = json!({"alg": "ES256", "kid": honest.kid(), "jwk": attacker.public_jwk(), "jku": "https://evil.example"});
    assert_eq!(
        verify(&signed(&attacker, &header, b"x"), &verifying(&honest)),
        Err(JoseError::Signature)
    );
}

#[test]
fn kid_selects_the_key() {
    let (a, b, ed) =
        (signing_key(SigAlg::Es256), signing_key(SigAlg::Es256), signing_key(SigAlg::EdDsa));
    let keys: Vec<VerifyingKey> = [&a, &b, &ed].into_iter().flat_map(verifying).collect();
    assert!(verify(&jws::sign(&b, &[], b"x").expect("signs"), &keys).is_ok());
    let wrong = signed(&b, &json!({"alg": "ES256", "kid": a.kid()}), b"x");
    assert_eq!(verify(&wrong, &keys), Err(JoseError::Signature));
    let unknown = signed(&b, &json!({"alg": "ES256", "kid": "unknown"}), b"x");
    assert_eq!(verify(&unknown, &keys), Err(JoseError::KeyNotFound));
    let without = signed(&b, &json!({"alg": "ES256"}), b"x");
    assert_eq!(verify(&without, &keys), Err(JoseError::KeyAmbiguous));
    let only_fit = signed(&ed, &json!({"alg": "EdDSA"}), b"x");
    assert!(verify(&only_fit, &keys).is_ok(), "one key of this type needs no kid");
    assert_eq!(verify(&without, &[]), Err(JoseError::KeyNotFound));

    // A pinned key that has no kid serves whatever kid its owner writes.
    let mut json = b.public_jwk().public_json().expect("json");
    json.as_object_mut().expect("object").remove("kid");
    let pinned = [VerifyingKey::from_jwk(&Jwk::from_value(&json).expect("JWK")).expect("key")];
    assert!(verify(&unknown, &pinned).is_ok());
}

#[test]
fn malformed_tokens_are_refused() {
    let key = signing_key(SigAlg::Es256);
    let keys = verifying(&key);
    let token = jws::sign(&key, &[], b"x").expect("signs");
    let parts: Vec<&str> = token.split('.').collect();
    for bad in [
        String::new(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        parts[..2].join("."),
        format!("{token}.x"),
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{}.{}.", parts[0], parts[1]),
        format!(".{}.{}", parts[1], parts[2]),
    ] {
        assert!(verify(&bad, &keys).is_err(), "{bad:?}");
    }
    // A DER signature instead of r || s.
    let short =
        format!("{}.{}.{}", parts[0], parts[1], base64url::encode([0x30, 0x06, 2, 1, 1, 2, 1, 1]));
    assert_eq!(verify(&short, &keys), Err(JoseError::Signature));
    // r = s = 0 (CVE-2022-21449).
    let zero = format!("{}.{}.{}", parts[0], parts[1], base64url::encode([0; 64]));
    assert_eq!(verify(&zero, &keys), Err(JoseError::Signature));
}

#[test]
fn detached_payload() {
    for alg in SigAlg::ALL {
        let key = signing_key(alg);
        let keys = verifying(&key);
        let token = jws::sign_detached(&key, &[("typ", Value::from("exchange+jws"))], b"body")
            .expect("signs");
        assert_eq!(token.split('.').nth(1), Some(""));
        let header = jws::verify_detached(&token, b"body", &keys, &[alg]).expect("verifies");
        assert!(header.has_type("exchange+jws"));
        assert_eq!(jws::verify_detached(&token, b"Body", &keys, &[alg]), Err(JoseError::Signature));
        assert_eq!(jws::verify_detached(&token, b"", &keys, &[alg]), Err(JoseError::Signature));
        assert_eq!(
            verify(&token, &keys),
            Err(JoseError::Signature),
            "not an embedded one of an empty payload"
        );
        // Appendix F: put the payload back and it is an ordinary JWS.
        let whole = token.replace("..", &format!(".{}.", base64url::encode("body")));
        assert_eq!(verify(&whole, &keys).as_deref(), Ok(&b"body"[..]));
        assert!(matches!(
            jws::verify_detached(&whole, b"body", &keys, &[alg]),
            Err(JoseError::Malformed(_))
        ));
    }
}

#[test]
fn debug_shows_no_secret() {
    let key = signing_key(SigAlg::Rs256);
    let private = crate::jwk(&crate::rfc::vectors()["rfc7515_a2"]["key"]);
    let secret = Jwk::from_value(&json!({"kty": "oct", "k": "c2VjcmV0"})).expect("JWK");
    assert!(format!("{key:?}").len() < 120, "{key:?}");
    assert!(format!("{private:?}").len() < 120, "{private:?}");
    assert_eq!(format!("{secret:?}"), r#"Jwk { kty: "oct", kid: None, .. }"#);
}

#[test]
fn unverified_header_names_the_key_only() {
    let key = signing_key(SigAlg::Es256);
    let token = jws::sign(&key, &[], b"x").expect("signs");
    let broken = format!("{}AAAA", &token[..token.len() - 4]);
    assert_eq!(jws::unverified_header(&broken).expect("parses").kid.as_deref(), Some(key.kid()));
    assert_eq!(verify(&broken, &verifying(&key)), Err(JoseError::Signature));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any payload survives, and no single changed character of a token does.
    #[test]
    fn one_changed_character_is_noticed(payload in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), with in "[A-Za-z0-9_.=-]") {
        let key = signing_key(SigAlg::Es256);
        let keys = verifying(&key);
        let token = jws::sign(&key, &[], &payload).expect("signs");
        prop_assert_eq!(verify(&token, &keys), Ok(payload));
        let at = at.index(token.len());
        let mut forged = token.clone();
        forged.replace_range(at..=at, &with);
        prop_assume!(forged != token);
        prop_assert!(verify(&forged, &keys).is_err());
    }

    /// Nothing that is fed in makes a panic.
    #[test]
    fn garbage_is_refused(text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let keys = verifying(&signing_key(SigAlg::EdDsa));
        prop_assert!(verify(&text, &keys).is_err());
        prop_assert!(Jwk::from_json(&bytes).is_err());
        prop_assert!(SigningKey::from_pkcs8(SigAlg::Es256, &bytes).is_err());
    }
}
