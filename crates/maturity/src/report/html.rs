//! The report and the brief as one self-contained page: no script, no file from outside.

use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};
use serde::Serialize;

use super::document::{Block, Chapter, Document, Line, Table, says_the_same};
use super::{Report, brief, chapters};
use crate::draw::palette::{ALL, Colour};
use crate::draw::svg::{self, Ground};

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.set_auto_escape_callback(|name| match name.rsplit('.').next() {
        Some("html") => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    let templates = [
        ("page.html", include_str!("templates/page.html")),
        ("report.html", include_str!("templates/report.html")),
        ("brief.html", include_str!("templates/brief.html")),
        ("blocks.html", include_str!("templates/blocks.html")),
    ];
    for (name, source) in templates {
        pages.add_template(name, source).expect("the templates are part of the program");
    }
    pages
});

/// The full report.
#[must_use]
pub fn report(report: &Report<'_>) -> String {
    page(report, &chapters::document(report))
}

/// Any document as a page: the full report, the difference of two rounds, a region.
#[must_use]
pub fn page(report: &Report<'_>, document: &Document) -> String {
    let texts = Fixed::of(report);
    set("report.html", document, &texts)
}

/// The one-page brief.
#[must_use]
pub fn brief(report: &Report<'_>) -> String {
    let texts = Fixed::of(report);
    set("brief.html", &brief::document(report), &texts)
}

/// What the templates say themselves.
#[derive(Serialize)]
struct Fixed {
    skip: String,
    contents: String,
    footer: String,
    page: String,
}

impl Fixed {
    fn of(report: &Report<'_>) -> Self {
        Self {
            skip: report.t("report.skip").to_owned(),
            contents: report.t("report.contents").to_owned(),
            footer: report.t("report.footer").to_owned(),
            page: report.fill(
                "report.page",
                &[("n", "\" counter(page) \""), ("all", "\" counter(pages) \"")],
            ),
        }
    }
}

fn set(template: &str, document: &Document, texts: &Fixed) -> String {
    let page = Page {
        title: &document.title,
        country: &document.country,
        invented: document.invented.as_deref(),
        language: document.language,
        cover: document.cover.iter().map(|(name, line)| (name.as_str(), line)).collect(),
        chapters: document.chapters.iter().map(set_chapter).collect(),
        texts,
        style: style(document, texts),
    };
    let values = Value::from(Serde(&page));
    let page = PAGES.get_template(template).and_then(|page| page.render(values));
    page.expect("the templates fit their values")
}

/// What a template is given.
#[derive(Serialize)]
struct Page<'a> {
    title: &'a str,
    country: &'a str,
    invented: Option<&'a str>,
    language: &'a str,
    cover: Vec<(&'a str, &'a Line)>,
    chapters: Vec<SetChapter<'a>>,
    texts: &'a Fixed,
    style: String,
}

#[derive(Serialize)]
struct SetChapter<'a> {
    id: &'a str,
    number: &'a str,
    title: &'a str,
    blocks: Vec<SetBlock<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum SetBlock<'a> {
    Heading { id: &'a str, words: &'a str },
    Text { line: &'a Line },
    Notice { line: &'a Line },
    List { ordered: bool, items: Vec<(Option<&'a str>, &'a Line)> },
    Facts { facts: Vec<(&'a str, &'a Line)> },
    Table { table: SetTable<'a> },
    Figure { id: &'a str, title: &'a str, svg: String },
}

#[derive(Serialize)]
struct SetTable<'a> {
    id: &'a str,
    caption: &'a str,
    /// For screen readers only: a heading above says the same.
    quiet: bool,
    columns: Vec<(&'a str, bool)>,
    rows: Vec<(Option<&'a str>, &'a [Line])>,
}

fn set_chapter(chapter: &Chapter) -> SetChapter<'_> {
    SetChapter {
        id: &chapter.id,
        number: &chapter.number,
        title: &chapter.title,
        blocks: chapter
            .blocks
            .iter()
            .enumerate()
            .map(|(at, block)| set_block(block, says_the_same(&chapter.blocks, at)))
            .collect(),
    }
}

fn set_block(block: &Block, quiet: bool) -> SetBlock<'_> {
    match block {
        Block::Heading { id, words } => SetBlock::Heading { id, words },
        Block::Text(line) => SetBlock::Text { line },
        Block::Notice(line) => SetBlock::Notice { line },
        Block::List { ordered, items } => {
            let items = items.iter().map(|item| (item.id.as_deref(), &item.line)).collect();
            SetBlock::List { ordered: *ordered, items }
        }
        Block::Facts(facts) => {
            let facts = facts.iter().map(|(name, line)| (name.as_str(), line)).collect();
            SetBlock::Facts { facts }
        }
        Block::Table(table) => SetBlock::Table { table: set_table(table, quiet) },
        Block::Figure(picture) => SetBlock::Figure {
            id: &picture.id,
            title: &picture.title,
            svg: svg::write(picture, Ground::Page),
        },
    }
}

fn set_table(table: &Table, quiet: bool) -> SetTable<'_> {
    let columns =
        table.columns.iter().map(|column| (column.title.as_str(), column.figures)).collect();
    let rows = table.rows.iter().map(|row| (row.id.as_deref(), row.cells.as_slice())).collect();
    SetTable { id: &table.id, caption: &table.caption, quiet, columns, rows }
}

/// The stylesheet with the colours of the charts and what every printed page says.
fn style(document: &Document, texts: &Fixed) -> String {
    let colours = |tone: fn(Colour) -> [u8; 3]| {
        let lines = ALL.iter().map(|one| format!("--{}:{};", one.name(), Colour::hex(tone(*one))));
        lines.collect::<String>()
    };
    let head = match &document.invented {
        Some(invented) => invented.clone(),
        None => document.title.clone(),
    };
    include_str!("templates/report.css")
        .replace("/*light*/", &colours(Colour::light))
        .replace("/*dark*/", &colours(Colour::dark))
        .replace("/*running head*/", &css_words(&head))
        .replace("/*page*/", &format!("\"{}\"", texts.page))
}

/// A CSS string; nothing in it can end the string or the `<style>` element.
fn css_words(words: &str) -> String {
    let mut out = String::from("\"");
    for letter in words.chars() {
        match letter {
            '"' | '\\' | '<' | '>' | '&' => {
                out.push_str(&format!("\\{:x} ", u32::from(letter)));
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_leave_the_stylesheet() {
        assert_eq!(css_words("a\"</style>\n"), "\"a\\22 \\3c /style\\3e  \"");
    }
}
