//! The few places where a chart needs angles and logarithms. Results are rounded to tenths of a unit at once; half a
//! tenth is far above what floats of two machines differ by.
#![expect(clippy::float_arithmetic, reason = "angles and logarithms, rounded at once")]

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

/// Where `value` stands between nothing and `most` on a logarithmic scale, in thousandths.
#[must_use]
pub fn log_share(value: u64, most: u64) -> i32 {
    if most == 0 {
        return 0;
    }
    let share = (value as f64 + 1.0).ln() / (most as f64 + 1.0).ln();
    (share * 1000.0).round() as i32
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

    #[test]
    fn a_logarithm_lifts_small_values() {
        assert_eq!(log_share(0, 1000), 0);
        assert_eq!(log_share(1000, 1000), 1000);
        assert!(log_share(30, 1000) > 400);
        assert_eq!(log_share(5, 0), 0);
    }
}
