//! A relying party of the test's own, which signs the mother in.

use aws_lc_rs::digest;
use basis::{Clock, Id, Rng};
use credential::{SigningKey, base64url, jwt};
use msingi::demo::{Browser, Desk};
use serde_json::{Value, json};

const CLIENT: &str = "test";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// RFC 7523: who we are, signed.
fn assertion(key: &SigningKey, who: &str, audience: &str) -> String {
    let (clock, rng) = (Clock::system(), Rng::system());
    let now = clock.now().unix_seconds();
    let claims = json!({
        "iss": who, "sub": who, "aud": audience, "iat": now, "exp": now + 60, "jti": Id::mint(&clock, &rng),
    });
    jwt::sign(key, "JWT", &claims).expect("a fresh key signs")
}

/// A form with an assertion of somebody who is not registered, though the name is.
pub fn stranger(endpoint: &str) -> Vec<(&'static str, String)> {
    let key = SigningKey::generate_es256().expect("a key can be made");
    let (who, grant) = match endpoint.ends_with("/oauth/token") {
        true => ("portal", "authorization_code"),
        false => ("GOV/NIA/s-1", "client_credentials"),
    };
    vec![
        ("grant_type", grant.to_owned()),
        ("client_assertion_type", ASSERTION_TYPE.to_owned()),
        ("client_assertion", assertion(&key, who, endpoint)),
        ("code", "none".to_owned()),
        ("redirect_uri", "http://127.0.0.1/none".to_owned()),
        ("code_verifier", "v".repeat(43)),
    ]
}

/// What a relying party got.
pub struct Tokens {
    pub access_token: String,
    /// The `sub`: the mother in the portal's sector.
    pub subject: Id,
}

/// Registers a relying party in the portal's sector and has the mother sign in to it.
pub async fn sign_in(base: &str, steward: &Desk, browser: &Browser) -> Tokens {
    let key = SigningKey::generate_es256().expect("a key can be made");
    // Anything of ours that answers: the code is read from the address.
    let redirect_uri = format!("{base}/health");
    let client = json!({
        "client_id": CLIENT, "name": "A test", "subsystem": "TB/GOV/NIA/portal", "sector": "portal",
        "redirect_uris": [redirect_uri], "jwks": {"keys": [key.public_jwk()]}, "scopes": ["openid", "profile"],
    });
    steward.post("/identity/clients", "test", &client).await.expect("it is registered");

    let verifier = "v".repeat(43);
    let challenge = digest::digest(&digest::SHA256, verifier.as_bytes());
    let mut authorize: reqwest::Url = format!("{base}/authorize").parse().expect("a URL");
    authorize.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", &redirect_uri),
        ("scope", "openid profile"),
        ("state", "state-of-the-test"),
        ("nonce", "nonce-of-the-test"),
        ("code_challenge", &base64url::encode(challenge.as_ref())),
        ("code_challenge_method", "S256"),
    ]);
    let page = browser.open(authorize.as_str()).await.expect("she is signed in at the authority");
    let page = browser.submit(&page, "", &[("answer", "allow")]).await.expect("she allows it");
    let code =
        page.url.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();

    let endpoint = format!("{base}/oauth/token");
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &redirect_uri),
        ("code_verifier", &verifier),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &assertion(&key, CLIENT, &endpoint)),
    ];
    let answer = reqwest::Client::new().post(&endpoint).form(&form).send().await.expect("answers");
    let tokens: Value = answer.json().await.expect("JSON");
    let text = |name: &str| {
        let text = tokens[name].as_str().unwrap_or_else(|| panic!("no {name}: {tokens}"));
        text.to_owned()
    };
    let id_token = text("id_token");
    let claims = id_token.split('.').nth(1).expect("a JWS has three parts");
    let claims = base64url::decode(claims, "claims").expect("base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    let subject = claims["sub"].as_str().expect("a subject").parse().expect("a pseudonym");
    Tokens { access_token: text("access_token"), subject }
}
