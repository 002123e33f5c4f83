//! Tables over pages: headings repeat, a row stays together unless it is higher than a page.

use super::lines::{SetLine, Setting, set};
use super::{BOTTOM, CELL, Flow, LEFT, Role, TOP, WIDTH, What};
use crate::draw::Colour;
use crate::report::document::{Line, Table};

const LEADING: i32 = CELL.size * 13 / 10;
/// Free space around a row, and between columns.
const PAD: i32 = 40;
const COLUMN_GAP: i32 = 70;
/// What a heading row may take from a page at most.
const HEAD_MAX: i32 = 500;

/// Left edge and width of a column.
type Place = (i32, i32);

impl<'a> Flow<'a> {
    pub(super) fn table(&mut self, table: &'a Table) {
        let places = places(table);
        self.gap(60);
        self.need(900);
        self.anchor(&table.id);
        self.begin(Role::Table);
        if !self.quiet {
            self.begin(Role::Caption);
            self.text(&Line::new().strong(table.caption.clone()), 0, self.body);
            self.end();
            self.y += 30;
        }
        self.begin(Role::Head);
        self.heading_row(table, &places, false);
        self.end();
        self.begin(Role::Body);
        for row in &table.rows {
            let cells: Vec<Vec<SetLine>> = row
                .cells
                .iter()
                .zip(&places)
                .map(|(cell, place)| set(cell, place.1, CELL))
                .collect();
            self.row(table, &places, row.id.as_deref(), &cells);
        }
        self.end();
        self.end();
        self.y += 120;
    }

    fn heading_row(&mut self, table: &Table, places: &[Place], repeated: bool) {
        let setting = Setting { size: 74, bold: true, colour: Colour::Soft };
        let set_columns: Vec<Vec<SetLine>> = table
            .columns
            .iter()
            .zip(places)
            .map(|(column, place)| set(&Line::plain(column.title.clone()), place.1, setting))
            .collect();
        let most = set_columns.iter().map(Vec::len).max().unwrap_or(1) as i32;
        if !repeated {
            self.begin(Role::Row);
        }
        for ((column, lines), place) in table.columns.iter().zip(&set_columns).zip(places) {
            if !repeated {
                self.begin(Role::ColumnHeading);
            }
            // Headings of one line stand next to the rows, not to the edge above.
            let first = self.y + (most - lines.len() as i32) * 96;
            for (line, y) in lines.iter().zip((0..).map(|n| first + n * 96)) {
                let x = if column.figures { place.0 + place.1 - line.width } else { place.0 };
                self.set_line((x, y + setting.size), line, repeated);
            }
            if !repeated {
                self.end();
            }
        }
        if !repeated {
            self.end();
        }
        self.y += most * 96 + 30;
        self.rule(Colour::Edge);
    }

    fn rule(&mut self, colour: Colour) {
        let what = What::Tint { size: (WIDTH, 6), colour, edge: None };
        self.put((LEFT, self.y), what, true);
    }

    fn row(&mut self, table: &Table, places: &[Place], id: Option<&str>, cells: &[Vec<SetLine>]) {
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
        let most = ((BOTTOM - TOP - HEAD_MAX) / LEADING) as usize;
        self.room_for(table, places, lines.min(most));
        if let Some(id) = id {
            self.anchor(id);
        }
        self.begin(Role::Row);
        // A row higher than a page goes on over the next ones, under repeated headings; its cells then come in parts.
        let mut done = 0;
        while done < lines {
            if done > 0 {
                self.room_for(table, places, (lines - done).min(most));
            }
            let top = self.y + PAD;
            let count = (lines - done).min(most);
            for (at, (cell, place)) in cells.iter().zip(places).enumerate() {
                self.begin(if at == 0 { Role::RowHeading } else { Role::Cell });
                let figures = table.columns[at].figures;
                let part = cell.iter().skip(done).take(count);
                for (line, y) in part.zip((0..).map(|n| top + n * LEADING)) {
                    let x = if figures { place.0 + place.1 - line.width } else { place.0 };
                    self.set_line((x, y + CELL.size), line, false);
                }
                self.end();
            }
            self.y = top + count as i32 * LEADING + PAD;
            self.rule(Colour::Rule);
            done += count;
        }
        self.end();
    }

    fn room_for(&mut self, table: &Table, places: &[Place], lines: usize) {
        let height = lines as i32 * LEADING + 2 * PAD;
        if self.y + height > BOTTOM {
            self.turn();
            self.heading_row(table, places, true);
        }
    }
}

fn places(table: &Table) -> Vec<Place> {
    let all: i32 = table.columns.iter().map(|column| column.share).sum();
    let mut seen = 0;
    let mut places = Vec::new();
    for column in &table.columns {
        let from = WIDTH * seen / all.max(1);
        seen += column.share;
        let to = WIDTH * seen / all.max(1);
        places.push((LEFT + from, (to - from - COLUMN_GAP).max(200)));
    }
    places
}
