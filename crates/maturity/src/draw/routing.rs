//! Ways for the lines of a diagram: boxes stand in a grid; lines run in channels between rows and gutters between
//! columns, each on a track of its own, so that no line crosses a box or lies on another.

/// Where a box stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub row: usize,
    pub column: usize,
}

/// A piece of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Track {
    /// Channel above the row of that number, or gutter left of the column of that number.
    pub lane: usize,
    pub track: usize,
}

/// The way of one line, from its upper box to its lower one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Whether the line's first box is the lower one.
    pub turned: bool,
    pub upper: Cell,
    pub lower: Cell,
    /// Channel below the upper box.
    pub first: Track,
    /// Gutter and second channel, when rows lie between.
    pub rest: Option<(Track, Track)>,
}

/// All ways, and how many tracks each channel and each gutter needs.
pub struct Plan {
    pub ways: Vec<Way>,
    pub channels: Vec<usize>,
    pub gutters: Vec<usize>,
}

/// Stretches already taken on each track of a lane.
#[derive(Default)]
struct Lane(Vec<Vec<(usize, usize)>>);

impl Lane {
    /// The first track on which nothing lies between `from` and `to`.
    fn take(&mut self, from: usize, to: usize) -> usize {
        let (from, to) = (from.min(to), from.max(to));
        let free = |track: &Vec<(usize, usize)>| track.iter().all(|(a, b)| to < *a || *b < from);
        let found = self.0.iter().position(free);
        let track = found.unwrap_or(self.0.len());
        if found.is_none() {
            self.0.push(Vec::new());
        }
        self.0[track].push((from, to));
        track
    }
}

/// Finds a way for every pair of boxes, in the order given.
#[must_use]
pub fn plan(pairs: &[(Cell, Cell)], rows: usize, columns: usize) -> Plan {
    let mut channels: Vec<Lane> = (0..=rows).map(|_| Lane::default()).collect();
    let mut gutters: Vec<Lane> = (0..=columns).map(|_| Lane::default()).collect();
    let mut ways = Vec::new();
    for (from, to) in pairs {
        let turned = from.row > to.row;
        let (upper, lower) = if turned { (*to, *from) } else { (*from, *to) };
        let below = upper.row + 1;
        // Places across a channel: boxes have odd numbers, gutters even ones.
        let (start, end) = (2 * upper.column + 1, 2 * lower.column + 1);
        if lower.row <= below {
            let first = Track { lane: below, track: channels[below].take(start, end) };
            ways.push(Way { turned, upper, lower, first, rest: None });
            continue;
        }
        let gutter = if upper.column <= lower.column { lower.column } else { lower.column + 1 };
        let first = Track { lane: below, track: channels[below].take(start, 2 * gutter) };
        let down = Track { lane: gutter, track: gutters[gutter].take(below, lower.row) };
        let last = Track { lane: lower.row, track: channels[lower.row].take(2 * gutter, end) };
        ways.push(Way { turned, upper, lower, first, rest: Some((down, last)) });
    }
    let count = |lanes: &[Lane]| lanes.iter().map(|lane| lane.0.len()).collect();
    Plan { ways, channels: count(&channels), gutters: count(&gutters) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: usize, column: usize) -> Cell {
        Cell { row, column }
    }

    #[test]
    fn lines_side_by_side_get_tracks_of_their_own() {
        let pairs = [(cell(0, 0), cell(1, 2)), (cell(0, 1), cell(1, 3)), (cell(0, 4), cell(1, 5))];
        let plan = plan(&pairs, 2, 6);
        let tracks: Vec<usize> = plan.ways.iter().map(|way| way.first.track).collect();
        assert_eq!(tracks, [0, 1, 0]);
        assert_eq!(plan.channels, [0, 2, 0]);
    }

    #[test]
    fn a_line_over_a_row_goes_down_beside_the_boxes() {
        let plan = plan(&[(cell(2, 3), cell(0, 0))], 3, 4);
        let way = &plan.ways[0];
        assert!(way.turned);
        assert_eq!(way.rest.map(|(down, last)| (down.lane, last.lane)), Some((3, 2)));
        assert_eq!(plan.gutters, [0, 0, 0, 1, 0]);
    }
}
