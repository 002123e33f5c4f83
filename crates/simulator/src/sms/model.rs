//! What a simulated SMS gateway decides, all of it from the number.

use crate::error::Error;
use basis::{Id, Timestamp};
use contracts::messaging::{DeliveryStatus, SmsIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Seconds until the first receipt.
pub const LATER_SECONDS: i64 = 2;
/// Number and text are forgotten after a day.
pub const KEPT_SECONDS: i64 = 24 * 3_600;

const TEXT_CHARS_MAX: usize = 480;

/// A message that cannot be sent to anybody is refused.
///
/// # Errors
/// [`Error::Invalid`], naming the field.
pub fn check(sms: &SmsIn) -> Result<(), Error> {
    let digits = sms.to.strip_prefix('+').unwrap_or_default();
    if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let field = "to".to_owned();
        return Err(Error::Invalid { field, remedy: "send + and 8 to 15 digits (E.164)" });
    }
    if sms.text.is_empty() || sms.text.chars().count() > TEXT_CHARS_MAX {
        let field = "text".to_owned();
        return Err(Error::Invalid { field, remedy: "send 1 to 480 characters" });
    }
    Ok(())
}

/// What becomes of a message: to a number that ends in 0000 it cannot be delivered.
pub fn outcome(number: &str) -> DeliveryStatus {
    match number.ends_with("0000") {
        true => DeliveryStatus::Failed,
        false => DeliveryStatus::Delivered,
    }
}

/// How many receipts follow: two for a number that ends in 2222.
pub fn receipts(number: &str) -> i64 {
    1 + i64::from(number.ends_with("2222"))
}

/// What is sealed of a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sealed {
    /// The sender's id.
    pub id: Id,
    /// The number.
    pub to: String,
    /// The text.
    pub text: String,
}

/// A message as it stands.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Keyed digest of sender and id.
    pub known_as: [u8; 32],
    /// Keyed digest of number and text.
    pub content: [u8; 32],
    /// [`Sealed`], sealed; none once it is forgotten.
    pub sealed: Option<Vec<u8>>,
    /// Who sent it.
    pub client: String,
    /// What for.
    pub purpose: String,
    /// The legal basis it came on.
    pub ground: String,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// When it arrived.
    pub received: Timestamp,
    /// When the next receipt is to be given.
    pub due: Option<Timestamp>,
    /// How many receipts are to be given.
    pub receipts_left: i64,
    /// Receipts that did not get through, one after the other.
    pub attempts: i64,
}

/// A message as an officer of the gateway's member sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// The number.
    pub to: String,
    /// The text.
    pub text: String,
    /// When it arrived.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where it stands.
    pub status: DeliveryStatus,
}

/// Messages of the last day, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Outbox {
    /// At most 100.
    pub messages: Vec<Shown>,
}

const STATUSES: [(DeliveryStatus, &str); 4] = [
    (DeliveryStatus::Queued, "queued"),
    (DeliveryStatus::Sent, "sent"),
    (DeliveryStatus::Delivered, "delivered"),
    (DeliveryStatus::Failed, "failed"),
];

/// The word for a status in the database.
pub fn status_word(status: DeliveryStatus) -> &'static str {
    STATUSES.iter().find(|(known, _)| *known == status).map_or("queued", |(_, word)| word)
}

/// The status of a word.
pub fn status_of(word: &str) -> Option<DeliveryStatus> {
    STATUSES.iter().find(|(_, known)| *known == word).map(|(status, _)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_says_what_becomes_of_a_message() {
        let table = [
            ("+255700550114", DeliveryStatus::Delivered, 1),
            ("+255700550000", DeliveryStatus::Failed, 1),
            ("+255700552222", DeliveryStatus::Delivered, 2),
        ];
        for (number, wanted, count) in table {
            assert_eq!((outcome(number), receipts(number)), (wanted, count), "{number}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let sms = |to: &str, text: &str| SmsIn {
            id: Id::from_bytes([1; 16]),
            to: to.to_owned(),
            text: text.to_owned(),
        };
        assert!(check(&sms("+255700550114", "Habari")).is_ok());
        for to in ["255700550114", "+2557", "+25570055011x", "+1234567890123456", ""] {
            assert!(check(&sms(to, "Habari")).is_err(), "{to}");
        }
        assert!(check(&sms("+255700550114", &"x".repeat(481))).is_err());
        assert!(check(&sms("+255700550114", "")).is_err());
    }
}
