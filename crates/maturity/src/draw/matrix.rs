//! The twelve cells: identity, payments and exchange by exists and works, interoperable, governed, shared.

use super::letters::wrap;
use super::{Colour, Look, Picture, Type};
use crate::report::Report;
use crate::result::CellScore;

const LEFT: i32 = 1450;
const TOP: i32 = 420;
const HIGH: i32 = 780;
const GAP: i32 = 60;

/// The chart. A red gate crosses its cell out.
#[must_use]
pub fn matrix(report: &Report<'_>) -> Picture {
    let cells = &report.assessment.scores.matrix;
    let components = in_order(cells.iter().map(|cell| cell.component.as_str()));
    let questions = in_order(cells.iter().map(|cell| cell.question.as_str()));
    let height = TOP + HIGH * components.len() as i32;
    let mut picture = Picture::new("matrix", report.t("matrix.title"), 7200, height);
    let wide = (7200 - LEFT) / questions.len().max(1) as i32;
    for (question, x) in questions.iter().zip((0..).map(|at| LEFT + at * wide)) {
        let lines = wrap(report.question(question), wide - 120, 115, true, 2);
        let top = TOP - 100 - 140 * (lines.len() as i32 - 1);
        picture.lines((x + 20, top), &lines, Type::LABEL.bold());
    }
    for (component, y) in components.iter().zip((0..).map(|at| TOP + at * HIGH)) {
        let lines = wrap(report.component(component), LEFT - 150, 130, true, 3);
        picture.lines((0, y + 200), &lines, Type::new(130, Colour::Ink).bold());
        for (question, x) in questions.iter().zip((0..).map(|at| LEFT + at * wide)) {
            let found = cells
                .iter()
                .find(|cell| cell.component == *component && cell.question == *question);
            if let Some(cell) = found {
                draw(&mut picture, report, cell, (x, y), (wide - GAP, HIGH - GAP));
            }
        }
    }
    picture.description =
        cells.iter().map(|cell| told(report, cell)).collect::<Vec<_>>().join("; ");
    picture
}

/// Each name once, in the order of the instrument.
fn in_order<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

fn draw(
    picture: &mut Picture,
    report: &Report<'_>,
    cell: &CellScore,
    corner: (i32, i32),
    size: (i32, i32),
) {
    let (x, y) = corner;
    let ink = match cell.level {
        Some(level) => {
            picture.rect(corner, size, Look::fill(Colour::Level(level)).edged(Colour::Rule, 8));
            Colour::OnLevel(level)
        }
        None => {
            picture.hatch(corner, size);
            picture.rect((x + 40, y + 40), (size.0 - 80, size.1 - 80), Look::fill(Colour::Surface));
            Colour::Ink
        }
    };
    let figure = cell.level.map_or("?".to_owned(), |level| level.to_string());
    picture.text((x + 110, y + 320), figure, Type::new(300, ink).bold());
    let shown = match cell.score {
        Some(points) => report.fill("matrix.points", &[("n", &report.points(points))]),
        None => report.t("level.unknown").to_owned(),
    };
    picture.text((x + size.0 - 90, y + 300), shown, Type::new(112, ink).end());
    if cell.unavailable {
        picture.text((x + 110, y + 470), report.t("matrix.unavailable"), Type::new(108, ink));
    }
    if let Some(gate) = &cell.red_gate {
        let band = (x + 8, y + size.1 - 210);
        picture.rect(band, (size.0 - 16, 202), Look::fill(Colour::BadSoft));
        cross(picture, (x + 110, y + size.1 - 108));
        let words = wrap(gate, size.0 - 330, 108, true, 1).remove(0);
        picture.text((x + 220, y + size.1 - 70), words, Type::new(108, Colour::Bad).bold());
        picture.rect(corner, size, Look::line(Colour::Bad, 22));
    }
}

fn cross(picture: &mut Picture, middle: (i32, i32)) {
    let (x, y) = middle;
    picture.line(vec![(x - 45, y - 45), (x + 45, y + 45)], Look::line(Colour::Bad, 24));
    picture.line(vec![(x - 45, y + 45), (x + 45, y - 45)], Look::line(Colour::Bad, 24));
}

fn told(report: &Report<'_>, cell: &CellScore) -> String {
    let level = cell.level.map_or_else(|| report.t("level.unknown").to_owned(), |n| n.to_string());
    let gate = cell.red_gate.as_ref().map_or(String::new(), |gate| format!(" ({gate})"));
    let (component, question) =
        (report.component(&cell.component), report.question(&cell.question));
    let colon = report.t("number.colon");
    format!("{component}, {question}{colon}{level}{gate}")
}
