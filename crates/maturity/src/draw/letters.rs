//! How wide words are, by the font that the PDF embeds. A browser's own font comes close enough for labels.

use std::sync::LazyLock;

use ttf_parser::Face;

/// The two cuts the reports are set in.
pub struct Fonts {
    pub regular: Face<'static>,
    pub bold: Face<'static>,
}

static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts {
    regular: Face::parse(ttf_noto_sans::REGULAR, 0).expect("the font is part of the program"),
    bold: Face::parse(ttf_noto_sans::BOLD, 0).expect("the font is part of the program"),
});

/// The face of a weight.
#[must_use]
pub fn face(bold: bool) -> &'static Face<'static> {
    if bold { &FONTS.bold } else { &FONTS.regular }
}

/// Advance of one letter in units of the font, 1,000 to the em.
#[must_use]
pub fn advance(letter: char, bold: bool) -> i32 {
    let face = face(bold);
    let glyph = face.glyph_index(letter).unwrap_or_default();
    let units = face.glyph_hor_advance(glyph).unwrap_or(600);
    i32::from(units) * 1000 / i32::from(face.units_per_em())
}

/// Width of `words` at `size`, in the unit of `size`.
#[must_use]
pub fn width(words: &str, size: i32, bold: bool) -> i32 {
    let units: i32 = words.chars().map(|letter| advance(letter, bold)).sum();
    (units * size + 999) / 1000
}

/// `words` in lines no wider than `room`; what does not fit into `lines_max` ends with an ellipsis.
#[must_use]
pub fn wrap(words: &str, room: i32, size: i32, bold: bool, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in words.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if line.is_empty() || width(&longer, size, bold) <= room {
            *line = longer;
        } else {
            lines.push(word.to_owned());
        }
    }
    let cut = lines.len() > lines_max;
    lines.truncate(lines_max.max(1));
    let last = lines.len() - 1;
    for (at, line) in lines.iter_mut().enumerate() {
        if (cut && at == last) || width(line, size, bold) > room {
            *line = shorten(line, room, size, bold);
        }
    }
    lines
}

/// As many letters as fit before an ellipsis.
fn shorten(words: &str, room: i32, size: i32, bold: bool) -> String {
    let mut kept: String = words.to_owned();
    while !kept.is_empty() && width(&format!("{kept}…"), size, bold) > room {
        kept.pop();
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_are_wider() {
        assert!(width("WWW", 100, false) > width("iii", 100, false));
        assert!(width("Identité", 100, true) > width("Identité", 100, false));
    }

    #[test]
    fn no_line_is_wider_than_its_room() {
        let words = "Policy, legal and regulatory frameworks Donaudampfschifffahrtsgesellschaft";
        for room in [300, 700, 1500] {
            let lines = wrap(words, room, 100, false, 3);
            assert!(lines.len() <= 3);
            assert!(lines.iter().all(|line| width(line, 100, false) <= room), "{lines:?}");
        }
        assert_eq!(wrap("", 100, 100, false, 2), [""]);
    }
}
