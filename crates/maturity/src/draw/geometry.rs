//! The one place where a chart needs angles. Results are rounded to tenths of a unit at once; half a tenth is far
//! above what floats of two machines differ by.
#![expect(clippy::float_arithmetic, reason = "angles, rounded at once")]

use super::picture::Point;

/// The point `radius` away from `centre`, on spoke `at` of `spokes`, the first pointing up, clockwise.
#[must_use]
pub fn on_spoke(centre: Point, radius: i32, at: usize, spokes: usize) -> Point {
    let turn = std::f64::consts::TAU * at as f64 / spokes.max(1) as f64;
    let (sine, cosine) = turn.sin_cos();
    let x = (f64::from(radius) * sine).round() as i32;
    let y = (f64::from(radius) * cosine).round() as i32;
    (centre.0 + x, centre.1 - y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spokes_go_round_clockwise_from_the_top() {
        assert_eq!(on_spoke((0, 0), 100, 0, 4), (0, -100));
        assert_eq!(on_spoke((0, 0), 100, 1, 4), (100, 0));
        assert_eq!(on_spoke((0, 0), 100, 2, 4), (0, 100));
    }
}
