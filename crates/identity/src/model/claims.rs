//! What relying parties are told: the claims of the ID token, the access token and userinfo
//! (OpenID Connect Core 1.0 sections 2, 5.1 and 5.3; RFC 9068 section 2.2).

use super::method::{acr, amr};
use super::person::Facts;
use basis::{Id, PartialDate, Timestamp};
use contracts::identity::SignInMethod;
use serde_json::{Map, Value};

/// Seconds an ID token is good for; it is read once.
pub const ID_TOKEN_SECONDS: i64 = 300;
/// Seconds an access token is good for.
pub const ACCESS_TOKEN_SECONDS: i64 = 600;
/// The `typ` of access tokens (RFC 9068 section 2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// A fact that a relying party can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// The whole name.
    Name,
    /// The given name, where the person has told it apart.
    GivenName,
    /// The family name, where there is one.
    FamilyName,
    /// The date of birth.
    Birthdate,
}

impl Claim {
    /// What the scope `profile` asks for.
    pub const PROFILE: [Self; 4] = [Self::Name, Self::GivenName, Self::FamilyName, Self::Birthdate];

    /// As OpenID Connect Core section 5.1 names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Birthdate => "birthdate",
        }
    }

    /// The claims in a list as the store keeps it; unknown names are passed over.
    #[must_use]
    pub fn from_list(list: &str) -> Vec<Self> {
        let find = |name: &str| Self::PROFILE.into_iter().find(|claim| claim.name() == name);
        list.split(' ').filter_map(find).collect()
    }

    /// The list for the store.
    #[must_use]
    pub fn to_list(claims: &[Self]) -> String {
        claims.iter().map(|claim| claim.name()).collect::<Vec<_>>().join(" ")
    }

    /// Its value, where the facts have one.
    #[must_use]
    pub fn value(self, facts: &Facts) -> Option<String> {
        match self {
            Self::Name => Some(facts.name.full().to_owned()),
            Self::GivenName => facts.name.given().map(str::to_owned),
            Self::FamilyName => facts.name.family().map(str::to_owned),
            Self::Birthdate => birthdate(facts.born),
        }
    }
}

/// OpenID Connect Core section 5.1 has the whole date or the year alone.
fn birthdate(born: PartialDate) -> Option<String> {
    if born.is_full() {
        return Some(born.to_string());
    }
    born.year().map(|year| format!("{year:04}"))
}

/// One sign-in, as its tokens tell of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Who issues the tokens.
    pub issuer: String,
    /// The relying party.
    pub client: String,
    /// The person in the relying party's sector.
    pub subject: String,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// How they proved it.
    pub method: SignInMethod,
    /// The relying party's own value, given back unread.
    pub nonce: Option<String>,
    /// What was granted, `openid` or `openid profile`.
    pub scope: String,
    /// The grant both tokens come from.
    pub grant: Id,
    /// When the tokens are made.
    pub now: Timestamp,
}

impl SignIn {
    /// The access token's claims (RFC 9068 section 2.2).
    #[must_use]
    pub fn access_token(&self) -> Value {
        let now = self.now.unix_seconds();
        serde_json::json!({
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.issuer,
            "client_id": self.client,
            "iat": now,
            "exp": now + ACCESS_TOKEN_SECONDS,
            "jti": self.grant,
            "scope": self.scope,
            "auth_time": self.auth_time.unix_seconds(),
            "acr": acr(self.method),
        })
    }

    /// The ID token's claims (OpenID Connect Core section 2); `at_hash` ties it to the access token
    /// (section 3.1.3.6).
    #[must_use]
    pub fn id_token(&self, at_hash: &str) -> Value {
        let now = self.now.unix_seconds();
        let mut claims = serde_json::json!({
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.client,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            "auth_time": self.auth_time.unix_seconds(),
            "acr": acr(self.method),
            "at_hash": at_hash,
        });
        if !amr(self.method).is_empty() {
            claims["amr"] = amr(self.method).into();
        }
        if let Some(nonce) = &self.nonce {
            claims["nonce"] = nonce.as_str().into();
        }
        claims
    }
}

/// The members of a userinfo answer: the subject, and those of `claims` that the facts can tell.
#[must_use]
pub fn userinfo(subject: &str, claims: &[Claim], facts: Option<&Facts>) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("sub".to_owned(), subject.into());
    let Some(facts) = facts else { return members };
    for claim in claims {
        if let Some(value) = claim.value(facts) {
            members.insert(claim.name().to_owned(), value.into());
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::PersonName;

    fn facts(name: PersonName, born: &str) -> Facts {
        Facts { name, born: born.parse().unwrap(), sex: None }
    }

    #[test]
    fn a_name_of_one_word_has_no_parts() {
        let facts = facts(PersonName::new("Wanjiru").unwrap(), "unknown");
        let told = userinfo("s", &Claim::PROFILE, Some(&facts));
        assert_eq!(Value::Object(told), serde_json::json!({ "sub": "s", "name": "Wanjiru" }));
    }

    #[test]
    fn only_the_claims_asked_for_are_told() {
        let name = PersonName::new("Asha Tumbo").unwrap().with_given("Asha").unwrap();
        let facts = facts(name.with_family("Tumbo").unwrap(), "1994-06-02");
        let told = userinfo("s", &[Claim::FamilyName, Claim::Birthdate], Some(&facts));
        let expected =
            serde_json::json!({ "sub": "s", "family_name": "Tumbo", "birthdate": "1994-06-02" });
        assert_eq!(Value::Object(told), expected);
    }

    #[test]
    fn a_partial_birth_date_tells_the_year_or_nothing() {
        let table = [
            ("1994-06-02", Some("1994-06-02")),
            ("1994-06", Some("1994")),
            ("0994", Some("0994")),
            ("unknown", None),
        ];
        for (born, told) in table {
            assert_eq!(birthdate(born.parse().unwrap()).as_deref(), told, "{born}");
        }
    }

    #[test]
    fn lists_of_claims_come_back() {
        assert_eq!(Claim::from_list(&Claim::to_list(&Claim::PROFILE)), Claim::PROFILE);
        assert_eq!(Claim::from_list(""), []);
        assert_eq!(Claim::from_list("email name"), [Claim::Name]);
    }

    #[test]
    fn tokens_say_who_when_and_how() {
        let at = Timestamp::from_micros(1_800_000_000_500_000);
        let sign_in = SignIn {
            issuer: "https://id".to_owned(),
            client: "portal".to_owned(),
            subject: "p".to_owned(),
            auth_time: at.plus_seconds(-5),
            method: SignInMethod::Code,
            nonce: Some("n".to_owned()),
            scope: "openid".to_owned(),
            grant: Id::from_bytes([1; 16]),
            now: at,
        };
        let id = sign_in.id_token("h");
        assert_eq!(
            (&id["aud"], &id["nonce"], &id["at_hash"]),
            (&"portal".into(), &"n".into(), &"h".into())
        );
        assert_eq!(
            (&id["auth_time"], &id["exp"]),
            (&1_799_999_995_i64.into(), &1_800_000_300_i64.into())
        );
        assert_eq!(id["amr"], serde_json::json!(["otp"]));
        let access = sign_in.access_token();
        assert_eq!(
            (&access["aud"], &access["exp"]),
            (&"https://id".into(), &1_800_000_600_i64.into())
        );
        assert_eq!(id["acr"], "idbb:acr:generated-code");
        let without = SignIn { nonce: None, method: SignInMethod::Foreign, ..sign_in };
        let id = without.id_token("h");
        assert!(id.get("nonce").is_none() && id.get("amr").is_none());
    }
}
