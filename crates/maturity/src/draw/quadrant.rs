//! Services by readiness and impact, in the four quadrants.

use super::letters::wrap;
use super::{Colour, Look, Picture, Point, Type};
use crate::report::Report;
use crate::result::{Quadrant, RankedService};

const LEFT: i32 = 420;
const TOP: i32 = 220;
const SIDE: Point = (6600, 4400);
/// Impact and readiness from which a service counts as high, in thousandths.
const CUT: i64 = 600;
const DOT: i32 = 95;

/// The chart: a numbered dot a service, named where there is room; the number leads to the table.
#[must_use]
pub fn quadrant(report: &Report<'_>) -> Picture {
    let services = &report.assessment.services;
    let mut picture = Picture::new("quadrant", report.t("quadrant.title"), 7200, 5080);
    picture.description = told(report, services);
    ground(&mut picture, report);
    let places: Vec<Point> = spread_apart(services);
    let mut taken: Vec<(Point, Point)> = places
        .iter()
        .map(|(x, y)| ((x - DOT - 20, y - DOT - 20), (x + DOT + 20, y + DOT + 20)))
        .collect();
    for (service, (x, y)) in services.iter().zip(&places) {
        let (fill, ink) = match service.quadrant {
            Quadrant::A => (Colour::Level(4), Colour::OnLevel(4)),
            Quadrant::B => (Colour::Level(3), Colour::OnLevel(3)),
            Quadrant::C => (Colour::Level(2), Colour::OnLevel(2)),
            Quadrant::D => (Colour::Level(0), Colour::OnLevel(0)),
        };
        let edge = if service.rights_flag { (Colour::Bad, 22) } else { (Colour::Edge, 8) };
        picture.circle((*x, *y), DOT, Look::fill(fill).edged(edge.0, edge.1));
        let number = Type::new(100, ink).middle().bold();
        picture.text((*x, y + 36), service.rank.to_string(), number);
        name(&mut picture, report.service(&service.id), (*x, *y), &mut taken);
    }
    picture
}

/// Services told of each quadrant to those who cannot see the chart; the table below has all.
const TOLD_MAX: usize = 5;

fn told(report: &Report<'_>, services: &[RankedService]) -> String {
    let kinds = [Quadrant::A, Quadrant::B, Quadrant::C, Quadrant::D].map(|quadrant| {
        let inside = services.iter().filter(|one| one.quadrant == quadrant);
        let names: Vec<&str> = inside.map(|one| report.service(&one.id)).collect();
        let first = names.iter().take(TOLD_MAX).copied().collect::<Vec<_>>().join(", ");
        let rest = names.len().saturating_sub(TOLD_MAX).to_string();
        let more = if names.len() > TOLD_MAX {
            format!(" {}", report.fill("gaps.more", &[("n", &rest)]))
        } else {
            String::new()
        };
        format!("{quadrant:?}{}{first}{more}", report.t("number.colon"))
    });
    kinds.join("; ")
}

fn place(readiness: i64, impact: i64) -> Point {
    let x = i64::from(SIDE.0) * readiness.clamp(0, 1000) / 1000;
    let y = i64::from(SIDE.1) * impact.clamp(0, 1000) / 1000;
    (LEFT + x as i32, TOP + SIDE.1 - y as i32)
}

/// Places, moved sideways until no two dots cover each other.
fn spread_apart(services: &[RankedService]) -> Vec<Point> {
    let mut places: Vec<Point> = Vec::new();
    for service in services {
        let (x, y) = place(service.readiness, service.impact);
        let (mut x, y) = (x.max(LEFT + DOT), y.clamp(TOP + 330, TOP + SIDE.1 - 300));
        let touches = |x: i32| {
            places.iter().any(|at| (at.0 - x).abs() < 2 * DOT && (at.1 - y).abs() < 2 * DOT)
        };
        while touches(x) && x < LEFT + SIDE.0 - 2 * DOT {
            x += DOT / 2;
        }
        places.push((x.min(LEFT + SIDE.0 - DOT), y));
    }
    places
}

fn ground(picture: &mut Picture, report: &Report<'_>) {
    let (cut_x, cut_y) = place(CUT, CUT);
    let right = LEFT + SIDE.0;
    let bottom = TOP + SIDE.1;
    picture.rect((cut_x, TOP), (right - cut_x, cut_y - TOP), Look::fill(Colour::AccentSoft));
    picture.rect((LEFT, TOP), SIDE, Look::line(Colour::Edge, 8));
    picture.line(vec![(cut_x, TOP), (cut_x, bottom)], Look::line(Colour::Edge, 8).dashed());
    picture.line(vec![(LEFT, cut_y), (right, cut_y)], Look::line(Colour::Edge, 8).dashed());
    let head = Type::new(120, Colour::Soft).bold();
    picture.text((LEFT + 80, TOP + 170), report.t("quadrant.b"), head);
    picture.text((right - 80, TOP + 170), report.t("quadrant.a"), head.end());
    picture.text((LEFT + 80, bottom - 80), report.t("quadrant.d"), head);
    picture.text((right - 80, bottom - 80), report.t("quadrant.c"), head.end());
    for (at, share) in [(0, "0"), (250, "25"), (500, "50"), (750, "75"), (1000, "100")] {
        let (x, y) = place(at, at);
        picture.text((x, bottom + 150), share, Type::NOTE.middle());
        picture.text((LEFT - 60, y + 40), share, Type::NOTE.end());
    }
    let middle = (LEFT + SIDE.0 / 2, bottom + 340);
    picture.text(middle, report.t("quadrant.readiness"), Type::LABEL.middle());
    picture.text((0, TOP - 100), report.t("quadrant.impact"), Type::LABEL);
    let flag = (right - 2300, bottom + 300);
    picture.circle(flag, 70, Look::fill(Colour::Surface).edged(Colour::Bad, 22));
    picture.text((flag.0 + 130, flag.1 + 40), report.t("quadrant.rights"), Type::NOTE);
}

/// Writes the name at the first free side of the dot; leaves it out when all are taken.
fn name(picture: &mut Picture, name: &str, dot: Point, taken: &mut Vec<(Point, Point)>) {
    let style = Type::new(108, Colour::Ink);
    let words = wrap(name, 1500, style.size, false, 1).remove(0);
    let (wide, (x, y)) = (style.measure(&words), dot);
    let sides = [
        (x + DOT + 50, y + 38),
        (x - DOT - 50 - wide, y + 38),
        (x - wide / 2, y - DOT - 50),
        (x - wide / 2, y + DOT + 120),
        (x + DOT - 20, y - DOT - 10),
        (x + DOT - 20, y + DOT + 80),
        (x - DOT + 20 - wide, y - DOT - 10),
        (x - DOT + 20 - wide, y + DOT + 80),
    ];
    for (left, base) in sides {
        let box_of = ((left - 20, base - 95), (left + wide + 20, base + 30));
        let inside = box_of.0.0 >= LEFT
            && box_of.1.0 <= LEFT + SIDE.0
            && box_of.0.1 >= TOP + 200
            && box_of.1.1 <= TOP + SIDE.1 - 200;
        if inside && !taken.iter().any(|other| overlap(*other, box_of)) {
            picture.text((left, base), words, style);
            taken.push(box_of);
            return;
        }
    }
}

fn overlap(one: (Point, Point), other: (Point, Point)) -> bool {
    one.0.0 < other.1.0 && other.0.0 < one.1.0 && one.0.1 < other.1.1 && other.0.1 < one.1.1
}
