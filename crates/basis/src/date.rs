//! Dates as people know them: to the day, to the month, to the year, or not at all.

use crate::text;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

const UNKNOWN_TEXT: &str = "unknown";

/// A date of the Gregorian calendar, known to the day, to the month, to the year, or unknown.
///
/// A registry that demands a full date gets 1 January for everyone who knows only the year, and later nobody can tell
/// which of these were true. Text and JSON form: `2026-03-14`, `2026-03`, `2026` (ISO 8601-1 section 5.2.2, calendar dates
/// with reduced precision) or `unknown`. Years 0001 to 9999.
///
/// There is no order among partial dates (is `2026` before `2026-03`?): ask [`PartialDate::surely_before`] or
/// [`PartialDate::may_equal`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate(Known);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Known {
    Nothing,
    Year(i16),
    Month(i16, i8),
    Day(Date),
}

/// Why this is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartialDateError {
    /// None of the four forms.
    #[error(
        "not a date: write 2026-03-14, 2026-03 if the day is not known, 2026 if the month is not known, or unknown"
    )]
    Form,
    /// Year 0, a month 13, a 30 February.
    #[error(
        "no such date: check the year (0001 to 9999), the month (01 to 12) and the day (leap years); leave out what is not known"
    )]
    Calendar,
}

impl PartialDate {
    /// Nobody knows.
    pub const UNKNOWN: Self = Self(Known::Nothing);

    /// A year, 1 to 9999.
    ///
    /// # Errors
    /// [`PartialDateError::Calendar`] outside that range. Year 0 is refused: it is what forms send for "not filled in".
    pub fn from_year(year: i16) -> Result<Self, PartialDateError> {
        check_year(year)?;
        Ok(Self(Known::Year(year)))
    }

    /// A year, 1 to 9999, and a month, 1 to 12.
    ///
    /// # Errors
    /// [`PartialDateError::Calendar`] outside these ranges.
    pub fn from_year_month(year: i16, month: i8) -> Result<Self, PartialDateError> {
        check_year(year)?;
        if !(1..=12).contains(&month) {
            return Err(PartialDateError::Calendar);
        }
        Ok(Self(Known::Month(year, month)))
    }

    /// A full date.
    ///
    /// # Errors
    /// [`PartialDateError::Calendar`] if the calendar has no such day.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Result<Self, PartialDateError> {
        check_year(year)?;
        let date = Date::new(year, month, day).map_err(|_| PartialDateError::Calendar)?;
        Ok(Self(Known::Day(date)))
    }

    /// The day of a timestamp. Year 0, which a timestamp can hold, becomes unknown.
    pub(crate) fn from_calendar(date: Date) -> Self {
        Self::from_ymd(date.year(), date.month(), date.day()).unwrap_or(Self::UNKNOWN)
    }

    /// The year, if known.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        match self.0 {
            Known::Nothing => None,
            Known::Year(year) | Known::Month(year, _) => Some(year),
            Known::Day(date) => Some(date.year()),
        }
    }

    /// The month, 1 to 12, if known.
    #[must_use]
    pub fn month(self) -> Option<i8> {
        match self.0 {
            Known::Nothing | Known::Year(_) => None,
            Known::Month(_, month) => Some(month),
            Known::Day(date) => Some(date.month()),
        }
    }

    /// The day of the month, 1 to 31, if known.
    #[must_use]
    pub fn day(self) -> Option<i8> {
        match self.0 {
            Known::Day(date) => Some(date.day()),
            _ => None,
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self == Self::UNKNOWN
    }

    /// Whether it is known to the day.
    #[must_use]
    pub fn is_full(self) -> bool {
        matches!(self.0, Known::Day(_))
    }

    /// The first day it may be, as a full date; none if unknown.
    #[must_use]
    pub fn earliest(self) -> Option<Self> {
        self.bounds().map(|(first, _)| Self(Known::Day(first)))
    }

    /// The last day it may be, as a full date; none if unknown.
    #[must_use]
    pub fn latest(self) -> Option<Self> {
        self.bounds().map(|(_, last)| Self(Known::Day(last)))
    }

    /// Whether both may be the same day: `2026` and `2026-03` may, `2026-02` and `2026-03` may not. The unknown date may
    /// equal any. To match records of one person, where a wrong "no" loses somebody.
    #[must_use]
    pub fn may_equal(self, other: Self) -> bool {
        !self.surely_before(other) && !other.surely_before(self)
    }

    /// Whether this is before `other` whatever the days not known are. Never, if either is unknown.
    #[must_use]
    pub fn surely_before(self, other: Self) -> bool {
        match (self.bounds(), other.bounds()) {
            (Some((_, last)), Some((first, _))) => last < first,
            _ => false,
        }
    }

    /// The first and the last day it may be.
    fn bounds(self) -> Option<(Date, Date)> {
        match self.0 {
            Known::Nothing => None,
            Known::Year(year) => Some((Date::constant(year, 1, 1), Date::constant(year, 12, 31))),
            Known::Month(year, month) => {
                let first = Date::constant(year, month, 1);
                Some((first, first.last_of_month()))
            }
            Known::Day(date) => Some((date, date)),
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Known::Nothing => f.write_str(UNKNOWN_TEXT),
            Known::Year(year) => write!(f, "{year:04}"),
            Known::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Known::Day(date) => {
                write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
            }
        }
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PartialDate {
    type Err = PartialDateError;

    fn from_str(text: &str) -> Result<Self, PartialDateError> {
        if text == UNKNOWN_TEXT {
            return Ok(Self::UNKNOWN);
        }
        let mut parts = text.split('-');
        let year = read_digits(parts.next(), 4)?;
        let Some(month) = parts.next() else {
            return Self::from_year(year);
        };
        let month = read_month_or_day(month)?;
        let Some(day) = parts.next() else {
            return Self::from_year_month(year, month);
        };
        let day = read_month_or_day(day)?;
        if parts.next().is_some() {
            return Err(PartialDateError::Form);
        }
        Self::from_ymd(year, month, day)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(
            deserializer,
            "a date as text: \"2026-03-14\", \"2026-03\", \"2026\" or \"unknown\"",
        )
    }
}

fn check_year(year: i16) -> Result<(), PartialDateError> {
    if (1..=9999).contains(&year) {
        return Ok(());
    }
    Err(PartialDateError::Calendar)
}

fn read_month_or_day(text: &str) -> Result<i8, PartialDateError> {
    let number = read_digits(Some(text), 2)?;
    i8::try_from(number).map_err(|_| PartialDateError::Form)
}

/// Exactly `length` decimal digits; `parse` alone would also take a sign.
fn read_digits(text: Option<&str>, length: usize) -> Result<i16, PartialDateError> {
    let text = text.ok_or(PartialDateError::Form)?;
    if text.len() != length || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PartialDateError::Form);
    }
    text.parse().map_err(|_| PartialDateError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};

    fn read(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_writes_the_four_forms() {
        for (text, year, month, day) in [
            ("unknown", None, None, None),
            ("2026", Some(2026), None, None),
            ("0001", Some(1), None, None),
            ("2026-03", Some(2026), Some(3), None),
            ("2024-02-29", Some(2024), Some(2), Some(29)),
            ("9999-12-31", Some(9999), Some(12), Some(31)),
        ] {
            let date = read(text);
            assert_eq!((date.year(), date.month(), date.day()), (year, month, day), "{text}");
            assert_eq!(date.to_string(), text);
            assert_eq!(date.is_unknown(), year.is_none(), "{text}");
            assert_eq!(date.is_full(), day.is_some(), "{text}");
        }
    }

    #[test]
    fn refuses_another_form() {
        for text in [
            "",
            " ",
            "Unknown",
            "null",
            "26",
            "02026",
            "-026",
            "+026",
            "2026-",
            "2026-3",
            "2026-003",
            "2026-03-",
            "2026-03-1",
            "2026-03-14-",
            "2026-03-14T00:00:00Z",
            "2026/03/14",
            "14.03.2026",
            "20260314",
            "２０２６",
            " 2026",
            "2026--14",
        ] {
            assert_eq!(text.parse::<PartialDate>(), Err(PartialDateError::Form), "{text}");
        }
    }

    #[test]
    fn refuses_what_the_calendar_does_not_have() {
        for text in [
            "0000",
            "0000-01-01",
            "2026-00",
            "2026-13",
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-01-00",
            "2026-01-99",
        ] {
            assert_eq!(text.parse::<PartialDate>(), Err(PartialDateError::Calendar), "{text}");
        }
        assert_eq!(PartialDate::from_year(-1), Err(PartialDateError::Calendar));
        assert_eq!(PartialDate::from_year(10_000), Err(PartialDateError::Calendar));
        assert_eq!(PartialDate::from_year_month(2026, -1), Err(PartialDateError::Calendar));
        assert_eq!(PartialDate::from_ymd(10_000, 1, 1), Err(PartialDateError::Calendar));
    }

    #[test]
    fn bounds_are_the_first_and_last_day_it_may_be() {
        for (text, earliest, latest) in [
            ("2026", "2026-01-01", "2026-12-31"),
            ("9999", "9999-01-01", "9999-12-31"),
            ("2026-02", "2026-02-01", "2026-02-28"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2026-04", "2026-04-01", "2026-04-30"),
            ("2026-03-14", "2026-03-14", "2026-03-14"),
        ] {
            assert_eq!(read(text).earliest(), Some(read(earliest)), "{text}");
            assert_eq!(read(text).latest(), Some(read(latest)), "{text}");
        }
        assert_eq!((PartialDate::UNKNOWN.earliest(), PartialDate::UNKNOWN.latest()), (None, None));
    }

    #[test]
    fn may_equal_where_the_known_parts_agree() {
        for (a, b) in [
            ("2026", "2026-03"),
            ("2026", "2026-12-31"),
            ("2026-03", "2026-03-14"),
            ("unknown", "2026"),
            ("2026", "2026"),
        ] {
            assert!(read(a).may_equal(read(b)) && read(b).may_equal(read(a)), "{a} {b}");
        }
        for (a, b) in [
            ("2026", "2027"),
            ("2026-02", "2026-03"),
            ("2026-03-13", "2026-03-14"),
            ("2025", "2026-01-01"),
        ] {
            assert!(!read(a).may_equal(read(b)) && !read(b).may_equal(read(a)), "{a} {b}");
        }
    }

    #[test]
    fn before_only_when_it_is_certain() {
        assert!(read("2025").surely_before(read("2026-01-01")));
        assert!(read("2026-03-13").surely_before(read("2026-03-14")));
        assert!(!read("2026").surely_before(read("2026-12-31")));
        assert!(!read("2026-03-14").surely_before(read("2026-03-14")));
        assert!(!PartialDate::UNKNOWN.surely_before(read("9999")));
        assert!(!read("0001").surely_before(PartialDate::UNKNOWN));
    }

    #[test]
    fn is_a_string_in_json_also_when_unknown() {
        assert_eq!(serde_json::to_string(&PartialDate::UNKNOWN).unwrap(), "\"unknown\"");
        assert_eq!(serde_json::from_str::<PartialDate>("\"2026-03\"").unwrap(), read("2026-03"));
        let error = serde_json::from_str::<PartialDate>("2026").unwrap_err().to_string();
        assert!(error.contains("a date as text"), "{error}");
        assert!(serde_json::from_str::<PartialDate>("null").is_err());
    }

    fn any_date() -> impl Strategy<Value = PartialDate> {
        prop_oneof![
            Just(PartialDate::UNKNOWN),
            (2020..2024_i16).prop_map(|year| PartialDate::from_year(year).unwrap()),
            (2020..2024_i16, 1..=12_i8)
                .prop_map(|(year, month)| PartialDate::from_year_month(year, month).unwrap()),
            (2020..2024_i16, 1..=12_i8, 1..=28_i8)
                .prop_map(|(year, month, day)| PartialDate::from_ymd(year, month, day).unwrap()),
        ]
    }

    proptest! {
        #[test]
        fn text_round_trips(date in any_date()) {
            prop_assert_eq!(date.to_string().parse(), Ok(date));
        }

        #[test]
        fn a_date_lies_within_its_bounds(date in any_date()) {
            let (Some(earliest), Some(latest)) = (date.earliest(), date.latest()) else {
                prop_assert!(date.is_unknown());
                return Ok(());
            };
            prop_assert!(date.may_equal(earliest) && date.may_equal(latest));
            prop_assert!(!latest.surely_before(earliest));
        }

        #[test]
        fn exactly_one_of_before_after_and_may_equal(a in any_date(), b in any_date()) {
            let answers = [a.surely_before(b), b.surely_before(a), a.may_equal(b)];
            prop_assert_eq!(answers.iter().filter(|answer| **answer).count(), 1);
        }

        #[test]
        fn never_panics(text in "[0-9-]{0,12}|\\PC{0,12}") {
            let _ = text.parse::<PartialDate>();
        }
    }
}
