//! Key agreement for JWE: ephemeral-static ECDH and the Concat KDF (RFC 7518 section 4.6, NIST SP 800-56A 5.8.1).

use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::digest;
use zeroize::Zeroizing;

use crate::JoseError;
use crate::alg::{EncAlg, KeyAlg};
use crate::jwk::{Curve, Secret};

/// What the derived key is bound to.
pub(crate) struct Info<'a> {
    pub(crate) alg: KeyAlg,
    pub(crate) enc: EncAlg,
    /// `apu`, decoded
    pub(crate) party_u: &'a [u8],
    /// `apv`, decoded
    pub(crate) party_v: &'a [u8],
}

impl Info<'_> {
    /// Direct agreement derives the content key and is named by `enc`; with key wrap it derives the 256-bit wrapping
    /// key and is named by `alg`.
    fn name_and_key_len(&self) -> (&'static str, usize) {
        match self.alg {
            KeyAlg::EcdhEs => (self.enc.name(), self.enc.key_len()),
            _ => (self.alg.name(), 32),
        }
    }
}

pub(crate) fn algorithm(curve: Curve) -> &'static agreement::Algorithm {
    match curve {
        Curve::P256 => &ECDH_P256,
        Curve::P384 => &ECDH_P384,
    }
}

/// Agrees with the point `peer` (uncompressed SEC 1) and derives a key. The library refuses points that are not on
/// the private key's curve, which the invalid-curve attack needs.
pub(crate) fn agree(
    private: &PrivateKey,
    peer: &[u8],
    info: &Info<'_>,
) -> Result<Secret, JoseError> {
    let peer = UnparsedPublicKey::new(private.algorithm(), peer);
    let invalid = JoseError::KeyInvalid("not a point on the curve");
    agreement::agree(private, peer, invalid, |shared| Ok(concat_kdf(shared, info)))
}

/// One round of the Concat KDF with SHA-256; no supported key is longer than its 32 bytes.
fn concat_kdf(shared: &[u8], info: &Info<'_>) -> Secret {
    let (name, key_len) = info.name_and_key_len();
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(&1u32.to_be_bytes());
    hash.update(shared);
    for part in [name.as_bytes(), info.party_u, info.party_v] {
        hash.update(&(part.len() as u32).to_be_bytes());
        hash.update(part);
    }
    hash.update(&(key_len as u32 * 8).to_be_bytes());
    Zeroizing::new(hash.finish().as_ref()[..key_len].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64url::{decode, encode};

    #[test]
    fn rfc_7518_appendix_c() {
        let b64 = |text: &str| decode(text, "test").expect("base64url");
        let alice = PrivateKey::from_private_key(
            &ECDH_P256,
            &b64("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"),
        );
        let mut bob = vec![4];
        bob.extend(b64("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ"));
        bob.extend(b64("e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"));
        let info =
            Info { alg: KeyAlg::EcdhEs, enc: EncAlg::A128Gcm, party_u: b"Alice", party_v: b"Bob" };
        let derived = agree(&alice.expect("key"), &bob, &info).expect("agrees");
        assert_eq!(encode(&*derived), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn refuses_points_off_the_curve() {
        let private = PrivateKey::generate(&ECDH_P256).expect("key");
        let info = Info { alg: KeyAlg::EcdhEs, enc: EncAlg::A128Gcm, party_u: b"", party_v: b"" };
        let mut point = private.compute_public_key().expect("point").as_ref().to_vec();
        point[64] ^= 1;
        assert!(matches!(agree(&private, &point, &info), Err(JoseError::KeyInvalid(_))));
        let other =
            PrivateKey::generate(&ECDH_P384).expect("key").compute_public_key().expect("point");
        assert!(matches!(agree(&private, other.as_ref(), &info), Err(JoseError::KeyInvalid(_))));
    }
}
