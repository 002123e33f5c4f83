//! The report as a text document, to be edited: headings, text and tables. Charts stay in the page and the PDF; the
//! document says so.

use std::io::Cursor;

use docx_rs::{
    Docx, Footer, Header, Paragraph, Run, RunFonts, Shading, Style, StyleType, Table as DocxTable,
    TableCell, TableLayoutType, TableRow, WidthType,
};

use super::document::{Block, Document, Line, Span, State, Table};
use super::{Report, chapters};
use crate::draw::Colour;

/// Width of the text in twentieths of a point, which is what the format counts in.
const WIDTH: i32 = 9_000;

/// Why no document came out.
#[derive(Debug, thiserror::Error)]
#[error("the text document cannot be written: {0}")]
pub struct DocxError(String);

/// The full report.
///
/// # Errors
/// None in practice: the archive is written into memory.
pub fn report(report: &Report<'_>) -> Result<Vec<u8>, DocxError> {
    let document = chapters::document(report);
    let mut writer = Writer { paragraphs: 0, chart: report.t("report.chart") };
    let mut docx = frame(&document, &mut writer);
    docx = docx.add_paragraph(writer.styled("Title", &document.title));
    if let Some(invented) = &document.invented {
        docx = docx.add_paragraph(writer.line(&Line::new().strong(invented.clone())));
    }
    docx = docx.add_paragraph(writer.line(&Line::plain(report.t("report.charts-left-out"))));
    docx = writer.facts(docx, &document.cover);
    for chapter in &document.chapters {
        let words = format!("{} {}", chapter.number, chapter.title);
        docx = docx.add_paragraph(writer.styled("Heading1", &words));
        for block in &chapter.blocks {
            docx = writer.block(docx, block);
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    docx.pack(&mut bytes).map_err(|error| DocxError(error.to_string()))?;
    Ok(bytes.into_inner())
}

/// Styles, and what stands on every page.
fn frame(document: &Document, writer: &mut Writer<'_>) -> Docx {
    let accent = Colour::hex(Colour::Accent.light()).trim_start_matches('#').to_owned();
    let style = |id: &str, name: &str, half_points: usize, level: Option<usize>| {
        let style = Style::new(id, StyleType::Paragraph).name(name).size(half_points).bold();
        match level {
            Some(level) => style.outline_lvl(level).color(accent.clone()),
            None => style,
        }
    };
    let above = document.invented.as_ref().unwrap_or(&document.title);
    let header = Header::new().add_paragraph(writer.line(&Line::new().soft(above.clone())));
    let footer = Footer::new().add_paragraph(
        writer
            .line(&Line::new().soft(document.title.clone()))
            .add_page_num(docx_rs::PageNum::new()),
    );
    Docx::new()
        .default_fonts(RunFonts::new().ascii("Noto Sans").hi_ansi("Noto Sans"))
        .default_size(20)
        .add_style(style("Title", "Title", 44, None))
        .add_style(style("Heading1", "Heading 1", 32, Some(0)))
        .add_style(style("Heading2", "Heading 2", 25, Some(1)))
        .add_style(style("Caption", "caption", 20, None))
        .header(header)
        .footer(footer)
}

/// Numbers its paragraphs itself, so that the same report gives the same bytes.
struct Writer<'a> {
    paragraphs: u32,
    chart: &'a str,
}

impl Writer<'_> {
    fn paragraph(&mut self) -> Paragraph {
        self.paragraphs += 1;
        Paragraph::new().id(format!("{:08x}", self.paragraphs))
    }

    fn styled(&mut self, style: &str, words: &str) -> Paragraph {
        self.paragraph().style(style).add_run(Run::new().add_text(words))
    }

    fn line(&mut self, line: &Line) -> Paragraph {
        line.0.iter().fold(self.paragraph(), |paragraph, span| paragraph.add_run(run(span)))
    }

    fn facts(&mut self, docx: Docx, facts: &[(String, Line)]) -> Docx {
        facts.iter().fold(docx, |docx, (name, value)| {
            let line = Line::new().strong(format!("{name}: "));
            let line = value.0.iter().cloned().fold(line, Line::with);
            docx.add_paragraph(self.line(&line))
        })
    }

    fn block(&mut self, docx: Docx, block: &Block) -> Docx {
        match block {
            Block::Heading { words, .. } => docx.add_paragraph(self.styled("Heading2", words)),
            Block::Text(line) | Block::Notice(line) => docx.add_paragraph(self.line(line)),
            Block::List { ordered, items } => {
                items.iter().enumerate().fold(docx, |docx, (at, item)| {
                    let label = if *ordered { format!("{}. ", at + 1) } else { "• ".to_owned() };
                    let line = Line::plain(label);
                    let line = item.line.0.iter().cloned().fold(line, Line::with);
                    docx.add_paragraph(self.line(&line))
                })
            }
            Block::Facts(facts) => self.facts(docx, facts),
            Block::Table(table) => self.table(docx, table),
            Block::Figure(picture) => {
                let words = format!("{}: {}. {}", self.chart, picture.title, picture.description);
                docx.add_paragraph(self.line(&Line::new().soft(words)))
            }
        }
    }

    fn table(&mut self, docx: Docx, table: &Table) -> Docx {
        let docx = docx.add_paragraph(self.styled("Caption", &table.caption).keep_next(true));
        let all: i32 = table.columns.iter().map(|column| column.share).sum();
        let widths: Vec<usize> = table
            .columns
            .iter()
            .map(|column| usize::try_from(WIDTH * column.share / all.max(1)).unwrap_or(1))
            .collect();
        let tone = Colour::hex(Colour::Inset.light()).trim_start_matches('#').to_owned();
        let heads = table.columns.iter().zip(&widths).map(|(column, width)| {
            let words = Line::new().strong(column.title.clone());
            TableCell::new()
                .width(*width, WidthType::Dxa)
                .shading(Shading::new().fill(tone.clone()))
                .add_paragraph(self.line(&words))
        });
        let mut rows = vec![TableRow::new(heads.collect()).cant_split()];
        for row in &table.rows {
            let cells = row.cells.iter().zip(&widths).map(|(cell, width)| {
                TableCell::new().width(*width, WidthType::Dxa).add_paragraph(self.line(cell))
            });
            rows.push(TableRow::new(cells.collect()).cant_split());
        }
        let set = DocxTable::new(rows).set_grid(widths).layout(TableLayoutType::Fixed);
        docx.add_table(set).add_paragraph(self.paragraph())
    }
}

fn run(span: &Span) -> Run {
    let text = |words: &str| Run::new().add_text(words);
    let ink = |colour: Colour| Colour::hex(colour.light()).trim_start_matches('#').to_owned();
    match span {
        Span::Plain { words } | Span::Link { words, .. } => text(words),
        Span::Strong { words } => text(words).bold(),
        Span::Soft { words } => text(words).color(ink(Colour::Soft)),
        Span::Code { words } => text(words).fonts(RunFonts::new().ascii("Noto Sans Mono")),
        Span::Address { to } => text(to),
        Span::Level { words, .. } => text(words).bold(),
        Span::State { state, words } => {
            let colour = match state {
                State::Good => Colour::Ok,
                State::Bad => Colour::Bad,
                State::Open => Colour::Ink,
            };
            text(words).bold().color(ink(colour))
        }
        Span::Break => Run::new().add_break(docx_rs::BreakType::TextWrapping),
    }
}
