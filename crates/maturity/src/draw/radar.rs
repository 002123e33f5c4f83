//! Radar of the dimensions: score, interval from what is not answered, and the country's targets.

use super::geometry::on_spoke;
use super::letters::wrap;
use super::{Colour, Look, Picture, Point, Type};
use crate::instrument::Dimension;
use crate::report::Report;
use crate::result::{DimensionScore, Points};

const CENTRE: Point = (3600, 2550);
const RADIUS: i32 = 1750;
/// Labels stand a little outside.
const LABEL_RADIUS: i32 = 1900;

/// The chart.
#[must_use]
pub fn radar(report: &Report<'_>) -> Picture {
    let mut picture = Picture::new("radar", report.t("radar.title"), 7200, 5400);
    let spokes: Vec<(&Dimension, &DimensionScore)> = report.dimensions().collect();
    picture.description = description(report, &spokes);
    web(&mut picture, spokes.len());
    bands(&mut picture, &spokes);
    targets(&mut picture, report, &spokes);
    scores(&mut picture, &spokes);
    labels(&mut picture, report, &spokes);
    key(&mut picture, report);
    picture
}

fn description(report: &Report<'_>, spokes: &[(&Dimension, &DimensionScore)]) -> String {
    let told = spokes.iter().map(|(dimension, score)| {
        let shown = score
            .score
            .map_or_else(|| report.t("level.unknown").to_owned(), |points| report.points(points));
        format!("{} {shown}", dimension.name)
    });
    told.collect::<Vec<_>>().join("; ")
}

fn at(points: Points, spoke: usize, spokes: usize) -> Point {
    let radius = i64::from(RADIUS) * points.clamp(0, 10_000) / 10_000;
    on_spoke(CENTRE, radius as i32, spoke, spokes)
}

fn web(picture: &mut Picture, spokes: usize) {
    for ring in 1..=4 {
        let corners = (0..spokes).map(|spoke| at(ring * 2500, spoke, spokes)).collect();
        picture.shape(corners, Look::line(Colour::Rule, 8));
        let beside = (CENTRE.0 + 40, CENTRE.1 - RADIUS * ring as i32 / 4 + 110);
        picture.text(beside, (ring * 25).to_string(), Type::new(95, Colour::Soft));
    }
    for spoke in 0..spokes {
        let tip = at(10_000, spoke, spokes);
        picture.line(vec![CENTRE, tip], Look::line(Colour::Rule, 6));
    }
}

/// Where the score would lie with every unknown at its worst and at its best.
fn bands(picture: &mut Picture, spokes: &[(&Dimension, &DimensionScore)]) {
    let all = spokes.len();
    for (spoke, (_, score)) in spokes.iter().enumerate() {
        let after = (spoke + 1) % all;
        let next = spokes[after].1;
        let corners = vec![
            at(score.low, spoke, all),
            at(score.high, spoke, all),
            at(next.high, after, all),
            at(next.low, after, all),
        ];
        picture.shape(corners, Look::fill(Colour::Accent).faint());
    }
}

fn targets(picture: &mut Picture, report: &Report<'_>, spokes: &[(&Dimension, &DimensionScore)]) {
    let all = spokes.len();
    let corners = spokes.iter().enumerate().map(|(spoke, (dimension, _))| {
        let mut wanted = 0;
        let mut weights = 0;
        for (indicator, score) in report.indicators_of(&dimension.id) {
            if !score.not_planned {
                wanted += indicator.weight * i64::from(score.target) * 2500;
                weights += indicator.weight;
            }
        }
        at(wanted / weights.max(1), spoke, all)
    });
    let corners = corners.collect();
    picture.shape(corners, Look::line(Colour::Ochre, 16).dashed());
}

/// The line breaks where nothing is known.
fn scores(picture: &mut Picture, spokes: &[(&Dimension, &DimensionScore)]) {
    let all = spokes.len();
    for (spoke, (_, score)) in spokes.iter().enumerate() {
        let after = (spoke + 1) % all;
        if let (Some(here), Some(there)) = (score.score, spokes[after].1.score) {
            let line = vec![at(here, spoke, all), at(there, after, all)];
            picture.line(line, Look::line(Colour::Accent, 24));
        }
    }
    for (spoke, (_, score)) in spokes.iter().enumerate() {
        if let Some(points) = score.score {
            let look = Look::fill(Colour::Accent).edged(Colour::Surface, 12);
            picture.circle(at(points, spoke, all), 48, look);
        }
    }
}

fn labels(picture: &mut Picture, report: &Report<'_>, spokes: &[(&Dimension, &DimensionScore)]) {
    for (spoke, (dimension, score)) in spokes.iter().enumerate() {
        let (x, y) = on_spoke(CENTRE, LABEL_RADIUS, spoke, spokes.len());
        let name = Type::new(108, Colour::Soft);
        let lines = wrap(&dimension.name, 1500, name.size, false, 2);
        let height = 130 * (lines.len() as i32 + 1);
        // Above the centre the block of words ends at the spoke's tip, below it begins there.
        let top = match y - CENTRE.1 {
            ..-1500 => y - height + 100,
            1500.. => y + 130,
            _ => y - height / 2 + 100,
        };
        let turned = |style: Type| match x - CENTRE.0 {
            ..-300 => style.end(),
            300.. => style,
            _ => style.middle(),
        };
        let shown = score.score.map_or("?".to_owned(), |points| report.points(points));
        let head = turned(Type::LABEL.bold());
        picture.text((x, top), format!("{}  {shown}", dimension.id), head);
        picture.lines((x, top + 130), &lines, turned(name));
    }
}

fn key(picture: &mut Picture, report: &Report<'_>) {
    let y = 5280;
    picture.line(vec![(200, y - 40), (480, y - 40)], Look::line(Colour::Accent, 24));
    picture.circle((340, y - 40), 48, Look::fill(Colour::Accent));
    picture.text((560, y), report.t("radar.score"), Type::NOTE);
    picture.rect((1700, y - 100), (280, 110), Look::fill(Colour::Accent).faint());
    picture.text((2060, y), report.t("radar.band"), Type::NOTE);
    picture.line(vec![(5000, y - 40), (5280, y - 40)], Look::line(Colour::Ochre, 16).dashed());
    picture.text((5360, y), report.t("radar.target"), Type::NOTE);
}
