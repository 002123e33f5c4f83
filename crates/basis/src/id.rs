//! Ids: 16 bytes, minted anywhere without asking a server (RFC 9562).

use crate::{Clock, Rng, text};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use uuid::{Builder, Uuid};

/// The only text form we read: 32 hexadecimal digits in groups of 8-4-4-4-12 (RFC 9562 section 4).
const TEXT_LENGTH: usize = 36;

/// An id of 16 bytes.
///
/// [`Id::mint`] makes a UUIDv7, whose leading milliseconds keep rows written together together in an index; ordering is by
/// bytes, so by time of minting to the millisecond and by chance within it. [`Id::random`] makes a UUIDv4, which tells nothing.
/// Text and JSON form: hyphenated, lower-case. Any UUID version is read, since foreign systems send theirs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Uuid);

/// The text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: write 32 hexadecimal digits in the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")]
pub struct IdError;

impl Id {
    /// A new UUIDv7: 48 bits of Unix milliseconds and 74 random bits (RFC 9562 section 5.7).
    ///
    /// A clock before 1970 counts as 1970: the field has no sign.
    #[must_use]
    pub fn mint(clock: &Clock, rng: &Rng) -> Self {
        let millis = u64::try_from(clock.now().micros().div_euclid(1000)).unwrap_or(0);
        Self(Builder::from_unix_timestamp_millis(millis, &rng.bytes::<10>()).into_uuid())
    }

    /// A new UUIDv4: 122 random bits (RFC 9562 section 5.4).
    ///
    /// For pseudonyms: a time of minting inside the value would let two sectors match the same person by it.
    #[must_use]
    pub fn random(rng: &Rng) -> Self {
        Self(Builder::from_random_bytes(rng.bytes::<16>()).into_uuid())
    }

    /// The id with these bytes, in network order (RFC 9562 section 4).
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// The bytes in network order, as stored in a BLOB or BYTEA column.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0.as_hyphenated(), f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        // The parser also takes `urn:uuid:`, braces and bare digits; each would be a second spelling of one id in a URL.
        // None of those is 36 characters long.
        if text.len() != TEXT_LENGTH {
            return Err(IdError);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| IdError)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut buffer = [0_u8; TEXT_LENGTH];
        serializer.serialize_str(self.0.as_hyphenated().encode_lower(&mut buffer))
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(
            deserializer,
            "an id as text, such as \"01890a5d-ac96-774b-bcce-b302099a8057\"",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use proptest::prelude::{prop_assert_eq, proptest};

    const TEXT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn mints_version_7_with_the_clocks_milliseconds() {
        let (clock, _) = Clock::mock(Timestamp::from_micros(0x0001_89AB_CDEF * 1000 + 999));
        let id = Id::mint(&clock, &Rng::seeded(1));
        assert_eq!(id.as_bytes()[..6], [0x00, 0x01, 0x89, 0xAB, 0xCD, 0xEF]);
        assert_eq!(id.as_bytes()[6] >> 4, 7);
        assert_eq!(id.as_bytes()[8] >> 6, 0b10);
    }

    #[test]
    fn the_74_bits_are_all_random() {
        let (clock, _) = Clock::mock(Timestamp::EPOCH);
        let rng = Rng::seeded(2);
        let mut seen_set = [0_u8; 16];
        let mut seen_clear = [0_u8; 16];
        for _ in 0..200 {
            for (index, byte) in Id::mint(&clock, &rng).as_bytes().iter().enumerate() {
                seen_set[index] |= byte;
                seen_clear[index] |= !byte;
            }
        }
        let varying: u32 =
            seen_set.iter().zip(seen_clear).map(|(set, clear)| (set & clear).count_ones()).sum();
        assert_eq!(varying, 74);
    }

    #[test]
    fn minting_follows_time_and_survives_a_clock_before_1970() {
        let (clock, mock) = Clock::mock(Timestamp::from_micros(-1));
        let rng = Rng::seeded(3);
        let before = Id::mint(&clock, &rng);
        assert_eq!(before.as_bytes()[..6], [0; 6]);
        mock.set(Timestamp::from_micros(1_000));
        let later = Id::mint(&clock, &rng);
        mock.advance_seconds(1);
        assert!(before < later && later < Id::mint(&clock, &rng));
    }

    #[test]
    fn random_ids_are_version_4_and_differ() {
        let rng = Rng::system();
        let id = Id::random(&rng);
        assert_eq!(id.as_bytes()[6] >> 4, 4);
        assert_eq!(id.as_bytes()[8] >> 6, 0b10);
        assert_ne!(id, Id::random(&rng));
    }

    #[test]
    fn reads_the_hyphenated_form_in_either_case_and_writes_lower_case() {
        let id: Id = TEXT.to_uppercase().parse().unwrap();
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(format!("{id:?}"), TEXT);
    }

    #[test]
    fn refuses_every_other_spelling() {
        for text in [
            "",
            "01890a5dac96774bbcceb302099a8057",
            "{01890a5d-ac96-774b-bcce-b302099a8057}",
            "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057",
            "01890a5d-ac96-774b-bcce-b302099a805g",
            "01890a5d-ac96-774b-bcce-b302099a805",
            "01890a5da-c96-774b-bcce-b302099a8057",
            "01890a5d-ac96-774b-bcce-b302099a805é",
            " 1890a5d-ac96-774b-bcce-b302099a8057",
        ] {
            assert_eq!(text.parse::<Id>(), Err(IdError), "{text}");
        }
    }

    #[test]
    fn is_a_string_in_json_and_the_error_names_the_form() {
        let json = format!("\"{TEXT}\"");
        let id: Id = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), json);
        let not_text = serde_json::from_str::<Id>("7").unwrap_err().to_string();
        assert!(not_text.contains("expected an id as text"), "{not_text}");
        let not_id = serde_json::from_str::<Id>("\"secret\"").unwrap_err().to_string();
        assert!(not_id.contains("xxxxxxxx-xxxx"), "{not_id}");
        assert!(!not_id.contains("secret"), "{not_id}");
    }

    proptest! {
        #[test]
        fn text_round_trips_and_order_is_that_of_the_bytes(a: [u8; 16], b: [u8; 16]) {
            let (id, other) = (Id::from_bytes(a), Id::from_bytes(b));
            prop_assert_eq!(id.to_string().parse::<Id>(), Ok(id));
            prop_assert_eq!(id.cmp(&other), a.cmp(&b));
            prop_assert_eq!(id.to_string().cmp(&other.to_string()), a.cmp(&b));
        }
    }
}
