//! Words in lines: runs of one setting each, broken where they no longer fit.

use crate::draw::{Colour, letters};
use crate::report::document::{Line, Span, State};

/// Type of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Tenths of a point.
    pub size: i32,
    pub bold: bool,
    pub colour: Colour,
}

impl Setting {
    /// Width of words, tenths of a point.
    #[must_use]
    pub fn width(self, words: &str) -> i32 {
        letters::width(words, self.size, self.bold)
    }
}

/// Words of one setting within a line.
pub(super) struct Run {
    /// From the left of the line.
    pub x: i32,
    pub words: String,
    pub setting: Setting,
    pub link: Option<String>,
    /// A tone behind it: colour, edge, and how wide the words are.
    pub tint: Option<(Colour, Option<Colour>, i32)>,
}

/// One line.
#[derive(Default)]
pub(super) struct SetLine {
    pub runs: Vec<Run>,
    pub width: i32,
}

/// A word that is not broken, with what it looks like.
struct Word {
    words: String,
    setting: Setting,
    link: Option<String>,
    tint: Option<(Colour, Option<Colour>)>,
    space_before: bool,
    new_line: bool,
}

/// Sets `line` into lines of at most `room`.
pub(super) fn set(line: &Line, room: i32, setting: Setting) -> Vec<SetLine> {
    let mut lines = vec![SetLine::default()];
    for word in words(line, setting) {
        if word.new_line {
            lines.push(SetLine::default());
            continue;
        }
        for word in fitting(word, room) {
            add(&mut lines, word, room);
        }
    }
    lines
}

fn add(lines: &mut Vec<SetLine>, word: Word, room: i32) {
    let pad = if word.tint.is_some() { 30 } else { 0 };
    let wide = word.setting.width(&word.words) + 2 * pad;
    let last = lines.last_mut().expect("there is always a line");
    let space =
        if word.space_before && !last.runs.is_empty() { word.setting.width(" ") } else { 0 };
    if !last.runs.is_empty() && last.width + space + wide > room {
        lines.push(SetLine::default());
        return add(lines, word, room);
    }
    let x = last.width + space + pad;
    last.width = x + wide - pad;
    let tint = word.tint.map(|(colour, edge)| (colour, edge, wide - 2 * pad));
    if space > 0
        && let Some(run) = last.runs.last_mut()
    {
        // The space belongs to what stands before it, so that copied text keeps it.
        run.words.push(' ');
        let joins = run.setting == word.setting && run.link == word.link;
        if joins && run.tint.is_none() && tint.is_none() {
            run.words.push_str(&word.words);
            return;
        }
    }
    last.runs.push(Run { x, words: word.words, setting: word.setting, link: word.link, tint });
}

/// A word as it is, or in pieces when it is wider than the room.
fn fitting(word: Word, room: i32) -> Vec<Word> {
    if word.setting.width(&word.words) <= room {
        return vec![word];
    }
    let mut pieces = vec![String::new()];
    for letter in word.words.chars() {
        let last = pieces.last_mut().expect("there is always a piece");
        last.push(letter);
        if word.setting.width(last) > room && last.chars().count() > 1 {
            let rest = last.split_off(break_at(last));
            pieces.push(rest);
        }
    }
    let part = |(at, words): (usize, String)| Word {
        words,
        setting: word.setting,
        link: word.link.clone(),
        tint: word.tint,
        space_before: at == 0 && word.space_before,
        new_line: false,
    };
    pieces.into_iter().enumerate().map(part).collect()
}

/// Where a word that has become too wide is parted: behind its last hyphen or slash, else before its last letter.
fn break_at(word: &str) -> usize {
    let last = word.char_indices().next_back().map_or(0, |(at, _)| at);
    let sign = word[..last].rfind(['-', '/', '_', '.']);
    sign.map_or(last, |at| at + 1)
}

fn words(line: &Line, setting: Setting) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut space = false;
    for span in &line.0 {
        let (setting, link, tint) = look(span, setting);
        if matches!(span, Span::Break) {
            out.push(Word {
                words: String::new(),
                setting,
                link,
                tint,
                space_before: false,
                new_line: true,
            });
            space = false;
            continue;
        }
        let text = printable(span.words());
        // A level and its figure stay together; everything else breaks at spaces.
        for (at, word) in text.split(' ').enumerate() {
            space |= at > 0;
            if word.is_empty() {
                continue;
            }
            let (words, link) = (word.to_owned(), link.clone());
            out.push(Word { words, setting, link, tint, space_before: space, new_line: false });
            space = false;
        }
    }
    out
}

type Look = (Setting, Option<String>, Option<(Colour, Option<Colour>)>);

fn look(span: &Span, setting: Setting) -> Look {
    match span {
        Span::Plain { .. } | Span::Break => (setting, None, None),
        Span::Strong { .. } => (Setting { bold: true, ..setting }, None, None),
        Span::Soft { .. } | Span::Address { .. } => {
            (Setting { colour: Colour::Soft, ..setting }, None, None)
        }
        Span::Code { .. } => (Setting { size: setting.size * 9 / 10, ..setting }, None, None),
        Span::Link { to, .. } => {
            (Setting { colour: Colour::Accent, ..setting }, Some(to.clone()), None)
        }
        Span::Level { level: Some(level), .. } => {
            let tint = (Colour::Level(*level), (*level == 0).then_some(Colour::Edge));
            (Setting { colour: Colour::OnLevel(*level), ..setting }, None, Some(tint))
        }
        Span::Level { level: None, .. } => {
            (Setting { colour: Colour::Soft, ..setting }, None, None)
        }
        Span::State { state, .. } => {
            let colour = match state {
                State::Good => Colour::Ok,
                State::Bad => Colour::Bad,
                State::Open => Colour::Ink,
            };
            (Setting { bold: true, colour, ..setting }, None, None)
        }
    }
}

/// Letters that the font has; others become a question mark, so that nothing is left out in silence.
pub fn printable(words: &str) -> String {
    let face = letters::face(false);
    let shown = |letter: char| match letter {
        '\u{202f}' => '\u{a0}',
        letter if letter.is_whitespace() && letter != '\u{a0}' => ' ',
        letter if face.glyph_index(letter).is_some() => letter,
        '→' => '›',
        '−' => '–',
        '≥' => '>',
        _ => '?',
    };
    words.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Setting = Setting { size: 100, bold: false, colour: Colour::Ink };

    #[test]
    fn no_line_is_wider_than_the_room() {
        let line = Line::plain("Digest ")
            .code("0123456789abcdef".repeat(6))
            .and(" and more words after it");
        let lines = set(&line, 1500, TEXT);
        assert!(lines.len() > 4);
        assert!(lines.iter().all(|line| line.width <= 1500));
    }

    #[test]
    fn spaces_survive_between_settings() {
        let lines = set(&Line::plain("a ").strong("b").and(" c"), 2000, TEXT);
        let words: String = lines[0].runs.iter().map(|run| run.words.as_str()).collect();
        assert_eq!(words, "a b c");
        let comma = set(&Line::new().strong("b").and(", c"), 2000, TEXT);
        let words: String = comma[0].runs.iter().map(|run| run.words.as_str()).collect();
        assert_eq!(words, "b, c");
    }
}
