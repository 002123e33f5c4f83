//! Where the story's institutions are, and the people who work there.

use super::client::{Desk, StoryError, json, text};
use super::processes::Processes;
use basis::{Clock, Id, Rng};
use credential::{SigningKey, jwt};
use reqwest::Method;
use serde_json::json;

/// One installation as the driver reaches it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its public base URL.
    pub base: String,
    /// A token of whoever holds the installation's keys.
    pub operator: String,
}

/// The country as the driver reaches it. In one process the first three are the same.
#[derive(Clone)]
pub struct World {
    /// Civil registration and identity, with registry, consent and portal.
    pub registrar: Site,
    /// The ministry and the clinic.
    pub frontline: Site,
    /// Treasury and auditor.
    pub treasury: Site,
    /// The village post; none inside a test's own process.
    pub post: Option<Site>,
    /// The neighbouring country's identity; none inside a test's own process.
    pub abroad: Option<Site>,
    /// What can happen to the country from outside: power cuts, a cable pulled, an intruder. None
    /// inside a test's own process.
    pub hands: Option<Processes>,
    /// Whether installations witness each other's audit trails: not in one process, where there is
    /// only one.
    pub witnessed: bool,
}

/// An officer of the story: member, id there, roles.
#[derive(Clone, Copy, Debug)]
pub struct Officer {
    /// `CLASS/MEMBER`.
    pub member: &'static str,
    /// Id at the member.
    pub id: &'static str,
    /// Roles granted.
    pub roles: &'static [&'static str],
}

/// Registers births.
pub const REGISTRAR: Officer =
    Officer { member: "GOV/CRO", id: "r-17", roles: &["registrar", "exchange-user"] };
/// Serves people at the identity authority's desk.
pub const DESK: Officer = Officer {
    member: "GOV/NIA",
    id: "d-4",
    roles: &["identity-desk", "registry-clerk", "exchange-user"],
};
/// Looks after systems of the identity authority.
pub const STEWARD: Officer = Officer {
    member: "GOV/NIA",
    id: "s-1",
    roles: &["identity-admin", "registry-steward", "consent-officer", "exchange-user"],
};
/// Decides on benefits.
pub const CASEWORKER: Officer =
    Officer { member: "GOV/MSP", id: "b-7", roles: &["caseworker", "exchange-user"] };
/// A colleague of the caseworker, who looks where there is no case for it.
pub const CURIOUS: Officer =
    Officer { member: "GOV/MSP", id: "b-9", roles: &["caseworker", "exchange-user"] };
/// Looks after the ministry's services.
pub const MANAGER: Officer = Officer { member: "GOV/MSP", id: "s-4", roles: &["service-manager"] };
/// Puts payment runs together.
pub const MAKER: Officer =
    Officer { member: "GOV/MSP", id: "m-2", roles: &["benefit-maker", "exchange-user"] };
/// The second pair of eyes on them.
pub const CHECKER: Officer =
    Officer { member: "GOV/MSP", id: "c-1", roles: &["benefit-checker", "exchange-user"] };
/// Hears complaints.
pub const COMMISSIONER: Officer =
    Officer { member: "GOV/DPC", id: "k-1", roles: &["commissioner"] };
/// Registers births in the village.
pub const CLERK: Officer = Officer { member: "GOV/POST114", id: "p-1", roles: &["registrar"] };
/// Enters births in the neighbouring country.
pub const REGISTRAR_ABROAD: Officer =
    Officer { member: "GOV/REG", id: "v-2", roles: &["registrar", "exchange-user"] };
/// Serves people at the neighbour's identity desk, and looks after its relying parties.
pub const DESK_ABROAD: Officer =
    Officer { member: "GOV/ID", id: "i-1", roles: &["identity-desk", "identity-admin"] };
/// Treats patients.
pub const NURSE: Officer = Officer { member: "COM/LAKESIDE", id: "n-3", roles: &["exchange-user"] };
/// Moves money.
pub const TREASURER: Officer = Officer { member: "GOV/TREASURY", id: "t-2", roles: &["treasurer"] };
/// Leads the country's assessment.
pub const LEAD: Officer = Officer { member: "GOV/DIGITAL", id: "l-1", roles: &["assessment-lead"] };
/// Reviews the assessment's answers, and signs for the agency.
pub const REVIEWER: Officer = Officer {
    member: "GOV/DIGITAL",
    id: "q-1",
    roles: &["assessment-reviewer", "assessment-signatory"],
};
/// Checks everybody.
pub const AUDITOR: Officer = Officer { member: "GOV/AUDIT", id: "a-1", roles: &["auditor"] };

impl Officer {
    /// Lets the operator register the officer with a fresh key, and signs the officer in with it.
    ///
    /// # Errors
    /// [`StoryError`].
    pub async fn arrive(self, site: &Site, instance: &str) -> Result<Desk, StoryError> {
        let broken = |error: credential::JoseError| StoryError::Missing(error.to_string());
        let key = SigningKey::generate_es256().map_err(broken)?;
        let operator = Desk::new(&site.base, &site.operator);
        let body = json!({
            "member": format!("{instance}/{}", self.member), "id": self.id,
            "key": key.public_jwk(), "roles": self.roles,
        });
        let answer =
            operator.request(Method::PUT, "/exchange/v1/officers").json(&body).send().await?;
        json("registering an officer", answer).await?;
        let token = sign_in(site, &format!("{}/{}", self.member, self.id), &key).await?;
        Ok(Desk::new(&site.base, &token))
    }
}

/// Signs an officer (`CLASS/MEMBER/ID`) in: RFC 7523, an assertion signed with the officer's own key,
/// for a token.
///
/// # Errors
/// [`StoryError`].
pub async fn sign_in(site: &Site, officer: &str, key: &SigningKey) -> Result<String, StoryError> {
    let (clock, rng) = (Clock::system(), Rng::system());
    let now = clock.now().unix_seconds();
    let claims = json!({
        "iss": officer, "sub": officer, "aud": format!("{}/exchange/v1/token", site.base),
        "iat": now, "exp": now + 60, "jti": Id::mint(&clock, &rng),
    });
    let assertion =
        jwt::sign(key, "JWT", &claims).map_err(|error| StoryError::Missing(error.to_string()))?;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion.as_str()),
    ];
    let answer = reqwest::Client::new()
        .post(format!("{}/exchange/v1/token", site.base))
        .form(&form)
        .send()
        .await?;
    text(&json("signing an officer in", answer).await?, "/access_token")
}
