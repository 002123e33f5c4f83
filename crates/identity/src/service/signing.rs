//! The keys that sign tokens: ES256 for our own use and by default, RS256 for parties that asked for
//! it.

use super::{Identity, TOKEN_KEY};
use crate::error::Error;
use crate::model::response_alg::ResponseAlg;
use credential::Jwk;
use kernel::keys::{KeyError, Signer};
use std::sync::Arc;

/// Purpose of the RSA keys, apart from [`TOKEN_KEY`] because a purpose has keys of one kind.
const RSA_TOKEN_KEY: &str = "oidc-rsa";

impl Identity {
    /// The public keys that our tokens verify with, those to come and those retired included. The
    /// RSA keys are among them once [`Identity::make_rsa_key`] has run.
    ///
    /// # Errors
    /// When the first key cannot be made.
    pub fn token_keys(&self) -> Result<Vec<Jwk>, Error> {
        self.token_key()?;
        let mut published = self.0.keys.public_keys(TOKEN_KEY);
        published.extend(self.0.keys.public_keys(RSA_TOKEN_KEY));
        Ok(published)
    }

    /// Makes the first RSA key, or does nothing. At start each process runs this in the background,
    /// and a registration that asks for RS256 waits for it: no such token is signed before its key
    /// is published. On a thread of its own, for it takes about half a second, at times two.
    ///
    /// # Errors
    /// When the key file cannot be written.
    pub async fn make_rsa_key(&self) -> Result<(), Error> {
        let this = self.clone();
        let made =
            tokio::task::spawn_blocking(move || this.response_key(ResponseAlg::Rs256).map(drop));
        made.await.map_err(|_| KeyError::Unusable("its making was cut short".to_owned()))?
    }

    /// What signs access tokens, which only we read, and most other tokens. Fetched outside of
    /// transactions: a first key is written to the key file.
    pub(super) fn token_key(&self) -> Result<Arc<dyn Signer>, Error> {
        self.response_key(ResponseAlg::Es256)
    }

    /// What signs for a relying party that chose `alg`. An RSA signature takes some 0.8 ms of CPU
    /// (3072 bits), an ES256 one a fiftieth of that.
    pub(super) fn response_key(&self, alg: ResponseAlg) -> Result<Arc<dyn Signer>, Error> {
        let purpose = match alg {
            ResponseAlg::Es256 => TOKEN_KEY,
            ResponseAlg::Rs256 => RSA_TOKEN_KEY,
        };
        Ok(self.0.keys.signing_key_with(purpose, alg.sig_alg())?)
    }
}
