//! JWE content encryption (RFC 7518 section 5): AES-GCM, and AES-CBC with HMAC in the encrypt-then-MAC composition.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{constant_time, hmac, rand};
use zeroize::Zeroizing;

use crate::JoseError;
use crate::alg::EncAlg;
use crate::jwk::Secret;

/// Every supported algorithm has a tag of 16 bytes.
const TAG_LEN: usize = 16;

/// Ciphertext and authentication tag.
pub(crate) struct Sealed {
    pub(crate) ciphertext: Vec<u8>,
    pub(crate) tag: Vec<u8>,
}

/// A random content encryption key of the algorithm's length.
pub(crate) fn random_key(enc: EncAlg) -> Result<Secret, JoseError> {
    random(enc.key_len()).map(Zeroizing::new)
}

/// A random initialisation vector. Each content key is used once, so its uniqueness never rests on the vector alone.
pub(crate) fn random_iv(enc: EncAlg) -> Result<Vec<u8>, JoseError> {
    random(enc.iv_len())
}

fn random(len: usize) -> Result<Vec<u8>, JoseError> {
    let mut bytes = vec![0; len];
    rand::fill(&mut bytes).map_err(|_| JoseError::Provider("random generator"))?;
    Ok(bytes)
}

/// Encrypts and authenticates; `key` and `iv` have the algorithm's lengths.
pub(crate) fn seal(
    enc: EncAlg,
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, JoseError> {
    const FAILED: JoseError = JoseError::Provider("content encryption");
    let mut ciphertext = plaintext.to_vec();
    let tag = match enc {
        EncAlg::A128Gcm | EncAlg::A256Gcm => {
            let nonce = Nonce::try_assume_unique_for_key(iv).map_err(|_| FAILED)?;
            let tag =
                gcm(enc, key)?.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut ciphertext);
            tag.map_err(|_| FAILED)?.as_ref().to_vec()
        }
        EncAlg::A128CbcHs256 => {
            let (mac_key, cipher_key) = key.split_at(16);
            let context = EncryptionContext::Iv128(fixed_iv(iv)?);
            let cipher = UnboundCipherKey::new(&AES_128, cipher_key).map_err(|_| FAILED)?;
            let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(cipher).map_err(|_| FAILED)?;
            cipher.less_safe_encrypt(&mut ciphertext, context).map_err(|_| FAILED)?;
            cbc_tag(mac_key, aad, iv, &ciphertext)
        }
    };
    Ok(Sealed { ciphertext, tag })
}

/// Authenticates, then decrypts. Every failure is [`JoseError::Decryption`].
pub(crate) fn open(
    enc: EncAlg,
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    sealed: Sealed,
) -> Result<Vec<u8>, JoseError> {
    const FAILED: JoseError = JoseError::Decryption;
    let Sealed { mut ciphertext, tag } = sealed;
    if key.len() != enc.key_len() || iv.len() != enc.iv_len() || tag.len() != TAG_LEN {
        return Err(FAILED);
    }
    match enc {
        EncAlg::A128Gcm | EncAlg::A256Gcm => {
            let nonce = Nonce::try_assume_unique_for_key(iv).map_err(|_| FAILED)?;
            let opened = gcm(enc, key)?.open_in_place_separate_tag(
                nonce,
                Aad::from(aad),
                &tag,
                &mut ciphertext,
            );
            opened.map_err(|_| FAILED)?;
            Ok(ciphertext)
        }
        EncAlg::A128CbcHs256 => {
            let (mac_key, cipher_key) = key.split_at(16);
            // The tag is checked before the padding is looked at, else the padding would be an oracle.
            let expected = cbc_tag(mac_key, aad, iv, &ciphertext);
            constant_time::verify_slices_are_equal(&expected, &tag).map_err(|_| FAILED)?;
            let context = DecryptionContext::Iv128(fixed_iv(iv)?);
            let cipher = UnboundCipherKey::new(&AES_128, cipher_key).map_err(|_| FAILED)?;
            let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(cipher).map_err(|_| FAILED)?;
            let len = cipher.decrypt(&mut ciphertext, context).map_err(|_| FAILED)?.len();
            ciphertext.truncate(len);
            Ok(ciphertext)
        }
    }
}

fn gcm(enc: EncAlg, key: &[u8]) -> Result<LessSafeKey, JoseError> {
    let algorithm = if enc == EncAlg::A128Gcm { &AES_128_GCM } else { &AES_256_GCM };
    let key = UnboundKey::new(algorithm, key).map_err(|_| JoseError::Provider("AES key"))?;
    Ok(LessSafeKey::new(key))
}

fn fixed_iv(iv: &[u8]) -> Result<FixedLength<16>, JoseError> {
    let iv: &[u8; 16] = iv.try_into().map_err(|_| JoseError::Decryption)?;
    Ok(FixedLength::from(iv))
}

/// The first 16 bytes of HMAC-SHA-256 over AAD || IV || ciphertext || bit length of AAD (RFC 7518 section 5.2.2.1).
fn cbc_tag(mac_key: &[u8], aad: &[u8], iv: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, mac_key));
    mac.update(aad);
    mac.update(iv);
    mac.update(ciphertext);
    mac.update(&(aad.len() as u64 * 8).to_be_bytes());
    mac.sign().as_ref()[..TAG_LEN].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64url::decode;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hex"))
            .collect()
    }

    fn check(
        enc: EncAlg,
        key: &[u8],
        iv: &[u8],
        aad: &[u8],
        plaintext: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
    ) {
        let sealed = seal(enc, key, iv, aad, plaintext).expect("seals");
        assert_eq!(sealed.ciphertext, ciphertext);
        assert_eq!(sealed.tag, tag);
        assert_eq!(open(enc, key, iv, aad, sealed).expect("opens"), plaintext);
    }

    #[test]
    fn rfc_7518_appendix_b_1() {
        let key = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        let plaintext = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience";
        let ciphertext = hex(
            "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9a94ac9b47ad2655c5f10f9aef71427e2
             fc6f9b3f399a221489f16362c703233609d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b
             384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade54b8851ffb598f7f80074b9473c82e2db",
        );
        let aad = b"The second principle of Auguste Kerckhoffs";
        let iv = hex("1af38c2dc2b96ffdd86694092341bc04");
        let tag = hex("652c3fa36b0a7c5b3219fab3a30bc1c4");
        check(EncAlg::A128CbcHs256, &key, &iv, aad, plaintext, &ciphertext, &tag);
    }

    /// The content part of RFC 7516 appendix A.1 (its key part is RSA-OAEP with SHA-1, which we do not speak).
    #[test]
    fn rfc_7516_appendix_a_1_content() {
        let key = [
            177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7,
            110, 91, 112, 46, 34, 105, 47, 130, 203, 46, 122, 234, 64, 252,
        ];
        check(
            EncAlg::A256Gcm,
            &key,
            &decode("48V1_ALb6US04U3b", "iv").expect("iv"),
            b"eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ",
            b"The true sign of intelligence is not knowledge but imagination.",
            &decode("5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A", "c").expect("c"),
            &decode("XFBoMYUZodetZdvTiFvSkQ", "tag").expect("tag"),
        );
    }

    /// The content part of RFC 7516 appendices A.2 and A.3.
    #[test]
    fn rfc_7516_appendix_a_2_content() {
        let key = [
            4, 211, 31, 197, 84, 157, 252, 254, 11, 100, 157, 250, 63, 170, 106, 206, 107, 124,
            212, 45, 111, 107, 9, 219, 200, 177, 0, 240, 143, 156, 44, 207,
        ];
        check(
            EncAlg::A128CbcHs256,
            &key,
            &decode("AxY8DCtDaGlsbGljb3RoZQ", "iv").expect("iv"),
            b"eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",
            b"Live long and prosper.",
            &decode("KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY", "c").expect("c"),
            &decode("9hH0vgRfYgPnAHOd8stkvw", "tag").expect("tag"),
        );
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        for enc in EncAlg::ALL {
            let key = random_key(enc).expect("key");
            let iv = random_iv(enc).expect("iv");
            let fresh = || seal(enc, &key, &iv, b"aad", b"plaintext").expect("seals");
            let mut sealed = fresh();
            sealed.ciphertext[0] ^= 1;
            assert_eq!(open(enc, &key, &iv, b"aad", sealed), Err(JoseError::Decryption));
            let mut sealed = fresh();
            sealed.tag[15] ^= 0x80;
            assert_eq!(open(enc, &key, &iv, b"aad", sealed), Err(JoseError::Decryption));
            let mut sealed = fresh();
            sealed.tag.truncate(8);
            assert_eq!(open(enc, &key, &iv, b"aad", sealed), Err(JoseError::Decryption));
            let mut other_iv = iv.clone();
            other_iv[0] ^= 1;
            assert_eq!(open(enc, &key, &other_iv, b"aad", fresh()), Err(JoseError::Decryption));
            assert_eq!(open(enc, &key, &iv, b"abd", fresh()), Err(JoseError::Decryption));
            assert_eq!(open(enc, &key[1..], &iv, b"aad", fresh()), Err(JoseError::Decryption));
            assert_eq!(open(enc, &key, &iv, b"aad", fresh()).as_deref(), Ok(&b"plaintext"[..]));
        }
    }
}
