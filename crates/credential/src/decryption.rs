//! Private keys that receive encrypted messages.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::agreement::PrivateKey;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    self, KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use zeroize::Zeroizing;

use crate::JoseError;
use crate::agreement;
use crate::alg::KeyAlg;
use crate::jwk::{Curve, Jwk, KeyUse, Material, Secret};
use crate::key;

/// The kind of a [`DecryptionKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecryptionKind {
    /// For ECDH-ES and ECDH-ES+A256KW.
    Ec(Curve),
    /// For RSA-OAEP-256.
    Rsa,
}

/// A private key that decrypts. Its `kid` is its RFC 7638 thumbprint. Cloning shares the parsed key.
#[derive(Clone)]
pub struct DecryptionKey {
    kid: String,
    public: Jwk,
    private: Arc<Private>,
}

enum Private {
    Ec(PrivateKey),
    Rsa { der_source: PrivateDecryptingKey, oaep: OaepPrivateDecryptingKey },
}

impl DecryptionKey {
    /// Makes a new key from the library's own random generator. RSA keys get 3072 bits.
    ///
    /// # Errors
    /// [`JoseError::Provider`] if the library fails.
    pub fn generate(kind: DecryptionKind) -> Result<DecryptionKey, JoseError> {
        const FAILED: JoseError = JoseError::Provider("key generation");
        match kind {
            DecryptionKind::Ec(curve) => {
                let private =
                    PrivateKey::generate(agreement::algorithm(curve)).map_err(|_| FAILED)?;
                DecryptionKey::from_ec(curve, private)
            }
            DecryptionKind::Rsa => DecryptionKey::from_rsa(
                PrivateDecryptingKey::generate(KeySize::Rsa3072).map_err(|_| FAILED)?,
            ),
        }
    }

    /// Reads an unencrypted PKCS#8 key (DER).
    ///
    /// # Errors
    /// [`JoseError::KeyInvalid`] if it is not such a key, or of another type or curve.
    pub fn from_pkcs8(kind: DecryptionKind, pkcs8: &[u8]) -> Result<DecryptionKey, JoseError> {
        const REJECTED: JoseError = JoseError::KeyInvalid("not a PKCS#8 key of this kind");
        match kind {
            DecryptionKind::Ec(curve) => {
                let private = PrivateKey::from_private_key_der(agreement::algorithm(curve), pkcs8);
                DecryptionKey::from_ec(curve, private.map_err(|_| REJECTED)?)
            }
            DecryptionKind::Rsa => DecryptionKey::from_rsa(
                PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| REJECTED)?,
            ),
        }
    }

    /// Takes the private key out of a JWK. The JWK's `kid` is kept, if it has one, because senders know it.
    ///
    /// # Errors
    /// [`JoseError::KeyUnfit`] for a key of another type or with `use: sig`; [`JoseError::KeyInvalid`] if it is
    /// public or its parts do not belong together.
    pub fn from_jwk(jwk: &Jwk) -> Result<DecryptionKey, JoseError> {
        const PUBLIC: JoseError = JoseError::KeyInvalid("the key has no private part");
        const MISMATCH: JoseError =
            JoseError::KeyInvalid("private and public parts do not belong together");
        if jwk.usage == Some(KeyUse::Signature) {
            return Err(JoseError::KeyUnfit);
        }
        let mut key = match &jwk.material {
            Material::Ec { curve, d, .. } => {
                let private = PrivateKey::from_private_key(
                    agreement::algorithm(*curve),
                    d.as_ref().ok_or(PUBLIC)?,
                );
                DecryptionKey::from_ec(*curve, private.map_err(|_| MISMATCH)?)?
            }
            Material::Rsa { n, e, private } => {
                let pair = key::rsa_pair(n, e, private.as_ref().ok_or(PUBLIC)?)?;
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| MISMATCH)?;
                DecryptionKey::from_pkcs8(DecryptionKind::Rsa, der.as_ref())?
            }
            Material::Ed25519 { .. } | Material::Oct { .. } => return Err(JoseError::KeyUnfit),
        };
        if key.public.thumbprint() != jwk.thumbprint() {
            return Err(MISMATCH);
        }
        if let Some(kid) = &jwk.kid {
            key.kid.clone_from(kid);
            key.public.kid = Some(kid.clone());
        }
        Ok(key)
    }

    fn from_ec(curve: Curve, private: PrivateKey) -> Result<DecryptionKey, JoseError> {
        let point = private.compute_public_key().map_err(|_| JoseError::Provider("public key"))?;
        let material = Material::Ec { curve, point: point.as_ref().to_vec(), d: None };
        Ok(DecryptionKey::new(material, None, Private::Ec(private)))
    }

    fn from_rsa(private: PrivateDecryptingKey) -> Result<DecryptionKey, JoseError> {
        const FAILED: JoseError = JoseError::Provider("public key");
        let der: PublicKeyX509Der<'_> = private.public_key().as_der().map_err(|_| FAILED)?;
        let public = rsa::PublicKey::from_der(der.as_ref()).map_err(|_| FAILED)?;
        let oaep = OaepPrivateDecryptingKey::new(private.clone()).map_err(|_| FAILED)?;
        let private = Private::Rsa { der_source: private, oaep };
        Ok(DecryptionKey::new(key::rsa_material(&public), Some(KeyAlg::RsaOaep256), private))
    }

    fn new(material: Material, alg: Option<KeyAlg>, private: Private) -> DecryptionKey {
        let mut public = Jwk::from_material(material);
        let kid = public.thumbprint();
        public.kid = Some(kid.clone());
        public.alg = alg.map(|alg| alg.name().to_owned());
        public.usage = Some(KeyUse::Encryption);
        DecryptionKey { kid, public, private: Arc::new(private) }
    }

    /// The private key as PKCS#8 DER, wiped when dropped.
    ///
    /// # Errors
    /// [`JoseError::Provider`] if the library fails.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, JoseError> {
        let der: Result<Pkcs8V1Der<'_>, _> = match self.private.as_ref() {
            Private::Ec(private) => private.as_der(),
            Private::Rsa { der_source, .. } => der_source.as_der(),
        };
        let der = der.map_err(|_| JoseError::Provider("PKCS#8 export"))?;
        Ok(Zeroizing::new(der.as_ref().to_vec()))
    }

    /// The public key with `kid` and `use: enc`, for senders.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        self.public.clone()
    }

    /// The `kid` that senders put into the header.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub(crate) fn fits(&self, alg: KeyAlg) -> bool {
        self.public.fits_encryption(alg)
    }

    /// The curve and private key for ECDH, if it is such a key.
    pub(crate) fn ec(&self) -> Result<(Curve, &PrivateKey), JoseError> {
        match (&self.public.material, self.private.as_ref()) {
            (Material::Ec { curve, .. }, Private::Ec(private)) => Ok((*curve, private)),
            _ => Err(JoseError::KeyUnfit),
        }
    }

    /// RSAES-OAEP with SHA-256.
    pub(crate) fn oaep_decrypt(&self, ciphertext: &[u8]) -> Result<Secret, JoseError> {
        let Private::Rsa { oaep, .. } = self.private.as_ref() else {
            return Err(JoseError::KeyUnfit);
        };
        let mut buffer = Zeroizing::new(vec![0; oaep.min_output_size()]);
        let plain = oaep.decrypt(&OAEP_SHA256_MGF1SHA256, ciphertext, &mut buffer, None);
        Ok(Zeroizing::new(plain.map_err(|_| JoseError::Decryption)?.to_vec()))
    }
}

/// Shows the kid only.
impl fmt::Debug for DecryptionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DecryptionKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}
