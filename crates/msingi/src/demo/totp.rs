//! The mother's authenticator app: RFC 6238 with SHA-1, 30 seconds and six digits.

use aws_lc_rs::hmac;

/// The code of a secret (base32, RFC 4648 section 6) at a time in Unix seconds; `None` when the
/// secret is not base32.
#[must_use]
pub fn code(secret: &str, unix_seconds: i64) -> Option<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &base32(secret)?);
    let tag = hmac::sign(&key, &(unix_seconds / 30).to_be_bytes());
    let bytes = tag.as_ref();
    let start = usize::from(bytes[bytes.len() - 1] & 15);
    let word = u32::from_be_bytes(bytes.get(start..start + 4)?.try_into().ok()?) & 0x7fff_ffff;
    Some(format!("{:06}", word % 1_000_000))
}

/// An authenticator app that remembers which of its codes were used.
pub struct App {
    /// Base32, as its address carries it.
    pub secret: String,
    /// The last step that was used.
    last: i64,
}

impl App {
    /// A new app, none of whose codes was used.
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self { secret, last: 0 }
    }

    /// The earliest code that still passes: that of the step before, unless it was used. So the code
    /// of the moment stays for whoever signs in after the story. `None` when the secret is not base32.
    pub fn use_code(&mut self, unix_seconds: i64) -> Option<String> {
        self.last = (unix_seconds / 30 - 1).max(self.last + 1);
        code(&self.secret, self.last * 30)
    }
}

fn base32(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte.to_ascii_uppercase())?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
        bits &= (1 << held) - 1;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_the_moment_is_left_while_an_earlier_one_passes() {
        let mut app = App::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned());
        assert_eq!(app.use_code(59 + 30).as_deref(), Some("287082"));
        assert_eq!(app.use_code(59 + 30), code(&app.secret, 60), "each once");
    }

    /// RFC 6238, appendix B (the last six of its eight digits).
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (time, expected) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            assert_eq!(code(secret, time).as_deref(), Some(expected));
        }
    }
}
