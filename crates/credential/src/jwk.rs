//! JSON Web Keys (RFC 7517; members in RFC 7518 section 6 and RFC 8037 section 2) and their thumbprints (RFC 7638).
//!
//! Import takes public and private keys. Export gives **public** members only: private keys leave this crate as
//! PKCS#8 (`SigningKey::to_pkcs8`), never as JSON, so that no key set can leak one by accident.

use std::fmt;

use aws_lc_rs::digest;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zeroize::{Zeroize as _, Zeroizing};

use crate::alg::KeyAlg;
use crate::key::VerifyingKey;
use crate::{JoseError, base64url};

/// Secret bytes, wiped when dropped.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

/// An elliptic curve of the `EC` key type (RFC 7518 section 6.2.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
}

impl Curve {
    /// The `crv` value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Curve::P256 => "P-256",
            Curve::P384 => "P-384",
        }
    }

    /// Length of a coordinate and of a private key, in bytes.
    #[must_use]
    pub fn byte_len(self) -> usize {
        match self {
            Curve::P256 => 32,
            Curve::P384 => 48,
        }
    }

    fn from_name(name: &str) -> Result<Curve, JoseError> {
        match name {
            "P-256" => Ok(Curve::P256),
            "P-384" => Ok(Curve::P384),
            _ => Err(JoseError::KeyUnsupported("crv of an EC key must be P-256 or P-384")),
        }
    }
}

/// What a key is for (`use`, RFC 7517 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyUse {
    /// `sig`
    Signature,
    /// `enc`
    Encryption,
}

impl KeyUse {
    fn name(self) -> &'static str {
        match self {
            KeyUse::Signature => "sig",
            KeyUse::Encryption => "enc",
        }
    }
}

/// The private members of an RSA key (RFC 7518 section 6.3.2), big-endian.
#[derive(Clone)]
pub(crate) struct RsaPrivate {
    pub(crate) d: Secret,
    pub(crate) p: Secret,
    pub(crate) q: Secret,
    pub(crate) dp: Secret,
    pub(crate) dq: Secret,
    pub(crate) qi: Secret,
}

/// The members that depend on `kty`.
#[derive(Clone)]
pub(crate) enum Material {
    /// `point` is the uncompressed SEC 1 form 04 || x || y.
    Ec {
        curve: Curve,
        point: Vec<u8>,
        d: Option<Secret>,
    },
    Ed25519 {
        x: Vec<u8>,
        d: Option<Secret>,
    },
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
        private: Option<Box<RsaPrivate>>,
    },
    Oct {
        k: Secret,
    },
}

/// One JSON Web Key. Lengths and ranges are checked on import; that a point lies on its curve is checked when a
/// verification, encryption or private key is made from it.
#[derive(Clone)]
pub struct Jwk {
    pub(crate) kid: Option<String>,
    pub(crate) alg: Option<String>,
    pub(crate) usage: Option<KeyUse>,
    pub(crate) ops: Option<Vec<String>>,
    pub(crate) material: Material,
}

impl Jwk {
    pub(crate) fn from_material(material: Material) -> Jwk {
        Jwk { kid: None, alg: None, usage: None, ops: None, material }
    }

    /// Parses one JWK from JSON text. Members it does not know are ignored (RFC 7517 section 4).
    ///
    /// # Errors
    /// [`JoseError::KeyUnsupported`] for another `kty`, `crv` or `use`; [`JoseError::KeyInvalid`] for missing,
    /// doubled or wrongly sized members; [`JoseError::Base64`] for a badly encoded one.
    pub fn from_json(json: &[u8]) -> Result<Jwk, JoseError> {
        let raw: RawJwk = serde_json::from_slice(json).map_err(|_| NOT_A_JWK)?;
        raw.into_jwk()
    }

    /// As [`Jwk::from_json`] for a value that is parsed already, such as the `epk` or `jwk` header parameter.
    ///
    /// # Errors
    /// As [`Jwk::from_json`].
    pub fn from_value(value: &Value) -> Result<Jwk, JoseError> {
        RawJwk::deserialize(value).map_err(|_| NOT_A_JWK)?.into_jwk()
    }

    /// The key's `kid`.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The key's `alg`, whatever it says.
    #[must_use]
    pub fn alg(&self) -> Option<&str> {
        self.alg.as_deref()
    }

    /// The key's `use`.
    #[must_use]
    pub fn usage(&self) -> Option<KeyUse> {
        self.usage
    }

    /// The `kty` value.
    #[must_use]
    pub fn key_type(&self) -> &'static str {
        match self.material {
            Material::Ec { .. } => "EC",
            Material::Ed25519 { .. } => "OKP",
            Material::Rsa { .. } => "RSA",
            Material::Oct { .. } => "oct",
        }
    }

    /// True if the key holds secret members. A peer's published key never should.
    #[must_use]
    pub fn is_private(&self) -> bool {
        match &self.material {
            Material::Ec { d, .. } | Material::Ed25519 { d, .. } => d.is_some(),
            Material::Rsa { private, .. } => private.is_some(),
            Material::Oct { .. } => true,
        }
    }

    /// The bytes of an `oct` key; `None` for the other types.
    #[must_use]
    pub fn symmetric_key(&self) -> Option<&[u8]> {
        match &self.material {
            Material::Oct { k } => Some(k),
            _ => None,
        }
    }

    /// The same key under another `kid`.
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Jwk {
        self.kid = Some(kid.into());
        self
    }

    /// The JWK thumbprint with SHA-256, base64url (RFC 7638 section 3; RFC 8037 section 2 for Ed25519).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        // The values are base64url, so the canonical JSON needs no escaping and no JSON writer.
        let b64 = |bytes: &[u8]| base64url::encode(bytes);
        let canonical = Zeroizing::new(match &self.material {
            Material::Ec { curve, point, .. } => {
                let (x, y) = point[1..].split_at(curve.byte_len());
                format!(
                    r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
                    curve.name(),
                    b64(x),
                    b64(y)
                )
            }
            Material::Ed25519 { x, .. } => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, b64(x))
            }
            Material::Rsa { n, e, .. } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, b64(e), b64(n))
            }
            Material::Oct { k } => format!(r#"{{"k":"{}","kty":"oct"}}"#, b64(k)),
        });
        base64url::encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
    }

    /// The public JWK as JSON: `kty`, the public members, `kid`, `use`, `alg`. Private members are left out.
    ///
    /// # Errors
    /// [`JoseError::KeyUnsupported`] for an `oct` key, which has no public form.
    pub fn public_json(&self) -> Result<Value, JoseError> {
        let mut members = Map::new();
        let mut set = |name: &str, text: &str| members.insert(name.to_owned(), Value::from(text));
        set("kty", self.key_type());
        match &self.material {
            Material::Ec { curve, point, .. } => {
                let (x, y) = point[1..].split_at(curve.byte_len());
                set("crv", curve.name());
                set("x", &base64url::encode(x));
                set("y", &base64url::encode(y));
            }
            Material::Ed25519 { x, .. } => {
                set("crv", "Ed25519");
                set("x", &base64url::encode(x));
            }
            Material::Rsa { n, e, .. } => {
                set("n", &base64url::encode(n));
                set("e", &base64url::encode(e));
            }
            Material::Oct { .. } => {
                return Err(JoseError::KeyUnsupported("an oct key has no public form"));
            }
        }
        if let Some(kid) = &self.kid {
            set("kid", kid);
        }
        if let Some(usage) = self.usage {
            set("use", usage.name());
        }
        if let Some(alg) = &self.alg {
            set("alg", alg);
        }
        Ok(Value::Object(members))
    }

    /// Whether `use`, `alg` and the key type let a sender encrypt to this key by `alg`.
    pub(crate) fn fits_encryption(&self, alg: KeyAlg) -> bool {
        let type_fits = match alg {
            KeyAlg::RsaOaep256 => matches!(self.material, Material::Rsa { .. }),
            KeyAlg::EcdhEs | KeyAlg::EcdhEsA256Kw => matches!(self.material, Material::Ec { .. }),
        };
        let use_fits = self.usage != Some(KeyUse::Signature);
        let alg_fits = self.alg.as_deref().is_none_or(|name| name == alg.name());
        type_fits && use_fits && alg_fits
    }
}

/// Shows type, kid and thumbprint; never a secret. For an `oct` key not even the thumbprint, which would let a weak
/// secret be guessed.
impl fmt::Debug for Jwk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shape = formatter.debug_struct("Jwk");
        shape.field("kty", &self.key_type()).field("kid", &self.kid);
        if !matches!(self.material, Material::Oct { .. }) {
            shape.field("thumbprint", &self.thumbprint());
        }
        shape.finish_non_exhaustive()
    }
}

/// Writes the public members, see [`Jwk::public_json`].
impl Serialize for Jwk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.public_json().map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Jwk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Jwk, D::Error> {
        RawJwk::deserialize(deserializer)?.into_jwk().map_err(serde::de::Error::custom)
    }
}

/// A JWK set (RFC 7517 section 5). Serialises as `{"keys":[...]}` with public members only.
#[derive(Debug, Clone, Default, Serialize)]
pub struct JwkSet {
    /// The keys this crate understands, in their order.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// Parses a set. Keys that [`Jwk::from_json`] refuses are left out, as RFC 7517 section 5 asks: a peer may publish
    /// keys of kinds that we do not know.
    ///
    /// # Errors
    /// [`JoseError::Malformed`] if it is no key set.
    pub fn from_json(json: &[u8]) -> Result<JwkSet, JoseError> {
        #[derive(Deserialize)]
        struct RawSet<'a> {
            #[serde(borrow)]
            keys: Vec<&'a RawValue>,
        }
        let raw: RawSet<'_> =
            serde_json::from_slice(json).map_err(|_| JoseError::Malformed("not a JWK set"))?;
        let keys = raw
            .keys
            .into_iter()
            .filter_map(|key| Jwk::from_json(key.get().as_bytes()).ok())
            .collect();
        Ok(JwkSet { keys })
    }

    /// The keys of the set that can verify signatures, parsed once for many verifications.
    #[must_use]
    pub fn verifying_keys(&self) -> Vec<VerifyingKey> {
        self.keys.iter().filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok()).collect()
    }

    /// The first key to which a sender may encrypt by `alg`.
    #[must_use]
    pub fn encryption_key(&self, alg: KeyAlg) -> Option<&Jwk> {
        self.keys.iter().find(|jwk| jwk.fits_encryption(alg))
    }
}

impl<'de> Deserialize<'de> for JwkSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JwkSet, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        JwkSet::from_json(raw.get().as_bytes()).map_err(serde::de::Error::custom)
    }
}

const NOT_A_JWK: JoseError =
    JoseError::KeyInvalid("not a JWK: a JSON object with kty and each member once, as text");

/// The members as they stand in JSON. The derive refuses doubled names.
#[derive(Deserialize)]
struct RawJwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<String>,
    p: Option<String>,
    q: Option<String>,
    dp: Option<String>,
    dq: Option<String>,
    qi: Option<String>,
    oth: Option<IgnoredAny>,
    k: Option<String>,
}

impl Drop for RawJwk {
    fn drop(&mut self) {
        for secret in [
            &mut self.d,
            &mut self.p,
            &mut self.q,
            &mut self.dp,
            &mut self.dq,
            &mut self.qi,
            &mut self.k,
        ] {
            secret.zeroize();
        }
    }
}

impl RawJwk {
    fn into_jwk(self) -> Result<Jwk, JoseError> {
        let usage = match self.usage.as_deref() {
            None => None,
            Some("sig") => Some(KeyUse::Signature),
            Some("enc") => Some(KeyUse::Encryption),
            Some(_) => return Err(JoseError::KeyUnsupported("use must be sig or enc")),
        };
        let material = match self.kty.as_str() {
            "EC" => self.ec()?,
            "OKP" => self.okp()?,
            "RSA" => self.rsa()?,
            "oct" => Material::Oct { k: secret(&self.k, "k")? },
            _ => return Err(JoseError::KeyUnsupported("kty must be EC, OKP, RSA or oct")),
        };
        Ok(Jwk {
            kid: self.kid.clone(),
            alg: self.alg.clone(),
            usage,
            ops: self.key_ops.clone(),
            material,
        })
    }

    fn ec(&self) -> Result<Material, JoseError> {
        let curve = Curve::from_name(self.crv.as_deref().unwrap_or_default())?;
        let mut point = vec![4];
        for (member, name) in [(&self.x, "x"), (&self.y, "y")] {
            let coordinate = required(member, name)?;
            if coordinate.len() != curve.byte_len() {
                return Err(JoseError::KeyInvalid(
                    "x and y must have the full length of the curve",
                ));
            }
            point.extend_from_slice(&coordinate);
        }
        let d = optional(&self.d, "d")?;
        if d.as_ref().is_some_and(|d| d.len() != curve.byte_len()) {
            return Err(JoseError::KeyInvalid("d must have the full length of the curve"));
        }
        Ok(Material::Ec { curve, point, d })
    }

    fn okp(&self) -> Result<Material, JoseError> {
        if self.crv.as_deref() != Some("Ed25519") {
            return Err(JoseError::KeyUnsupported("crv of an OKP key must be Ed25519"));
        }
        let x = required(&self.x, "x")?;
        let d = optional(&self.d, "d")?;
        if x.len() != 32 || d.as_ref().is_some_and(|d| d.len() != 32) {
            return Err(JoseError::KeyInvalid("x and d of Ed25519 must be 32 bytes"));
        }
        Ok(Material::Ed25519 { x, d })
    }

    fn rsa(&self) -> Result<Material, JoseError> {
        let n = required(&self.n, "n")?;
        let e = required(&self.e, "e")?;
        check_rsa_public(&n, &e)?;
        if self.oth.is_some() {
            return Err(JoseError::KeyUnsupported("RSA keys of more than two primes"));
        }
        if self.d.is_none() {
            return Ok(Material::Rsa { n, e, private: None });
        }
        let private = RsaPrivate {
            d: secret(&self.d, "d")?,
            p: secret(&self.p, "p")?,
            q: secret(&self.q, "q")?,
            dp: secret(&self.dp, "dp")?,
            dq: secret(&self.dq, "dq")?,
            qi: secret(&self.qi, "qi")?,
        };
        Ok(Material::Rsa { n, e, private: Some(Box::new(private)) })
    }
}

/// 2048 to 8192 bits, minimal encodings, and an odd exponent of at least 3 and at most 32 bits.
fn check_rsa_public(n: &[u8], e: &[u8]) -> Result<(), JoseError> {
    if n.first() == Some(&0) || e.first() == Some(&0) {
        return Err(JoseError::KeyInvalid("n and e must not start with a zero byte"));
    }
    let leading = n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = (n.len() * 8).saturating_sub(leading);
    if !(2048..=8192).contains(&bits) {
        return Err(JoseError::KeyInvalid("RSA modulus must have 2048 to 8192 bits"));
    }
    let odd = e.last().is_some_and(|byte| byte % 2 == 1);
    if !odd || e.len() > 4 || e == [1] {
        return Err(JoseError::KeyInvalid("RSA exponent must be odd, from 3 to 32 bits"));
    }
    Ok(())
}

fn required(member: &Option<String>, name: &'static str) -> Result<Vec<u8>, JoseError> {
    let text = member.as_deref().ok_or(JoseError::KeyInvalid("a required member is missing"))?;
    base64url::decode(text, name)
}

fn secret(member: &Option<String>, name: &'static str) -> Result<Secret, JoseError> {
    required(member, name).map(Zeroizing::new)
}

fn optional(member: &Option<String>, name: &'static str) -> Result<Option<Secret>, JoseError> {
    if member.is_none() {
        return Ok(None);
    }
    secret(member, name).map(Some)
}
