//! Report and brief as PDF: selectable text, tagged by the rules of PDF/UA-1 as far as a writer can check them,
//! bookmarks, and charts as vectors. The font is part of the program.

mod ink;

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use krilla::Document as Pdf;
use krilla::SerializeSettings;
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::{Destination, XyzDestination};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::{Page, PageSettings};
use krilla::surface::Surface;
use krilla::tagging::{
    ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagKind, TagTree,
};

use super::document::Document;
use super::paper::{
    Child, PAGE, Paper, Part, Piece, Role, TextSetting, What, lay_out, lay_out_brief,
};
use super::{Report, brief as brief_pages, chapters};
use crate::draw::Colour;
use ink::Ink;

/// Why no PDF came out.
#[derive(Debug, thiserror::Error)]
#[error("the PDF cannot be written: {0}")]
pub struct PdfError(String);

/// The full report.
///
/// # Errors
/// When the document breaks a rule of the format, such as a letter without a glyph.
pub fn report(report: &Report<'_>) -> Result<Vec<u8>, PdfError> {
    page(report, &chapters::document(report))
}

/// Any document: the full report, the difference of two rounds, a region.
///
/// # Errors
/// See [`report`].
pub fn page(report: &Report<'_>, document: &Document) -> Result<Vec<u8>, PdfError> {
    write(report, document, &lay_out(report, document))
}

/// The brief.
///
/// # Errors
/// See [`report`].
pub fn brief(report: &Report<'_>) -> Result<Vec<u8>, PdfError> {
    let document = brief_pages::document(report);
    write(report, &document, &lay_out_brief(&document))
}

/// What a piece is called in the reading order, and the annotation of its link.
type Marked = BTreeMap<usize, (Identifier, Option<Identifier>)>;

fn write(report: &Report<'_>, document: &Document, paper: &Paper<'_>) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PdfError(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut pdf = Pdf::new_with(settings);
    let ink = Ink::new();
    let mut marked = Marked::new();
    for number in 0..paper.pages {
        let size = PageSettings::from_wh(ink::points(PAGE.0), ink::points(PAGE.1));
        let mut page = pdf.start_page_with(size.expect("A4 is a size"));
        let mut surface = page.surface();
        running_lines(report, document, paper, number, &ink, &mut surface);
        let mut links = Vec::new();
        let here = paper.pieces.iter().enumerate().filter(|(_, piece)| piece.page == number);
        for (index, piece) in here {
            let mark = draw(&ink, &mut surface, piece);
            if let Some(mark) = mark {
                marked.insert(index, (mark, None));
                links.push(index);
            }
        }
        surface.finish();
        for index in links {
            let annotation = link(paper, &paper.pieces[index], &mut page);
            if let Some(entry) = marked.get_mut(&index) {
                entry.1 = annotation;
            }
        }
        page.finish();
    }
    pdf.set_outline(outline(paper));
    pdf.set_metadata(
        Metadata::new()
            .title(document.title.clone())
            .language(document.language.to_owned())
            .creator("Msingi".to_owned()),
    );
    let mut tree = TagTree::new().with_lang(Some(document.language.to_owned()));
    for child in &paper.root.children {
        for node in nodes(child, &mut marked) {
            tree.push(node);
        }
    }
    pdf.set_tag_tree(tree);
    pdf.finish().map_err(|error| PdfError(format!("{error:?}")))
}

/// Title and invented country above, page number below; not part of what is read aloud.
fn running_lines(
    report: &Report<'_>,
    document: &Document,
    paper: &Paper<'_>,
    number: usize,
    ink: &Ink,
    surface: &mut Surface<'_>,
) {
    let small = TextSetting { size: 75, bold: false, colour: Colour::Soft };
    let words = [("n", (number + 1).to_string()), ("all", paper.pages.to_string())];
    let values: Vec<(&str, &str)> =
        words.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = report.fill("report.page", &values);
    surface.start_tagged(ContentTag::Artifact(ink::artifact(ArtifactType::Header)));
    let head = document.invented.as_ref().unwrap_or(&document.title);
    ink.words(surface, (560, 480), head, small);
    surface.end_tagged();
    surface.start_tagged(ContentTag::Artifact(ink::artifact(ArtifactType::Footer)));
    ink.words(surface, (560, PAGE.1 - 420), &document.title, small);
    ink.words(surface, (PAGE.0 - 560 - small.width(&page), PAGE.1 - 420), &page, small);
    surface.end_tagged();
}

/// Draws a piece; returns its mark when it is part of the reading order.
fn draw(ink: &Ink, surface: &mut Surface<'_>, piece: &Piece<'_>) -> Option<Identifier> {
    let tag = match (&piece.what, piece.ornament) {
        (_, true) => ContentTag::Artifact(ink::artifact(ArtifactType::Other)),
        (What::Words { .. }, false) => ContentTag::Span(SpanTag::empty()),
        _ => ContentTag::Other,
    };
    let mark = surface.start_tagged(tag);
    match &piece.what {
        What::Words { words, setting, .. } => ink.words(surface, piece.at, words, *setting),
        What::Picture { picture, scale } => ink.picture(surface, piece.at, picture, *scale),
        What::Tint { size, colour, edge } => ink.tint(surface, piece.at, *size, *colour, *edge),
    }
    surface.end_tagged();
    (!piece.ornament).then_some(mark)
}

/// Makes a piece with a link clickable.
fn link(paper: &Paper<'_>, piece: &Piece<'_>, page: &mut Page<'_>) -> Option<Identifier> {
    let What::Words { words, setting, link: Some(target) } = &piece.what else { return None };
    let (page_index, y) = paper.anchors.get(target)?;
    let corner = (piece.at.0, piece.at.1 - setting.size);
    let size = (setting.width(words), setting.size * 13 / 10);
    let place = Destination::Xyz(XyzDestination::new(*page_index, ink::point((0, y - 100))));
    let link = LinkAnnotation::new(ink::rect(corner, size)?, Target::Destination(place));
    Some(page.add_tagged_annotation(Annotation::new_link(link, Some(words.clone()))))
}

fn outline(paper: &Paper<'_>) -> Outline {
    let mut outline = Outline::new();
    for (title, anchor) in &paper.outline {
        let (page, y) = paper.anchors.get(anchor).copied().unwrap_or_default();
        let place = XyzDestination::new(page, ink::point((0, y - 100)));
        outline.push_child(OutlineNode::new(title.clone(), place));
    }
    outline
}

/// A child of the reading order, with the annotation after a linked piece.
fn nodes(child: &Child, marked: &mut Marked) -> Vec<Node> {
    match child {
        Child::Piece(index) => match marked.remove(index) {
            Some((mark, annotation)) => {
                [Some(mark), annotation].into_iter().flatten().map(Node::from).collect()
            }
            None => Vec::new(),
        },
        Child::Part(part) => {
            let children: Vec<Node> =
                part.children.iter().flat_map(|child| nodes(child, marked)).collect();
            if children.is_empty() && !keeps_empty(part) {
                return Vec::new();
            }
            vec![Node::from(TagGroup::with_children(kind(part), children))]
        }
    }
}

/// An empty cell still counts its column.
fn keeps_empty(part: &Part) -> bool {
    matches!(part.role, Role::Cell | Role::RowHeading | Role::ColumnHeading)
}

fn kind(part: &Part) -> TagKind {
    match &part.role {
        Role::Document => Tag::Div.into(),
        Role::Heading(level, words) => {
            let level = NonZeroU16::new(u16::from(*level)).unwrap_or(NonZeroU16::MIN);
            Tag::Hn(level, Some(words.clone())).into()
        }
        Role::Paragraph => Tag::P.into(),
        Role::List { ordered: true } => Tag::L(ListNumbering::Decimal).into(),
        Role::List { ordered: false } => Tag::L(ListNumbering::Disc).into(),
        Role::Item => Tag::LI.into(),
        Role::ItemLabel => Tag::Lbl.into(),
        Role::ItemBody => Tag::LBody.into(),
        Role::Table => Tag::Table.into(),
        Role::Caption => Tag::Caption.into(),
        Role::Head => Tag::THead.into(),
        Role::Body => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnHeading => Tag::TH(TableHeaderScope::Column).into(),
        Role::RowHeading => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
        Role::Figure(alt) => Tag::Figure(Some(alt.clone())).into(),
        Role::Link(_) => Tag::Link.into(),
        Role::Contents => Tag::TOC.into(),
        Role::ContentsEntry => Tag::TOCI.into(),
    }
}
