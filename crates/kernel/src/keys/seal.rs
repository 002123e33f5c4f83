//! Authenticated encryption of small secrets: AES-256-GCM, bound to a context.
//!
//! Sealed form: version byte 1, 12 bytes of nonce, ciphertext, 16 bytes of tag.
//! Nonces come from aws-lc itself and never from a `Rng`, which a test may seed: a nonce that repeats breaks GCM.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// Parts joined so that no two lists of parts give the same bytes: each after its length.
pub(crate) fn context(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        joined.extend_from_slice(&(part.len() as u64).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

/// Encrypts `plaintext` under `key`, bound to `context`.
pub(crate) fn seal(key: &[u8; 32], context: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).expect("a key of 32 bytes");
    let mut text = Zeroizing::new(plaintext.to_vec());
    let (nonce, tag) = key
        .seal_in_place_separate_tag(Aad::from(context), &mut text)
        .expect("less than 2^36 bytes of plaintext");
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + text.len() + tag.as_ref().len());
    sealed.push(VERSION);
    sealed.extend_from_slice(nonce.as_ref());
    sealed.extend_from_slice(&text);
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

/// The plaintext, if `sealed` was made with this key and context and is unspoilt.
pub(crate) fn open(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (version, rest) = sealed.split_first()?;
    let (nonce, text) = rest.split_at_checked(NONCE_LEN)?;
    if *version != VERSION {
        return None;
    }
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).expect("a key of 32 bytes");
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = Zeroizing::new(text.to_vec());
    let length = key.open_in_place(nonce, Aad::from(context), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_and_nothing_else_does() {
        let (key, other) = ([7; 32], [8; 32]);
        let sealed = seal(&key, b"here", b"secret");
        assert_eq!(open(&key, b"here", &sealed).unwrap().as_slice(), b"secret");
        assert!(open(&other, b"here", &sealed).is_none());
        assert!(open(&key, b"there", &sealed).is_none());
        for place in 0..sealed.len() {
            let mut spoilt = sealed.clone();
            spoilt[place] ^= 1;
            assert!(open(&key, b"here", &spoilt).is_none(), "byte {place}");
            assert!(open(&key, b"here", &sealed[..place]).is_none(), "cut at {place}");
        }
    }

    #[test]
    fn the_same_text_never_looks_the_same() {
        assert_ne!(seal(&[7; 32], b"", b"secret"), seal(&[7; 32], b"", b"secret"));
        assert_eq!(open(&[7; 32], b"", &seal(&[7; 32], b"", b"")).unwrap().len(), 0);
    }

    #[test]
    fn contexts_of_different_parts_differ() {
        assert_ne!(context(&[b"ab", b"c"]), context(&[b"a", b"bc"]));
        assert_ne!(context(&[b"a"]), context(&[b"a", b""]));
    }
}
