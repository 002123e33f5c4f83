//! How far the country's level hangs on the weights.

use super::{Colour, Look, Picture, Type};
use crate::report::Report;

const LEFT: i32 = 2600;
const WIDTH: i32 = 3800;
const ROW: i32 = 300;
const TOP: i32 = 60;

/// One bar a level: the share of draws that ended there.
#[must_use]
pub fn histogram(report: &Report<'_>) -> Picture {
    let sensitivity = &report.assessment.scores.sensitivity;
    let mut picture =
        Picture::new("sensitivity", report.t("sensitivity.title"), 7200, TOP + ROW * 5 + 60);
    let all = i64::from(sensitivity.draws.max(1));
    let colon = report.t("number.colon");
    let mut told = Vec::new();
    for (level, count) in (0_u8..).zip(sensitivity.levels) {
        let y = TOP + i32::from(level) * ROW;
        picture.level_cell((0, y + 20), (240, ROW - 60), Some(level), &level.to_string());
        picture.text((330, y + 190), report.level_name(level), Type::LABEL);
        let wide = (i64::from(WIDTH) * i64::from(count) / all) as i32;
        picture.rect((LEFT, y + 20), (WIDTH, ROW - 60), Look::fill(Colour::Inset));
        let look = Look::fill(Colour::Level(level)).edged(Colour::Edge, 8);
        if count > 0 {
            picture.rect((LEFT, y + 20), (wide.max(20), ROW - 60), look);
        }
        let share = report.share(i64::from(count) * 1000 / all);
        picture.text((LEFT + WIDTH + 90, y + 190), share.clone(), Type::LABEL);
        told.push(format!("{level}{colon}{share}"));
    }
    picture.description = told.join("; ");
    picture
}
