//! Claim validation.

use credential::jwt::{Claims, Expect};
use credential::{JoseError, SigAlg, jwt};
use serde_json::json;

use crate::{signing_key, verifying};

const NOW: i64 = 1_800_000_000;

fn check(claims: serde_json::Value, expect: &Expect<'_>) -> Result<(), JoseError> {
    Claims::from_json(claims.to_string().as_bytes())?.validate(expect)
}

#[test]
fn expiry_begins_at_the_second_itself() {
    let expect = Expect { leeway: 0, ..Expect::at(NOW) };
    assert_eq!(check(json!({"exp": NOW + 1}), &expect), Ok(()));
    assert_eq!(check(json!({"exp": NOW}), &expect), Err(JoseError::Expired));
    assert_eq!(check(json!({}), &expect), Err(JoseError::ClaimMissing("exp")));
    assert_eq!(check(json!({}), &Expect { require_exp: false, ..expect }), Ok(()));
    let lenient = Expect { leeway: 60, ..expect };
    assert_eq!(check(json!({"exp": NOW - 59}), &lenient), Ok(()));
    assert_eq!(check(json!({"exp": NOW - 60}), &lenient), Err(JoseError::Expired));
    assert_eq!(check(json!({"exp": i64::MAX}), &lenient), Ok(()), "no overflow");
    assert_eq!(check(json!({"exp": i64::MIN}), &lenient), Err(JoseError::Expired));
}

#[test]
fn times_in_the_future_are_refused() {
    let expect = Expect { leeway: 10, ..Expect::at(NOW) };
    for name in ["nbf", "iat"] {
        assert_eq!(check(json!({"exp": NOW + 99, name: NOW + 10}), &expect), Ok(()));
        assert_eq!(
            check(json!({"exp": NOW + 99, name: NOW + 11}), &expect),
            Err(JoseError::NotYetValid)
        );
    }
}

#[test]
fn age_is_bounded_where_asked() {
    let expect = Expect { leeway: 0, max_age: Some(60), ..Expect::at(NOW) };
    assert_eq!(check(json!({"exp": NOW + 99, "iat": NOW - 60}), &expect), Ok(()));
    assert_eq!(check(json!({"exp": NOW + 99, "iat": NOW - 61}), &expect), Err(JoseError::TooOld));
    assert_eq!(check(json!({"exp": NOW + 99}), &expect), Err(JoseError::ClaimMissing("iat")));
}

#[test]
fn issuer_and_subject_must_be_the_expected() {
    let expect = Expect { issuer: Some("me"), subject: Some("you"), ..Expect::at(NOW) };
    assert_eq!(check(json!({"exp": NOW + 9, "iss": "me", "sub": "you"}), &expect), Ok(()));
    assert_eq!(
        check(json!({"exp": NOW + 9, "iss": "Me", "sub": "you"}), &expect),
        Err(JoseError::ClaimWrong("iss"))
    );
    assert_eq!(
        check(json!({"exp": NOW + 9, "iss": "me", "sub": "me"}), &expect),
        Err(JoseError::ClaimWrong("sub"))
    );
    assert_eq!(
        check(json!({"exp": NOW + 9, "sub": "you"}), &expect),
        Err(JoseError::ClaimMissing("iss"))
    );
    assert_eq!(
        check(json!({"exp": NOW + 9, "iss": "me"}), &expect),
        Err(JoseError::ClaimMissing("sub"))
    );
}

#[test]
fn audience_may_be_text_or_list() {
    let expect =
        Expect { audience: &["https://id.example", "https://id.example/token"], ..Expect::at(NOW) };
    let with = |aud: serde_json::Value| check(json!({"exp": NOW + 9, "aud": aud}), &expect);
    assert_eq!(with(json!("https://id.example")), Ok(()));
    assert_eq!(with(json!(["x", "https://id.example/token"])), Ok(()));
    assert_eq!(with(json!("https://id.example/")), Err(JoseError::ClaimWrong("aud")));
    assert_eq!(with(json!(["x"])), Err(JoseError::ClaimWrong("aud")));
    assert_eq!(with(json!([])), Err(JoseError::ClaimMissing("aud")));
    assert_eq!(check(json!({"exp": NOW + 9}), &expect), Err(JoseError::ClaimMissing("aud")));
    let nobody = Expect::at(NOW);
    assert_eq!(
        check(json!({"exp": NOW + 9, "aud": "x"}), &nobody),
        Err(JoseError::ClaimWrong("aud"))
    );
    assert_eq!(check(json!({"exp": NOW + 9}), &nobody), Ok(()));
}

#[test]
fn wrong_types_are_refused() {
    for (name, value) in [
        ("iss", json!(1)),
        ("sub", json!(null)),
        ("aud", json!([1])),
        ("aud", json!({})),
        ("exp", json!("1800000001")),
        ("nbf", json!(true)),
        ("exp", json!(1e300)),
        ("jti", json!([])),
    ] {
        let claims = json!({name: value});
        assert_eq!(
            Claims::from_json(claims.to_string().as_bytes()),
            Err(JoseError::ClaimWrong(name)),
            "{claims}"
        );
    }
    assert_eq!(Claims::from_json(br#"{"sub":"a","sub":"b"}"#), Err(JoseError::DuplicateMember));
    assert!(matches!(Claims::from_json(b"[]"), Err(JoseError::Malformed(_))));
}

#[test]
fn fractions_of_seconds_are_rounded_down() {
    let claims = Claims::from_json(br#"{"exp":1800000000.9,"nbf":-1.5}"#).expect("claims");
    assert_eq!((claims.exp, claims.nbf), (Some(1_800_000_000), Some(-2)));
}

#[test]
fn claims_round_trip() {
    let claims = Claims {
        iss: Some("me".into()),
        aud: vec!["you".into()],
        exp: Some(NOW),
        jti: Some("1".into()),
        other: json!({"nonce": "n", "amr": ["otp"]}).as_object().expect("object").clone(),
        ..Claims::default()
    };
    let json = serde_json::to_string(&claims).expect("json");
    assert_eq!(
        json,
        r#"{"amr":["otp"],"aud":"you","exp":1800000000,"iss":"me","jti":"1","nonce":"n"}"#
    );
    assert_eq!(Claims::from_json(json.as_bytes()), Ok(claims));
}

#[test]
fn verify_checks_signature_type_and_claims() {
    let key = signing_key(SigAlg::Es256);
    let keys = verifying(&key);
    let token = jwt::sign(&key, "at+jwt", &json!({"iss": "me", "exp": NOW + 9})).expect("signs");
    let expect = Expect { typ: Some("at+jwt"), issuer: Some("me"), ..Expect::at(NOW) };
    let verify = |token: &str, expect: &Expect<'_>| {
        jwt::verify(token, &keys, &[SigAlg::Es256], expect).map(|_| ())
    };
    assert_eq!(verify(&token, &expect), Ok(()));
    assert_eq!(
        verify(&token, &Expect { typ: Some("JWT"), ..expect }),
        Err(JoseError::ClaimWrong("typ"))
    );
    assert_eq!(verify(&token, &Expect { now: NOW + 100, ..expect }), Err(JoseError::Expired));
    let other = verifying(&signing_key(SigAlg::Es256));
    assert_eq!(jwt::verify(&token, &other, &[SigAlg::Es256], &expect), Err(JoseError::KeyNotFound));
    let untyped =
        credential::jws::sign(&key, &[], br#"{"iss":"me","exp":1800000009}"#).expect("signs");
    assert_eq!(verify(&untyped, &expect), Err(JoseError::ClaimWrong("typ")));
    assert_eq!(jwt::unverified_claims(&token).expect("parses").iss.as_deref(), Some("me"));
}
