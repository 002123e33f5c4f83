//! A document laid out on A4 pages: what stands where, in tenths of a point, and what it is for a screen reader.

mod lines;
mod table;

use std::collections::BTreeMap;

use super::Report;
use super::document::{Block, Document, Line, says_the_same};
use crate::draw::{Colour, Picture, Point};
use lines::{Run, SetLine, Setting, set};

/// A4, and what stays free at its edges.
pub const PAGE: Point = (5953, 8419);
const LEFT: i32 = 560;
const TOP: i32 = 800;
const BOTTOM: i32 = PAGE.1 - 700;
/// Width of the text.
pub(super) const WIDTH: i32 = PAGE.0 - 2 * LEFT;

/// Type size of running text, and of tables.
const TEXT: Setting = Setting { size: 98, bold: false, colour: Colour::Ink };
const CELL: Setting = Setting { size: 80, bold: false, colour: Colour::Ink };

/// A document on its pages.
pub struct Paper<'a> {
    pub pages: usize,
    pub pieces: Vec<Piece<'a>>,
    /// Root of the reading order.
    pub root: Part,
    /// Where each anchor is: page, and height on it.
    pub anchors: BTreeMap<String, (usize, i32)>,
    /// Bookmarks: title and anchor.
    pub outline: Vec<(String, String)>,
}

/// Something at a place of a page.
pub struct Piece<'a> {
    pub page: usize,
    pub at: Point,
    pub what: What<'a>,
    /// Not part of the reading order: lines, tints, repeated headings.
    pub ornament: bool,
}

/// What stands there.
pub enum What<'a> {
    Words {
        words: String,
        setting: Setting,
        link: Option<String>,
    },
    /// Scaled by `scale` ten-thousandths.
    Picture {
        picture: &'a Picture,
        scale: i32,
    },
    Tint {
        size: Point,
        colour: Colour,
        edge: Option<Colour>,
    },
}

pub use lines::{Setting as TextSetting, printable};

/// A part of the reading order.
pub struct Part {
    pub role: Role,
    pub children: Vec<Child>,
}

pub enum Child {
    Part(Part),
    /// Index of a piece.
    Piece(usize),
}

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    Document,
    /// Its level and its words.
    Heading(u8, String),
    Paragraph,
    List {
        ordered: bool,
    },
    Item,
    ItemLabel,
    ItemBody,
    Table,
    Caption,
    Head,
    Body,
    Row,
    ColumnHeading,
    RowHeading,
    Cell,
    Figure(String),
    /// Leads to an anchor.
    Link(String),
    Contents,
    ContentsEntry,
}

/// Lays out a document with contents: the full report.
#[must_use]
pub fn lay_out<'a>(report: &Report<'_>, document: &'a Document) -> Paper<'a> {
    let mut flow = Flow::new(TEXT);
    flow.title(document);
    let numbers = flow.contents(report, document);
    for chapter in &document.chapters {
        flow.need(lead(&chapter.blocks).max(2400));
        flow.gap(220);
        let number =
            if chapter.number.is_empty() { String::new() } else { format!("{}  ", chapter.number) };
        flow.heading(2, &chapter.id, format!("{number}{}", chapter.title), 165);
        flow.outline.push((format!("{number}{}", chapter.title), chapter.id.clone()));
        for (at, block) in chapter.blocks.iter().enumerate() {
            flow.quiet = says_the_same(&chapter.blocks, at);
            if matches!(block, Block::Heading { .. }) {
                flow.need(lead(&chapter.blocks[at + 1..]));
            }
            flow.block(block, WIDTH);
        }
    }
    flow.number_contents(&numbers);
    flow.finish()
}

/// Room for a heading with the chart or the first rows that follow it at once or after some sentences: without it, the
/// heading would stay behind on an empty page.
fn lead(blocks: &[Block]) -> i32 {
    let next = blocks.iter().find(|block| !matches!(block, Block::Text(_)));
    match next {
        Some(Block::Figure(picture)) => HEAD_ROOM + figure_size(picture, WIDTH).1,
        Some(Block::Table(_)) => 1300,
        _ => 0,
    }
}

/// Kept free on the page of a high chart for the heading and the sentences before it.
const HEAD_ROOM: i32 = 1000;

/// Scale in ten-thousandths, and height, of a chart in this room.
fn figure_size(picture: &Picture, room: i32) -> (i32, i32) {
    let most = (BOTTOM - TOP - HEAD_ROOM) * 10_000 / picture.height;
    let scale = (room * 10_000 / picture.width).min(most);
    (scale, picture.height * scale / 10_000)
}

/// Type sizes of the brief, and the share of the width that its chart takes, in hundredths.
const BRIEF: [(i32, i32); 4] = [(90, 72), (84, 64), (78, 56), (72, 50)];

/// Lays out a document without contents, the brief, in the largest type that keeps it on one page.
#[must_use]
pub fn lay_out_brief<'a>(document: &'a Document) -> Paper<'a> {
    let mut papers = BRIEF.iter().map(|size| brief(document, *size));
    let fits = papers.find(|paper| paper.pages == 1);
    fits.unwrap_or_else(|| brief(document, BRIEF[BRIEF.len() - 1]))
}

fn brief<'a>(document: &'a Document, (size, chart): (i32, i32)) -> Paper<'a> {
    let mut flow = Flow::new(Setting { size, ..TEXT });
    flow.title(document);
    for chapter in &document.chapters {
        flow.gap(40);
        flow.heading(2, &chapter.id, chapter.title.clone(), size * 4 / 3);
        for block in &chapter.blocks {
            flow.block(block, WIDTH * chart / 100);
        }
    }
    flow.finish()
}

/// Fills pages from top to bottom.
struct Flow<'a> {
    page: usize,
    y: i32,
    pieces: Vec<Piece<'a>>,
    /// Setting of running text.
    body: Setting,
    /// Open parts, the innermost last.
    open: Vec<Part>,
    anchors: BTreeMap<String, (usize, i32)>,
    outline: Vec<(String, String)>,
    /// The next table goes without a caption: a heading above says the same.
    quiet: bool,
}

impl<'a> Flow<'a> {
    fn new(body: Setting) -> Self {
        let root = Part { role: Role::Document, children: Vec::new() };
        Self {
            page: 0,
            y: TOP,
            pieces: Vec::new(),
            body,
            open: vec![root],
            anchors: BTreeMap::new(),
            outline: Vec::new(),
            quiet: false,
        }
    }

    fn finish(mut self) -> Paper<'a> {
        let root = self.open.remove(0);
        Paper {
            pages: self.page + 1,
            pieces: self.pieces,
            root,
            anchors: self.anchors,
            outline: self.outline,
        }
    }

    /// Turns the page when less than `height` is left.
    fn need(&mut self, height: i32) {
        // A new page is no help where a whole one is too small.
        if self.y > TOP && self.y + height > BOTTOM {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.page += 1;
        self.y = TOP;
    }

    fn gap(&mut self, height: i32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    fn anchor(&mut self, id: &str) {
        self.anchors.insert(id.to_owned(), (self.page, self.y));
    }

    fn begin(&mut self, role: Role) {
        self.open.push(Part { role, children: Vec::new() });
    }

    fn end(&mut self) {
        let part = self.open.pop().expect("every part that ends has begun");
        self.open.last_mut().expect("the root stays open").children.push(Child::Part(part));
    }

    /// Puts a piece at a place of this page and into the part that is open.
    fn put(&mut self, at: Point, what: What<'a>, ornament: bool) {
        if !ornament {
            let index = Child::Piece(self.pieces.len());
            self.open.last_mut().expect("the root stays open").children.push(index);
        }
        self.pieces.push(Piece { page: self.page, at, what, ornament });
    }

    /// One set line with its baseline at `at`.
    fn set_line(&mut self, at: Point, line: &SetLine, ornament: bool) {
        for Run { x, words, setting, link, tint } in &line.runs {
            let place = (at.0 + x, at.1);
            if let Some((colour, edge, wide)) = tint {
                let corner = (place.0 - 20, place.1 - setting.size * 4 / 5 - 8);
                let size = (wide + 40, setting.size + 22);
                self.put(corner, What::Tint { size, colour: *colour, edge: *edge }, true);
            }
            let what = What::Words { words: words.clone(), setting: *setting, link: link.clone() };
            match link {
                Some(target) if !ornament => {
                    self.begin(Role::Link(target.clone()));
                    self.put(place, what, false);
                    self.end();
                }
                _ => self.put(place, what, ornament),
            }
        }
    }

    /// Lines of running text, page by page.
    fn text(&mut self, line: &Line, indent: i32, setting: Setting) {
        for set_line in set(line, WIDTH - indent, setting) {
            let leading = setting.size * 7 / 5;
            self.need(leading);
            self.set_line((LEFT + indent, self.y + setting.size), &set_line, false);
            self.y += leading;
        }
    }

    fn heading(&mut self, level: u8, id: &str, words: String, size: i32) {
        self.need(size * 8);
        self.anchor(id);
        self.begin(Role::Heading(level, words.clone()));
        self.text(&Line::plain(words), 0, Setting { size, bold: true, colour: Colour::Ink });
        self.end();
        self.y += size / 3;
    }

    fn title(&mut self, document: &Document) {
        let stripes = [(Colour::Indigo, 0, 20), (Colour::Accent, 35, 40), (Colour::Ochre, 95, 15)];
        for (colour, offset, high) in stripes {
            let what = What::Tint { size: (WIDTH, high), colour, edge: None };
            self.put((LEFT, self.y - 120 + offset), what, true);
        }
        self.y += 60;
        self.begin(Role::Heading(1, document.title.clone()));
        let setting = Setting { size: 230, bold: true, colour: Colour::Ink };
        self.text(&Line::plain(document.title.clone()), 0, setting);
        self.end();
        self.y += 80;
        if let Some(invented) = &document.invented {
            self.begin(Role::Paragraph);
            self.text(&Line::new().strong(invented.clone()), 0, self.body);
            self.end();
            self.y += 60;
        }
        if !document.cover.is_empty() {
            self.facts(&document.cover);
        }
    }

    /// The contents, with room for page numbers; returns where these stand.
    fn contents(&mut self, report: &Report<'_>, document: &Document) -> Vec<(usize, String)> {
        let mut numbers = Vec::new();
        self.gap(160);
        self.heading(2, "contents", report.t("report.contents").to_owned(), 140);
        self.begin(Role::Contents);
        for chapter in &document.chapters {
            self.begin(Role::ContentsEntry);
            let words = format!("{}  {}", chapter.number, chapter.title);
            let y = self.y;
            self.text(&Line::new().link(chapter.id.clone(), words), 0, self.body);
            numbers.push((self.pieces.len(), chapter.id.clone()));
            let what = What::Words { words: "0".to_owned(), setting: self.body, link: None };
            self.put((LEFT + WIDTH, y + self.body.size), what, false);
            self.y += 25;
            self.end();
        }
        self.end();
        self.turn();
        numbers
    }

    fn number_contents(&mut self, numbers: &[(usize, String)]) {
        for (piece, anchor) in numbers {
            let page = self.anchors.get(anchor).map_or(0, |(page, _)| page + 1);
            let shown = page.to_string();
            let piece = &mut self.pieces[*piece];
            piece.at.0 = LEFT + WIDTH - self.body.width(&shown);
            piece.what = What::Words { words: shown, setting: self.body, link: None };
        }
    }

    fn block(&mut self, block: &'a Block, figure_width: i32) {
        match block {
            Block::Heading { id, words } => {
                self.gap(120);
                self.heading(3, id, words.clone(), 115);
            }
            Block::Text(line) => self.paragraph(line),
            Block::Notice(line) => {
                let what = What::Tint { size: (30, 140), colour: Colour::Accent, edge: None };
                self.need(200);
                self.put((LEFT, self.y), what, true);
                self.begin(Role::Paragraph);
                self.text(line, 90, self.body);
                self.end();
                self.y += 70;
            }
            Block::List { ordered, items } => {
                self.begin(Role::List { ordered: *ordered });
                for (at, item) in items.iter().enumerate() {
                    let label = if *ordered { format!("{}.", at + 1) } else { "•".to_owned() };
                    self.item(item.id.as_deref(), label, &item.line);
                }
                self.end();
                self.y += 50;
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Figure(picture) => self.figure(picture, figure_width),
        }
    }

    fn paragraph(&mut self, line: &Line) {
        self.begin(Role::Paragraph);
        self.text(line, 0, self.body);
        self.end();
        self.y += 70;
    }

    fn item(&mut self, id: Option<&str>, label: String, line: &Line) {
        self.need(self.body.size * 2);
        if let Some(id) = id {
            self.anchor(id);
        }
        self.begin(Role::Item);
        self.begin(Role::ItemLabel);
        let what = What::Words { words: label, setting: self.body, link: None };
        self.put((LEFT, self.y + self.body.size), what, false);
        self.end();
        self.begin(Role::ItemBody);
        self.text(line, 160, self.body);
        self.end();
        self.end();
        self.y += 30;
    }

    /// Names at the left, values at the right.
    fn facts(&mut self, facts: &[(String, Line)]) {
        let leading = self.body.size * 7 / 5;
        for (name, value) in facts {
            self.need(200);
            self.begin(Role::Paragraph);
            let y = self.y;
            let label = Setting { colour: Colour::Soft, ..self.body };
            let name_lines = set(&Line::plain(name.clone()), 1700, label);
            for (line, offset) in name_lines.iter().zip((0..).map(|n| n * leading)) {
                self.set_line((LEFT, y + self.body.size + offset), line, false);
            }
            self.text(value, 1800, self.body);
            self.y = self.y.max(y + leading * name_lines.len() as i32) + 15;
            self.end();
        }
        self.y += 60;
    }

    fn figure(&mut self, picture: &'a Picture, room: i32) {
        let (scale, height) = figure_size(picture, room);
        self.need(height + 250);
        self.gap(60);
        self.begin(Role::Paragraph);
        self.text(&Line::new().strong(picture.title.clone()), 0, self.body);
        self.end();
        self.y += 60;
        self.begin(Role::Figure(format!("{}. {}", picture.title, picture.description)));
        self.put((LEFT, self.y), What::Picture { picture, scale }, false);
        self.end();
        self.y += height + 140;
    }
}
