use super::*;
use crate::model::client::UserinfoFormat;
use crate::model::response_alg::ResponseAlg;
use credential::JwkSet;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn party(scopes: &[Scope]) -> RelyingParty {
    RelyingParty {
        id: "portal".to_owned(),
        name: "Portal".to_owned(),
        subsystem: "TB/GOV/NIA/portal".parse().unwrap(),
        sector: "portal".to_owned(),
        redirect_uris: vec![
            "https://p.example/cb".to_owned(),
            "https://p.example/cb?a=1".to_owned(),
        ],
        jwks: JwkSet::default(),
        scopes: scopes.to_vec(),
        userinfo: UserinfoFormat::Jwt,
        id_token_alg: ResponseAlg::Es256,
        userinfo_alg: ResponseAlg::Es256,
    }
}

fn sound() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", "portal"),
        ("redirect_uri", "https://p.example/cb"),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s 1"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Parameters::parse(&query).unwrap()
}

fn with(changes: &[(&'static str, &'static str)]) -> Parameters {
    let mut pairs = sound();
    pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend(changes);
    parameters(&pairs)
}

fn judge(parameters: &Parameters) -> Result<SignInRequest, Refusal> {
    check(parameters, &party(&[Scope::Openid, Scope::Profile]))
}

#[test]
fn a_sound_request_goes_on() {
    let request = judge(&parameters(&sound())).unwrap();
    assert_eq!((request.state.as_deref(), request.nonce.as_deref()), (Some("s 1"), Some("n")));
    assert_eq!((request.scope().as_str(), request.wants_profile()), ("openid", false));
    assert_eq!((request.prompt, request.max_age), (Prompt::default(), None));
}

#[test]
fn what_may_differ_is_read() {
    let check = |change: (&'static str, &'static str), test: fn(&SignInRequest) -> bool| {
        assert!(test(&judge(&with(&[change])).unwrap()), "{change:?}");
    };
    check(("scope", "profile openid email"), |r| r.scope() == "openid profile");
    check(("prompt", "login consent"), |r| r.prompt == Prompt { none: false, login: true });
    check(("prompt", "none"), |r| r.prompt.none);
    check(("max_age", "0"), |r| r.max_age == Some(0));
    check(("ui_locales", "sw fr-CA"), |r| r.ui_locales == ["sw", "fr-CA"]);
    check(("response_mode", "query"), |_| true);
    check(("nonce", ""), |r| r.nonce.is_none());
    check(("claims", "{}"), |_| true);
    check(("lang", "sw"), |_| true);
}

#[test]
fn each_flaw_has_its_error() {
    let table: &[(&[(&'static str, &'static str)], &str)] = &[
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("response_mode", "fragment")], "invalid_request"),
        (&[("scope", "")], "invalid_scope"),
        (&[("scope", "profile")], "invalid_scope"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "create")], "invalid_request"),
        (&[("max_age", "-1")], "invalid_request"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("request", "a.b.c")], "request_not_supported"),
        (&[("request_uri", "urn:x")], "request_uri_not_supported"),
        (&[("registration", "{}")], "registration_not_supported"),
        (&[("state", "a"), ("state", "b")], "invalid_request"),
        (&[("extra", "a"), ("extra", "a")], "invalid_request"),
    ];
    for (changes, error) in table {
        assert_eq!(judge(&with(changes)).unwrap_err().error, *error, "{changes:?}");
    }
    let long = "x".repeat(OPAQUE_LENGTH_MAX + 1);
    for name in ["state", "nonce"] {
        let mut pairs = sound();
        pairs.retain(|(key, _)| *key != name);
        pairs.push((name, &long));
        assert_eq!(judge(&parameters(&pairs)).unwrap_err().error, "invalid_request", "{name}");
    }
}

#[test]
fn a_scope_must_be_registered() {
    let refused = check(&with(&[("scope", "openid profile")]), &party(&[Scope::Openid]));
    assert_eq!(refused.unwrap_err().error, "invalid_scope");
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let party = party(&[Scope::Openid]);
    let table = [
        ("https://p.example/cb", Ok("https://p.example/cb")),
        ("https://p.example/cb?a=1", Ok("https://p.example/cb?a=1")),
        ("https://p.example/cb/", Err(Unanswerable::RedirectUriUnknown)),
        ("https://p.example/CB", Err(Unanswerable::RedirectUriUnknown)),
        ("https://p.example/cb?a=1&b=2", Err(Unanswerable::RedirectUriUnknown)),
        ("https://p.example.evil/cb", Err(Unanswerable::RedirectUriUnknown)),
        ("", Err(Unanswerable::RedirectUri)),
    ];
    for (uri, expected) in table {
        let parameters = with(&[("redirect_uri", uri)]);
        assert_eq!(parameters.redirect_uri(&party), expected, "{uri}");
    }
    let twice = with(&[("redirect_uri", "https://p.example/cb"), ("redirect_uri", "https://evil")]);
    assert_eq!(twice.redirect_uri(&party), Err(Unanswerable::RedirectUri));
    assert_eq!(with(&[("client_id", "")]).client_id(), Err(Unanswerable::ClientId));
    let twice = with(&[("client_id", "portal"), ("client_id", "portal")]);
    assert_eq!(twice.client_id(), Err(Unanswerable::ClientId));
    let long = "x".repeat(QUERY_LENGTH_MAX + 1);
    assert_eq!(Parameters::parse(&long), Err(Unanswerable::TooLong));
}

#[test]
fn a_request_in_another_language_is_the_same_request() {
    let mut pairs = sound();
    pairs.insert(0, ("lang", "fr"));
    let (plain, french) = (parameters(&sound()), parameters(&pairs));
    assert_eq!((plain.digest(), plain.query()), (french.digest(), french.query()));
    assert_ne!(plain.digest(), with(&[("state", "other")]).digest());
    assert_eq!(Parameters::parse(&plain.query()).unwrap(), plain);
}

#[test]
fn a_session_will_do_unless_the_request_wants_a_younger_one() {
    let now = Timestamp::from_micros(1_800_000_000_000_000);
    let session = now.plus_seconds(-600);
    let accepts = |changes, same| judge(&with(changes)).unwrap().accepts(session, same, now);
    assert!(accepts(&[], false));
    assert!(accepts(&[("max_age", "600")], false));
    assert!(!accepts(&[("max_age", "599")], false));
    assert!(!accepts(&[("prompt", "login")], false));
    assert!(accepts(&[("prompt", "login")], true));
}

#[test]
fn answers_carry_state_and_issuer() {
    let answer = [("code", "c+d")];
    let uri = answer_uri("https://p.example/cb", &answer, Some("s 1"), "https://id");
    assert_eq!(uri, "https://p.example/cb?code=c%2Bd&state=s+1&iss=https%3A%2F%2Fid");
    let uri = answer_uri("https://p.example/cb?a=1", &answer, None, "https://id");
    assert_eq!(uri, "https://p.example/cb?a=1&code=c%2Bd&iss=https%3A%2F%2Fid");
}
