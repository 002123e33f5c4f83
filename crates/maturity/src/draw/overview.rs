//! An architecture with more links than lines can show: boxes in lanes, each with its number of links of every kind.

use super::architecture::{LANES, kind, lane_name, of_lane, told};
use super::letters::wrap;
use super::{Colour, Look, Picture, Point, Type};
use crate::report::Report;
use crate::result::{Diagram, Node};

/// From this many links on, lines cover each other more than they show.
pub const LINES_MAX: usize = 20;

const COLUMNS: usize = 6;
const BOX: Point = (1280, 480);
const STEP: Point = (1350, 550);
const LANE_HEAD: i32 = 250;

/// Draws a diagram; `id` and `title` tell the as-is from the to-be.
#[must_use]
pub fn overview(report: &Report<'_>, diagram: &Diagram, id: &str, title: &str) -> Picture {
    let lanes = lanes(diagram);
    let rows: usize = lanes.iter().map(|(_, nodes)| nodes.len().div_ceil(COLUMNS)).sum();
    let bottom = rows as i32 * STEP.1 + lanes.len() as i32 * (LANE_HEAD + 90);
    let width = COLUMNS as i32 * STEP.0 + 110;
    let mut picture = Picture::new(id, title, width, bottom + 700);
    picture.description = told(report, diagram);
    let mut y = 0;
    for (lane, nodes) in lanes {
        let high = LANE_HEAD + nodes.len().div_ceil(COLUMNS) as i32 * STEP.1;
        picture.rect((0, y), (width, high), Look::fill(Colour::Inset));
        let style = Type::new(125, Colour::Soft).bold();
        picture.text((90, y + 170), lane_name(report, lane), style);
        for (at, node) in nodes.into_iter().enumerate() {
            let (row, column) = ((at / COLUMNS) as i32, (at % COLUMNS) as i32);
            let corner = (90 + column * STEP.0, y + LANE_HEAD + row * STEP.1);
            draw_box(&mut picture, diagram, node, corner);
        }
        y += high + 90;
    }
    key(&mut picture, report, bottom + 110);
    picture
}

/// Lanes that have boxes.
fn lanes(diagram: &Diagram) -> Vec<(&'static str, Vec<&Node>)> {
    let of = |lane| diagram.nodes.iter().filter(|node| of_lane(node, lane)).collect();
    let all = LANES.into_iter().map(|lane| (lane, of(lane)));
    all.filter(|(_, nodes): &(_, Vec<&Node>)| !nodes.is_empty()).collect()
}

fn draw_box(picture: &mut Picture, diagram: &Diagram, node: &Node, (x, y): Point) {
    let fill = node.level.map_or(Colour::Surface, Colour::Level);
    let ink = node.level.map_or(Colour::Ink, Colour::OnLevel);
    let edge = Look::fill(fill).edged(Colour::Edge, if node.planned { 16 } else { 10 });
    picture.rect((x, y), BOX, if node.planned { edge.dashed() } else { edge });
    let style = Type::new(112, ink);
    let lines = wrap(&node.label, BOX.0 - 110, style.size, false, 2);
    picture.lines((x + 55, y + 140), &lines, style);
    let base = y + BOX.1 - 60;
    // Lines have colours of their own, so they stand on a plain ground whatever the level.
    picture.rect((x + 12, base - 105), (BOX.0 - 24, 150), Look::fill(Colour::Surface));
    let level = match (node.level, &node.building_block) {
        (Some(level), _) => level.to_string(),
        (None, Some(_)) => "?".to_owned(),
        (None, None) => String::new(),
    };
    picture.text((x + BOX.0 - 60, base), level, Type::new(112, Colour::Ink).bold().end());
    let mut left = x + 55;
    for (look, count) in links(diagram, node) {
        let words = count.to_string();
        picture.line(vec![(left, base - 38), (left + 110, base - 38)], look);
        let style = Type::new(100, Colour::Ink);
        let wide = style.measure(&words);
        picture.text((left + 135, base), words, style);
        left += 135 + wide + 70;
    }
}

/// Kinds of links of a box that it has any of, and how many.
fn links(diagram: &Diagram, node: &Node) -> Vec<(Look, usize)> {
    let of_it = || diagram.edges.iter().filter(|edge| edge.from == node.id || edge.to == node.id);
    let counts = [Colour::Accent, Colour::Ochre, Colour::Edge, Colour::Bad].map(|colour| {
        let look = Look::line(colour, if colour == Colour::Edge { 12 } else { 24 });
        (look, of_it().filter(|edge| kind(edge) == colour).count())
    });
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn key(picture: &mut Picture, report: &Report<'_>, y: i32) {
    picture.level_key((0, y), report.t("level.unknown"), report.t("architecture.level"));
    let lines = [
        (Colour::Accent, report.t("path.exchange")),
        (Colour::Ochre, report.t("architecture.beside")),
        (Colour::Edge, report.t("path.uses")),
        (Colour::Bad, report.t("architecture.replace")),
    ];
    let mut x = 0;
    for (colour, words) in lines {
        let look = Look::line(colour, if colour == Colour::Edge { 12 } else { 24 });
        picture.line(vec![(x, y + 310), (x + 260, y + 310)], look);
        picture.text((x + 320, y + 345), words, Type::NOTE);
        x += 320 + Type::NOTE.measure(words) + 180;
    }
    picture.text((0, y + 540), report.t("architecture.links"), Type::NOTE);
}
