//! The roadmap in time: phases, actions, the critical path and milestones.

use std::collections::BTreeSet;

use super::letters::wrap;
use super::{Colour, Look, Picture, Type};
use crate::report::Report;
use crate::result::{Action, Milestone, Phase, Roadmap};

const LEFT: i32 = 3000;
const RIGHT: i32 = 7180;
const ROW: i32 = 190;
const TOP: i32 = 620;
/// More rows than this cannot be read on one page.
const ROWS_MAX: usize = 40;

/// More lines than this from milestones up to their bars would hide the bars.
const LINES_MAX: usize = 12;

/// The chart; one for each phase where all actions together would be too many to read.
#[must_use]
pub fn gantts(report: &Report<'_>) -> Vec<Picture> {
    let roadmap = &report.assessment.roadmap;
    if roadmap.actions.len() <= ROWS_MAX {
        let all: Vec<&Action> = roadmap.actions.iter().collect();
        return vec![chart(report, &all, "gantt", report.t("gantt.title"))];
    }
    let mut pictures = Vec::new();
    for phase in &roadmap.phases {
        let of_it: Vec<&Action> =
            roadmap.actions.iter().filter(|action| action.phase == phase.n).collect();
        let values = [("n", &*phase.n.to_string()), ("name", &*phase.name)];
        let title = report.fill("gantt.of-phase", &values);
        // Charts of nearly the same length, not a full one and a rest.
        let charts = of_it.len().div_ceil(ROWS_MAX).max(1);
        let rows_each = of_it.len().div_ceil(charts).max(1);
        for (at, rows) in (1..).zip(of_it.chunks(rows_each)) {
            let id = format!("gantt-{}-{at}", phase.n);
            let part = if charts > 1 { format!(" ({at}/{charts})") } else { String::new() };
            pictures.push(chart(report, rows, &id, &format!("{title}{part}")));
        }
    }
    pictures
}

fn chart(report: &Report<'_>, actions: &[&Action], id: &str, title: &str) -> Picture {
    let roadmap = &report.assessment.roadmap;
    let bottom = TOP + ROW * actions.len() as i32;
    let mut picture = Picture::new(id, title, 7200, bottom + 840);
    let critical: Vec<&str> = roadmap
        .critical_path
        .iter()
        .filter(|id| actions.iter().any(|action| action.id == **id))
        .map(String::as_str)
        .collect();
    let scale = Scale::of(actions);
    picture.description = report.fill(
        "gantt.described",
        &[
            ("actions", &actions.len().to_string()),
            ("months", &scale.months.to_string()),
            ("path", &critical.join(", ")),
        ],
    );
    ground(&mut picture, report, &phases(roadmap, actions), &scale, bottom);
    for (action, y) in actions.iter().zip((0..).map(|at| TOP + at * ROW)) {
        row(&mut picture, roadmap, action, &scale, y);
    }
    milestones(&mut picture, report, &reached(roadmap, actions), &scale, bottom);
    key(&mut picture, report, bottom + 780);
    picture
}

/// Milestones at the end of one of these actions.
fn reached<'a>(roadmap: &'a Roadmap, actions: &[&Action]) -> Vec<&'a Milestone> {
    let ends_one = |milestone: &&Milestone| {
        actions.iter().any(|action| {
            action.indicator == milestone.indicator && action.last_month == milestone.month
        })
    };
    roadmap.milestones.iter().filter(ends_one).collect()
}

/// Phases of these actions.
fn phases<'a>(roadmap: &'a Roadmap, actions: &[&Action]) -> Vec<&'a Phase> {
    let has_one = |phase: &&Phase| actions.iter().any(|action| action.phase == phase.n);
    roadmap.phases.iter().filter(has_one).collect()
}

/// Months of a chart.
struct Scale {
    first: i32,
    months: i32,
}

impl Scale {
    fn of(actions: &[&Action]) -> Self {
        let first = actions.iter().map(|action| action.first_month).min().unwrap_or(1) as i32;
        let last = actions.iter().map(|action| action.last_month).max().unwrap_or(1) as i32;
        Self { first, months: (last + 1 - first).max(1) }
    }

    /// Where month `month` (the first is 1) begins.
    fn start(&self, month: u32) -> i32 {
        let passed = (month as i32 - self.first).clamp(0, self.months);
        LEFT + (RIGHT - LEFT) * passed / self.months
    }
}

fn ground(
    picture: &mut Picture,
    report: &Report<'_>,
    phases: &[&Phase],
    scale: &Scale,
    bottom: i32,
) {
    for (phase, at) in phases.iter().zip(0..) {
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
    for passed in (0..=scale.months).step_by(step) {
        let month = scale.first + passed;
        let x = scale.start(month as u32);
        picture.line(vec![(x, TOP - 90), (x, bottom)], Look::line(Colour::Rule, 5));
        if passed < scale.months {
            picture.text((x + 20, TOP - 60), month.to_string(), Type::new(98, Colour::Soft));
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
    milestones: &[&Milestone],
    scale: &Scale,
    bottom: i32,
) {
    let y = bottom + 170;
    picture.line(vec![(0, bottom), (RIGHT, bottom)], Look::line(Colour::Edge, 8));
    picture.text((0, y + 40), report.t("gantt.milestones"), Type::new(102, Colour::Ink).bold());
    let mut free_from = [LEFT - 400; 2];
    let months: BTreeSet<u32> = milestones.iter().map(|milestone| milestone.month).collect();
    let few = months.len() <= LINES_MAX;
    for milestone in milestones {
        let x = scale.start(milestone.month + 1);
        if few {
            picture.line(vec![(x, TOP - 30), (x, y)], Look::line(Colour::Ochre, 7).dashed());
        }
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
