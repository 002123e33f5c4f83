//! Architecture as three lanes of boxes: foundations, national components, organisations.

use std::collections::BTreeMap;

use super::letters::wrap;
use super::routing::{Cell, Plan, Way, plan};
use super::{Colour, Look, Picture, Point, Type};
use crate::report::Report;
use crate::result::{Diagram, Edge, Node};

const BOX: Point = (1240, 560);
/// Space between tracks, and beside the outermost.
const TRACK: i32 = 80;
const CHANNEL: i32 = 170;
const GUTTER: i32 = 130;
const COLUMNS_MAX: usize = 6;
const LANE_HEAD: i32 = 230;
pub(super) const LANES: [&str; 3] = ["foundation", "national", "organisation"];

/// Draws a diagram; `id` and `title` tell the as-is from the to-be.
#[must_use]
pub fn architecture(report: &Report<'_>, diagram: &Diagram, id: &str, title: &str) -> Picture {
    let layout = Layout::new(diagram);
    let mut picture = Picture::new(id, title, layout.width, layout.height + 520);
    picture.description = told(report, diagram);
    for (_, from, to) in &layout.lanes {
        let look = Look::fill(Colour::Inset);
        picture.rect((0, *from), (layout.width, to - from), look);
    }
    let mut ports = Ports::new(&layout);
    for (edge, way) in layout.edges.iter().zip(&layout.plan.ways) {
        line(&mut picture, &layout, &mut ports, edge, way);
    }
    // Names lie over the lines, on a ground of their own.
    for (lane, from, _) in &layout.lanes {
        let (name, style) = (lane_name(report, lane), Type::new(125, Colour::Soft).bold());
        let ground = (style.measure(name) + 60, 150);
        picture.rect((60, from + 50), ground, Look::fill(Colour::Inset));
        picture.text((90, from + 160), name, style);
    }
    for node in &diagram.nodes {
        if let Some(cell) = layout.cells.get(node.id.as_str()) {
            draw_box(&mut picture, node, layout.corner(*cell));
        }
    }
    key(&mut picture, report, layout.height + 130);
    picture
}

pub(super) fn lane_name<'a>(report: &Report<'a>, lane: &str) -> &'a str {
    match lane {
        "foundation" => report.t("lane.foundation"),
        "national" => report.t("lane.national"),
        _ => report.t("lane.organisation"),
    }
}

pub(super) fn told(report: &Report<'_>, diagram: &Diagram) -> String {
    let nodes = diagram.nodes.len().to_string();
    let replace: Vec<String> = diagram
        .edges
        .iter()
        .filter(|edge| edge.to_replace)
        .map(|edge| format!("{} → {}", label(diagram, &edge.from), label(diagram, &edge.to)))
        .collect();
    let edges = diagram.edges.len().to_string();
    let values = [("nodes", nodes.as_str()), ("edges", edges.as_str())];
    let told = report.fill("architecture.described", &values);
    if replace.is_empty() {
        return told;
    }
    format!("{told} {}", report.fill("architecture.to-replace", &[("list", &replace.join("; "))]))
}

fn label<'a>(diagram: &'a Diagram, id: &'a str) -> &'a str {
    diagram.nodes.iter().find(|node| node.id == id).map_or(id, |node| node.label.as_str())
}

/// Where everything stands.
struct Layout<'a> {
    cells: BTreeMap<&'a str, Cell>,
    /// Edges whose two ends are drawn, in the order of the plan.
    edges: Vec<&'a Edge>,
    plan: Plan,
    columns: Vec<i32>,
    rows: Vec<i32>,
    /// Name, top and bottom.
    lanes: Vec<(&'a str, i32, i32)>,
    width: i32,
    height: i32,
}

impl<'a> Layout<'a> {
    fn new(diagram: &'a Diagram) -> Self {
        let mut rows: Vec<(&str, Vec<&'a Node>)> = Vec::new();
        for lane in LANES {
            let nodes: Vec<&Node> =
                diagram.nodes.iter().filter(|node| of_lane(node, lane)).collect();
            // Rows of nearly the same length look calmer than full ones and a rest.
            let needed = nodes.len().div_ceil(COLUMNS_MAX);
            let length = nodes.len().div_ceil(needed.max(1)).max(1);
            rows.extend(nodes.chunks(length).map(|row| (lane, row.to_vec())));
        }
        let columns = rows.iter().map(|(_, row)| row.len()).max().unwrap_or(1);
        let cells = place(diagram, &rows, columns);
        let edges: Vec<&Edge> = diagram
            .edges
            .iter()
            .filter(|edge| {
                cells.contains_key(edge.from.as_str()) && cells.contains_key(edge.to.as_str())
            })
            .collect();
        let pairs: Vec<(Cell, Cell)> =
            edges.iter().map(|edge| (cells[edge.from.as_str()], cells[edge.to.as_str()])).collect();
        let plan = plan(&pairs, rows.len(), columns);
        let names: Vec<&str> = rows.iter().map(|(lane, _)| *lane).collect();
        let mut layout = Self {
            cells,
            edges,
            plan,
            columns: Vec::new(),
            rows: Vec::new(),
            lanes: Vec::new(),
            width: 0,
            height: 0,
        };
        layout.measure(&names, columns);
        layout
    }

    /// Gives rows and columns the room that their tracks need.
    fn measure(&mut self, lanes: &[&'a str], columns: usize) {
        let mut x = 90;
        for column in 0..columns {
            x += GUTTER + TRACK * self.plan.gutters[column] as i32;
            self.columns.push(x);
            x += BOX.0;
        }
        self.width = (x + GUTTER + TRACK * self.plan.gutters[columns] as i32).max(7200);
        let mut y = 0;
        for (row, lane) in lanes.iter().enumerate() {
            let new_lane = row == 0 || lanes[row - 1] != *lane;
            let tracks = CHANNEL + TRACK * self.plan.channels[row] as i32;
            if new_lane {
                if let Some(last) = self.lanes.last_mut() {
                    last.2 = y + 70;
                }
                let top = if row == 0 { 0 } else { y + tracks + 60 };
                self.lanes.push((lane, top, top));
                y = top + LANE_HEAD;
            } else {
                y += tracks;
            }
            self.rows.push(y);
            y += BOX.1;
        }
        let below = TRACK * self.plan.channels[lanes.len()] as i32;
        self.height = y + CHANNEL + below;
        if let Some(last) = self.lanes.last_mut() {
            last.2 = self.height;
        }
    }

    fn corner(&self, cell: Cell) -> Point {
        (self.columns[cell.column], self.rows[cell.row])
    }

    /// The height of a track: tracks lie above the row of their channel, below the lane's name if there is one.
    fn channel(&self, lane: usize, track: usize) -> i32 {
        let above = self.rows[lane - 1] + BOX.1;
        above + 110 + TRACK * track as i32
    }

    fn gutter(&self, lane: usize, track: usize) -> i32 {
        let right = match self.columns.get(lane) {
            Some(x) => *x,
            None => self.width - 20,
        };
        right - 90 - TRACK * track as i32
    }
}

pub(super) fn of_lane(node: &Node, lane: &str) -> bool {
    node.lane == lane || (lane == "organisation" && !LANES.contains(&node.lane.as_str()))
}

/// Columns for the boxes of each row, near to what they are linked with.
fn place<'a>(
    diagram: &'a Diagram,
    rows: &[(&str, Vec<&'a Node>)],
    columns: usize,
) -> BTreeMap<&'a str, Cell> {
    let mut cells: BTreeMap<&str, Cell> = BTreeMap::new();
    for (row, (_, nodes)) in rows.iter().enumerate() {
        for (at, node) in nodes.iter().enumerate() {
            cells.insert(&node.id, Cell { row, column: offset(nodes.len(), columns) + at });
        }
    }
    // Two rounds are enough for rows of six; more changes nothing the eye would see.
    for _ in 0..2 {
        for (row, (_, nodes)) in rows.iter().enumerate() {
            let mut order: Vec<(i64, usize)> = nodes
                .iter()
                .enumerate()
                .map(|(at, node)| (mean(diagram, &cells, node), at))
                .collect();
            order.sort_unstable();
            for (place, (_, at)) in order.iter().enumerate() {
                let column = offset(nodes.len(), columns) + place;
                cells.insert(&nodes[*at].id, Cell { row, column });
            }
        }
    }
    cells
}

/// Short rows stand in the middle.
fn offset(length: usize, columns: usize) -> usize {
    (columns - length) / 2
}

/// Mean column of a box's neighbours, in hundredths; its own where it has none.
fn mean(diagram: &Diagram, cells: &BTreeMap<&str, Cell>, node: &Node) -> i64 {
    let mut sum = 0;
    let mut count = 0;
    for edge in &diagram.edges {
        let other = match (edge.from == node.id, edge.to == node.id) {
            (true, false) => &edge.to,
            (false, true) => &edge.from,
            _ => continue,
        };
        if let Some(cell) = cells.get(other.as_str()) {
            sum += cell.column as i64 * 100;
            count += 1;
        }
    }
    if count > 0 { sum / count } else { cells[node.id.as_str()].column as i64 * 100 }
}

/// Where lines leave and enter boxes: spread over the side, in the order of where they go.
struct Ports {
    /// By box and side (true is below): how many lines, and how many are drawn.
    sides: BTreeMap<(usize, usize, bool), (i32, i32)>,
}

impl Ports {
    fn new(layout: &Layout<'_>) -> Self {
        let mut sides: BTreeMap<(usize, usize, bool), (i32, i32)> = BTreeMap::new();
        for way in &layout.plan.ways {
            for key in keys(way) {
                sides.entry(key).or_default().0 += 1;
            }
        }
        Self { sides }
    }

    /// Distance of the next port from the box's left side.
    fn next(&mut self, key: (usize, usize, bool)) -> i32 {
        let Some((all, drawn)) = self.sides.get_mut(&key) else { return BOX.0 / 2 };
        *drawn += 1;
        BOX.0 * *drawn / (*all + 1)
    }
}

fn keys(way: &Way) -> [(usize, usize, bool); 2] {
    // Boxes of one row are joined below both.
    let same_row = way.upper.row == way.lower.row;
    [(way.upper.row, way.upper.column, true), (way.lower.row, way.lower.column, same_row)]
}

fn line(picture: &mut Picture, layout: &Layout<'_>, ports: &mut Ports, edge: &Edge, way: &Way) {
    let [upper, lower] = keys(way);
    let (upper_at, lower_at) = (layout.corner(way.upper), layout.corner(way.lower));
    let start = (upper_at.0 + ports.next(upper), upper_at.1 + BOX.1);
    let end_y = if lower.2 { lower_at.1 + BOX.1 } else { lower_at.1 };
    let end = (lower_at.0 + ports.next(lower), end_y);
    let first = layout.channel(way.first.lane, way.first.track);
    let mut points = vec![start, (start.0, first)];
    if let Some((down, last)) = way.rest {
        let across = layout.gutter(down.lane, down.track);
        let second = layout.channel(last.lane, last.track);
        points.extend([(across, first), (across, second), (end.0, second)]);
    } else {
        points.push((end.0, first));
    }
    points.push(end);
    let look = look(edge);
    picture.line(points.clone(), look);
    let colour = look.stroke.unwrap_or(Colour::Edge);
    let (tip, up) = if way.turned { (start, true) } else { (end, lower.2) };
    arrow(picture, tip, up, colour);
    if edge.to_replace {
        let middle = (i32::midpoint(points[1].0, points[2].0), first);
        picture.circle(middle, 62, Look::fill(Colour::Surface).edged(Colour::Bad, 14));
        let (x, y) = middle;
        picture.line(vec![(x - 27, y - 27), (x + 27, y + 27)], Look::line(Colour::Bad, 16));
        picture.line(vec![(x - 27, y + 27), (x + 27, y - 27)], Look::line(Colour::Bad, 16));
    }
}

/// Colour of a kind of link.
pub(super) fn kind(edge: &Edge) -> Colour {
    match edge.path.as_str() {
        _ if edge.to_replace => Colour::Bad,
        "exchange" => Colour::Accent,
        "private link" | "file" | "paper" => Colour::Ochre,
        _ => Colour::Edge,
    }
}

fn look(edge: &Edge) -> Look {
    let width = match kind(edge) {
        Colour::Bad => 20,
        Colour::Accent => 18,
        Colour::Ochre => 14,
        _ => 12,
    };
    let look = Look::line(kind(edge), width);
    if edge.planned { look.dashed() } else { look }
}

/// A head at the end of a line that comes from above or, with `up`, from below.
fn arrow(picture: &mut Picture, (x, y): Point, up: bool, colour: Colour) {
    let back = if up { y + 75 } else { y - 75 };
    picture.shape(vec![(x, y), (x + 38, back), (x - 38, back)], Look::fill(colour));
}

fn draw_box(picture: &mut Picture, node: &Node, (x, y): Point) {
    let level = node.level;
    let fill = level.map_or(Colour::Surface, Colour::Level);
    let ink = level.map_or(Colour::Ink, Colour::OnLevel);
    let edge = Look::fill(fill).edged(Colour::Edge, if node.planned { 16 } else { 10 });
    picture.rect((x, y), BOX, if node.planned { edge.dashed() } else { edge });
    if level.is_none() && node.building_block.is_some() {
        picture.hatch((x, y), BOX);
        picture.rect((x + 40, y + 40), (BOX.0 - 80, BOX.1 - 80), Look::fill(Colour::Surface));
    }
    let style = Type::new(106, ink);
    let lines = wrap(&node.label, BOX.0 - 130, style.size, false, 2);
    picture.lines((x + 65, y + 165), &lines, style);
    // The level once more, as a figure and as filled squares, for grey print.
    let shown = match (level, &node.building_block) {
        (Some(level), _) => level.to_string(),
        (None, Some(_)) => "?".to_owned(),
        (None, None) => return,
    };
    let base = y + BOX.1 - 70;
    picture.text((x + 65, base), shown, Type::new(106, ink).bold());
    for step in 0..4 {
        let corner = (x + 190 + i32::from(step) * 120, base - 80);
        let full = level.is_some_and(|level| step < level);
        let look = if full { Look::fill(ink) } else { Look::line(ink, 8) };
        picture.rect(corner, (85, 85), look);
    }
}

fn key(picture: &mut Picture, report: &Report<'_>, y: i32) {
    picture.level_key((0, y), report.t("level.unknown"), report.t("architecture.level"));
    let lines = [
        (Look::line(Colour::Accent, 18), report.t("path.exchange")),
        (Look::line(Colour::Ochre, 14), report.t("architecture.beside")),
        (Look::line(Colour::Edge, 12), report.t("path.uses")),
        (Look::line(Colour::Edge, 12).dashed(), report.t("architecture.planned")),
        (Look::line(Colour::Bad, 20), report.t("architecture.replace")),
    ];
    let mut x = 0;
    for (look, words) in lines {
        picture.line(vec![(x, y + 310), (x + 260, y + 310)], look);
        picture.text((x + 320, y + 345), words, Type::NOTE);
        x += 320 + Type::NOTE.measure(words) + 180;
    }
}
