//! Who sends data to whom: institution by institution.

use super::letters::wrap;
use super::{Colour, Look, Picture, Point, Type};
use crate::logarithm::share_of_largest;
use crate::report::Report;
use crate::result::FlowCell;

const LEFT: i32 = 2700;
const TOP: i32 = 480;
const ROW: i32 = 370;

/// The matrix: senders down, receivers across. Figures are calls; corners mark flows beside the exchange and
/// without an agreement.
#[must_use]
pub fn flows(report: &Report<'_>) -> Picture {
    let matrix = &report.assessment.flows;
    let all = matrix.institutions.len() as i32;
    let height = TOP + ROW * all + 560;
    let mut picture = Picture::new("flows", report.t("flows.title"), 7200, height);
    let wide = (7200 - LEFT - 20) / all.max(1);
    picture.text((0, TOP - 100), report.t("flows.from"), Type::NOTE);
    picture.text((LEFT, TOP - 310), report.t("flows.to"), Type::NOTE);
    for (institution, at) in matrix.institutions.iter().zip(0..) {
        let (x, y) = (LEFT + at * wide, TOP + at * ROW);
        let number = (at + 1).to_string();
        picture.text((x + wide / 2, TOP - 100), number.clone(), Type::LABEL.middle().bold());
        picture.text((0, y + 220), number, Type::LABEL.bold());
        let name = wrap(report.institution(institution), LEFT - 320, 112, false, 2);
        let top = if name.len() > 1 { y + 160 } else { y + 220 };
        picture.lines((230, top), &name, Type::new(112, Colour::Ink));
        // Nobody sends to itself.
        picture.rect((x, y), (wide, ROW), Look::fill(Colour::Inset));
    }
    let most = matrix.cells.iter().map(|cell| cell.calls).max().unwrap_or(0);
    let place = |id: &str| matrix.institutions.iter().position(|one| one == id);
    let colon = report.t("number.colon");
    let mut told = Vec::new();
    for cell in &matrix.cells {
        let (Some(row), Some(column)) = (place(&cell.from), place(&cell.to)) else { continue };
        let corner = (LEFT + column as i32 * wide, TOP + row as i32 * ROW);
        draw(&mut picture, report, cell, (corner, (wide, ROW)), share_of_largest(cell.calls, most));
        let (from, to) = (report.institution(&cell.from), report.institution(&cell.to));
        told.push(format!("{from} → {to}{colon}{}", report.count(cell.calls)));
    }
    grid(&mut picture, all, wide);
    picture.description = told.join("; ");
    key(&mut picture, report, height - 300);
    picture
}

fn draw(
    picture: &mut Picture,
    report: &Report<'_>,
    cell: &FlowCell,
    (corner, size): (Point, Point),
    share: i64,
) {
    let level = (cell.calls > 0).then_some(1 + (share * 3 / 1000) as u8);
    let ink = level.map_or(Colour::Ink, Colour::OnLevel);
    if let Some(level) = level {
        picture.rect(corner, size, Look::fill(Colour::Level(level)));
    }
    let words = match cell.calls {
        0 => report.t("flows.told").to_owned(),
        calls => compact(report, calls),
    };
    let middle = (corner.0 + size.0 / 2, corner.1 + size.1 / 2 + 40);
    picture.text(middle, words, Type::new(108, ink).middle());
    if cell.beside > 0 {
        beside(picture, (corner.0 + size.0, corner.1));
    }
    if cell.without_agreement > 0 {
        let at = (corner.0 + 75, corner.1 + size.1 - 75);
        picture.circle(at, 42, Look::fill(Colour::Surface).edged(Colour::Bad, 22));
    }
}

/// A corner at the top right of a cell.
fn beside(picture: &mut Picture, (x, y): Point) {
    picture.shape(vec![(x - 150, y), (x, y), (x, y + 150)], Look::fill(Colour::Bad));
}

/// Thousands and millions in a letter.
fn compact(report: &Report<'_>, calls: u64) -> String {
    match calls {
        0..1_000 => calls.to_string(),
        1_000..1_000_000 => format!("{} k", calls / 1_000),
        _ => {
            let tenths = calls / 100_000;
            format!("{}{}{} M", tenths / 10, report.t("number.decimal"), tenths % 10)
        }
    }
}

fn grid(picture: &mut Picture, all: i32, wide: i32) {
    let look = Look::line(Colour::Rule, 8);
    for at in 0..=all {
        let (x, y) = (LEFT + at * wide, TOP + at * ROW);
        picture.line(vec![(x, TOP), (x, TOP + all * ROW)], look);
        picture.line(vec![(LEFT, y), (LEFT + all * wide, y)], look);
    }
}

fn key(picture: &mut Picture, report: &Report<'_>, y: i32) {
    beside(picture, (LEFT + 150, y - 20));
    picture.text((LEFT + 240, y + 90), report.t("flows.beside"), Type::NOTE);
    let dot = (LEFT + 80, y + 230);
    picture.circle(dot, 42, Look::fill(Colour::Surface).edged(Colour::Bad, 22));
    picture.text((LEFT + 240, y + 270), report.t("flows.without"), Type::NOTE);
}
