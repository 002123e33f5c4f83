//! Time-based one-time passwords (RFC 6238) on HOTP (RFC 4226), and the `otpauth` address that an
//! authenticator app reads from a QR code.

use aws_lc_rs::{constant_time, hmac, rand};
use std::fmt;
use zeroize::Zeroizing;

/// Seconds a code is shown.
pub const STEP_SECONDS: i64 = 30;
/// Digits of a code.
pub const DIGITS: usize = 6;
/// Steps before and after the present one that are accepted: a clock half a minute off still works.
const WINDOW: i64 = 1;

/// The hash behind the codes. SHA-1 is what every app knows, and HMAC does not need collision
/// resistance (RFC 6194 section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// HMAC-SHA-1.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
}

impl Algorithm {
    /// As in the `otpauth` address and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// Reads [`Algorithm::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Sha1, Self::Sha256].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The secret is as long as the hash (RFC 4226 section 4, R6).
    const fn secret_length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
        }
    }
}

/// A shared secret that makes codes.
#[derive(Clone)]
pub struct Totp {
    algorithm: Algorithm,
    secret: Zeroizing<Vec<u8>>,
}

impl Totp {
    /// A new secret.
    ///
    /// # Panics
    /// When the machine has no randomness to give; nothing secret can be made then.
    #[must_use]
    pub fn draw(algorithm: Algorithm) -> Self {
        let mut secret = Zeroizing::new(vec![0; algorithm.secret_length()]);
        rand::fill(&mut secret).expect("the provider's randomness does not fail once it runs");
        Self { algorithm, secret }
    }

    /// A secret as stored.
    #[must_use]
    pub fn new(algorithm: Algorithm, secret: Zeroizing<Vec<u8>>) -> Self {
        Self { algorithm, secret }
    }

    /// The secret, to be sealed.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// The hash.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The code at a time, Unix seconds.
    #[must_use]
    pub fn code_at(&self, unix_seconds: i64) -> String {
        self.code(step_of(unix_seconds))
    }

    /// The step that `code` belongs to, if it is one of those accepted at `unix_seconds` and later
    /// than `last_step`, the last one that was used: no code passes twice (RFC 6238 section 5.2).
    #[must_use]
    pub fn check(&self, code: &str, unix_seconds: i64, last_step: i64) -> Option<i64> {
        let present = step_of(unix_seconds);
        let mut accepted = None;
        // Every step is compared, whichever fits: the time taken tells nothing.
        for step in present - WINDOW..=present + WINDOW {
            let same =
                constant_time::verify_slices_are_equal(self.code(step).as_bytes(), code.as_bytes());
            if same.is_ok() && step > last_step {
                accepted = Some(step);
            }
        }
        accepted
    }

    /// The address for authenticator apps (Google Authenticator's key URI format, as all apps read
    /// it). `issuer` and `label` are shown in the app.
    #[must_use]
    pub fn uri(&self, issuer: &str, label: &str) -> String {
        let escape = |text: &str| -> String {
            // The format has spaces as %20; form encoding writes them as +.
            form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
        };
        let (issuer, label) = (escape(issuer), escape(label));
        let (secret, algorithm) = (base32(&self.secret), self.algorithm.name());
        format!(
            "otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}&algorithm={algorithm}&digits={DIGITS}&period={STEP_SECONDS}"
        )
    }

    /// Reads an address made by [`Totp::uri`], as an authenticator app does.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        let query = uri.strip_prefix("otpauth://totp/")?.split_once('?')?.1;
        let find = |name: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
        };
        let algorithm = Algorithm::from_name(&find("algorithm")?)?;
        Some(Self { algorithm, secret: Zeroizing::new(from_base32(&find("secret")?)?) })
    }

    fn code(&self, step: i64) -> String {
        hotp(self.algorithm, &self.secret, step, DIGITS)
    }
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Totp({})", self.algorithm.name())
    }
}

/// The number of the half minute since 1970.
#[must_use]
pub fn step_of(unix_seconds: i64) -> i64 {
    unix_seconds.div_euclid(STEP_SECONDS)
}

/// RFC 4226 section 5.3, with the hash of RFC 6238 section 1.2.
fn hotp(algorithm: Algorithm, secret: &[u8], counter: i64, digits: usize) -> String {
    let key = hmac::Key::new(algorithm.hmac(), secret);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[tag.len() - 1] & 0x0f);
    let four = <[u8; 4]>::try_from(&tag[offset..offset + 4]).expect("four bytes were cut out");
    let number = u64::from(u32::from_be_bytes(four) & 0x7fff_ffff);
    let all = format!("{number:010}");
    all[all.len() - digits..].to_owned()
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648 section 6, without padding.
fn base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    for chunk in bytes.chunks(5) {
        let mut block = [0_u8; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        let letters = (chunk.len() * 8).div_ceil(5);
        for place in 0..letters {
            let index = bits >> (35 - 5 * place) & 31;
            out.push(char::from(BASE32[usize::try_from(index).expect("below 32")]));
        }
    }
    out
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text.bytes() {
        let value = BASE32.iter().position(|letter| *letter == byte)?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B; the secret of SHA-256 is 32 bytes long (erratum 2866).
    #[test]
    fn the_vectors_of_the_rfc() {
        let sha1 = b"12345678901234567890";
        let sha256 = b"12345678901234567890123456789012";
        let table = [
            (59, "94287082", "46119246"),
            (1_111_111_109, "07081804", "68084774"),
            (1_111_111_111, "14050471", "67062674"),
            (1_234_567_890, "89005924", "91819424"),
            (2_000_000_000, "69279037", "90698825"),
            (20_000_000_000, "65353130", "77737706"),
        ];
        for (seconds, with_sha1, with_sha256) in table {
            let step = step_of(seconds);
            assert_eq!(hotp(Algorithm::Sha1, sha1, step, 8), with_sha1, "{seconds}");
            assert_eq!(hotp(Algorithm::Sha256, sha256, step, 8), with_sha256, "{seconds}");
        }
    }

    /// RFC 4226 appendix D.
    #[test]
    fn the_vectors_of_hotp() {
        let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922"];
        for (counter, code) in (0..).zip(codes) {
            assert_eq!(hotp(Algorithm::Sha1, b"12345678901234567890", counter, 6), code);
        }
    }

    #[test]
    fn one_step_early_or_late_passes_and_two_do_not() {
        let totp = Totp::draw(Algorithm::Sha1);
        let code = totp.code_at(3_000);
        for (now, passes) in
            [(2_939, false), (2_970, true), (3_029, true), (3_059, true), (3_060, false)]
        {
            assert_eq!(totp.check(&code, now, 0), passes.then_some(100), "{now}");
        }
    }

    #[test]
    fn a_used_step_and_those_before_it_do_not_pass_again() {
        let totp = Totp::draw(Algorithm::Sha256);
        let code = totp.code_at(3_000);
        assert_eq!(totp.check(&code, 3_000, 99), Some(100));
        assert_eq!(totp.check(&code, 3_000, 100), None);
        assert_eq!(totp.check(&code, 3_000, 101), None);
        for wrong in ["", "000000", &code[..5], "12345六"] {
            assert_eq!(totp.check(wrong, 3_000, 0), None, "{wrong}");
        }
    }

    /// RFC 4648 section 10.
    #[test]
    fn base32_has_the_vectors_of_the_rfc() {
        let table = [
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (plain, encoded) in table {
            assert_eq!(base32(plain.as_bytes()), encoded);
            assert_eq!(from_base32(encoded).unwrap(), plain.as_bytes());
        }
        assert_eq!(from_base32("my"), None);
    }

    #[test]
    fn an_app_reads_the_address_and_makes_the_same_codes() {
        for algorithm in [Algorithm::Sha1, Algorithm::Sha256] {
            let totp = Totp::draw(algorithm);
            let uri = totp.uri("Tumbawe ID", "card …1234");
            assert!(
                uri.starts_with("otpauth://totp/Tumbawe%20ID:card%20%E2%80%A61234?secret="),
                "{uri}"
            );
            assert_eq!(Totp::from_uri(&uri).unwrap().code_at(77), totp.code_at(77));
        }
        assert!(Totp::from_uri("otpauth://hotp/x?secret=MY").is_none());
    }

    #[test]
    fn debug_hides_the_secret() {
        let totp = Totp::draw(Algorithm::Sha1);
        assert_eq!(format!("{totp:?}"), "Totp(SHA1)");
    }
}
