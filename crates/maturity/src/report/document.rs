//! A report as chapters of blocks, before it is set as a page, a PDF or a text document.

use serde::Serialize;

use crate::draw::Picture;

/// The whole report.
pub struct Document {
    pub title: String,
    pub country: String,
    /// Stands on every page of an invented country.
    pub invented: Option<String>,
    /// `en`, `fr`
    pub language: &'static str,
    /// Facts on the cover.
    pub cover: Vec<(String, Line)>,
    pub chapters: Vec<Chapter>,
}

/// A chapter with a heading of its own.
pub struct Chapter {
    /// Anchor: `ch-gaps`.
    pub id: String,
    /// `8`, `A`
    pub number: String,
    pub title: String,
    pub blocks: Vec<Block>,
}

/// What a chapter is made of.
pub enum Block {
    Heading {
        id: String,
        words: String,
    },
    Text(Line),
    /// Set apart: a limit, a warning.
    Notice(Line),
    List {
        ordered: bool,
        items: Vec<Item>,
    },
    Facts(Vec<(String, Line)>),
    Table(Table),
    Figure(Picture),
}

/// One entry of a list.
pub struct Item {
    pub id: Option<String>,
    pub line: Line,
}

/// Words in a row.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Line(pub Vec<Span>);

/// A piece of a line.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Span {
    Plain {
        words: String,
    },
    Strong {
        words: String,
    },
    /// Of second rank.
    Soft {
        words: String,
    },
    Code {
        words: String,
    },
    /// To an anchor of this document.
    Link {
        to: String,
        words: String,
    },
    /// To the outside.
    Address {
        to: String,
    },
    /// A level in its tone; none is unknown.
    Level {
        level: Option<u8>,
        words: String,
    },
    /// A state in colour and words.
    State {
        state: State,
        words: String,
    },
    Break,
}

/// Colour of a state; the words say it as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Good,
    Bad,
    Open,
}

/// Rows under headings.
pub struct Table {
    pub id: String,
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// A heading with its share of the width.
pub struct Column {
    pub title: String,
    /// Width in relation to the others.
    pub share: i32,
    /// Figures stand at the right.
    pub figures: bool,
}

/// One row; its first cell is its heading.
pub struct Row {
    pub id: Option<String>,
    pub cells: Vec<Line>,
}

impl Line {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn plain(words: impl Into<String>) -> Self {
        Self::new().and(words)
    }

    /// Adds plain words; nothing for empty ones.
    #[must_use]
    pub fn and(self, words: impl Into<String>) -> Self {
        let words = words.into();
        if words.is_empty() { self } else { self.with(Span::Plain { words }) }
    }

    #[must_use]
    pub fn strong(self, words: impl Into<String>) -> Self {
        self.with(Span::Strong { words: words.into() })
    }

    #[must_use]
    pub fn soft(self, words: impl Into<String>) -> Self {
        self.with(Span::Soft { words: words.into() })
    }

    #[must_use]
    pub fn code(self, words: impl Into<String>) -> Self {
        self.with(Span::Code { words: words.into() })
    }

    #[must_use]
    pub fn link(self, to: impl Into<String>, words: impl Into<String>) -> Self {
        self.with(Span::Link { to: to.into(), words: words.into() })
    }

    #[must_use]
    pub fn level(self, level: Option<u8>, unknown: &str) -> Self {
        let words = level.map_or_else(|| unknown.to_owned(), |level| level.to_string());
        self.with(Span::Level { level, words })
    }

    #[must_use]
    pub fn state(self, state: State, words: impl Into<String>) -> Self {
        self.with(Span::State { state, words: words.into() })
    }

    #[must_use]
    pub fn on_new_line(self) -> Self {
        if self.0.is_empty() { self } else { self.with(Span::Break) }
    }

    /// Adds links to anchors, with commas between.
    #[must_use]
    pub fn links(mut self, targets: impl IntoIterator<Item = (String, String)>) -> Self {
        for (at, (to, words)) in targets.into_iter().enumerate() {
            if at > 0 {
                self = self.and(", ");
            }
            self = self.link(to, words);
        }
        self
    }

    #[must_use]
    pub fn with(mut self, span: Span) -> Self {
        self.0.push(span);
        self
    }

    /// The same with links as plain words, for a document without their targets.
    #[must_use]
    pub fn without_links(self) -> Self {
        let plain = |span| match span {
            Span::Link { words, .. } => Span::Plain { words },
            other => other,
        };
        Self(self.0.into_iter().map(plain).collect())
    }

    /// The words alone.
    #[must_use]
    pub fn words(&self) -> String {
        self.0.iter().map(Span::words).collect()
    }
}

impl From<&str> for Line {
    fn from(words: &str) -> Self {
        Self::plain(words)
    }
}

impl From<String> for Line {
    fn from(words: String) -> Self {
        Self::plain(words)
    }
}

impl Span {
    /// What it says.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Plain { words }
            | Self::Strong { words }
            | Self::Soft { words }
            | Self::Code { words }
            | Self::Link { words, .. }
            | Self::Level { words, .. }
            | Self::State { words, .. } => words,
            Self::Address { to } => to,
            Self::Break => "\n",
        }
    }
}

impl Table {
    /// A table without rows; `columns` are title, share of the width, and whether figures stand in it.
    #[must_use]
    pub fn new(id: &str, caption: impl Into<String>, columns: &[(&str, i32, bool)]) -> Self {
        let column = |(title, share, figures): &(&str, i32, bool)| Column {
            title: (*title).to_owned(),
            share: *share,
            figures: *figures,
        };
        let columns = columns.iter().map(column).collect();
        Self { id: id.to_owned(), caption: caption.into(), columns, rows: Vec::new() }
    }

    pub fn row(&mut self, cells: Vec<Line>) {
        self.rows.push(Row { id: None, cells });
    }

    /// A row that can be linked to.
    pub fn row_at(&mut self, id: String, cells: Vec<Line>) {
        self.rows.push(Row { id: Some(id), cells });
    }
}

impl Chapter {
    #[must_use]
    pub fn new(id: &str, number: &str, title: &str) -> Self {
        let (id, number, title) = (id.to_owned(), number.to_owned(), title.to_owned());
        Self { id, number, title, blocks: Vec::new() }
    }

    pub fn heading(&mut self, id: &str, words: impl Into<String>) {
        self.blocks.push(Block::Heading { id: id.to_owned(), words: words.into() });
    }

    pub fn text(&mut self, line: impl Into<Line>) {
        self.blocks.push(Block::Text(line.into()));
    }

    pub fn notice(&mut self, line: impl Into<Line>) {
        self.blocks.push(Block::Notice(line.into()));
    }

    pub fn list(&mut self, ordered: bool, lines: Vec<Line>) {
        let items = lines.into_iter().map(|line| Item { id: None, line }).collect();
        self.blocks.push(Block::List { ordered, items });
    }

    /// A table with rows, or the sentence that there is nothing to tell.
    pub fn table(&mut self, table: Table, nothing: &str) {
        if table.rows.is_empty() {
            self.text(nothing);
        } else {
            self.blocks.push(Block::Table(table));
        }
    }

    pub fn figure(&mut self, picture: Picture) {
        self.blocks.push(Block::Figure(picture));
    }
}

/// Whether the caption of the table at `at` repeats a heading above it: shown once, read out for both.
#[must_use]
pub fn says_the_same(blocks: &[Block], at: usize) -> bool {
    let Some(Block::Table(table)) = blocks.get(at) else { return false };
    let headings = blocks[..at].iter().rev().take(2);
    headings
        .into_iter()
        .any(|block| matches!(block, Block::Heading { words, .. } if *words == table.caption))
}
