//! The colours of charts and report, each with its light and its dark value.
//!
//! Levels get darker as they rise (lighter on a dark ground), so that a grey print keeps their order.

/// A colour by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Surface,
    Inset,
    Ink,
    /// Ink of second rank.
    Soft,
    Rule,
    Edge,
    Accent,
    AccentSoft,
    Indigo,
    Ochre,
    Bad,
    BadSoft,
    Ok,
    /// The tone of a level.
    Level(u8),
    /// Text on that tone.
    OnLevel(u8),
}

impl Colour {
    /// Name of its CSS variable, without the dashes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Surface => "surface",
            Self::Inset => "inset",
            Self::Ink => "ink",
            Self::Soft => "ink-2",
            Self::Rule => "rule",
            Self::Edge => "edge",
            Self::Accent => "accent",
            Self::AccentSoft => "accent-soft",
            Self::Indigo => "thread-1",
            Self::Ochre => "thread-3",
            Self::Bad => "bad",
            Self::BadSoft => "bad-soft",
            Self::Ok => "ok",
            Self::Level(0) => "l0",
            Self::Level(1) => "l1",
            Self::Level(2) => "l2",
            Self::Level(3) => "l3",
            Self::Level(_) => "l4",
            Self::OnLevel(0..=2) => "on-low",
            Self::OnLevel(_) => "on-high",
        }
    }

    /// Red, green and blue on white paper.
    #[must_use]
    pub fn light(self) -> [u8; 3] {
        match self {
            Self::Surface => [0xfc, 0xfc, 0xfa],
            Self::Inset => [0xf1, 0xf3, 0xef],
            Self::Ink | Self::OnLevel(0..=2) => [0x1b, 0x25, 0x22],
            Self::Soft => [0x4d, 0x58, 0x53],
            Self::Rule => [0xd6, 0xdb, 0xd5],
            Self::Edge => [0x77, 0x82, 0x7c],
            Self::Accent => [0x0b, 0x5f, 0x58],
            Self::AccentSoft => [0xe0, 0xef, 0xeb],
            Self::Indigo => [0x24, 0x38, 0x6f],
            Self::Ochre => [0xb0, 0x6c, 0x0a],
            Self::Bad => [0xa0, 0x23, 0x28],
            Self::BadSoft => [0xfa, 0xe8, 0xe6],
            Self::Ok => [0x1c, 0x66, 0x38],
            Self::Level(0) => [0xf7, 0xf0, 0xe3],
            Self::Level(1) => [0xec, 0xd3, 0xa2],
            Self::Level(2) => [0xa5, 0xcf, 0xc0],
            Self::Level(3) => [0x2f, 0x81, 0x75],
            Self::Level(_) => [0x0a, 0x45, 0x40],
            Self::OnLevel(_) => [0xff, 0xff, 0xff],
        }
    }

    /// The same on a dark screen.
    #[must_use]
    pub fn dark(self) -> [u8; 3] {
        match self {
            Self::Surface => [0x11, 0x17, 0x15],
            Self::Inset => [0x1a, 0x22, 0x20],
            Self::Ink | Self::OnLevel(0..=2) => [0xe7, 0xec, 0xe9],
            Self::Soft => [0xaa, 0xb5, 0xaf],
            Self::Rule => [0x30, 0x3b, 0x37],
            Self::Edge => [0x78, 0x85, 0x7f],
            Self::Accent => [0x72, 0xcb, 0xbe],
            Self::AccentSoft => [0x15, 0x31, 0x2d],
            Self::Indigo => [0x8d, 0xa2, 0xe2],
            Self::Ochre => [0xd9, 0x9b, 0x3b],
            Self::Bad => [0xff, 0x9d, 0x97],
            Self::BadSoft => [0x3a, 0x1b, 0x1b],
            Self::Ok => [0x84, 0xd1, 0x9c],
            Self::Level(0) => [0x2b, 0x2a, 0x25],
            Self::Level(1) => [0x5a, 0x4b, 0x28],
            Self::Level(2) => [0x27, 0x5f, 0x56],
            Self::Level(3) => [0x56, 0xb5, 0xa6],
            Self::Level(_) => [0xa9, 0xeb, 0xdf],
            Self::OnLevel(_) => [0x04, 0x21, 0x1d],
        }
    }

    /// `#0b5f58`
    #[must_use]
    pub fn hex(rgb: [u8; 3]) -> String {
        let [red, green, blue] = rgb;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Every colour, for the stylesheet.
pub const ALL: [Colour; 20] = [
    Colour::Surface,
    Colour::Inset,
    Colour::Ink,
    Colour::Soft,
    Colour::Rule,
    Colour::Edge,
    Colour::Accent,
    Colour::AccentSoft,
    Colour::Indigo,
    Colour::Ochre,
    Colour::Bad,
    Colour::BadSoft,
    Colour::Ok,
    Colour::Level(0),
    Colour::Level(1),
    Colour::Level(2),
    Colour::Level(3),
    Colour::Level(4),
    Colour::OnLevel(0),
    Colour::OnLevel(4),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance by WCAG, in millionths; the powers are close enough for a comparison of tones.
    #[expect(clippy::float_arithmetic, reason = "a check in a test")]
    fn luminance(rgb: [u8; 3]) -> f64 {
        let linear = |part: u8| {
            let share = f64::from(part) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2])
    }

    #[expect(clippy::float_arithmetic, reason = "a check in a test")]
    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn levels_keep_their_order_in_grey() {
        for n in 0..4 {
            let (low, high) = (Colour::Level(n), Colour::Level(n + 1));
            assert!(luminance(low.light()) > luminance(high.light()), "{n} on paper");
            assert!(luminance(low.dark()) < luminance(high.dark()), "{n} on a dark screen");
        }
    }

    #[test]
    fn a_figure_on_a_level_can_be_read() {
        for n in 0..=4 {
            let (ground, text) = (Colour::Level(n), Colour::OnLevel(n));
            assert!(contrast(ground.light(), text.light()) >= 4.5, "{n} on paper");
            assert!(contrast(ground.dark(), text.dark()) >= 4.5, "{n} on a dark screen");
        }
    }

    #[test]
    fn ink_can_be_read_on_every_ground() {
        let inks = [Colour::Ink, Colour::Soft, Colour::Accent, Colour::Bad, Colour::Ok];
        for ink in inks {
            for ground in [Colour::Surface, Colour::Inset] {
                assert!(contrast(ink.light(), ground.light()) >= 4.5, "{ink:?} {ground:?}");
                assert!(contrast(ink.dark(), ground.dark()) >= 4.5, "{ink:?} {ground:?}");
            }
        }
    }
}
