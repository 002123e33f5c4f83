//! Letting somebody in who has proved who they are, whichever way.

use super::login::{Asked, SESSION_SECONDS};
use super::{Identity, PERSON, sha256};
use crate::error::Error;
use crate::events::LOGIN_SUCCEEDED;
use crate::model::method;
use crate::model::person::Person;
use crate::store;
use crate::store::sessions::Session;
use contracts::identity::{SignInMethod, SignInOutcome};
use kernel::audit::Audit;
use kernel::db::Tx;
use kernel::fields::SubjectKey;
use serde_json::json;

/// Stands for a request where somebody signs in to our own pages.
const OWN: &str = "own pages";

/// What a sign-in is for.
#[derive(Clone, Debug)]
pub enum Target {
    /// A relying party's request.
    Party(Box<Asked>),
    /// The identity authority's own pages.
    Own,
}

/// A browser in which somebody is about to sign in.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// What for.
    pub target: Target,
    /// The session it came with, which ends.
    pub session: Option<String>,
    /// Kind of browser and system, see `model::device`.
    pub device: String,
}

/// What became of a sign-in.
#[derive(Clone, PartialEq, Eq)]
pub enum SignedIn {
    /// The proof is wrong, or locked. Which of them is told to nobody.
    Refused,
    /// The person is signed in.
    In {
        /// For the cookie.
        session: String,
        /// Where to send the browser; none when the claims are to be asked for first, or for our own
        /// pages.
        location: Option<String>,
    },
}

/// Somebody who has proved, or tried to prove, who they are.
pub(super) struct Proof {
    /// Who.
    pub(super) person: Person,
    /// Their key.
    pub(super) key: SubjectKey,
    /// How.
    pub(super) method: SignInMethod,
    /// Name of the passkey or provider.
    pub(super) by: Option<String>,
}

impl Arrival {
    /// SHA-256 of what the sign-in is for; ties sessions and challenges to it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        match &self.target {
            Target::Party(asked) => asked.parameters.digest(),
            Target::Own => sha256(OWN),
        }
    }

    pub(super) fn party(&self) -> Option<&str> {
        match &self.target {
            Target::Party(asked) => Some(&asked.party.name),
            Target::Own => None,
        }
    }

    fn client(&self) -> &str {
        match &self.target {
            Target::Party(asked) => &asked.party.id,
            Target::Own => OWN,
        }
    }
}

impl Identity {
    /// Ends the session the browser came with, begins one called `token`, writes the sign-in down
    /// and, when no more is asked for than that the person is there, makes the code for the party.
    pub(super) async fn admit(
        &self,
        tx: &mut Tx,
        proof: Proof,
        arrival: &Arrival,
        token: String,
    ) -> Result<SignedIn, Error> {
        if let Some(old) = &arrival.session {
            store::sessions::delete(tx, sha256(old)).await?;
        }
        let now = tx.now();
        let (person, method) = (proof.person, proof.method);
        let session = Session { person, request: arrival.digest(), auth_time: now, method };
        let expires = now.plus_seconds(SESSION_SECONDS);
        store::sessions::insert(tx, sha256(&token), &session, expires).await?;
        let detail = json!({ "client": arrival.client(), "method": method::name(method) });
        let audit = Audit::new(&LOGIN_SUCCEEDED, PERSON, person.reference);
        tx.audit(audit.with(detail)).await?;
        self.note_sign_in(tx, &proof, SignInOutcome::SignedIn, arrival).await?;
        let location = match &arrival.target {
            Target::Party(asked) if !asked.request.wants_profile() => {
                Some(self.insert_grant(tx, asked, session, &proof.key, Vec::new()).await?)
            }
            _ => None,
        };
        Ok(SignedIn::In { session: token, location })
    }
}
