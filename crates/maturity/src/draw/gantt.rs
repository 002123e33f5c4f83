//! The roadmap in time: phases, actions, the critical path and milestones.

use super::letters::wrap;
use super::{Colour, Look, Picture, Type};
use crate::report::Report;
use crate::result::{Action, Roadmap};

const LEFT: i32 = 3000;
const RIGHT: i32 = 7180;
const ROW: i32 = 190;
const TOP: i32 = 620;

/// The chart.
#[must_use]
pub fn gantt(report: &Report<'_>) -> Picture {
    let roadmap = &report.assessment.roadmap;
    let rows = roadmap.actions.len() as i32;
    let height = TOP + ROW * rows + 620;
    let mut picture = Picture::new("gantt", report.t("gantt.title"), 7200, height);
    picture.description = report.fill(
        "gantt.described",
        &[
            ("actions", &roadmap.actions.len().to_string()),
            ("months", &roadmap.months.to_string()),
            ("path", &roadmap.critical_path.join(", ")),
        ],
    );
    let scale = Scale { months: roadmap.months.max(1) as i32 };
    let bottom = TOP + ROW * rows;
    ground(&mut picture, report, roadmap, &scale, bottom);
    for (action, y) in roadmap.actions.iter().zip((0..).map(|at| TOP + at * ROW)) {
        row(&mut picture, roadmap, action, &scale, y);
    }
    milestones(&mut picture, report, roadmap, &scale, bottom);
    key(&mut picture, report, height - 60);
    picture
}

struct Scale {
    months: i32,
}

impl Scale {
    /// Where month `month` (the first is 1) begins.
    fn start(&self, month: u32) -> i32 {
        LEFT + (RIGHT - LEFT) * (month as i32 - 1).clamp(0, self.months) / self.months
    }
}

fn ground(
    picture: &mut Picture,
    report: &Report<'_>,
    roadmap: &Roadmap,
    scale: &Scale,
    bottom: i32,
) {
    for (phase, at) in roadmap.phases.iter().zip(0..) {
        let (from, to) = (scale.start(phase.first_month), scale.start(phase.last_month + 1));
        let look = if at % 2 == 0 { Colour::Inset } else { Colour::Surface };
        picture.rect((from, 0), (to - from, bottom), Look::fill(look));
        picture.line(vec![(from, 0), (from, bottom)], Look::line(Colour::Rule, 8));
        let number = report.fill("gantt.phase", &[("n", &phase.n.to_string())]);
        picture.text((from + 50, 140), number, Type::NOTE.bold());
        let lines = wrap(&phase.name, to - from - 80, 102, false, 2);
        picture.lines((from + 50, 275), &lines, Type::new(102, Colour::Ink));
    }
    let step = if scale.months > 24 { 6 } else { 3 };
    for month in (0..=scale.months).step_by(step) {
        let x = scale.start(month as u32 + 1);
        picture.line(vec![(x, TOP - 90), (x, bottom)], Look::line(Colour::Rule, 5));
        if month < scale.months {
            picture.text((x + 20, TOP - 60), (month + 1).to_string(), Type::new(98, Colour::Soft));
        }
    }
    picture.text((0, TOP - 60), report.t("gantt.month"), Type::new(98, Colour::Soft));
    picture.line(vec![(0, TOP - 30), (RIGHT, TOP - 30)], Look::line(Colour::Edge, 8));
}

fn row(picture: &mut Picture, roadmap: &Roadmap, action: &Action, scale: &Scale, y: i32) {
    let critical = roadmap.critical_path.contains(&action.id);
    let style =
        if critical { Type::new(102, Colour::Ink).bold() } else { Type::new(102, Colour::Ink) };
    picture.text((0, y + 125), action.id.clone(), style);
    let name = wrap(&action.title, LEFT - 640, style.size, critical, 1).remove(0);
    picture.text((570, y + 125), name, style);
    let from = scale.start(action.first_month);
    let to = scale.start(action.last_month + 1).max(from + 40);
    let (corner, size) = ((from + 6, y + 35), (to - from - 12, 115));
    if critical {
        picture.rect(corner, size, Look::fill(Colour::Level(4)));
        // A second sign beside the tone: a light line along the bar.
        let middle = y + 92;
        picture.line(
            vec![(corner.0 + 25, middle), (corner.0 + size.0 - 25, middle)],
            Look::line(Colour::OnLevel(4), 14),
        );
    } else {
        picture.rect(corner, size, Look::fill(Colour::Level(2)).edged(Colour::Accent, 8));
    }
}

fn milestones(
    picture: &mut Picture,
    report: &Report<'_>,
    roadmap: &Roadmap,
    scale: &Scale,
    bottom: i32,
) {
    let y = bottom + 170;
    picture.line(vec![(0, bottom), (RIGHT, bottom)], Look::line(Colour::Edge, 8));
    picture.text((0, y + 40), report.t("gantt.milestones"), Type::new(102, Colour::Ink).bold());
    let mut free_from = [LEFT - 400; 2];
    for milestone in &roadmap.milestones {
        let x = scale.start(milestone.month + 1);
        picture.line(vec![(x, TOP - 30), (x, y)], Look::line(Colour::Ochre, 7).dashed());
        let diamond = vec![(x, y - 75), (x + 75, y), (x, y + 75), (x - 75, y)];
        picture.shape(diamond, Look::fill(Colour::Ochre).edged(Colour::Surface, 10));
        let words = format!("{} ≥ {}", milestone.indicator, milestone.level);
        let style = Type::new(95, Colour::Ink).middle();
        let wide = style.measure(&words);
        let line = if free_from[0] <= x - wide / 2 { 0 } else { 1 };
        if free_from[line] <= x - wide / 2 {
            let middle = x.min(RIGHT - wide / 2);
            picture.text((middle, y + 190 + 120 * line as i32), words, style);
            free_from[line] = middle + wide / 2 + 40;
        }
    }
}

fn key(picture: &mut Picture, report: &Report<'_>, y: i32) {
    picture.rect((0, y - 95), (300, 115), Look::fill(Colour::Level(4)));
    picture.line(vec![(25, y - 38), (275, y - 38)], Look::line(Colour::OnLevel(4), 14));
    picture.text((370, y), report.t("gantt.critical"), Type::NOTE);
    picture.rect((2000, y - 95), (300, 115), Look::fill(Colour::Level(2)).edged(Colour::Accent, 8));
    picture.text((2370, y), report.t("gantt.other"), Type::NOTE);
    let (x, middle) = (3900, y - 38);
    let diamond = vec![(x, middle - 75), (x + 75, middle), (x, middle + 75), (x - 75, middle)];
    picture.shape(diamond, Look::fill(Colour::Ochre));
    picture.text((4040, y), report.t("gantt.milestone"), Type::NOTE);
}
