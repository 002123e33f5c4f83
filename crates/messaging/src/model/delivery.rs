//! What goes out on one channel: when it is tried again, and what receipts change.

use super::templates::Priority;
use basis::{Id, Timestamp};
use contracts::Pseudonym;
use contracts::messaging::DeliveryStatus;
use serde::{Deserialize, Serialize};

/// A delivery is tried for a day.
pub const GIVE_UP_SECONDS: i64 = 24 * 3_600;
const FIRST_PAUSE_SECONDS: i64 = 5;
const LONGEST_PAUSE_SECONDS: i64 = 3_600;

/// Why a delivery failed. The words of a server may name the person, so only these are kept.
pub mod reason {
    /// Nobody was named who sends by this channel.
    pub const NOT_CONFIGURED: &str = "not-configured";
    /// The gateway or server will not take it, however often it is asked.
    pub const REFUSED: &str = "refused";
    /// It could not be handed over for a day.
    pub const GAVE_UP: &str = "gave-up";
    /// The gateway took it and says that it did not arrive.
    pub const NOT_DELIVERED: &str = "not-delivered";
    /// What was stored of it does not open.
    pub const DAMAGED: &str = "damaged";
    /// The person's data was erased meanwhile.
    pub const ERASED: &str = "erased";
}

/// How a message leaves the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Through a gateway, over the exchange.
    Sms,
    /// By SMTP.
    Email,
}

impl Channel {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// The channel of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Sms, Self::Email].into_iter().find(|channel| channel.word() == word)
    }
}

/// What is sealed of a delivery.
#[derive(Clone, Serialize, Deserialize)]
pub struct Letter {
    /// Number or address.
    pub to: String,
    /// Subject of an e-mail; empty for an SMS.
    pub title: String,
    /// What is sent.
    pub text: String,
}

/// A delivery as it is stored.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What a gateway knows it by.
    pub id: Id,
    /// Of which message.
    pub message: Id,
    /// To whom.
    pub subject: Pseudonym,
    /// How.
    pub channel: Channel,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Why it failed, one of [`reason`].
    pub reason: Option<String>,
    /// [`Letter`], sealed; gone once it is not queued.
    pub sealed: Option<Vec<u8>>,
    /// How urgent it is.
    pub priority: i64,
    /// Attempts so far.
    pub attempts: i64,
    /// Since when.
    pub queued: Timestamp,
    /// When it is tried next.
    pub next_at: Timestamp,
}

/// What an attempt to hand something over came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The gateway or server has it; a gateway that knew it before may say more.
    Taken(DeliveryStatus),
    /// It will never be taken; one of [`reason`].
    Refused(&'static str),
    /// Perhaps another time.
    Later,
}

impl Delivery {
    /// The label its letter is sealed under.
    pub fn label(id: Id) -> String {
        format!("delivery:{id}")
    }

    /// How it stands after an attempt.
    pub fn after(self, attempt: &Attempt, now: Timestamp) -> Self {
        let attempts = self.attempts + 1;
        let give_up = self.queued.plus_seconds(GIVE_UP_SECONDS);
        let ended = |status, reason: Option<&str>| {
            let reason = reason.map(str::to_owned);
            Self { status, reason, sealed: None, attempts, ..self.clone() }
        };
        match attempt {
            Attempt::Taken(DeliveryStatus::Queued) => ended(DeliveryStatus::Sent, None),
            Attempt::Taken(DeliveryStatus::Failed) => {
                ended(DeliveryStatus::Failed, Some(reason::NOT_DELIVERED))
            }
            Attempt::Taken(status) => ended(*status, None),
            Attempt::Refused(why) => ended(DeliveryStatus::Failed, Some(why)),
            Attempt::Later if now >= give_up => {
                ended(DeliveryStatus::Failed, Some(reason::GAVE_UP))
            }
            Attempt::Later => {
                // The last attempt falls on the end of the day, not after it.
                let next_at = now.plus_seconds(pause_seconds(attempts)).min(give_up);
                Self { attempts, next_at, ..self }
            }
        }
    }

    /// How it stands after a receipt; none if the receipt says nothing new. What was delivered stays
    /// delivered, and a gateway that says so is believed even after we gave up.
    pub fn after_receipt(self, told: DeliveryStatus) -> Option<Self> {
        let (status, reason) = match (self.status, told) {
            (DeliveryStatus::Delivered, _) | (_, DeliveryStatus::Queued) => return None,
            (_, DeliveryStatus::Delivered) => (DeliveryStatus::Delivered, None),
            (DeliveryStatus::Queued | DeliveryStatus::Sent, DeliveryStatus::Failed) => {
                (DeliveryStatus::Failed, Some(reason::NOT_DELIVERED.to_owned()))
            }
            (DeliveryStatus::Queued, DeliveryStatus::Sent) => (DeliveryStatus::Sent, None),
            (_, DeliveryStatus::Failed | DeliveryStatus::Sent) => return None,
        };
        Some(Self { status, reason, sealed: None, ..self })
    }
}

/// Five seconds, doubled with each attempt, an hour at the most.
fn pause_seconds(attempts: i64) -> i64 {
    let doubled = FIRST_PAUSE_SECONDS << (attempts - 1).clamp(0, 10);
    doubled.min(LONGEST_PAUSE_SECONDS)
}

/// The smaller goes first.
pub fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::High => 0,
        Priority::Normal => 1,
        Priority::Bulk => 2,
    }
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
    use DeliveryStatus::{Delivered, Failed, Queued, Sent};

    fn delivery(status: DeliveryStatus) -> Delivery {
        Delivery {
            id: Id::from_bytes([1; 16]),
            message: Id::from_bytes([2; 16]),
            subject: Pseudonym(Id::from_bytes([3; 16])),
            channel: Channel::Sms,
            status,
            reason: None,
            sealed: Some(vec![1]),
            priority: 1,
            attempts: 0,
            queued: Timestamp::EPOCH,
            next_at: Timestamp::EPOCH,
        }
    }

    #[test]
    fn it_is_tried_ever_less_often_and_given_up_after_a_day() {
        let mut one = delivery(Queued);
        let mut pauses = Vec::new();
        while one.status == Queued {
            let now = one.next_at;
            one = one.after(&Attempt::Later, now);
            pauses.push(one.next_at.seconds_since(now));
        }
        assert_eq!(pauses[..5], [5, 10, 20, 40, 80]);
        assert!(pauses.iter().all(|pause| *pause <= 3_600));
        assert_eq!(one.next_at.seconds_since(Timestamp::EPOCH), GIVE_UP_SECONDS);
        assert_eq!((one.status, one.reason.as_deref()), (Failed, Some("gave-up")));
        assert_eq!(one.sealed, None, "the address is gone");
        assert!((30..45).contains(&one.attempts), "{}", one.attempts);
    }

    #[test]
    fn an_attempt_that_ends_it_removes_the_address() {
        for (attempt, status, reason) in [
            (Attempt::Taken(Sent), Sent, None),
            (Attempt::Taken(Queued), Sent, None),
            (Attempt::Taken(Delivered), Delivered, None),
            (Attempt::Taken(Failed), Failed, Some("not-delivered")),
            (Attempt::Refused(reason::REFUSED), Failed, Some("refused")),
        ] {
            let one = delivery(Queued).after(&attempt, Timestamp::EPOCH);
            assert_eq!((one.status, one.reason.as_deref()), (status, reason), "{attempt:?}");
            assert_eq!(one.sealed, None, "{attempt:?}");
        }
    }

    #[test]
    fn receipts_change_what_they_can() {
        let table = [
            (Queued, Sent, Some(Sent)),
            (Queued, Delivered, Some(Delivered)),
            (Queued, Failed, Some(Failed)),
            (Sent, Delivered, Some(Delivered)),
            (Sent, Failed, Some(Failed)),
            (Sent, Sent, None),
            (Failed, Delivered, Some(Delivered)),
            (Failed, Failed, None),
            (Failed, Sent, None),
            (Delivered, Failed, None),
            (Delivered, Delivered, None),
            (Delivered, Sent, None),
            (Sent, Queued, None),
        ];
        for (status, told, wanted) in table {
            let after = delivery(status).after_receipt(told).map(|one| one.status);
            assert_eq!(after, wanted, "{status:?}, told {told:?}");
        }
    }
}
