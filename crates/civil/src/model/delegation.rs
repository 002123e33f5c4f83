//! Delegations: the registrar lets a post register births without a link, with some numbers, for some
//! time. A delegation is a JWS (RFC 7515) by the registrar's key, so that the post can check it, and the
//! registrar when it comes back, with nothing else at hand.

use super::certificate::{self, FIRST_FOR_POSTS, LAST_FOR_POSTS};
use basis::{Id, Timestamp};
use contracts::SubsystemId;
use credential::{Jwk, JwsSigner, SigAlg, VerifyingKey, jws};
use serde::{Deserialize, Serialize};

/// `typ` of the JWS: no other token of ours can pass for a delegation.
const TYPE: &str = "msingi-civil-delegation";
/// Most numbers of one delegation.
pub const NUMBERS_MAX: i64 = 10_000;
/// A delegation ends at the latest after so many days.
pub const DAYS_MAX: i64 = 400;

/// What a post may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// The delegation.
    #[serde(rename = "jti")]
    pub id: Id,
    /// The registrar's subsystem.
    #[serde(rename = "iss")]
    pub registrar: SubsystemId,
    /// The post's subsystem.
    #[serde(rename = "aud")]
    pub post: SubsystemId,
    /// First number.
    pub first: i64,
    /// How many numbers.
    pub numbers: i64,
    /// From when, in microseconds since 1970.
    pub from: i64,
    /// Until when, in microseconds since 1970; not included.
    pub until: i64,
}

/// Why a delegation cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is no delegation, was changed, or was signed with a key that is not the registrar's.
    #[error("the delegation was not signed by the registrar: ask the registrar for a new one")]
    Signature,
    /// It is another post's.
    #[error("the delegation is for another post: use the one made out for this post")]
    OtherPost,
    /// It is another registrar's.
    #[error("the delegation is of another registrar: ask this post's own registrar")]
    OtherRegistrar,
}

/// Why nothing can be registered at a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoNumber {
    /// None was ever taken in.
    #[error("this post holds no delegation: take one in before registering")]
    NoDelegation,
    /// All numbers are given out.
    #[error("all numbers of the delegation are used: take in a new delegation")]
    UsedUp,
    /// The time is over.
    #[error("the delegation has ended: take in a new delegation")]
    Ended,
    /// The time has not come.
    #[error("the delegation is not in force yet: check this post's clock, or wait")]
    NotYet,
}

impl Delegation {
    /// Whether a registration written at this time falls into it.
    #[must_use]
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        self.from <= at.micros() && at.micros() < self.until
    }

    /// Whether the certificate number is one of its own.
    #[must_use]
    pub fn covers(&self, certificate: &str, recorded: Timestamp) -> bool {
        let number = certificate::number_in(certificate, recorded);
        number.is_some_and(|number| number >= self.first && number - self.first < self.numbers)
    }

    /// Signs it.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(&self, key: &dyn JwsSigner) -> Result<String, credential::JoseError> {
        let payload = serde_json::to_vec(self).expect("ids and numbers are JSON");
        jws::sign(key, &[("typ", TYPE.into())], &payload)
    }

    /// Reads a token that one of `keys` must have signed.
    ///
    /// # Errors
    /// [`Unusable::Signature`].
    pub fn verify(token: &str, keys: &[Jwk]) -> Result<Self, Unusable> {
        let keys: Vec<VerifyingKey> =
            keys.iter().filter_map(|key| VerifyingKey::from_jwk(key).ok()).collect();
        let verified = jws::verify(token, &keys, &[SigAlg::Es256]);
        let verified = verified.map_err(|_| Unusable::Signature)?;
        if !verified.header.has_type(TYPE) {
            return Err(Unusable::Signature);
        }
        serde_json::from_slice(&verified.payload).map_err(|_| Unusable::Signature)
    }

    /// Whether `post` may work under it for `registrar`.
    ///
    /// # Errors
    /// [`Unusable::OtherPost`], [`Unusable::OtherRegistrar`].
    pub fn is_for(&self, post: &SubsystemId, registrar: &SubsystemId) -> Result<(), Unusable> {
        if self.post != *post {
            return Err(Unusable::OtherPost);
        }
        if self.registrar != *registrar {
            return Err(Unusable::OtherRegistrar);
        }
        Ok(())
    }
}

/// Range and time that an officer asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// First number; the next free one if none.
    pub from: Option<i64>,
    /// How many.
    pub count: i64,
    /// Until when.
    pub until: Timestamp,
}

/// A field of a wish that cannot be granted, and what to send instead.
pub type Refused = (&'static str, &'static str);

/// The first number of the range, given the end of the last range and the ranges that there are.
///
/// # Errors
/// [`Refused`], naming the field.
pub fn grant(wish: Wish, ranges: &[(i64, i64)], now: Timestamp) -> Result<i64, Refused> {
    const DAY_SECONDS: i64 = 24 * 3_600;
    if !(1..=NUMBERS_MAX).contains(&wish.count) {
        return Err(("numbers.count", "send 1 to 10,000"));
    }
    if wish.until <= now || wish.until > now.plus_seconds(DAYS_MAX * DAY_SECONDS) {
        return Err(("valid_until", "send a time within the next 400 days"));
    }
    let next = ranges.iter().map(|(first, count)| first + count).max();
    let first = wish.from.or(next).unwrap_or(FIRST_FOR_POSTS);
    if !(FIRST_FOR_POSTS..=LAST_FOR_POSTS + 1 - wish.count).contains(&first) {
        return Err(("numbers.from", "send a number from 90000000000 to 99999999999"));
    }
    let meets = |(start, count): &(i64, i64)| first < start + count && *start < first + wish.count;
    match ranges.iter().any(meets) {
        true => {
            Err(("numbers.from", "these numbers are given out: leave `from` out for free ones"))
        }
        false => Ok(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credential::SigningKey;

    fn delegation() -> Delegation {
        Delegation {
            id: Id::from_bytes([1; 16]),
            registrar: "TB/GOV/CRO/civil".parse().expect("a subsystem"),
            post: "TB/GOV/POST114/civil".parse().expect("a subsystem"),
            first: FIRST_FOR_POSTS,
            numbers: 10,
            from: 1_000,
            until: 2_000,
        }
    }

    #[test]
    fn a_delegation_holds_for_its_time_and_its_numbers() {
        let (given, at) = (delegation(), Timestamp::from_micros);
        let rows = [(999, false), (1_000, true), (1_999, true), (2_000, false)];
        for (time, expected) in rows {
            assert_eq!(given.is_in_force(at(time)), expected, "{time}");
        }
        for (number, expected) in [(-1, false), (0, true), (9, true), (10, false)] {
            let certificate = certificate::of_post(at(1_500), FIRST_FOR_POSTS + number);
            assert_eq!(given.covers(&certificate, at(1_500)), expected, "{number}");
        }
    }

    #[test]
    fn a_delegation_signed_by_somebody_else_or_as_something_else_is_refused() {
        let (own, other) = (SigningKey::generate_es256(), SigningKey::generate_es256());
        let (own, other) = (own.expect("a key"), other.expect("a key"));
        let keys = [own.public_jwk()];
        let token = delegation().sign(&own).expect("signs");
        assert_eq!(Delegation::verify(&token, &keys), Ok(delegation()));
        let foreign = delegation().sign(&other).expect("signs");
        let payload = serde_json::to_vec(&delegation()).expect("JSON");
        let untyped = jws::sign(&own, &[], &payload).expect("signs");
        for bad in [foreign, untyped, token.replace('.', ""), String::new()] {
            assert_eq!(Delegation::verify(&bad, &keys), Err(Unusable::Signature), "{bad}");
        }
    }

    #[test]
    fn ranges_never_meet() {
        let now = Timestamp::from_micros(0);
        let wish = |from, count| Wish { from, count, until: now.plus_seconds(60) };
        let given = [(FIRST_FOR_POSTS, 10), (FIRST_FOR_POSTS + 50, 10)];
        let field = |result: Result<i64, Refused>| result.map_err(|(field, _)| field);
        let rows = [
            (wish(None, 5), Ok(FIRST_FOR_POSTS + 60)),
            (wish(Some(FIRST_FOR_POSTS + 10), 40), Ok(FIRST_FOR_POSTS + 10)),
            (wish(Some(FIRST_FOR_POSTS + 10), 41), Err("numbers.from")),
            (wish(Some(FIRST_FOR_POSTS + 59), 1), Err("numbers.from")),
            (wish(Some(7), 1), Err("numbers.from")),
            (wish(Some(LAST_FOR_POSTS), 2), Err("numbers.from")),
            (wish(None, 0), Err("numbers.count")),
            (Wish { until: now, ..wish(None, 1) }, Err("valid_until")),
        ];
        for (wish, expected) in rows {
            assert_eq!(field(grant(wish, &given, now)), expected, "{wish:?}");
        }
        assert_eq!(grant(wish(None, 1), &[], now), Ok(FIRST_FOR_POSTS));
    }
}
