//! Days between dates, on the Gregorian calendar.

use basis::PartialDate;

/// Days from 1970-01-01 to a full date; none when it is not full.
///
/// Years begin in March here, so that the leap day is the last of its year and months need no table (the `days from
/// civil` rule of proleptic calendars).
pub(super) fn number(date: PartialDate) -> Option<i64> {
    let (year, month, day) = (date.year()?, date.month()?, date.day()?);
    let (month, day) = (i64::from(month), i64::from(day));
    let year = i64::from(year) - i64::from(month <= 2);
    let month = (month + 9) % 12;
    let in_year = (153 * month + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 1 March of the year 0 lies 719,468 days before 1 January 1970.
    Some(365 * year + leap_days + in_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Timestamp;

    #[test]
    fn agrees_with_the_clock_day_by_day() {
        for day in -720_000_i64..900_000 {
            if day % 97 != 0 && !(19_000..21_000).contains(&day) {
                continue;
            }
            let date = Timestamp::EPOCH.plus_seconds(day * 86_400).date_at(0);
            assert!(number(date).is_none_or(|found| found == day), "{date}");
        }
        assert_eq!(number("2024-02-29".parse().unwrap()), Some(19_782));
        assert_eq!(number("2024-02".parse().unwrap()), None);
    }
}
