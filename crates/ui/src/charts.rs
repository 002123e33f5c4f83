//! Small charts: the geometry, worked out here so that templates only print it. Whole numbers throughout; a chart shows
//! a course, the figures stand beside it as text.

use serde::Serialize;

/// Width and height of a [`Line`], in the units of its `viewBox`.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 160;
/// The longest bar, in the units of its `viewBox`.
const BAR: i64 = 1000;
/// Room above the highest point, so that the mark on it is not cut.
const MARGIN: i64 = 8;

/// A bar with its name and figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// What it is about.
    pub label: String,
    /// The figure as people read it.
    pub shown: String,
    /// Its length, of 1,000.
    pub share: i64,
}

/// Bars for amounts of one kind: `(label, figure as people read it, amount)`. The largest fills the width; what is below
/// nothing has no length.
#[must_use]
pub fn bars(amounts: Vec<(String, String, i64)>) -> Vec<Bar> {
    let most = amounts.iter().map(|(_, _, amount)| *amount).max().unwrap_or(0).max(1);
    let bar = |(label, shown, amount): (String, String, i64)| Bar {
        label,
        shown,
        share: scaled(amount.max(0), most, BAR),
    };
    amounts.into_iter().map(bar).collect()
}

/// A course over time, from the first value to the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    /// `x,y` pairs as SVG wants them; empty without values.
    pub points: String,
    /// Where the last value is.
    pub last_x: i64,
    /// Where the last value is.
    pub last_y: i64,
    /// What stands below the beginning.
    pub from: String,
    /// What stands below the end.
    pub to: String,
}

impl Line {
    /// A line through `values`, from nothing at the bottom to the largest at the top.
    #[must_use]
    pub fn new(values: &[i64], from: impl Into<String>, to: impl Into<String>) -> Self {
        let most = values.iter().copied().max().unwrap_or(0).max(1);
        let steps = i64::try_from(values.len()).unwrap_or(1).saturating_sub(1).max(1);
        let place = |(at, value): (i64, &i64)| {
            (scaled(at, steps, WIDTH), HEIGHT - scaled((*value).max(0), most, HEIGHT - MARGIN))
        };
        let mut places: Vec<(i64, i64)> = (0..).zip(values).map(place).collect();
        // One value has no course: a level line says so.
        if let [only] = places[..] {
            places.push((WIDTH, only.1));
        }
        let points: Vec<String> = places.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let (last_x, last_y) = places.last().copied().unwrap_or_default();
        Self { points: points.join(" "), last_x, last_y, from: from.into(), to: to.into() }
    }
}

/// `part` of `whole`, measured in `units`; no product is too large for it.
fn scaled(part: i64, whole: i64, units: i64) -> i64 {
    let share = i128::from(part) * i128::from(units) / i128::from(whole);
    i64::try_from(share).unwrap_or(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_bar_fills_the_width() {
        let of = |amount| (String::new(), String::new(), amount);
        let shares: Vec<i64> =
            bars(vec![of(50), of(200), of(0), of(-3)]).iter().map(|bar| bar.share).collect();
        assert_eq!(shares, [250, 1000, 0, 0]);
        assert_eq!(bars(vec![of(i64::MAX), of(i64::MAX / 2)])[1].share, 499);
        assert!(bars(Vec::new()).is_empty());
    }

    #[test]
    fn a_line_runs_from_edge_to_edge() {
        let line = Line::new(&[0, 10, 5], "Monday", "Wednesday");
        assert_eq!(line.points, "0,160 300,8 600,84");
        assert_eq!((line.last_x, line.last_y), (600, 84));
        assert_eq!(Line::new(&[7], "", "").points, "0,8 600,8");
        assert_eq!(Line::new(&[], "", "").points, "");
        assert_eq!(Line::new(&[0, 0], "", "").points, "0,160 600,160", "nothing is no division");
    }
}
