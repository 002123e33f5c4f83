//! The `jsonwebtoken` crate must read our tokens, and we its tokens, in every signature algorithm.

use credential::jwt::{Claims, Expect};
use credential::{SigAlg, SigningKey, jwt};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

use crate::{signing_key, verifying};

const NOW: i64 = 1_800_000_000;

fn algorithm(alg: SigAlg) -> Algorithm {
    match alg {
        SigAlg::Es256 => Algorithm::ES256,
        SigAlg::Es384 => Algorithm::ES384,
        SigAlg::EdDsa => Algorithm::EdDSA,
        SigAlg::Rs256 => Algorithm::RS256,
        SigAlg::Ps256 => Algorithm::PS256,
    }
}

fn encoding_key(key: &SigningKey) -> EncodingKey {
    let der = key.to_pkcs8().expect("exports");
    match key.alg() {
        SigAlg::Es256 | SigAlg::Es384 => EncodingKey::from_ec_der(&der),
        SigAlg::EdDsa => EncodingKey::from_ed_der(&der),
        SigAlg::Rs256 | SigAlg::Ps256 => EncodingKey::from_rsa_der(rsa_private_key(&der)),
    }
}

/// The PKCS#1 key inside PKCS#8: what follows the version and algorithm, in an OCTET STRING with a two-byte length.
fn rsa_private_key(pkcs8: &[u8]) -> &[u8] {
    let start = pkcs8.windows(2).position(|two| two == [0x04, 0x82]).expect("octet string");
    &pkcs8[start + 4..]
}

fn claims() -> Claims {
    Claims {
        iss: Some("https://id.example".into()),
        sub: Some("p1".into()),
        aud: vec!["rp".into(), "other".into()],
        exp: Some(NOW + 300),
        iat: Some(NOW),
        ..Claims::default()
    }
}

#[test]
fn it_reads_ours() {
    for alg in SigAlg::ALL {
        let key = signing_key(alg);
        let token = jwt::sign(&key, "JWT", &claims()).expect("signs");
        let public: jsonwebtoken::jwk::Jwk =
            serde_json::from_value(key.public_jwk().public_json().expect("json"))
                .expect("their JWK");
        let mut validation = Validation::new(algorithm(alg));
        validation.set_audience(&["rp"]);
        validation.set_issuer(&["https://id.example"]);
        validation.validate_exp = false;
        let theirs = jsonwebtoken::decode::<Value>(
            &token,
            &DecodingKey::from_jwk(&public).expect("key"),
            &validation,
        );
        let theirs = theirs.unwrap_or_else(|error| panic!("{alg:?}: {error}"));
        assert_eq!(theirs.header.kid.as_deref(), Some(key.kid()));
        assert_eq!(theirs.header.typ.as_deref(), Some("JWT"));
        assert_eq!(theirs.claims["sub"], "p1");
        assert_eq!(theirs.claims["aud"], json!(["rp", "other"]));
    }
}

#[test]
fn we_read_its() {
    for alg in SigAlg::ALL {
        let key = signing_key(alg);
        let mut header = Header::new(algorithm(alg));
        header.kid = Some(key.kid().to_owned());
        let payload = json!({"iss": "https://id.example", "sub": "p1", "aud": "rp", "exp": NOW + 300, "x": [1, 2]});
        let token = jsonwebtoken::encode(&header, &payload, &encoding_key(&key)).expect("signs");
        let expect =
            Expect { issuer: Some("https://id.example"), audience: &["rp"], ..Expect::at(NOW) };
        let ours = jwt::verify(&token, &verifying(&key), &[alg], &expect);
        let ours = ours.unwrap_or_else(|error| panic!("{alg:?}: {error}"));
        assert_eq!(ours.claims.sub.as_deref(), Some("p1"));
        assert_eq!(ours.claims.aud, ["rp"]);
        assert_eq!(ours.claims.other["x"], json!([1, 2]));
    }
}

#[test]
fn thumbprints_agree() {
    for alg in SigAlg::ALL {
        let key = signing_key(alg);
        let theirs: jsonwebtoken::jwk::Jwk =
            serde_json::from_value(key.public_jwk().public_json().expect("json"))
                .expect("their JWK");
        assert_eq!(
            theirs.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).expect("thumbprint"),
            key.kid()
        );
    }
}
