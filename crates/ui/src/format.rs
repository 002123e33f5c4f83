//! Dates, times and amounts as people of a language write them. The words and patterns are catalogue texts; here is only
//! the arithmetic.

use crate::{Lang, texts::Texts};
use basis::Timestamp;

/// Writes values for one reader.
#[derive(Clone, Copy)]
pub struct Format<'a> {
    texts: &'a Texts,
    lang: Lang,
    /// What the country's clocks show ahead of UTC, in minutes.
    utc_offset_minutes: i32,
}

impl<'a> Format<'a> {
    /// Writes in `lang` and in the local time `utc_offset_minutes` ahead of UTC (negative: behind).
    #[must_use]
    pub fn new(texts: &'a Texts, lang: Lang, utc_offset_minutes: i32) -> Self {
        Self { texts, lang, utc_offset_minutes }
    }

    /// A whole or partial calendar date (`2026-03-14`, `2026-03`, `2026`, `unknown`) or the local day of an RFC 3339 time.
    /// What is neither is given back as it came: a date kept in a foreign form is better shown raw than hidden.
    #[must_use]
    pub fn date(&self, written: &str) -> String {
        let local = self.local_time(written);
        let day_part = local.as_deref().map_or(written, |local| &local[..10]);
        let parts: Vec<&str> = day_part.split('-').collect();
        match parts.as_slice() {
            ["" | "unknown"] => self.text("date.unknown", &[]),
            [year, month, day] => {
                let day = match day.trim_start_matches('0') {
                    "1" => self.text("date.day-first", &[]),
                    other => other.to_owned(),
                };
                self.text(
                    "date.full",
                    &[("day", day), ("month", self.month(month)), ("year", (*year).to_owned())],
                )
            }
            [year, month] => self.text(
                "date.month-year",
                &[("month", self.month(month)), ("year", (*year).to_owned())],
            ),
            _ => written.to_owned(),
        }
    }

    /// An RFC 3339 time on the local 24-hour clock, to the minute, with the offset said (`14 March 2026, 12:26 (UTC+3)`
    /// where the catalogue's pattern has it).
    #[must_use]
    pub fn datetime(&self, written: &str) -> String {
        let Some(local) = self.local_time(written) else { return written.to_owned() };
        self.text(
            "date.at",
            &[
                ("date", self.date(written)),
                ("time", local[11..16].to_owned()),
                ("zone", self.zone()),
            ],
        )
    }

    /// The local 24-hour clock of an RFC 3339 time, to the minute: `12:26`.
    #[must_use]
    pub fn time(&self, written: &str) -> String {
        self.local_time(written)
            .map_or_else(|| written.to_owned(), |local| local[11..16].to_owned())
    }

    /// The local day of an RFC 3339 time, `2026-03-14`.
    #[must_use]
    pub fn day(&self, written: &str) -> String {
        self.local_time(written).map_or_else(|| written.to_owned(), |local| local[..10].to_owned())
    }

    /// The local offset as people write it: `UTC+3`, `UTC-3:30`, `UTC`.
    #[must_use]
    pub fn zone(&self) -> String {
        let minutes = self.utc_offset_minutes.abs();
        let sign = if self.utc_offset_minutes < 0 { "\u{2212}" } else { "+" };
        let offset = match (minutes / 60, minutes % 60) {
            (0, 0) => String::new(),
            (hours, 0) => format!("{sign}{hours}"),
            (hours, rest) => format!("{sign}{hours}:{rest:02}"),
        };
        self.text("date.zone", &[("offset", offset)])
    }

    /// An amount (`-1234567.50`, as `basis::Money` writes it) and its currency code, with the thousands set apart.
    #[must_use]
    pub fn money(&self, amount: &str, currency: &str) -> String {
        self.text(
            "number.money",
            &[("amount", self.decimal(amount)), ("currency", currency.to_owned())],
        )
    }

    /// A decimal number with the thousands set apart.
    #[must_use]
    pub fn decimal(&self, number: &str) -> String {
        let (sign, digits) =
            number.strip_prefix('-').map_or(("", number), |rest| ("\u{2212}", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let group = self.text("number.group", &[]);
        let mut written = String::from(sign);
        for (place, digit) in whole.char_indices() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                written.push_str(&group);
            }
            written.push(digit);
        }
        if !fraction.is_empty() {
            written.push_str(&self.text("number.decimal", &[]));
            written.push_str(fraction);
        }
        written
    }

    /// The same instant as the local wall clock would write it in RFC 3339, or nothing if `written` is no time.
    fn local_time(&self, written: &str) -> Option<String> {
        let time: Timestamp = written.parse().ok()?;
        Some(time.plus_seconds(i64::from(self.utc_offset_minutes) * 60).to_string())
    }

    fn month(&self, two_digits: &str) -> String {
        self.text(&format!("month.{}", two_digits.trim_start_matches('0')), &[])
    }

    fn text(&self, key: &str, args: &[(&str, String)]) -> String {
        self.texts.say(self.lang, key, args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written_by: impl Fn(&Format<'_>) -> String, offset: i32, expected: [&str; 3]) {
        let texts = &crate::site::TEXTS;
        let written = [Lang::EN, Lang::FR, Lang::SW]
            .map(|lang| written_by(&Format::new(texts, lang, offset)));
        assert_eq!(written, expected);
        assert!(texts.flaws().is_empty(), "{:?}", texts.flaws());
    }

    #[test]
    fn dates() {
        check(|f| f.date("2026-03-14"), 180, ["14 March 2026", "14 mars 2026", "14 Machi 2026"]);
        check(|f| f.date("2026-08-01"), 180, ["1 August 2026", "1er août 2026", "1 Agosti 2026"]);
        check(|f| f.date("2026-12"), 0, ["December 2026", "décembre 2026", "Desemba 2026"]);
        check(|f| f.date("1961"), 0, ["1961", "1961", "1961"]);
        check(|f| f.date("unknown"), 0, ["not known", "inconnue", "haijulikani"]);
        check(|f| f.date("about harvest"), 0, ["about harvest", "about harvest", "about harvest"]);
    }

    #[test]
    fn times_are_local() {
        let night = "2026-12-31T22:05:59.25Z";
        check(
            |f| f.datetime(night),
            180,
            ["1 January 2027, 01:05", "1er janvier 2027 à 01:05", "1 Januari 2027, 01:05"],
        );
        check(|f| f.date(night), 0, ["31 December 2026", "31 décembre 2026", "31 Desemba 2026"]);
        check(|f| f.time(night), 180, ["01:05"; 3]);
        check(|f| f.day(night), 180, ["2027-01-01"; 3]);
        check(|f| f.zone(), 180, ["UTC+3"; 3]);
        check(|f| f.zone(), -210, ["UTC\u{2212}3:30"; 3]);
        check(|f| f.zone(), 0, ["UTC"; 3]);
    }

    #[test]
    fn amounts() {
        check(
            |f| f.money("1234567.50", "KES"),
            0,
            ["KES 1,234,567.50", "1\u{a0}234\u{a0}567,50\u{a0}KES", "KES 1,234,567.50"],
        );
        check(
            |f| f.money("-999", "UGX"),
            0,
            ["UGX \u{2212}999", "\u{2212}999\u{a0}UGX", "UGX \u{2212}999"],
        );
        check(|f| f.decimal("1000"), 0, ["1,000", "1\u{a0}000", "1,000"]);
    }
}
