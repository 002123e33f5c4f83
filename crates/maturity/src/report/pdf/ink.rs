//! Drawing on a PDF page. The only place of the reports where tenths of a point become floats, which the PDF library
//! wants; nothing is computed from them.
#![expect(clippy::float_arithmetic, reason = "the PDF library takes points as floats")]

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point as PdfPoint, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType};
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::draw::{Anchor, Colour, Look, Mark, Picture, Point, letters};
use crate::report::paper::{TextSetting, printable};

/// The two fonts.
pub(super) struct Ink {
    regular: Font,
    bold: Font,
}

/// Tenths of a point as points.
pub(super) fn points(tenths: i32) -> f32 {
    tenths as f32 / 10.0
}

pub(super) fn point(at: Point) -> PdfPoint {
    PdfPoint::from_xy(points(at.0), points(at.1))
}

pub(super) fn rect(corner: Point, size: Point) -> Option<Rect> {
    Rect::from_xywh(points(corner.0), points(corner.1), points(size.0), points(size.1))
}

pub(super) fn artifact(kind: ArtifactType) -> Artifact {
    Artifact::with_kind(kind)
}

impl Ink {
    pub(super) fn new() -> Self {
        let font = |bytes: &'static [u8]| {
            Font::new(bytes.into(), 0).expect("the font is part of the program")
        };
        Self { regular: font(ttf_noto_sans::REGULAR), bold: font(ttf_noto_sans::BOLD) }
    }

    /// Words with their baseline at `at`.
    pub(super) fn words(
        &self,
        surface: &mut Surface<'_>,
        at: Point,
        words: &str,
        setting: TextSetting,
    ) {
        let size = points(setting.size);
        self.glyphs(surface, point(at), words, size, setting.bold, setting.colour);
    }

    fn glyphs(
        &self,
        surface: &mut Surface<'_>,
        at: PdfPoint,
        words: &str,
        size: f32,
        bold: bool,
        colour: Colour,
    ) {
        let words = printable(words);
        let face = letters::face(bold);
        let mut glyphs = Vec::new();
        for (from, letter) in words.char_indices() {
            let id = face.glyph_index(letter).unwrap_or_default();
            let advance = letters::advance(letter, bold) as f32 / 1000.0;
            let range = from..from + letter.len_utf8();
            let id = GlyphId::new(u32::from(id.0));
            glyphs.push(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, range, None));
        }
        let font = if bold { &self.bold } else { &self.regular };
        surface.set_fill(Some(fill(colour, false)));
        surface.set_stroke(None);
        surface.draw_glyphs(at, &glyphs, font.clone(), &words, size, false);
    }

    pub(super) fn tint(
        &self,
        surface: &mut Surface<'_>,
        corner: Point,
        size: Point,
        colour: Colour,
        edge: Option<Colour>,
    ) {
        let Some(rect) = rect(corner, size) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        surface.set_fill(Some(fill(colour, false)));
        surface.set_stroke(edge.map(|edge| stroke(edge, 0.5, false, 1.0)));
        if let Some(path) = path.finish() {
            surface.draw_path(&path);
        }
    }

    /// A chart with its top left corner at `at`, scaled by ten-thousandths.
    pub(super) fn picture(
        &self,
        surface: &mut Surface<'_>,
        at: Point,
        picture: &Picture,
        scale: i32,
    ) {
        let scale = scale as f32 / 10_000.0;
        let place = |from: Point| {
            let x = points(at.0) + points(from.0) * scale;
            PdfPoint::from_xy(x, points(at.1) + points(from.1) * scale)
        };
        for mark in &picture.marks {
            match mark {
                Mark::Shape { points: corners, closed, look } => {
                    let corners: Vec<PdfPoint> = corners.iter().map(|one| place(*one)).collect();
                    paint(surface, polygon(&corners, *closed), *look, scale);
                }
                Mark::Circle { centre, radius, look } => {
                    let path = circle(place(*centre), points(*radius) * scale);
                    paint(surface, path, *look, scale);
                }
                Mark::Text { at, words, style } => {
                    let wide = points(style.measure(words)) * scale;
                    let mut start = place(*at);
                    match style.anchor {
                        Anchor::Start => {}
                        Anchor::Middle => start.x -= wide / 2.0,
                        Anchor::End => start.x -= wide,
                    }
                    let size = points(style.size) * scale;
                    self.glyphs(surface, start, words, size, style.bold, style.colour);
                }
            }
        }
    }
}

fn paint(surface: &mut Surface<'_>, path: Option<Path>, look: Look, scale: f32) {
    let Some(path) = path else { return };
    let edge = look.stroke.filter(|_| look.width > 0);
    if look.fill.is_none() && edge.is_none() {
        return;
    }
    surface.set_fill(look.fill.map(|colour| fill(colour, look.faint)));
    surface.set_stroke(
        edge.map(|colour| stroke(colour, points(look.width) * scale, look.dashed, scale)),
    );
    surface.draw_path(&path);
}

fn fill(colour: Colour, faint: bool) -> Fill {
    let [red, green, blue] = colour.light();
    let opacity = if faint { NormalizedF32::new(0.25) } else { None };
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: opacity.unwrap_or(NormalizedF32::ONE),
        rule: FillRule::default(),
    }
}

fn stroke(colour: Colour, width: f32, dashed: bool, scale: f32) -> Stroke {
    let [red, green, blue] = colour.light();
    let dash = StrokeDash { array: vec![5.0 * scale, 3.0 * scale], offset: 0.0 };
    Stroke {
        paint: rgb::Color::new(red, green, blue).into(),
        width,
        dash: dashed.then_some(dash),
        ..Stroke::default()
    }
}

fn polygon(corners: &[PdfPoint], closed: bool) -> Option<Path> {
    let (first, rest) = corners.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(first.x, first.y);
    for corner in rest {
        path.line_to(corner.x, corner.y);
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// Four curves; the constant is the usual one for quarter circles.
fn circle(centre: PdfPoint, radius: f32) -> Option<Path> {
    let (x, y, bend) = (centre.x, centre.y, radius * 0.552_284_8);
    let mut path = PathBuilder::new();
    path.move_to(x, y - radius);
    path.cubic_to(x + bend, y - radius, x + radius, y - bend, x + radius, y);
    path.cubic_to(x + radius, y + bend, x + bend, y + radius, x, y + radius);
    path.cubic_to(x - bend, y + radius, x - radius, y + bend, x - radius, y);
    path.cubic_to(x - radius, y - bend, x - bend, y - radius, x, y - radius);
    path.close();
    path.finish()
}
