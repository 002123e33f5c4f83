//! JSON Web Encryption, compact serialisation (RFC 7516 section 7.1).
//!
//! Decryption takes explicit lists of what to accept, and answers every cryptographic failure alike: a key that does
//! not unwrap is replaced by a random one, so that the tag check fails instead (RFC 7516 section 11.5).

use aws_lc_rs::agreement::PrivateKey;
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::agreement::{self, Info};
use crate::alg::{EncAlg, KeyAlg};
use crate::content::{self, Sealed};
use crate::decryption::DecryptionKey;
use crate::header::{self, Header};
use crate::jwk::{Jwk, Material, Secret};
use crate::{JoseError, base64url, key};

/// A decrypted JWE.
#[derive(Debug, Clone, PartialEq)]
pub struct Decrypted {
    /// The protected header.
    pub header: Header,
    /// The content. Who wrote it is unknown: anyone can encrypt to a public key. Sign first, then encrypt.
    pub plaintext: Vec<u8>,
}

/// Encrypts `plaintext` to the recipient's public key. The header gets `alg`, `enc`, the recipient's `kid` and the
/// `extra` members; set `("cty", "JWT".into())` when the content is a signed token.
///
/// # Errors
/// [`JoseError::KeyUnfit`] if the key's type, `use` or `alg` speak against `alg`; [`JoseError::KeyInvalid`] if its
/// point is not on the curve; [`JoseError::Malformed`] for a reserved extra member; [`JoseError::Provider`].
pub fn encrypt(
    recipient: &Jwk,
    alg: KeyAlg,
    enc: EncAlg,
    extra: &[(&str, Value)],
    plaintext: &[u8],
) -> Result<String, JoseError> {
    if !recipient.fits_encryption(alg) {
        return Err(JoseError::KeyUnfit);
    }
    let mut own = Map::new();
    own.insert("alg".to_owned(), Value::from(alg.name()));
    own.insert("enc".to_owned(), Value::from(enc.name()));
    if let Some(kid) = recipient.kid() {
        own.insert("kid".to_owned(), Value::from(kid));
    }
    let (content_key, encrypted_key) = match alg {
        KeyAlg::RsaOaep256 => {
            let content_key = content::random_key(enc)?;
            let encrypted = oaep_encrypt(recipient, &content_key)?;
            (content_key, encrypted)
        }
        KeyAlg::EcdhEs => (agree_ephemeral(recipient, alg, enc, &mut own)?, Vec::new()),
        KeyAlg::EcdhEsA256Kw => {
            let content_key = content::random_key(enc)?;
            let encrypted = wrap(&agree_ephemeral(recipient, alg, enc, &mut own)?, &content_key)?;
            (content_key, encrypted)
        }
    };
    let iv = content::random_iv(enc)?;
    let mut token = header::encode(own, extra)?;
    let sealed = content::seal(enc, &content_key, &iv, token.as_bytes(), plaintext)?;
    for part in [&encrypted_key, &iv, &sealed.ciphertext, &sealed.tag] {
        token.push('.');
        base64url::push(&mut token, part);
    }
    Ok(token)
}

/// Decrypts a compact JWE. `alg` and `enc` of the header must be in the caller's lists; `kid` selects the key, and
/// without a kid exactly one key must fit.
///
/// # Errors
/// [`JoseError::AlgorithmRefused`], [`JoseError::KeyNotFound`], [`JoseError::KeyUnfit`], [`JoseError::KeyAmbiguous`],
/// the parsing errors, and [`JoseError::Decryption`] for everything the secret key decides.
pub fn decrypt(
    token: &str,
    keys: &[DecryptionKey],
    algs: &[KeyAlg],
    encs: &[EncAlg],
) -> Result<Decrypted, JoseError> {
    let parts: Vec<&str> = token.splitn(6, '.').collect();
    let &[protected, encrypted_key, iv, ciphertext, tag] = parts.as_slice() else {
        return Err(JoseError::Malformed("a compact JWE has five parts"));
    };
    let header = Header::parse(protected)?;
    let alg = KeyAlg::from_name(&header.alg)?;
    let enc =
        EncAlg::from_name(&header.text("enc")?.ok_or(JoseError::Malformed("header has no enc"))?)?;
    if !algs.contains(&alg) || !encs.contains(&enc) {
        return Err(JoseError::AlgorithmRefused);
    }
    let key = key::choose(keys, header.kid.as_deref(), |key| Some(key.kid()), |key| key.fits(alg))?;
    let encrypted_key = base64url::decode(encrypted_key, "encrypted key")?;
    let iv = base64url::decode(iv, "initialisation vector")?;
    let sealed = Sealed {
        ciphertext: base64url::decode(ciphertext, "ciphertext")?,
        tag: base64url::decode(tag, "tag")?,
    };
    let content_key = content_key(&header, alg, enc, key, &encrypted_key)?;
    let plaintext = content::open(enc, &content_key, &iv, protected.as_bytes(), sealed)?;
    Ok(Decrypted { header, plaintext })
}

/// Recovers the content key, or a random one in its place if it does not unwrap.
fn content_key(
    header: &Header,
    alg: KeyAlg,
    enc: EncAlg,
    key: &DecryptionKey,
    encrypted_key: &[u8],
) -> Result<Secret, JoseError> {
    let recovered = match alg {
        KeyAlg::RsaOaep256 => key.oaep_decrypt(encrypted_key),
        KeyAlg::EcdhEs if encrypted_key.is_empty() => return agree_received(header, alg, enc, key),
        KeyAlg::EcdhEs => return Err(JoseError::Malformed("ECDH-ES carries no encrypted key")),
        KeyAlg::EcdhEsA256Kw => unwrap(&agree_received(header, alg, enc, key)?, encrypted_key),
    };
    let substitute = content::random_key(enc)?;
    Ok(recovered.ok().filter(|key| key.len() == enc.key_len()).unwrap_or(substitute))
}

/// Agrees by a fresh ephemeral key, whose public half goes into the header as `epk`.
fn agree_ephemeral(
    recipient: &Jwk,
    alg: KeyAlg,
    enc: EncAlg,
    own: &mut Map<String, Value>,
) -> Result<Secret, JoseError> {
    const FAILED: JoseError = JoseError::Provider("ephemeral key");
    let Material::Ec { curve, point, .. } = &recipient.material else {
        return Err(JoseError::KeyUnfit);
    };
    let ephemeral = PrivateKey::generate(agreement::algorithm(*curve)).map_err(|_| FAILED)?;
    let public = ephemeral.compute_public_key().map_err(|_| FAILED)?;
    let epk = Jwk::from_material(Material::Ec {
        curve: *curve,
        point: public.as_ref().to_vec(),
        d: None,
    });
    own.insert("epk".to_owned(), epk.public_json()?);
    agreement::agree(&ephemeral, point, &Info { alg, enc, party_u: &[], party_v: &[] })
}

/// Agrees with the sender's `epk`.
fn agree_received(
    header: &Header,
    alg: KeyAlg,
    enc: EncAlg,
    key: &DecryptionKey,
) -> Result<Secret, JoseError> {
    let (curve, private) = key.ec()?;
    let epk = Jwk::from_value(header.get("epk").ok_or(JoseError::Malformed("header has no epk"))?)?;
    let Material::Ec { curve: sender_curve, point, .. } = &epk.material else {
        return Err(JoseError::KeyUnfit);
    };
    if *sender_curve != curve {
        return Err(JoseError::KeyUnfit);
    }
    let party_u = base64url::decode(&header.text("apu")?.unwrap_or_default(), "apu")?;
    let party_v = base64url::decode(&header.text("apv")?.unwrap_or_default(), "apv")?;
    agreement::agree(private, point, &Info { alg, enc, party_u: &party_u, party_v: &party_v })
}

fn oaep_encrypt(recipient: &Jwk, content_key: &[u8]) -> Result<Vec<u8>, JoseError> {
    const REJECTED: JoseError = JoseError::KeyInvalid("not a valid public key");
    let Material::Rsa { n, e, .. } = &recipient.material else {
        return Err(JoseError::KeyUnfit);
    };
    let public: PublicEncryptingKey =
        RsaPublicKeyComponents { n, e }.try_into().map_err(|_| REJECTED)?;
    let public = OaepPublicEncryptingKey::new(public).map_err(|_| REJECTED)?;
    let mut out = vec![0; public.ciphertext_size()];
    let written = public
        .encrypt(&OAEP_SHA256_MGF1SHA256, content_key, &mut out, None)
        .map_err(|_| REJECTED)?
        .len();
    out.truncate(written);
    Ok(out)
}

/// AES Key Wrap with a 256-bit key (RFC 3394).
fn wrap(wrapping_key: &[u8], content_key: &[u8]) -> Result<Vec<u8>, JoseError> {
    const FAILED: JoseError = JoseError::Provider("key wrap");
    let kek = AesKek::new(&AES_256, wrapping_key).map_err(|_| FAILED)?;
    let mut out = vec![0; content_key.len() + 8];
    kek.wrap(content_key, &mut out).map_err(|_| FAILED)?;
    Ok(out)
}

fn unwrap(wrapping_key: &[u8], encrypted_key: &[u8]) -> Result<Secret, JoseError> {
    const FAILED: JoseError = JoseError::Decryption;
    let kek = AesKek::new(&AES_256, wrapping_key).map_err(|_| FAILED)?;
    let mut out = Zeroizing::new(vec![0; encrypted_key.len()]);
    let len = kek.unwrap(encrypted_key, &mut out).map_err(|_| FAILED)?.len();
    out.truncate(len);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3394 section 4.6: 256 bits of key data wrapped with a 256-bit key.
    #[test]
    fn rfc_3394_section_4_6() {
        let kek: Vec<u8> = (0..32).collect();
        let data = [
            0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
            0xee, 0xff,
        ]
        .into_iter()
        .chain(0..16)
        .collect::<Vec<u8>>();
        let wrapped = [
            0x28, 0xC9, 0xF4, 0x04, 0xC4, 0xB8, 0x10, 0xF4, 0xCB, 0xCC, 0xB3, 0x5C, 0xFB, 0x87,
            0xF8, 0x26, 0x3F, 0x57, 0x86, 0xE2, 0xD8, 0x0E, 0xD3, 0x26, 0xCB, 0xC7, 0xF0, 0xE7,
            0x1A, 0x99, 0xF4, 0x3B, 0xFB, 0x98, 0x8B, 0x9B, 0x7A, 0x02, 0xDD, 0x21,
        ];
        assert_eq!(wrap(&kek, &data).expect("wraps"), wrapped);
        assert_eq!(*unwrap(&kek, &wrapped).expect("unwraps"), data);
        let mut broken = wrapped;
        broken[39] ^= 1;
        assert_eq!(unwrap(&kek, &broken), Err(JoseError::Decryption));
    }
}
