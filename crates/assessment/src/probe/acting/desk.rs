//! An officer of a test institution: signs in with a key of their own (RFC 7523) and calls through the exchange.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::fetch::{Answer, Told, Trouble, Visit};
use super::super::synthetic::{Call, Officer};
use super::super::targets::Target;
use super::Stage;

const TOKEN: &str = "/exchange/v1/token";
const EXCHANGE: &str = "/exchange/r1/";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds that an assertion lives.
const ASSERTION_SECONDS: i64 = 60;

/// An officer who is signed in.
pub(super) struct Desk<'t> {
    at: &'t Target,
    officer: &'t Officer,
    pub(super) token: String,
}

/// On what ground a call is made.
#[derive(Clone, Copy)]
pub(super) struct Grounds<'g> {
    pub(super) purpose: &'g str,
    pub(super) basis: &'g str,
    pub(super) case: &'g str,
    pub(super) subject: Option<&'g str>,
}

/// Signs the officer in.
pub(super) async fn sign_in<'t>(
    visit: &mut Visit<'t>,
    stage: &Stage,
    officer: &'t Officer,
) -> Result<Desk<'t>, Trouble> {
    let at = visit.at(officer.at.as_deref())?;
    let now = stage.clock.now().unix_seconds();
    let audience = format!("{}{TOKEN}", base(at));
    let claims = json!({
        "iss": officer.id, "sub": officer.id, "aud": audience, "iat": now,
        "exp": now + ASSERTION_SECONDS, "jti": stage.fresh("probe"),
    });
    let assertion = credential::jwt::sign(&*officer.key, "JWT", &claims)
        .map_err(|error| Trouble::Refused(error.to_string()))?;
    let told = Told::form([
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION),
        ("client_assertion", &assertion),
    ]);
    let answer = visit.tell(at, TOKEN, told).await?;
    let token = answer.json().and_then(|json| json["access_token"].as_str().map(str::to_owned));
    let token = token.ok_or_else(|| {
        Trouble::Refused(format!(
            "{} cannot sign in: {TOKEN} answers {}",
            officer.id, answer.status
        ))
    })?;
    Ok(Desk { at, officer, token })
}

impl Desk<'_> {
    /// Calls a service through the exchange.
    pub(super) async fn call(
        &self,
        visit: &mut Visit<'_>,
        path: &str,
        grounds: Grounds<'_>,
        body: Option<&Value>,
    ) -> Result<Answer, Trouble> {
        self.call_as(visit, path, grounds, body, &self.token).await
    }

    /// As [`Desk::call`], with another token.
    pub(super) async fn call_as(
        &self,
        visit: &mut Visit<'_>,
        path: &str,
        grounds: Grounds<'_>,
        body: Option<&Value>,
        token: &str,
    ) -> Result<Answer, Trouble> {
        let told = body.map_or_else(Told::default, Told::json).with_token(token);
        self.send(visit, path, grounds, told).await
    }

    /// As [`Desk::call`], with one JSON object a line.
    pub(super) async fn call_with_lines(
        &self,
        visit: &mut Visit<'_>,
        path: &str,
        grounds: Grounds<'_>,
        lines: &[Value],
    ) -> Result<Answer, Trouble> {
        let told = Told::lines(lines).with_token(&self.token);
        self.send(visit, path, grounds, told).await
    }

    async fn send(
        &self,
        visit: &mut Visit<'_>,
        path: &str,
        grounds: Grounds<'_>,
        mut told: Told,
    ) -> Result<Answer, Trouble> {
        let all = [
            ("msingi-client", self.officer.client.as_str()),
            ("msingi-purpose", grounds.purpose),
            ("msingi-legal-basis", grounds.basis),
            ("msingi-case", grounds.case),
            ("msingi-subject", grounds.subject.unwrap_or_default()),
        ];
        let given = all.into_iter().filter(|(_, value)| !value.is_empty());
        told.headers.extend(given.map(|(name, value)| (name, value.to_owned())));
        visit.tell(self.at, &format!("{EXCHANGE}{path}"), told).await
    }

    /// The institution's own API.
    pub(super) async fn post(
        &self,
        visit: &mut Visit<'_>,
        path: &str,
        key: String,
        body: &Value,
    ) -> Result<Answer, Trouble> {
        let mut told = Told::json(body).with_token(&self.token);
        told.headers.push(("idempotency-key", key));
        visit.tell(self.at, path, told).await
    }

    pub(super) async fn get(&self, visit: &mut Visit<'_>, path: &str) -> Result<Answer, Trouble> {
        let told = Told { method: Method::GET, ..Told::default() }.with_token(&self.token);
        visit.tell(self.at, path, told).await
    }
}

impl<'g> Grounds<'g> {
    /// Those of the call in the list.
    pub(super) fn of(call: &'g Call, case: &'g str) -> Self {
        Self { purpose: &call.purpose, basis: &call.legal_basis, case, subject: None }
    }
}

/// Asks who shows the person's number. That is a call about the person, and gives their pseudonym here.
pub(super) fn whose(number: &str) -> Value {
    json!({"system": "VID", "value": number})
}

/// The address of a target without a slash at its end.
pub(super) fn base(target: &Target) -> &str {
    target.url.as_str().trim_end_matches('/')
}

/// The short name of a refusal: `urn:msingi:problem:no-agreement` is `no-agreement`.
pub(super) fn slug(answer: &Answer) -> String {
    let kind = answer.json().and_then(|json| json["type"].as_str().map(str::to_owned));
    let kind = kind.unwrap_or_default();
    kind.rsplit(':').next().unwrap_or_default().to_owned()
}
