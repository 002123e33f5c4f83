//! A diagram in Graphviz's DOT language, for whoever draws it with other tools.

use std::fmt::Write as _;

use super::mermaid::{LANES, labelled};
use super::words::Language;
use crate::result::{Diagram, Edge, Node};

/// DOT text with one cluster a lane.
#[must_use]
pub fn graphviz(diagram: &Diagram, language: Language) -> String {
    let mut text = "digraph architecture {\n  rankdir=TB;\n  node [shape=box];\n".to_owned();
    for lane in LANES {
        let _ = writeln!(text, "  subgraph cluster_{lane} {{");
        let _ = writeln!(text, "    label={};", quoted(&language.lane(lane)));
        for node in diagram.nodes.iter().filter(|node| node.lane == lane) {
            let look = look_of_node(node);
            let label = quoted(&labelled(node));
            let _ = writeln!(text, "    {} [label={label}{look}];", quoted(&node.id));
        }
        text.push_str("  }\n");
    }
    for edge in &diagram.edges {
        let (from, to, label) = (quoted(&edge.from), quoted(&edge.to), quoted(&edge.label));
        let _ = writeln!(text, "  {from} -> {to} [label={label}{}];", look_of_edge(edge));
    }
    text.push_str("}\n");
    text
}

fn look_of_node(node: &Node) -> &'static str {
    match node.level {
        _ if node.planned => ", style=dashed",
        Some(3..) => ", style=filled, fillcolor=\"#2e7d32\", fontcolor=white",
        Some(2) => ", style=filled, fillcolor=\"#f9a825\"",
        Some(_) => ", style=filled, fillcolor=\"#c62828\", fontcolor=white",
        None => "",
    }
}

fn look_of_edge(edge: &Edge) -> &'static str {
    if edge.to_replace {
        ", color=\"#c62828\", style=dashed"
    } else if edge.planned || edge.path != "exchange" && edge.path != "uses" {
        ", style=dashed"
    } else {
        ""
    }
}

/// A quoted string of DOT: only quotes and backslashes mean something in it, and a newline ends nothing but looks.
fn quoted(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 2);
    safe.push('"');
    for c in text.chars() {
        match c {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe.push('"');
    safe
}
