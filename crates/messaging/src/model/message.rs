//! A message and what lies sealed of it.

use basis::{Id, Timestamp};
use contracts::Pseudonym;
use serde::{Deserialize, Serialize};

/// What is sealed of a message.
#[derive(Debug, Serialize, Deserialize)]
pub struct Content {
    /// One line.
    pub title: String,
    /// Paragraphs parted by an empty line.
    pub text: String,
}

/// A message as it is stored.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its id in the inbox.
    pub id: Id,
    /// Keyed digest of the sender and its id.
    pub known_as: [u8; 32],
    /// Keyed digest of what was asked for.
    pub content: [u8; 32],
    /// Whose inbox it lies in.
    pub subject: Pseudonym,
    /// Who sent it.
    pub client: String,
    /// By which template.
    pub template: String,
    /// Language tag.
    pub language: String,
    /// [`Content`], sealed.
    pub sealed: Vec<u8>,
    /// When.
    pub sent: Timestamp,
    /// When the person opened it first.
    pub opened: Option<Timestamp>,
}

impl Message {
    /// The label its content is sealed under.
    pub fn label(id: Id) -> String {
        format!("message:{id}")
    }
}

/// True for a mobile number as `+` and 8 to 15 digits (E.164).
pub fn is_mobile(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_number_is_international() {
        assert!(is_mobile("+255700550114"));
        for number in ["0700550114", "+2557", "+255 700 550 114", "+1234567890123456", "", "+"] {
            assert!(!is_mobile(number), "{number}");
        }
    }
}
