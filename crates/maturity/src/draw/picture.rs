//! A drawing as values: shapes, circles and words at whole tenths of a unit, 7,200 tenths to a full width.

use super::letters;
use super::palette::Colour;

/// Across and down, tenths of a unit.
pub type Point = (i32, i32);

/// A finished drawing.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Unique in its document; becomes part of ids.
    pub id: String,
    /// What it is, for a caption and for screen readers.
    pub title: String,
    /// What it shows, in a sentence or two, for those who cannot see it.
    pub description: String,
    pub width: i32,
    pub height: i32,
    pub marks: Vec<Mark>,
}

/// One thing drawn; later ones lie on top.
#[derive(Clone, Debug)]
pub enum Mark {
    Shape { points: Vec<Point>, closed: bool, look: Look },
    Circle { centre: Point, radius: i32, look: Look },
    Text { at: Point, words: String, style: Type },
}

/// How a shape is filled and outlined.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub fill: Option<Colour>,
    /// A quarter of the fill's strength.
    pub faint: bool,
    pub stroke: Option<Colour>,
    /// Tenths of a unit.
    pub width: i32,
    pub dashed: bool,
}

impl Look {
    #[must_use]
    pub fn fill(colour: Colour) -> Self {
        Self { fill: Some(colour), faint: false, stroke: None, width: 0, dashed: false }
    }

    #[must_use]
    pub fn line(colour: Colour, width: i32) -> Self {
        Self { fill: None, faint: false, stroke: Some(colour), width, dashed: false }
    }

    #[must_use]
    pub fn edged(self, colour: Colour, width: i32) -> Self {
        Self { stroke: Some(colour), width, ..self }
    }

    #[must_use]
    pub fn dashed(self) -> Self {
        Self { dashed: true, ..self }
    }

    #[must_use]
    pub fn faint(self) -> Self {
        Self { faint: true, ..self }
    }
}

/// Which end of the words stands at the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How words are set.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Tenths of a unit.
    pub size: i32,
    pub anchor: Anchor,
    pub bold: bool,
    pub colour: Colour,
}

impl Type {
    /// Words of a label.
    pub const LABEL: Self = Self::new(115, Colour::Ink);
    /// Words of second rank.
    pub const NOTE: Self = Self::new(105, Colour::Soft);

    #[must_use]
    pub const fn new(size: i32, colour: Colour) -> Self {
        Self { size, anchor: Anchor::Start, bold: false, colour }
    }

    #[must_use]
    pub const fn middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }

    #[must_use]
    pub const fn end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }

    #[must_use]
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    #[must_use]
    pub const fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// Width of words set like this.
    #[must_use]
    pub fn measure(self, words: &str) -> i32 {
        letters::width(words, self.size, self.bold)
    }
}

impl Picture {
    #[must_use]
    pub fn new(id: &str, title: &str, width: i32, height: i32) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            description: String::new(),
            width,
            height,
            marks: Vec::new(),
        }
    }

    pub fn rect(&mut self, corner: Point, size: Point, look: Look) {
        let ((x, y), (wide, high)) = (corner, size);
        let points = vec![(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)];
        self.shape(points, look);
    }

    pub fn shape(&mut self, points: Vec<Point>, look: Look) {
        self.marks.push(Mark::Shape { points, closed: true, look });
    }

    pub fn line(&mut self, points: Vec<Point>, look: Look) {
        self.marks.push(Mark::Shape { points, closed: false, look });
    }

    pub fn circle(&mut self, centre: Point, radius: i32, look: Look) {
        self.marks.push(Mark::Circle { centre, radius, look });
    }

    /// Words with their baseline at `at`.
    pub fn text(&mut self, at: Point, words: impl Into<String>, style: Type) {
        self.marks.push(Mark::Text { at, words: words.into(), style });
    }

    /// Words in lines, the first baseline at `at`. Returns how many lines there were.
    pub fn lines(&mut self, at: Point, lines: &[String], style: Type) {
        let step = style.size * 5 / 4;
        for (line, y) in lines.iter().zip((0..).map(|n| at.1 + n * step)) {
            self.text((at.0, y), line.clone(), style);
        }
    }

    /// A rectangle in slanted lines: the sign for "not known".
    pub fn hatch(&mut self, corner: Point, size: Point) {
        let ((x, y), (wide, high)) = (corner, size);
        let look = Look::line(Colour::Edge, 7);
        let mut offset = 60;
        while offset < wide + high {
            // From the top or right edge down to the left or bottom edge.
            let from = (x + offset.min(wide), y + (offset - wide).max(0));
            let to = (x + (offset - high).max(0), y + offset.min(high));
            self.line(vec![from, to], look);
            offset += 60;
        }
        self.rect(corner, size, Look::line(Colour::Edge, 8));
    }

    /// A cell with the tone and figure of a level, or hatched with a question mark.
    pub fn level_cell(&mut self, corner: Point, size: Point, level: Option<u8>, words: &str) {
        let middle = (corner.0 + size.0 / 2, corner.1 + size.1 / 2 + 42);
        let Some(level) = level else {
            self.hatch(corner, size);
            let backed = (160, 150);
            let ground = (middle.0 - backed.0 / 2, corner.1 + size.1 / 2 - backed.1 / 2);
            self.rect(ground, backed, Look::fill(Colour::Surface));
            self.text(middle, "?", Type::LABEL.middle().bold());
            return;
        };
        let look = Look::fill(Colour::Level(level)).edged(Colour::Surface, 10);
        self.rect(corner, size, look);
        self.text(middle, words, Type::LABEL.middle().colour(Colour::OnLevel(level)));
    }

    /// The five tones and the hatching, with their meaning, in one row from `at`.
    pub fn level_key(&mut self, at: Point, unknown: &str, words: &str) {
        let (mut x, y) = at;
        self.text((x, y + 105), words, Type::NOTE);
        x += Type::NOTE.measure(words) + 100;
        for level in 0..=4 {
            self.level_cell((x, y), (200, 150), Some(level), &level.to_string());
            x += 210;
        }
        x += 60;
        self.hatch((x, y), (200, 150));
        self.text((x + 260, y + 105), unknown, Type::NOTE);
    }
}
