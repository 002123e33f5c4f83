//! Points in time: microseconds inside, RFC 3339 outside.

use crate::{PartialDate, text};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MINUTES_PER_DAY: i64 = 24 * 60;

/// 1970-01-01T00:00:00Z on the calendar.
const EPOCH_ON_CALENDAR: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A point in time: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
///
/// Held within the years RFC 3339 can write, 0000 to 9999: [`Timestamp::MIN`] to [`Timestamp::MAX`]. Construction and
/// arithmetic stop at these ends, so that every timestamp has a text form. Text and JSON form: RFC 3339 in UTC, with `Z`,
/// and six digits of fraction only where they are not all zero (`2026-03-14T09:26:53.589793Z`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a text is no timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Not the form of RFC 3339 section 5.6 `date-time`.
    #[error(
        "not a time: write it as RFC 3339 with an offset, such as 2026-03-14T09:26:53Z or 2026-03-14T12:26:53+03:00"
    )]
    Form,
    /// A month 13, a 30 February, an hour 24, a leap second.
    #[error(
        "no such time: check month, day (leap years), hour (00 to 23), minute and second (00 to 59; leap seconds are not kept)"
    )]
    Calendar,
    /// More digits of fraction than we keep; cutting them off would change the value silently.
    #[error("too precise: write at most six digits after the decimal point of the seconds")]
    Precision,
    /// Before the year 0000 or after 9999, once moved to UTC.
    #[error("out of range: write a time within the years 0000 to 9999 in UTC")]
    Range,
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// 0000-01-01T00:00:00Z, the first RFC 3339 can write.
    pub const MIN: Self = Self(-62_167_219_200 * MICROS_PER_SECOND);
    /// 9999-12-31T23:59:59.999999Z, the last RFC 3339 can write.
    pub const MAX: Self = Self(253_402_300_800 * MICROS_PER_SECOND - 1);

    /// The time this many microseconds after the epoch, held within [`Timestamp::MIN`] and [`Timestamp::MAX`].
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            return Self::MIN;
        }
        if micros > Self::MAX.0 {
            return Self::MAX;
        }
        Self(micros)
    }

    /// Microseconds since the epoch, as stored in a BIGINT column.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The time `micros` microseconds later (earlier if negative), held within the range.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// The time `seconds` later (earlier if negative), held within the range.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_micros(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Whole seconds from `earlier` to this, rounded down: -1 if this is a microsecond before `earlier`.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        // Both lie within the years 0000 to 9999, a tenth of what i64 holds: the difference cannot overflow.
        (self.0 - earlier.0).div_euclid(MICROS_PER_SECOND)
    }

    /// Whole seconds since the epoch, rounded down: JWT's `NumericDate` (RFC 7519 section 2).
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.seconds_since(Self::EPOCH)
    }

    /// RFC 3339 in UTC, as [`fmt::Display`] writes it.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.to_string()
    }

    /// The day it is at this time where clocks run `minutes_east` of UTC (180 for Nairobi, -300 for Lima).
    ///
    /// The offset is asked for because the day in UTC is the wrong one for part of every day: in Nairobi a child born at
    /// 01:00 would seem to be born tomorrow. It is held within a day either way.
    #[must_use]
    pub fn date_at(self, minutes_east: i16) -> PartialDate {
        let minutes_east = i64::from(minutes_east).clamp(-MINUTES_PER_DAY, MINUTES_PER_DAY);
        PartialDate::from_calendar(self.plus_seconds(minutes_east * 60).on_calendar().date())
    }

    /// Date and time of day in UTC.
    fn on_calendar(self) -> DateTime {
        EPOCH_ON_CALENDAR
            .checked_add(SignedDuration::from_micros(self.0))
            .expect("the years 0000 to 9999 lie within jiff's calendar")
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.on_calendar();
        write!(f, "{:04}-{:02}-{:02}T", utc.year(), utc.month(), utc.day())?;
        write!(f, "{:02}:{:02}:{:02}", utc.hour(), utc.minute(), utc.second())?;
        let micros = self.0.rem_euclid(MICROS_PER_SECOND);
        if micros != 0 {
            write!(f, ".{micros:06}")?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339 with any offset. Digits beyond the sixth of the fraction are accepted only if they are zero.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let bytes = text.as_bytes();
        let (date_and_time, rest) = bytes.split_at_checked(19).ok_or(TimestampError::Form)?;
        let local = read_date_and_time(date_and_time)?;
        let (micros, rest) = read_fraction(rest)?;
        let offset_seconds = read_offset(rest)?;

        let seconds = local.duration_since(EPOCH_ON_CALENDAR).as_secs() - offset_seconds;
        let micros = seconds * MICROS_PER_SECOND + micros;
        if !(Self::MIN.0..=Self::MAX.0).contains(&micros) {
            return Err(TimestampError::Range);
        }
        Ok(Self(micros))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "a time in RFC 3339, such as \"2026-03-14T09:26:53Z\"")
    }
}

/// `YYYY-MM-DDTHH:MM:SS`, exactly 19 bytes.
fn read_date_and_time(bytes: &[u8]) -> Result<DateTime, TimestampError> {
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, expected)| bytes[*at] != *expected)
        || !matches!(bytes[10], b'T' | b't')
    {
        return Err(TimestampError::Form);
    }
    let year = read_two(bytes, 0)? as i16 * 100 + read_two(bytes, 2)? as i16;
    let (month, day) = (read_two(bytes, 5)?, read_two(bytes, 8)?);
    let (hour, minute, second) = (read_two(bytes, 11)?, read_two(bytes, 14)?, read_two(bytes, 17)?);
    DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| TimestampError::Calendar)
}

/// Microseconds of `.ddd...`, or 0 if there is none, and what follows.
fn read_fraction(bytes: &[u8]) -> Result<(i64, &[u8]), TimestampError> {
    let Some(after_point) = bytes.strip_prefix(b".") else {
        return Ok((0, bytes));
    };
    let length = after_point.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = after_point.split_at(length);
    if digits.is_empty() {
        return Err(TimestampError::Form);
    }
    if digits.iter().skip(6).any(|digit| *digit != b'0') {
        return Err(TimestampError::Precision);
    }
    let six = digits.iter().copied().chain(std::iter::repeat(b'0')).take(6);
    Ok((six.fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0')), rest))
}

/// Seconds east of UTC of `Z` or `+HH:MM`.
fn read_offset(bytes: &[u8]) -> Result<i64, TimestampError> {
    if matches!(bytes, b"Z" | b"z") {
        return Ok(0);
    }
    let sign = match bytes.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Err(TimestampError::Form),
    };
    if bytes.len() != 6 || bytes[3] != b':' {
        return Err(TimestampError::Form);
    }
    let (hours, minutes) = (read_two(bytes, 1)?, read_two(bytes, 4)?);
    if hours > 23 || minutes > 59 {
        return Err(TimestampError::Calendar);
    }
    Ok(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

/// The two decimal digits at `at`, which the caller has made sure exist.
fn read_two(bytes: &[u8], at: usize) -> Result<i8, TimestampError> {
    match [bytes[at], bytes[at + 1]] {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Ok(((tens - b'0') * 10 + (ones - b'0')) as i8),
        _ => Err(TimestampError::Form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};

    fn read(text: &str) -> Result<Timestamp, TimestampError> {
        text.parse()
    }

    #[test]
    fn writes_utc_with_a_fraction_only_where_there_is_one() {
        assert_eq!(Timestamp::EPOCH.to_rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(
            Timestamp::from_micros(1_773_480_413_589_793).to_string(),
            "2026-03-14T09:26:53.589793Z"
        );
        assert_eq!(Timestamp::from_micros(1).to_string(), "1970-01-01T00:00:00.000001Z");
        assert_eq!(Timestamp::from_micros(-1).to_string(), "1969-12-31T23:59:59.999999Z");
        assert_eq!(format!("{:?}", Timestamp::EPOCH), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn the_ends_are_those_of_rfc_3339_and_nothing_passes_them() {
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00Z");
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(read("0000-01-01T00:00:00Z"), Ok(Timestamp::MIN));
        assert_eq!(read("9999-12-31T23:59:59.999999Z"), Ok(Timestamp::MAX));
        assert_eq!(Timestamp::from_micros(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::from_micros(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.plus_micros(1), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.plus_seconds(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::MAX.seconds_since(Timestamp::MIN), 315_569_519_999);
    }

    #[test]
    fn reads_any_offset() {
        let expected = read("2026-03-14T09:26:53Z");
        assert!(expected.is_ok());
        for text in [
            "2026-03-14T12:26:53+03:00",
            "2026-03-14T04:56:53-04:30",
            "2026-03-15T09:25:53+23:59",
            "2026-03-14T09:26:53-00:00",
            "2026-03-14t09:26:53z",
            "2026-03-14T09:26:53.0Z",
            "2026-03-14T09:26:53.000000000Z",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("1970-01-01T00:00:00.5Z"), Ok(Timestamp::from_micros(500_000)));
        assert_eq!(read("1969-12-31T23:59:59.123456000Z"), Ok(Timestamp::from_micros(-876_544)));
    }

    #[test]
    fn refuses_another_form() {
        for text in [
            "",
            "2026-03-14",
            "2026-03-14T09:26:53",
            "2026-03-14T09:26Z",
            "2026-03-14 09:26:53Z",
            "20260314T092653Z",
            "2026-03-14T09:26:53.Z",
            "2026-03-14T09:26:53,5Z",
            "2026-03-14T09:26:53+0300",
            "2026-03-14T09:26:53+3:00",
            "2026-03-14T09:26:53+03:00:00",
            "2026-03-14T09:26:53Z[UTC]",
            "2026-03-14T09:26:53Zz",
            " 2026-03-14T09:26:53Z",
            "+2026-03-14T09:26:53Z",
            "2026-+3-14T09:26:53Z",
            "2026-03-14T09:26:5éZ",
            "2026-03-14T09:26:53é",
        ] {
            assert_eq!(read(text), Err(TimestampError::Form), "{text}");
        }
    }

    #[test]
    fn refuses_what_the_calendar_does_not_have() {
        for text in [
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+00:60",
        ] {
            assert_eq!(read(text), Err(TimestampError::Calendar), "{text}");
        }
        assert!(read("2000-02-29T00:00:00Z").is_ok());
    }

    #[test]
    fn refuses_more_precision_than_it_keeps_and_times_out_of_range() {
        assert_eq!(read("2026-03-14T09:26:53.1234567Z"), Err(TimestampError::Precision));
        assert_eq!(read("0000-01-01T00:00:00+00:01"), Err(TimestampError::Range));
        assert_eq!(read("9999-12-31T23:59:59-00:01"), Err(TimestampError::Range));
    }

    #[test]
    fn seconds_are_rounded_down() {
        let time = Timestamp::from_micros(-1);
        assert_eq!(time.unix_seconds(), -1);
        assert_eq!(time.seconds_since(Timestamp::EPOCH), -1);
        assert_eq!(Timestamp::EPOCH.seconds_since(time), 0);
        assert_eq!(Timestamp::EPOCH.plus_seconds(90).plus_micros(999_999).unix_seconds(), 90);
    }

    #[test]
    fn the_day_depends_on_the_offset() {
        let time = read("2026-12-31T22:30:00Z").unwrap();
        assert_eq!(time.date_at(0).to_string(), "2026-12-31");
        assert_eq!(time.date_at(180).to_string(), "2027-01-01");
        assert_eq!(time.date_at(-1351).to_string(), "2026-12-30");
        assert_eq!(time.date_at(i16::MAX).to_string(), "2027-01-01");
    }

    #[test]
    fn is_a_string_in_json() {
        let json = "\"2026-03-14T09:26:53.589793Z\"";
        let time: Timestamp = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&time).unwrap(), json);
        let error = serde_json::from_str::<Timestamp>("1773480413").unwrap_err().to_string();
        assert!(error.contains("RFC 3339"), "{error}");
    }

    proptest! {
        #[test]
        fn text_round_trips(micros in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let time = Timestamp::from_micros(micros);
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }

        #[test]
        fn an_offset_shifts_by_exactly_itself(micros in -1_i64 << 50..1_i64 << 50, hours in 0..24_i64, minutes in 0..60_i64) {
            let time = Timestamp::from_micros(micros);
            let text = time.to_string();
            let local = text.strip_suffix('Z').unwrap();
            let shift = hours * 3600 + minutes * 60;
            prop_assert_eq!(format!("{local}+{hours:02}:{minutes:02}").parse(), Ok(time.plus_seconds(-shift)));
            prop_assert_eq!(format!("{local}-{hours:02}:{minutes:02}").parse(), Ok(time.plus_seconds(shift)));
        }

        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
