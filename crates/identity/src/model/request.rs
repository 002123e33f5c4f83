//! A request to sign somebody in (OpenID Connect Core section 3.1.2.1, RFC 6749 section 4.1.1,
//! RFC 7636 section 4.3), judged before anybody is asked for anything.
//!
//! The request travels in the address of every page of the sign-in and is judged anew each time, so
//! that nothing has to be stored before the person has proved who they are.

use super::client::RelyingParty;
use super::pkce;
use aws_lc_rs::digest;
use basis::Timestamp;

/// Longest `state` or `nonce` in bytes; both are given back or kept.
const OPAQUE_LENGTH_MAX: usize = 1_024;
/// Longest query in bytes; browsers and proxies take no longer ones either.
pub const QUERY_LENGTH_MAX: usize = 8_192;
/// The page's own parameter, which is no part of the request.
const LANGUAGE: &str = "lang";

/// What a relying party may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// That the person is signed in.
    Openid,
    /// Name and birth date.
    Profile,
}

impl Scope {
    /// As in requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Openid => "openid",
            Self::Profile => "profile",
        }
    }

    /// Reads [`Scope::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Openid, Self::Profile].into_iter().find(|scope| scope.name() == name)
    }
}

/// What the relying party wants shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// No page at all: answer from the session, or with an error.
    pub none: bool,
    /// Sign in again, session or not.
    pub login: bool,
}

/// The parameters of a request, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

/// A request that may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRequest {
    /// Who asks.
    pub client: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Given back unread.
    pub state: Option<String>,
    /// Put into the ID token unread.
    pub nonce: Option<String>,
    /// RFC 7636, S256.
    pub challenge: String,
    /// Always with `openid`.
    pub scopes: Vec<Scope>,
    /// What to show.
    pub prompt: Prompt,
    /// Sign in again if the last time is longer ago, in seconds.
    pub max_age: Option<i64>,
    /// Languages of the relying party's page, best first.
    pub ui_locales: Vec<String>,
}

/// A request that must not be answered by a redirect: nobody knows that the address is the relying
/// party's (RFC 6749 section 4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    /// No `client_id`, or several.
    #[error("client_id must be given once")]
    ClientId,
    /// Nobody with this `client_id`.
    #[error("client_id is not registered here")]
    ClientUnknown,
    /// No `redirect_uri`, or several.
    #[error("redirect_uri must be given once")]
    RedirectUri,
    /// Another `redirect_uri` than those registered.
    #[error("redirect_uri is not one of those registered")]
    RedirectUriUnknown,
    /// The query is beyond all measure.
    #[error("the query must be at most {QUERY_LENGTH_MAX} bytes")]
    TooLong,
}

/// A request that is refused by a redirect with `error` (RFC 6749 section 4.1.2.1, OpenID Connect
/// Core section 3.1.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {description}")]
pub struct Refusal {
    /// The registered error code.
    pub error: &'static str,
    /// For the developer of the relying party.
    pub description: &'static str,
}

/// The person has to be asked for number and code, and `prompt=none` forbids it.
pub const LOGIN_REQUIRED: Refusal =
    Refusal { error: "login_required", description: "nobody is signed in, and prompt=none" };
/// The person has to be asked whether the facts may go out, and `prompt=none` forbids it.
pub const CONSENT_REQUIRED: Refusal = Refusal {
    error: "consent_required",
    description: "the person has to allow the release of claims, and prompt=none",
};
/// The person said no.
pub const ACCESS_DENIED: Refusal = Refusal {
    error: "access_denied",
    description: "the person did not allow the release of claims",
};

impl Parameters {
    /// The parameters of a query or form body.
    ///
    /// # Errors
    /// [`Unanswerable::TooLong`].
    pub fn parse(query: &str) -> Result<Self, Unanswerable> {
        if query.len() > QUERY_LENGTH_MAX {
            return Err(Unanswerable::TooLong);
        }
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Ok(Self(pairs.filter(|(name, _)| name != LANGUAGE).collect()))
    }

    /// The request as a query, always in the same form.
    #[must_use]
    pub fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// SHA-256 of [`Parameters::query`]: ties a session to the request it was made for.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let digest = digest::digest(&digest::SHA256, self.query().as_bytes());
        <[u8; 32]>::try_from(digest.as_ref()).expect("SHA-256 gives 32 bytes")
    }

    /// The `client_id`, to find the relying party by.
    ///
    /// # Errors
    /// [`Unanswerable::ClientId`].
    pub fn client_id(&self) -> Result<&str, Unanswerable> {
        self.once("client_id").ok().flatten().ok_or(Unanswerable::ClientId)
    }

    /// Where answers go, good or bad: an address that `party` registered.
    ///
    /// # Errors
    /// [`Unanswerable::RedirectUri`], [`Unanswerable::RedirectUriUnknown`].
    pub fn redirect_uri(&self, party: &RelyingParty) -> Result<&str, Unanswerable> {
        let uri = self.once("redirect_uri").ok().flatten().ok_or(Unanswerable::RedirectUri)?;
        let known = party.redirect_uris.iter().any(|registered| registered == uri);
        if known { Ok(uri) } else { Err(Unanswerable::RedirectUriUnknown) }
    }

    /// The `state` to give back with any answer.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.once("state").ok().flatten().filter(|state| state.len() <= OPAQUE_LENGTH_MAX)
    }

    /// The value of a parameter. An empty one counts as absent (RFC 6749 section 3.1).
    fn once(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut found =
            self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = found.next();
        if found.next().is_some() {
            return Err(invalid("a parameter is given twice"));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }
}

/// Judges a request of `party` whose redirect address is already known to be its own.
///
/// # Errors
/// The first flaw, to be sent to the redirect address.
pub fn check(parameters: &Parameters, party: &RelyingParty) -> Result<SignInRequest, Refusal> {
    for (name, _) in &parameters.0 {
        parameters.once(name)?;
    }
    check_unsupported(parameters)?;
    check_response(parameters)?;
    let opaque = |name| match parameters.once(name)? {
        Some(text) if text.len() > OPAQUE_LENGTH_MAX => Err(invalid("state or nonce is too long")),
        other => Ok(other.map(str::to_owned)),
    };
    Ok(SignInRequest {
        client: party.id.clone(),
        redirect_uri: parameters.once("redirect_uri")?.unwrap_or_default().to_owned(),
        state: opaque("state")?,
        nonce: opaque("nonce")?,
        challenge: challenge(parameters)?,
        scopes: scopes(parameters, party)?,
        prompt: prompt(parameters)?,
        max_age: max_age(parameters)?,
        ui_locales: locales(parameters)?,
    })
}

fn check_unsupported(parameters: &Parameters) -> Result<(), Refusal> {
    if parameters.once("request")?.is_some() {
        return Err(Refusal {
            error: "request_not_supported",
            description: "send plain parameters",
        });
    }
    if parameters.once("request_uri")?.is_some() {
        let description = "send plain parameters";
        return Err(Refusal { error: "request_uri_not_supported", description });
    }
    if parameters.once("registration")?.is_some() {
        let description = "relying parties are registered by an officer";
        return Err(Refusal { error: "registration_not_supported", description });
    }
    Ok(())
}

fn check_response(parameters: &Parameters) -> Result<(), Refusal> {
    match parameters.once("response_type")? {
        None => return Err(invalid("response_type is missing; send code")),
        Some("code") => {}
        Some(_) => {
            let description = "send response_type=code";
            return Err(Refusal { error: "unsupported_response_type", description });
        }
    }
    match parameters.once("response_mode")? {
        None | Some("query") => Ok(()),
        Some(_) => Err(invalid("response_mode is query")),
    }
}

fn challenge(parameters: &Parameters) -> Result<String, Refusal> {
    let Some(challenge) = parameters.once("code_challenge")? else {
        return Err(invalid("code_challenge is missing; PKCE with S256 is required"));
    };
    // An absent method means plain (RFC 7636 section 4.3).
    if parameters.once("code_challenge_method")? != Some(pkce::METHOD) {
        return Err(invalid("code_challenge_method must be S256"));
    }
    if !pkce::is_challenge(challenge) {
        return Err(invalid("code_challenge must be 43 characters of base64url"));
    }
    Ok(challenge.to_owned())
}

/// Scopes nobody here knows are passed over (OpenID Connect Core section 3.1.2.1).
fn scopes(parameters: &Parameters, party: &RelyingParty) -> Result<Vec<Scope>, Refusal> {
    let asked = parameters.once("scope")?.unwrap_or_default();
    let known: Vec<Scope> = asked.split(' ').filter_map(Scope::from_name).collect();
    let error = "invalid_scope";
    if !known.contains(&Scope::Openid) {
        return Err(Refusal { error, description: "scope must hold openid" });
    }
    if known.iter().any(|scope| !party.scopes.contains(scope)) {
        return Err(Refusal { error, description: "a scope is not registered for this client" });
    }
    let both = [Scope::Openid, Scope::Profile].into_iter().filter(|scope| known.contains(scope));
    Ok(both.collect())
}

fn prompt(parameters: &Parameters) -> Result<Prompt, Refusal> {
    let mut prompt = Prompt::default();
    let mut several = 0;
    for word in parameters.once("prompt")?.unwrap_or_default().split(' ').filter(|w| !w.is_empty())
    {
        several += 1;
        match word {
            "none" => prompt.none = true,
            // There is one account a person; choosing another means signing in as somebody else.
            "login" | "select_account" => prompt.login = true,
            // The release of claims is asked for every time.
            "consent" => {}
            _ => return Err(invalid("prompt has an unknown value")),
        }
    }
    if prompt.none && several > 1 {
        return Err(invalid("prompt=none stands alone"));
    }
    Ok(prompt)
}

fn max_age(parameters: &Parameters) -> Result<Option<i64>, Refusal> {
    let Some(text) = parameters.once("max_age")? else { return Ok(None) };
    match text.parse::<i64>() {
        Ok(seconds) if seconds >= 0 => Ok(Some(seconds)),
        _ => Err(invalid("max_age is a number of seconds")),
    }
}

fn locales(parameters: &Parameters) -> Result<Vec<String>, Refusal> {
    let tags = parameters.once("ui_locales")?.unwrap_or_default();
    Ok(tags.split(' ').filter(|tag| !tag.is_empty()).take(8).map(str::to_owned).collect())
}

fn invalid(description: &'static str) -> Refusal {
    Refusal { error: "invalid_request", description }
}

impl SignInRequest {
    /// Whether name and birth date are asked for.
    #[must_use]
    pub fn wants_profile(&self) -> bool {
        self.scopes.contains(&Scope::Profile)
    }

    /// The scopes as tokens name them.
    #[must_use]
    pub fn scope(&self) -> String {
        self.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ")
    }

    /// Whether a session that began at `auth_time` will do. `same_request`: it began with this very
    /// request, which is what `prompt=login` asks for.
    #[must_use]
    pub fn accepts(&self, auth_time: Timestamp, same_request: bool, now: Timestamp) -> bool {
        if same_request {
            return true;
        }
        let young = |max_age| now.seconds_since(auth_time) <= max_age;
        !self.prompt.login && self.max_age.is_none_or(young)
    }
}

/// The address a relying party gets its answer at: `redirect_uri` with `answer`, the `state` and our
/// name in it (RFC 9207 section 2).
#[must_use]
pub fn answer_uri(
    redirect_uri: &str,
    answer: &[(&str, &str)],
    state: Option<&str>,
    issuer: &str,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    query.append_pair("iss", issuer);
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{joint}{}", query.finish())
}

#[cfg(test)]
mod tests;
