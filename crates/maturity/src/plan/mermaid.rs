//! A diagram as Mermaid text, for wikis and for hands that want to change it.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::result::{Diagram, Edge, Node};

/// Lanes from top to bottom.
const LANES: [(&str, &str); 3] = [
    ("foundation", "Foundation: law and mandates"),
    ("national", "National DPI"),
    ("organisation", "Organisations"),
];

/// Classes by level; the colours are those of the charts.
const CLASSES: &str = "  classDef level0 fill:#fff,stroke:#c62828
  classDef level1 fill:#ef6c00,color:#000
  classDef level2 fill:#f9a825,color:#000
  classDef level3 fill:#7cb342,color:#000
  classDef level4 fill:#2e7d32,color:#fff
  classDef planned stroke-dasharray:5 3
";

/// The diagram as a Mermaid flow chart. Names are short numbers, because ids of the round may hold any character.
#[must_use]
pub fn mermaid(diagram: &Diagram) -> String {
    let mut names = BTreeMap::new();
    for (number, node) in diagram.nodes.iter().enumerate() {
        names.insert(node.id.as_str(), format!("n{number}"));
    }
    let mut text = String::from("flowchart TB\n");
    for (lane, title) in LANES {
        let inside: Vec<&Node> = diagram.nodes.iter().filter(|node| node.lane == lane).collect();
        if inside.is_empty() {
            continue;
        }
        push(&mut text, format_args!("  subgraph {lane}[\"{title}\"]\n"));
        for node in inside {
            push(&mut text, format_args!("    {}{}\n", names[node.id.as_str()], shape(node)));
        }
        text.push_str("  end\n");
    }
    for (number, edge) in diagram.edges.iter().filter(|edge| known(&names, edge)).enumerate() {
        let (from, to) = (&names[edge.from.as_str()], &names[edge.to.as_str()]);
        let arrow = if edge.planned { "-.->" } else { "-->" };
        push(&mut text, format_args!("  {from} {arrow}|\"{}\"| {to}\n", escape(&label(edge))));
        if edge.to_replace {
            push(&mut text, format_args!("  linkStyle {number} stroke:#c62828\n"));
        }
    }
    text.push_str(CLASSES);
    text
}

fn known(names: &BTreeMap<&str, String>, edge: &Edge) -> bool {
    names.contains_key(edge.from.as_str()) && names.contains_key(edge.to.as_str())
}

fn label(edge: &Edge) -> String {
    if edge.label.is_empty() { edge.path.clone() } else { format!("{}: {}", edge.path, edge.label) }
}

fn shape(node: &Node) -> String {
    let label = match node.level {
        Some(level) => format!("{} ({level})", node.label),
        None => node.label.clone(),
    };
    let class = match (node.planned, node.level) {
        (true, _) => ":::planned".to_owned(),
        (false, Some(level)) => format!(":::level{}", level.min(4)),
        (false, None) => String::new(),
    };
    format!("[\"{}\"]{class}", escape(&label))
}

/// Mermaid's own entities: a quote would end the label, a bracket or a semicolon could begin something else, and a
/// page that draws the chart may read HTML in it.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | ',' | '.' | ':' | '-' | '/' | '(' | ')' => safe.push(character),
            letter if letter.is_alphanumeric() => safe.push(letter),
            control if control.is_control() => safe.push(' '),
            other => push(&mut safe, format_args!("#{};", u32::from(other))),
        }
    }
    safe
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a string cannot fail");
}
