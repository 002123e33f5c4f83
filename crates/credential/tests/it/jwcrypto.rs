//! Python's jwcrypto, which stands on OpenSSL, as the independent opinion: we read what it wrote (`jwcrypto.json`, made
//! by `jwcrypto_oracle.py make`), and in the ignored test it reads what we write.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use credential::{
    Curve, DecryptionKey, DecryptionKind, EncAlg, JoseError, KeyAlg, SigAlg, SigningKey,
    VerifyingKey, jwe, jws,
};
use serde_json::{Value, json};

use crate::{jwk, signing_key, text};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/jwcrypto.json")).expect("vectors")
}

fn cases(value: &Value) -> &[Value] {
    value.as_array().expect("cases")
}

#[test]
fn we_verify_its_signatures() {
    let vectors = vectors();
    let payload = text(&vectors["payload"]).as_bytes();
    assert_eq!(cases(&vectors["jws"]).len(), SigAlg::ALL.len());
    for case in cases(&vectors["jws"]) {
        let alg = SigAlg::from_name(text(&case["alg"])).expect("alg");
        let key = jwk(&case["key"]);
        assert_eq!(key.thumbprint(), text(&case["thumbprint"]));
        let keys = [VerifyingKey::from_jwk(&key).expect("public key")];
        let verified = jws::verify(text(&case["token"]), &keys, &[alg]).expect("verifies");
        assert_eq!(verified.payload, payload);
        let detached = text(&case["detached"]);
        jws::verify_detached(detached, payload, &keys, &[alg]).expect("verifies detached");
        assert_eq!(
            jws::verify_detached(detached, b"other", &keys, &[alg]),
            Err(JoseError::Signature)
        );
        // Its PKCS#8 and its JWK are one key.
        let der = STANDARD.decode(text(&case["pkcs8"])).expect("base64");
        let from_der = SigningKey::from_pkcs8(alg, &der).expect("its PKCS#8");
        assert_eq!(from_der.kid(), SigningKey::from_jwk(alg, &key).expect("its JWK").kid());
    }
}

#[test]
fn we_decrypt_its_messages() {
    let vectors = vectors();
    let payload = text(&vectors["payload"]).as_bytes();
    assert_eq!(cases(&vectors["jwe"]).len(), 15);
    for case in cases(&vectors["jwe"]) {
        let alg = KeyAlg::from_name(text(&case["alg"])).expect("alg");
        let enc = EncAlg::from_name(text(&case["enc"])).expect("enc");
        let key = DecryptionKey::from_jwk(&jwk(&case["key"])).expect("private key");
        let decrypted = jwe::decrypt(text(&case["token"]), &[key], &[alg], &[enc]);
        assert_eq!(
            decrypted.unwrap_or_else(|error| panic!("{alg:?} {enc:?}: {error}")).plaintext,
            payload
        );
        let der = STANDARD.decode(text(&case["pkcs8"])).expect("base64");
        let kind = match text(&case["key"]["kty"]) {
            "RSA" => DecryptionKind::Rsa,
            _ if case["key"]["crv"] == "P-384" => DecryptionKind::Ec(Curve::P384),
            _ => DecryptionKind::Ec(Curve::P256),
        };
        let key = DecryptionKey::from_pkcs8(kind, &der).expect("its PKCS#8");
        jwe::decrypt(text(&case["token"]), &[key], &[alg], &[enc])
            .expect("decrypts with its PKCS#8");
    }
}

fn our_signatures(payload: &[u8]) -> Vec<Value> {
    let one = |alg: SigAlg| {
        let key = signing_key(alg);
        let token = jws::sign(&key, &[], payload).expect("signs");
        json!({"alg": alg.name(), "public": key.public_jwk(), "token": token})
    };
    SigAlg::ALL.into_iter().map(one).collect()
}

fn our_encryptions(payload: &[u8]) -> Vec<Value> {
    let mut cases = Vec::new();
    for kind in
        [DecryptionKind::Rsa, DecryptionKind::Ec(Curve::P256), DecryptionKind::Ec(Curve::P384)]
    {
        let key = DecryptionKey::generate(kind).expect("a key");
        let algs: &[KeyAlg] = match kind {
            DecryptionKind::Rsa => &[KeyAlg::RsaOaep256],
            DecryptionKind::Ec(_) => &[KeyAlg::EcdhEs, KeyAlg::EcdhEsA256Kw],
        };
        for &alg in algs {
            for enc in EncAlg::ALL {
                let token =
                    jwe::encrypt(&key.public_jwk(), alg, enc, &[], payload).expect("encrypts");
                let pkcs8 = STANDARD.encode(key.to_pkcs8().expect("exports"));
                cases.push(
                    json!({"alg": alg.name(), "enc": enc.name(), "pkcs8": pkcs8, "token": token}),
                );
            }
        }
    }
    cases
}

#[test]
#[ignore = "needs a Python with jwcrypto: PYTHON=/path/to/python cargo test -p credential -- --ignored jwcrypto"]
fn it_reads_ours() {
    let payload = "payload é 𝄞";
    let (jws, jwe) = (our_signatures(payload.as_bytes()), our_encryptions(payload.as_bytes()));
    let input = json!({"payload": payload, "jws": jws, "jwe": jwe}).to_string();
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut child = Command::new(python)
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/jwcrypto_oracle.py"), "check"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    child.stdin.take().expect("stdin").write_all(input.as_bytes()).expect("sent");
    let output = child.wait_with_output().expect("python ends");
    assert!(output.status.success(), "jwcrypto refused one of ours, see its message above");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "5 signatures, 15 encryptions accepted by jwcrypto"
    );
}
