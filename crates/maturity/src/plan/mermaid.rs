//! A diagram as Mermaid text, for whoever edits the draft in a wiki or a repository.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::words::Language;
use crate::result::{Diagram, Edge, Node};

/// Lanes from top to bottom.
pub(super) const LANES: [&str; 3] = ["foundation", "national", "organisation"];

const CLASSES: &str = "  classDef good fill:#2e7d32,color:#fff
  classDef middling fill:#f9a825,color:#000
  classDef poor fill:#c62828,color:#fff
  classDef planned fill:#fff,color:#000,stroke:#555,stroke-dasharray:4
";

/// Mermaid flowchart. Ids inside are counted, so that no id of the round can break the syntax.
#[must_use]
pub fn mermaid(diagram: &Diagram, language: Language) -> String {
    let ids: BTreeMap<&str, String> = diagram
        .nodes
        .iter()
        .enumerate()
        .map(|(number, node)| (node.id.as_str(), format!("n{number}")))
        .collect();
    let mut text = "flowchart TB\n".to_owned();
    for lane in LANES {
        let _ = writeln!(text, "  subgraph {lane}[\"{}\"]", escaped(&language.lane(lane)));
        for node in diagram.nodes.iter().filter(|node| node.lane == lane) {
            let label = escaped(&labelled(node));
            let _ = writeln!(text, "    {}[\"{label}\"]{}", ids[node.id.as_str()], class(node));
        }
        text.push_str("  end\n");
    }
    let mut replaced = Vec::new();
    let mut drawn = 0;
    for edge in &diagram.edges {
        let (Some(from), Some(to)) = (ids.get(edge.from.as_str()), ids.get(edge.to.as_str()))
        else {
            continue;
        };
        let _ = writeln!(text, "  {from} {}{} {to}", arrow(edge), edge_label(edge));
        if edge.to_replace {
            replaced.push(drawn.to_string());
        }
        drawn += 1;
    }
    if !replaced.is_empty() {
        let _ = writeln!(text, "  linkStyle {} stroke:#c62828", replaced.join(","));
    }
    text.push_str(CLASSES);
    text
}

/// Label with the level, for those that have one.
pub(super) fn labelled(node: &Node) -> String {
    match node.level {
        Some(level) => format!("{} ({level})", node.label),
        None => node.label.clone(),
    }
}

fn class(node: &Node) -> &'static str {
    match node.level {
        _ if node.planned => ":::planned",
        Some(3..) => ":::good",
        Some(2) => ":::middling",
        Some(_) => ":::poor",
        None => "",
    }
}

fn arrow(edge: &Edge) -> &'static str {
    if edge.planned || edge.path != "exchange" && edge.path != "uses" { "-.->" } else { "-->" }
}

fn edge_label(edge: &Edge) -> String {
    let words = match (edge.label.is_empty(), edge.path.as_str()) {
        (true, "uses") => return String::new(),
        (true, path) => path.to_owned(),
        (false, "exchange" | "uses") => edge.label.clone(),
        (false, path) => format!("{} ({path})", edge.label),
    };
    format!("|\"{}\"|", escaped(&words))
}

/// Mermaid reads `#name;` as a character; everything that could end a label or begin a tag goes that way.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => safe.push_str("#quot;"),
            '#' => safe.push_str("#35;"),
            '<' => safe.push_str("#lt;"),
            '>' => safe.push_str("#gt;"),
            '&' => safe.push_str("#amp;"),
            '`' => safe.push_str("#96;"),
            '\\' => safe.push_str("#92;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
