//! Challenges for passkeys: given out without a trace, taken back once.

use super::{Identity, sha256_of};
use crate::error::Error;
use crate::model::challenge::{CHALLENGE_SECONDS, Challenge};
use crate::store;
use credential::base64url;
use credential::webauthn;
use kernel::db::Tx;

/// What a challenge is for, so that none serves for another thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    SignIn,
    Enrol,
}

impl Use {
    fn label(self) -> &'static str {
        match self {
            Self::SignIn => "challenge/sign-in",
            Self::Enrol => "challenge/enrol",
        }
    }
}

impl Identity {
    /// A new challenge, tied to a request or session by `bound_to`; base64url.
    pub(super) fn challenge(&self, what: Use, bound_to: &[u8; 32]) -> Result<String, Error> {
        let challenge = Challenge::new(self.0.rng.bytes(), self.0.clock.now());
        let code = self.challenge_code(what, bound_to, &challenge)?;
        Ok(base64url::encode(challenge.sealed(&code)))
    }

    /// The challenge that an answer names, if it is one of ours for this use and still good.
    pub(super) fn good_challenge(
        &self,
        what: Use,
        bound_to: &[u8; 32],
        client_data: &[u8],
    ) -> Result<Option<Vec<u8>>, Error> {
        let Ok(bytes) = webauthn::claimed_challenge(client_data) else { return Ok(None) };
        let Some((challenge, carried)) = Challenge::parse(&bytes) else { return Ok(None) };
        let code = self.challenge_code(what, bound_to, &challenge)?;
        let good = challenge.is_good(&carried, &code, self.0.clock.now());
        Ok(good.then_some(bytes))
    }

    /// Uses a challenge up; `false` when it was answered before.
    pub(super) async fn use_challenge(&self, tx: &mut Tx, challenge: &[u8]) -> Result<bool, Error> {
        let forget = tx.now().plus_seconds(CHALLENGE_SECONDS);
        Ok(store::passkeys::use_challenge(tx, sha256_of(challenge), forget).await?)
    }

    /// A keyed digest over all that a challenge is tied to; the block's index key serves, under a
    /// label of its own.
    fn challenge_code(
        &self,
        what: Use,
        bound_to: &[u8; 32],
        challenge: &Challenge,
    ) -> Result<[u8; 32], Error> {
        let covered = base64url::encode([challenge.covered().as_slice(), bound_to].concat());
        Ok(self.0.fields.blind_index(what.label(), &covered)?)
    }
}
