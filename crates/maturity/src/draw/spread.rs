//! How the indicators of each dimension are spread over the levels.

use super::{Colour, Look, Picture, Type};
use crate::draw::letters::wrap;
use crate::instrument::Dimension;
use crate::report::Report;

const LEFT: i32 = 2900;
const WIDTH: i32 = 4200;
const ROW: i32 = 260;
const TOP: i32 = 60;

/// One bar a dimension: indicators at 0 to 4, unknown, and not planned.
#[must_use]
pub fn spread(report: &Report<'_>) -> Picture {
    let rows: Vec<&Dimension> = report.dimensions().map(|(dimension, _)| dimension).collect();
    let height = TOP + ROW * rows.len() as i32 + 330;
    let mut picture = Picture::new("spread", report.t("spread.title"), 7200, height);
    let mut told = Vec::new();
    for (dimension, y) in rows.iter().zip((0..).map(|at| TOP + at * ROW)) {
        told.push(row(&mut picture, report, dimension, y));
    }
    picture.description = told.join("; ");
    let y = height - 190;
    picture.level_key((LEFT, y), report.t("level.unknown"), report.t("spread.key"));
    picture
}

/// Draws one bar and returns what it says in words.
fn row(picture: &mut Picture, report: &Report<'_>, dimension: &Dimension, y: i32) -> String {
    let name = wrap(&dimension.name, LEFT - 520, 112, false, 1).remove(0);
    picture.text((0, y + 150), dimension.id.clone(), Type::LABEL.bold());
    picture.text((420, y + 150), name, Type::new(112, Colour::Ink));
    let mut counts = [0_i32; 5];
    let mut unknown = 0;
    for (_, score) in report.indicators_of(&dimension.id).filter(|(_, one)| !one.not_planned) {
        match score.level {
            Some(level) => counts[usize::from(level.min(4))] += 1,
            None => unknown += 1,
        }
    }
    let all = (counts.iter().sum::<i32>() + unknown).max(1);
    let mut x = LEFT;
    let mut seen = 0;
    // Edges from running sums, so that the last one meets the end exactly.
    let mut next = |count: i32| {
        seen += count;
        LEFT + WIDTH * seen / all
    };
    for (level, count) in (0_u8..).zip(counts) {
        let to = next(count);
        if count > 0 {
            picture.level_cell((x, y), (to - x, ROW - 50), Some(level), &count.to_string());
        }
        x = to;
    }
    if unknown > 0 {
        let (corner, size) = ((x, y), (next(unknown) - x, ROW - 50));
        picture.hatch(corner, size);
        let middle = corner.0 + size.0 / 2;
        picture.rect((middle - 80, y + 30), (160, 150), Look::fill(Colour::Surface));
        picture.text((middle, y + 147), unknown.to_string(), Type::LABEL.middle());
    }
    let levels = counts.map(|count| count.to_string()).join("/");
    format!("{} {levels}, {} {unknown}", dimension.id, report.t("level.unknown"))
}
