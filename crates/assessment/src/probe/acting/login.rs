//! `P-OIDC-AUTH`: a synthetic person signs in at a relying party of the probes' own (authorization code with PKCE,
//! `private_key_jwt`), and what an attacker would try is tried and should be refused (RFC 9700 section 2.1).

use credential::jwt::{self, Expect};
use credential::{JwkSet, SigAlg};
use relying_party::{challenge, new_token};
use reqwest::Url;
use serde_json::{Value, json};

use super::super::fetch::{Answer, Told, Trouble, Visit};
use super::super::openid::{DISCOVERY, text};
use super::super::seen::Seen;
use super::super::synthetic::{Person, RelyingParty};
use super::browser::{self, Landed};
use super::{Stage, named, person, portal};

const ASSERTION_SECONDS: i64 = 60;
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Claims that say who somebody is in the world, and that nobody asked for.
const PERSONAL: [&str; 6] =
    ["name", "given_name", "family_name", "birthdate", "email", "phone_number"];

/// What was tried at the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Login {
    /// Attacks that were refused.
    pub refused: Vec<&'static str>,
    /// Attacks that passed.
    pub passed: Vec<&'static str>,
    /// What is wrong with the tokens of an honest sign-in.
    pub flaws: Vec<String>,
    /// Claims about the person that came without being asked for.
    pub unasked: Vec<String>,
}

/// A provider, a client and a person.
struct Trial<'t> {
    metadata: Value,
    party: &'t RelyingParty,
    person: &'t Person,
}

/// A code with what belongs to it.
struct Code {
    code: String,
    verifier: String,
    nonce: String,
}

pub(super) async fn look(visit: &mut Visit<'_>, stage: &mut Stage) -> Result<Seen, Trouble> {
    let party = named(visit.target().synthetic.relying_party.as_ref(), "relying_party")?;
    let person = person(visit)?;
    let answer = visit.get(DISCOVERY).await?;
    let Some(metadata) = answer.json().filter(|_| answer.is_success()) else {
        return Err(Trouble::Gone(format!("{DISCOVERY} answers {}", answer.status)));
    };
    let trial = Trial { metadata, party, person };
    let mut seen = Login::default();

    let first = trial.authorise(visit, stage).await?;
    let answer = trial.redeem(visit, stage, &first, &first.verifier, None).await?;
    if !answer.is_success() {
        let why = format!("an honest sign-in ends with {} at the token endpoint", answer.status);
        return Err(Trouble::Refused(why));
    }
    trial.check(visit, stage, &answer, &first.nonce, &mut seen).await?;
    let again = trial.redeem(visit, stage, &first, &first.verifier, None).await?;
    seen.tried("a code that was used before", &again);

    let second = trial.authorise(visit, stage).await?;
    let elsewhere = Some("https://elsewhere.example/token");
    let foreign = trial.redeem(visit, stage, &second, &second.verifier, elsewhere).await?;
    seen.tried("an assertion for another audience", &foreign);
    let stolen = trial.redeem(visit, stage, &second, &new_token(&stage.rng), None).await?;
    seen.tried("a code without its verifier", &stolen);

    let diverted = trial.divert(visit, stage).await?;
    let list = if diverted { &mut seen.passed } else { &mut seen.refused };
    list.push("another redirect address");
    Ok(Seen::Login(seen))
}

impl Login {
    /// One sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let mut says = "a synthetic person signed in with code and PKCE".to_owned();
        for (what, list) in [("refused: ", &self.refused), ("NOT refused: ", &self.passed)] {
            if !list.is_empty() {
                says.push_str(&format!("; {what}{}", list.join(", ")));
            }
        }
        for flaw in &self.flaws {
            says.push_str(&format!("; {flaw}"));
        }
        if !self.unasked.is_empty() {
            says.push_str(&format!("; passed on without being asked: {}", self.unasked.join(", ")));
        }
        says.push_str("; an expired code was not tried");
        says
    }

    fn tried(&mut self, what: &'static str, answer: &Answer) {
        // A refusal is an OAuth error; a fault of the server protects by chance only.
        let is_refused = (400..500).contains(&answer.status);
        if is_refused { self.refused.push(what) } else { self.passed.push(what) }
    }
}

impl Trial<'_> {
    /// Has the person sign in; answers the code that the client would get. Nothing is sent to the client's address.
    async fn authorise(&self, visit: &mut Visit<'_>, stage: &mut Stage) -> Result<Code, Trouble> {
        let verifier = new_token(&stage.rng);
        let (state, nonce) = (new_token(&stage.rng), new_token(&stage.rng));
        let address = self.request(&state, &nonce, &verifier, &self.party.redirect_uri)?;
        let stop = Some(self.party.redirect_uri.as_str());
        let landed = portal::signed_in(visit, stage, self.person, address.as_str(), stop).await?;
        let Landed::Left(back) = landed else {
            let why = "the provider does not send the person back to the relying party";
            return Err(Trouble::Refused(why.to_owned()));
        };
        let query = parameters(&back);
        let find =
            |name: &str| query.iter().find_map(|(key, value)| (key == name).then(|| value.clone()));
        if find("state").as_deref() != Some(state.as_str()) {
            return Err(Trouble::Refused("the provider answers another `state`".to_owned()));
        }
        let code = find("code").ok_or_else(|| {
            let error = find("error").unwrap_or_default();
            Trouble::Refused(format!("the provider answers no code but `{error}`"))
        })?;
        Ok(Code { code, verifier, nonce })
    }

    fn request(
        &self,
        state: &str,
        nonce: &str,
        verifier: &str,
        redirect: &str,
    ) -> Result<Url, Trouble> {
        let endpoint = text(&self.metadata, "authorization_endpoint");
        let mut url = Url::parse(endpoint)
            .map_err(|_| Trouble::Refused("authorization_endpoint is no address".to_owned()))?;
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.party.client_id),
            ("redirect_uri", redirect),
            ("scope", "openid"),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", &challenge(verifier)),
            ("code_challenge_method", "S256"),
        ]);
        Ok(url)
    }

    async fn redeem(
        &self,
        visit: &mut Visit<'_>,
        stage: &Stage,
        code: &Code,
        verifier: &str,
        audience: Option<&str>,
    ) -> Result<Answer, Trouble> {
        let endpoint = text(&self.metadata, "token_endpoint");
        let now = stage.clock.now().unix_seconds();
        let claims = json!({
            "iss": self.party.client_id, "sub": self.party.client_id, "aud": audience.unwrap_or(endpoint),
            "iat": now, "exp": now + ASSERTION_SECONDS, "jti": new_token(&stage.rng),
        });
        let assertion = jwt::sign(&*self.party.key, "JWT", &claims)
            .map_err(|error| Trouble::Refused(error.to_string()))?;
        let told = Told::form([
            ("grant_type", "authorization_code"),
            ("code", &code.code),
            ("redirect_uri", &self.party.redirect_uri),
            ("code_verifier", verifier),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", &assertion),
        ]);
        visit.tell(visit.target(), endpoint, told).await
    }

    /// The ID token as a relying party checks it (OpenID Connect Core section 3.1.3.7).
    async fn check(
        &self,
        visit: &mut Visit<'_>,
        stage: &Stage,
        answer: &Answer,
        nonce: &str,
        seen: &mut Login,
    ) -> Result<(), Trouble> {
        let keys = visit.get(text(&self.metadata, "jwks_uri")).await?;
        let Ok(keys) = JwkSet::from_json(&keys.body) else {
            seen.flaws.push("the key set cannot be read".to_owned());
            return Ok(());
        };
        let tokens = answer.json().unwrap_or_default();
        let audience = [self.party.client_id.as_str()];
        let expect = Expect {
            issuer: Some(text(&self.metadata, "issuer")),
            audience: &audience,
            ..Expect::at(stage.clock.now().unix_seconds())
        };
        let keys = keys.verifying_keys();
        match jwt::verify(text(&tokens, "id_token"), &keys, &SigAlg::ALL, &expect) {
            Err(error) => seen.flaws.push(format!("the ID token does not verify: {error}")),
            Ok(token) => {
                if token.claims.other.get("nonce").and_then(Value::as_str) != Some(nonce) {
                    seen.flaws.push("the ID token carries another nonce".to_owned());
                }
                let unasked =
                    PERSONAL.iter().filter(|name| token.claims.other.contains_key(**name));
                seen.unasked.extend(unasked.map(|name| (*name).to_owned()));
            }
        }
        Ok(())
    }

    /// Whether the provider sends the browser to an address that is not registered.
    async fn divert(&self, visit: &mut Visit<'_>, stage: &Stage) -> Result<bool, Trouble> {
        let elsewhere = "https://elsewhere.example/callback";
        let (state, nonce) = (new_token(&stage.rng), new_token(&stage.rng));
        let address = self.request(&state, &nonce, &new_token(&stage.rng), elsewhere)?;
        let landed = browser::go(visit, address.as_str(), Some(elsewhere)).await?;
        // A form to fill in would lead there, too.
        Ok(match landed {
            Landed::Left(_) => true,
            Landed::Page(page) => page.status == 200 && page.html.contains("name=\"code\""),
        })
    }
}

fn parameters(address: &str) -> Vec<(String, String)> {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
