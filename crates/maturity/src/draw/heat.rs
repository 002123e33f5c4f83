//! Heat map: what each institution answered, by dimension.

use std::collections::BTreeMap;

use super::letters::wrap;
use super::{Colour, Look, Picture, Type};
use crate::report::Report;

const LEFT: i32 = 2350;
const ROW: i32 = 300;
const TOP: i32 = 260;

/// Sum of levels and how many, and how many unknown, of one institution in one dimension.
#[derive(Clone, Copy, Default)]
struct Cell {
    sum: i32,
    known: i32,
    unknown: i32,
}

/// Mean counted level of each institution's answers; hatched where it answered "unknown" only.
#[must_use]
pub fn heat(report: &Report<'_>) -> Picture {
    let cells = cells(report);
    let dimensions: Vec<&str> =
        report.dimensions().map(|(dimension, _)| dimension.id.as_str()).collect();
    let mut institutions: Vec<&str> = cells.keys().map(|(institution, _)| *institution).collect();
    institutions.dedup();
    let height = TOP + ROW * institutions.len() as i32 + 320;
    let mut picture = Picture::new("heat", report.t("heat.title"), 7200, height);
    let wide = (7200 - LEFT) / dimensions.len().max(1) as i32;
    for (dimension, x) in dimensions.iter().zip((0..).map(|at| LEFT + at * wide)) {
        picture.text((x + wide / 2, TOP - 90), *dimension, Type::LABEL.middle().bold());
    }
    let colon = report.t("number.colon");
    let mut told = Vec::new();
    for (institution, y) in institutions.iter().zip((0..).map(|at| TOP + at * ROW)) {
        let name = wrap(report.institution(institution), LEFT - 100, 112, false, 1).remove(0);
        picture.text((0, y + 180), name, Type::new(112, Colour::Ink));
        let mut said = Vec::new();
        for (dimension, x) in dimensions.iter().zip((0..).map(|at| LEFT + at * wide)) {
            let cell = cells.get(&(*institution, *dimension)).copied().unwrap_or_default();
            if let Some(words) = draw(&mut picture, report, cell, (x, y), (wide, ROW)) {
                said.push(format!("{dimension} {words}"));
            }
        }
        told.push(format!("{}{colon}{}", report.institution(institution), said.join(", ")));
    }
    picture.description = told.join("; ");
    let key = (LEFT, height - 190);
    picture.level_key(key, report.t("level.unknown"), report.t("heat.key"));
    picture
}

fn cells<'a>(report: &Report<'a>) -> BTreeMap<(&'a str, &'a str), Cell> {
    let mut cells: BTreeMap<(&str, &str), Cell> = BTreeMap::new();
    for (id, answer) in &report.round.answers {
        let (Some(indicator), Some(score)) = (report.indicator(id), report.score(id)) else {
            continue;
        };
        let key = (answer.institution.as_str(), indicator.dimension.as_str());
        let cell = cells.entry(key).or_default();
        match score.level {
            Some(level) => {
                cell.sum += i32::from(level);
                cell.known += 1;
            }
            None => cell.unknown += 1,
        }
    }
    cells
}

/// Draws a cell and returns its figure; nothing where the institution was not asked.
fn draw(
    picture: &mut Picture,
    report: &Report<'_>,
    cell: Cell,
    corner: (i32, i32),
    size: (i32, i32),
) -> Option<String> {
    if cell.known > 0 {
        let tenths = (cell.sum * 20 / cell.known + 1) / 2;
        let words = format!("{}{}{}", tenths / 10, report.t("number.decimal"), tenths % 10);
        let level = ((tenths + 5) / 10) as u8;
        picture.level_cell(corner, size, Some(level), &words);
        return Some(words);
    }
    if cell.unknown > 0 {
        let inner = (size.0 - 20, size.1 - 20);
        picture.hatch((corner.0 + 10, corner.1 + 10), inner);
        return Some(report.t("level.unknown").to_owned());
    }
    let (middle, across) = (corner.1 + size.1 / 2, corner.0 + size.0 / 2);
    picture.line(vec![(across - 40, middle), (across + 40, middle)], Look::line(Colour::Rule, 12));
    None
}
