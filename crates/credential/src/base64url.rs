//! base64url without padding (RFC 4648 section 5, RFC 7515 section 2), strict in both directions.
//!
//! Padding, white space, the `+/` alphabet and non-zero trailing bits are all refused, so that one value has
//! exactly one spelling: a token cannot be changed without changing its bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::JoseError;

/// Encodes without padding.
#[must_use]
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the encoding of `bytes` to `out`.
pub fn push(out: &mut String, bytes: impl AsRef<[u8]>) {
    URL_SAFE_NO_PAD.encode_string(bytes, out);
}

/// Decodes strictly; `what` names the part in the error.
///
/// # Errors
/// [`JoseError::Base64`] for anything but canonical base64url without padding.
pub fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, JoseError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JoseError::Base64(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7515_appendix_c() {
        assert_eq!(encode([3, 236, 255, 224, 193]), "A-z_4ME");
        assert_eq!(decode("A-z_4ME", "x"), Ok(vec![3, 236, 255, 224, 193]));
        assert_eq!(decode("", "x"), Ok(vec![]));
    }

    #[test]
    fn refuses_every_other_spelling() {
        for bad in ["A-z_4ME=", "A+z/4ME", "A-z_ 4ME", "A-z_4ME\n", "A-z_4MF", "A", "é"] {
            assert_eq!(decode(bad, "x"), Err(JoseError::Base64("x")), "{bad:?}");
        }
    }

    #[test]
    fn push_appends() {
        let mut text = "a.".to_owned();
        push(&mut text, b"b");
        assert_eq!(text, "a.Yg");
    }
}
