//! Keys ready for use: [`SigningKey`] and [`VerifyingKey`]. Both are parsed once and then only used; cloning shares
//! the parsed key.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, ParsedPublicKey,
    RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::JoseError;
use crate::alg::SigAlg;
use crate::jwk::{Curve, Jwk, KeyUse, Material, RsaPrivate};

/// Something that signs: a [`SigningKey`] in memory, or a key held by a hardware module.
pub trait JwsSigner: Send + Sync {
    /// The algorithm of every signature.
    fn alg(&self) -> SigAlg;
    /// The `kid` for the header.
    fn kid(&self) -> &str;
    /// The signature in JOSE form: for ECDSA r || s of fixed length (RFC 7518 section 3.4).
    ///
    /// # Errors
    /// [`JoseError::Provider`] if the library or module fails.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, JoseError>;
}

/// A private signing key bound to one algorithm. Its `kid` is its RFC 7638 thumbprint.
#[derive(Clone)]
pub struct SigningKey {
    alg: SigAlg,
    kid: String,
    pair: Pair,
}

#[derive(Clone)]
enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(rsa::KeyPair),
}

impl SigningKey {
    /// Makes a new key from the library's own random generator. RSA keys get 3072 bits.
    ///
    /// # Errors
    /// [`JoseError::Provider`] if the library fails.
    pub fn generate(alg: SigAlg) -> Result<SigningKey, JoseError> {
        const FAILED: JoseError = JoseError::Provider("key generation");
        let pair = match alg {
            SigAlg::Es256 | SigAlg::Es384 => {
                Pair::Ecdsa(EcdsaKeyPair::generate(ecdsa(alg).0).map_err(|_| FAILED)?)
            }
            SigAlg::EdDsa => Pair::Ed25519(Ed25519KeyPair::generate().map_err(|_| FAILED)?),
            SigAlg::Rs256 | SigAlg::Ps256 => {
                Pair::Rsa(rsa::KeyPair::generate(KeySize::Rsa3072).map_err(|_| FAILED)?)
            }
        };
        Ok(SigningKey::new(alg, pair))
    }

    /// A new ES256 key, the platform's default.
    ///
    /// # Errors
    /// As [`SigningKey::generate`].
    pub fn generate_es256() -> Result<SigningKey, JoseError> {
        SigningKey::generate(SigAlg::Es256)
    }

    /// Reads an unencrypted PKCS#8 key (RFC 5208, DER) for use with `alg`.
    ///
    /// # Errors
    /// [`JoseError::KeyInvalid`] if it is not such a key, or of another type or curve than `alg` needs.
    pub fn from_pkcs8(alg: SigAlg, pkcs8: &[u8]) -> Result<SigningKey, JoseError> {
        const REJECTED: JoseError = JoseError::KeyInvalid("not a PKCS#8 key for this algorithm");
        let pair = match alg {
            SigAlg::Es256 | SigAlg::Es384 => {
                Pair::Ecdsa(EcdsaKeyPair::from_pkcs8(ecdsa(alg).0, pkcs8).map_err(|_| REJECTED)?)
            }
            SigAlg::EdDsa => {
                Pair::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| REJECTED)?)
            }
            SigAlg::Rs256 | SigAlg::Ps256 => {
                Pair::Rsa(rsa::KeyPair::from_pkcs8(pkcs8).map_err(|_| REJECTED)?)
            }
        };
        Ok(SigningKey::new(alg, pair))
    }

    /// Reads a key as people keep it in a file: unencrypted PKCS#8 in PEM (RFC 7468 section 10), or a private JWK.
    ///
    /// # Errors
    /// As [`SigningKey::from_pkcs8`] and [`SigningKey::from_jwk`].
    pub fn from_text(alg: SigAlg, text: &str) -> Result<SigningKey, JoseError> {
        let text = text.trim();
        if text.starts_with('{') {
            return SigningKey::from_jwk(alg, &Jwk::from_json(text.as_bytes())?);
        }
        let is_label = |line: &&str| line.starts_with("-----");
        let lines: String = text.lines().map(str::trim).filter(|line| !is_label(line)).collect();
        let der =
            STANDARD.decode(lines).map_err(|_| JoseError::KeyInvalid("neither PEM nor a JWK"))?;
        SigningKey::from_pkcs8(alg, &der)
    }

    /// Takes the private key out of a JWK.
    ///
    /// # Errors
    /// [`JoseError::KeyUnfit`] if type, curve, `alg`, `use` or `key_ops` speak against `alg`;
    /// [`JoseError::KeyInvalid`] if the key is public or its private and public parts do not belong together.
    pub fn from_jwk(alg: SigAlg, jwk: &Jwk) -> Result<SigningKey, JoseError> {
        const REJECTED: JoseError =
            JoseError::KeyInvalid("private and public parts do not belong together");
        const PUBLIC: JoseError = JoseError::KeyInvalid("the key has no private part");
        check_usage(jwk, "sign")?;
        if signature_algs(jwk).iter().all(|fit| *fit != alg) {
            return Err(JoseError::KeyUnfit);
        }
        let pair = match &jwk.material {
            Material::Ec { point, d, .. } => {
                let d = d.as_ref().ok_or(PUBLIC)?;
                let pair = EcdsaKeyPair::from_private_key_and_public_key(ecdsa(alg).0, d, point);
                Pair::Ecdsa(pair.map_err(|_| REJECTED)?)
            }
            Material::Ed25519 { x, d } => {
                let d = d.as_ref().ok_or(PUBLIC)?;
                Pair::Ed25519(Ed25519KeyPair::from_seed_and_public_key(d, x).map_err(|_| REJECTED)?)
            }
            Material::Rsa { n, e, private } => {
                Pair::Rsa(rsa_pair(n, e, private.as_ref().ok_or(PUBLIC)?)?)
            }
            Material::Oct { .. } => return Err(JoseError::KeyUnfit),
        };
        Ok(SigningKey::new(alg, pair))
    }

    fn new(alg: SigAlg, pair: Pair) -> SigningKey {
        let kid = public_jwk(&pair).thumbprint();
        SigningKey { alg, kid, pair }
    }

    /// The private key as PKCS#8 DER, wiped when dropped.
    ///
    /// # Errors
    /// [`JoseError::Provider`] if the library fails.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, JoseError> {
        const FAILED: JoseError = JoseError::Provider("PKCS#8 export");
        let der = match &self.pair {
            Pair::Ecdsa(pair) => pair.to_pkcs8v1().map_err(|_| FAILED)?.as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.to_pkcs8v1().map_err(|_| FAILED)?.as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| FAILED)?;
                der.as_ref().to_vec()
            }
        };
        Ok(Zeroizing::new(der))
    }

    /// The public key with `kid`, `alg` and `use: sig`, as a key set publishes it.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        let mut jwk = public_jwk(&self.pair);
        jwk.kid = Some(self.kid.clone());
        jwk.alg = Some(self.alg.name().to_owned());
        jwk.usage = Some(KeyUse::Signature);
        jwk
    }

    /// The public key, ready to verify.
    ///
    /// # Errors
    /// [`JoseError::Provider`] if the library refuses its own key.
    pub fn verifying_key(&self) -> Result<VerifyingKey, JoseError> {
        VerifyingKey::from_jwk(&self.public_jwk()).map_err(|_| JoseError::Provider("public key"))
    }

    /// The algorithm this key signs with.
    #[must_use]
    pub fn alg(&self) -> SigAlg {
        self.alg
    }

    /// The key's RFC 7638 thumbprint.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }
}

impl JwsSigner for SigningKey {
    fn alg(&self) -> SigAlg {
        self.alg
    }

    fn kid(&self) -> &str {
        &self.kid
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, JoseError> {
        const FAILED: JoseError = JoseError::Provider("signing");
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => {
                Ok(pair.sign(&random, message).map_err(|_| FAILED)?.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => {
                Ok(pair.try_sign(message).map_err(|_| FAILED)?.as_ref().to_vec())
            }
            Pair::Rsa(pair) => {
                let mut out = vec![0; pair.public_modulus_len()];
                let encoding = match self.alg {
                    SigAlg::Ps256 => &signature::RSA_PSS_SHA256,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                pair.sign(encoding, &random, message, &mut out).map_err(|_| FAILED)?;
                Ok(out)
            }
        }
    }
}

/// Shows algorithm and kid only.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("alg", &self.alg)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// A public key parsed for verification, with the algorithms it may be used for.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    kid: Option<String>,
    /// One entry an algorithm: for RSA both paddings, unless the JWK's `alg` names one.
    parsed: Vec<(SigAlg, ParsedPublicKey)>,
}

impl VerifyingKey {
    /// Parses a public (or the public part of a private) JWK.
    ///
    /// # Errors
    /// [`JoseError::KeyUnfit`] if the key is of a type, or its `alg`, `use` or `key_ops` are of a kind, that verifies
    /// nothing here; [`JoseError::KeyInvalid`] if its point is not on the curve.
    pub fn from_jwk(jwk: &Jwk) -> Result<VerifyingKey, JoseError> {
        const REJECTED: JoseError = JoseError::KeyInvalid("not a valid public key");
        check_usage(jwk, "verify")?;
        let mut parsed = Vec::new();
        for alg in signature_algs(jwk) {
            let key = match &jwk.material {
                Material::Ec { point, .. } => ParsedPublicKey::new(ecdsa(alg).1, point),
                Material::Ed25519 { x, .. } => ParsedPublicKey::new(&signature::ED25519, x),
                Material::Rsa { n, e, .. } => {
                    RsaPublicKeyComponents { n, e }.to_parsed_public_key(rsa_parameters(alg))
                }
                Material::Oct { .. } => return Err(JoseError::KeyUnfit),
            };
            parsed.push((alg, key.map_err(|_| REJECTED)?));
        }
        if parsed.is_empty() {
            return Err(JoseError::KeyUnfit);
        }
        Ok(VerifyingKey { kid: jwk.kid.clone(), parsed })
    }

    /// The JWK's `kid`.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether the key may verify `alg`.
    #[must_use]
    pub fn fits(&self, alg: SigAlg) -> bool {
        self.parsed.iter().any(|(fit, _)| *fit == alg)
    }

    /// Checks a raw signature in JOSE form.
    ///
    /// # Errors
    /// [`JoseError::KeyUnfit`], [`JoseError::Signature`].
    pub fn verify(&self, alg: SigAlg, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        let (_, key) =
            self.parsed.iter().find(|(fit, _)| *fit == alg).ok_or(JoseError::KeyUnfit)?;
        key.verify_sig(message, signature).map_err(|_| JoseError::Signature)
    }
}

/// Picks the one key a header means. A `kid` selects the keys that carry it, or those without any kid (a single
/// pinned key often has none). What remains must fit and be one: guessing between keys is never done.
pub(crate) fn choose<'k, K>(
    keys: &'k [K],
    wanted: Option<&str>,
    kid_of: fn(&K) -> Option<&str>,
    fits: impl Fn(&K) -> bool,
) -> Result<&'k K, JoseError> {
    let named = wanted.is_some() && keys.iter().any(|key| kid_of(key) == wanted);
    let pool: Vec<&K> = keys
        .iter()
        .filter(|key| {
            wanted.is_none()
                || (named && kid_of(key) == wanted)
                || (!named && kid_of(key).is_none())
        })
        .collect();
    if pool.is_empty() {
        return Err(JoseError::KeyNotFound);
    }
    let mut fitting = pool.into_iter().filter(|key| fits(key));
    let first = fitting.next().ok_or(JoseError::KeyUnfit)?;
    match fitting.next() {
        None => Ok(first),
        Some(_) => Err(JoseError::KeyAmbiguous),
    }
}

/// The signature algorithms a key's type and curve allow, narrowed by its `alg`.
fn signature_algs(jwk: &Jwk) -> Vec<SigAlg> {
    let by_type: &[SigAlg] = match &jwk.material {
        Material::Ec { curve: Curve::P256, .. } => &[SigAlg::Es256],
        Material::Ec { curve: Curve::P384, .. } => &[SigAlg::Es384],
        Material::Ed25519 { .. } => &[SigAlg::EdDsa],
        Material::Rsa { .. } => &[SigAlg::Rs256, SigAlg::Ps256],
        Material::Oct { .. } => &[],
    };
    let wanted = |alg: &SigAlg| jwk.alg.as_deref().is_none_or(|name| name == alg.name());
    by_type.iter().copied().filter(wanted).collect()
}

/// `use` and `key_ops` must permit the operation where they are given (RFC 7517 sections 4.2 and 4.3).
fn check_usage(jwk: &Jwk, operation: &str) -> Result<(), JoseError> {
    let permitted = jwk.ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == operation));
    if jwk.usage == Some(KeyUse::Encryption) || !permitted {
        return Err(JoseError::KeyUnfit);
    }
    Ok(())
}

/// The library's parameters for the two ECDSA algorithms; callers pass no other.
fn ecdsa(
    alg: SigAlg,
) -> (&'static EcdsaSigningAlgorithm, &'static signature::EcdsaVerificationAlgorithm) {
    match alg {
        SigAlg::Es384 => {
            (&signature::ECDSA_P384_SHA384_FIXED_SIGNING, &signature::ECDSA_P384_SHA384_FIXED)
        }
        _ => (&signature::ECDSA_P256_SHA256_FIXED_SIGNING, &signature::ECDSA_P256_SHA256_FIXED),
    }
}

/// The library's parameters for the two RSA algorithms; callers pass no other.
fn rsa_parameters(alg: SigAlg) -> &'static signature::RsaParameters {
    match alg {
        SigAlg::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
        _ => &signature::RSA_PKCS1_2048_8192_SHA256,
    }
}

/// Joins the components of an RSA JWK; the library checks that they belong together.
pub(crate) fn rsa_pair(
    n: &[u8],
    e: &[u8],
    private: &RsaPrivate,
) -> Result<rsa::KeyPair, JoseError> {
    let components = rsa::KeyPairComponents {
        public_key: RsaPublicKeyComponents { n, e },
        d: private.d.as_slice(),
        p: private.p.as_slice(),
        q: private.q.as_slice(),
        dP: private.dp.as_slice(),
        dQ: private.dq.as_slice(),
        qInv: private.qi.as_slice(),
    };
    rsa::KeyPair::from_components(&components)
        .map_err(|_| JoseError::KeyInvalid("private and public parts do not belong together"))
}

fn public_jwk(pair: &Pair) -> Jwk {
    Jwk::from_material(match pair {
        Pair::Ecdsa(pair) => {
            let point = pair.public_key().as_ref().to_vec();
            let curve = if point.len() == 65 { Curve::P256 } else { Curve::P384 };
            Material::Ec { curve, point, d: None }
        }
        Pair::Ed25519(pair) => {
            Material::Ed25519 { x: pair.public_key().as_ref().to_vec(), d: None }
        }
        Pair::Rsa(pair) => rsa_material(pair.public_key()),
    })
}

pub(crate) fn rsa_material(key: &rsa::PublicKey) -> Material {
    let n = key.modulus().big_endian_without_leading_zero().to_vec();
    let e = key.exponent().big_endian_without_leading_zero().to_vec();
    Material::Rsa { n, e, private: None }
}
