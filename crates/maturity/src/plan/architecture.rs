//! The draft of a national architecture: what stands, what it becomes, and what the interfaces speak.
//!
//! Three lanes: law at the foundation, shared components in the middle, institutions and their systems below. Ids of
//! nodes carry their sort: `law:`, `block:`, `system:`, `institution:`.

use std::collections::{BTreeMap, BTreeSet};

use crate::instrument::Instrument;
use crate::plan::block::{Blocks, EXCHANGE};
use crate::plan::catalogue::CATALOGUES;
use crate::plan::decision;
use crate::plan::flows::OVER_EXCHANGE;
use crate::result::{Architecture, Decision, Diagram, Edge, Gap, Interface, Node, Scores, Verdict};
use crate::round::{Round, System};

/// Path of a flow that should go over the exchange.
const PRIVATE_LINK: &str = "private link";

/// Draws what stands and what it should become, with a decision and its reason for each system.
#[must_use]
pub fn architecture(
    instrument: &Instrument,
    round: &Round,
    scores: &Scores,
    gaps: &[Gap],
) -> Architecture {
    let blocks = Blocks::new(instrument, round, scores);
    let decisions = decision::decisions(round, &blocks, gaps);
    let interfaces = interfaces(&decisions);
    Architecture {
        as_is: as_is(round, &blocks),
        to_be: to_be(round, &blocks, &decisions),
        decisions,
        interfaces,
    }
}

fn as_is(round: &Round, blocks: &Blocks<'_>) -> Diagram {
    let mut nodes = laws(round, false);
    nodes.extend(round.systems.iter().map(|system| system_node(system, blocks)));
    nodes.extend(institutions(round));
    let mut edges = Vec::new();
    for system in &round.systems {
        edges.extend(owner_edge(system));
        for used in &system.uses {
            edges.push(edge(&format!("system:{}", system.id), &format!("system:{used}"), "uses"));
        }
    }
    edges.extend(round.flows.iter().map(|flow| Edge {
        label: flow.subject.clone(),
        to_replace: flow.path == PRIVATE_LINK,
        ..edge(&institution(&flow.from), &institution(&flow.to), &flow.path)
    }));
    sorted(nodes, edges)
}

fn to_be(round: &Round, blocks: &Blocks<'_>, decisions: &[Decision]) -> Diagram {
    let mut nodes = laws(round, true);
    let mut edges = Vec::new();
    let mut shared: BTreeSet<&str> = decision::shared(round).into_keys().collect();
    let stands: BTreeSet<&str> = shared.clone();
    let builds = decisions.iter().filter(|decision| decision.verdict == Verdict::Build);
    shared.extend(builds.filter_map(|decision| decision.building_block.as_deref()));
    nodes.extend(shared.iter().map(|block| Node {
        id: format!("block:{block}"),
        label: (*block).to_owned(),
        lane: "national".to_owned(),
        building_block: Some((*block).to_owned()),
        level: blocks.level(block),
        planned: !stands.contains(block),
    }));
    nodes.extend(institutions(round));
    let verdicts: BTreeMap<&str, Verdict> =
        decisions.iter().map(|d| (d.system.as_str(), d.verdict)).collect();
    for system in &round.systems {
        let goes = matches!(verdicts[system.id.as_str()], Verdict::Replace | Verdict::Retire);
        if !goes {
            nodes.push(system_node(system, blocks));
            edges.extend(owner_edge(system));
        }
        edges.extend(block_edges(round, system, goes, &shared));
    }
    edges.extend(flows_to_be(round, shared.contains(EXCHANGE)));
    sorted(nodes, edges)
}

/// From a system, or from the institution whose system goes, to the shared components that do its work.
fn block_edges(round: &Round, system: &System, goes: bool, shared: &BTreeSet<&str>) -> Vec<Edge> {
    let from =
        if goes { institution(&system.institution) } else { format!("system:{}", system.id) };
    let common = |block: &&String| system.shared || block.as_str() != super::duplicates::OWN_MATTER;
    let mut targets: BTreeMap<&str, bool> = BTreeMap::new();
    for block in system.capabilities.iter().filter(common) {
        targets.insert(block, !system.shared);
    }
    for used in round.systems.iter().filter(|other| system.uses.contains(&other.id)) {
        targets.extend(used.capabilities.iter().map(|block| (block.as_str(), false)));
    }
    let path = if system.shared { "provides" } else { "uses" };
    let known = targets.into_iter().filter(|(block, _)| shared.contains(block));
    known
        .map(|(block, planned)| Edge { planned, ..edge(&from, &format!("block:{block}"), path) })
        .collect()
}

/// Every flow goes over the exchange, if there is one or one is to be built.
fn flows_to_be(round: &Round, exchange: bool) -> Vec<Edge> {
    let mut edges = Vec::new();
    for flow in &round.flows {
        let (from, to) = (institution(&flow.from), institution(&flow.to));
        if !exchange {
            edges.push(Edge { label: flow.subject.clone(), ..edge(&from, &to, &flow.path) });
            continue;
        }
        let planned = flow.path != OVER_EXCHANGE;
        let middle = format!("block:{EXCHANGE}");
        for (from, to) in [(&from, &middle), (&middle, &to)] {
            let label = flow.subject.clone();
            edges.push(Edge { label, planned, ..edge(from, to, OVER_EXCHANGE) });
        }
    }
    edges
}

/// The legal register; what is missing appears only in the plan.
fn laws(round: &Round, planned_too: bool) -> Vec<Node> {
    let shown = round.laws.iter().filter(|law| planned_too || law.status == "in force");
    shown
        .map(|law| Node {
            id: format!("law:{}", law.id),
            label: law.name.clone(),
            lane: "foundation".to_owned(),
            building_block: None,
            level: None,
            planned: law.status != "in force",
        })
        .collect()
}

fn system_node(system: &System, blocks: &Blocks<'_>) -> Node {
    let block = system.capabilities.first();
    // The level of a component says nothing about an institution's own system beside it.
    let level = block.filter(|_| system.shared).and_then(|block| blocks.level(block));
    Node {
        id: format!("system:{}", system.id),
        label: system.name.clone(),
        lane: if system.shared { "national" } else { "organisation" }.to_owned(),
        building_block: block.cloned(),
        level,
        planned: false,
    }
}

/// Institutions that own a system or take part in a flow.
fn institutions(round: &Round) -> Vec<Node> {
    let owners = round.systems.iter().map(|system| &system.institution);
    let ends = round.flows.iter().flat_map(|flow| [&flow.from, &flow.to]);
    let ids: BTreeSet<&String> = owners.chain(ends).collect();
    let name = |id: &String| {
        let known = round.institutions.iter().find(|institution| institution.id == *id);
        known.map_or_else(|| id.clone(), |institution| institution.name.clone())
    };
    ids.into_iter()
        .map(|id| Node {
            id: institution(id),
            label: name(id),
            lane: "organisation".to_owned(),
            building_block: None,
            level: None,
            planned: false,
        })
        .collect()
}

fn owner_edge(system: &System) -> Option<Edge> {
    (!system.shared)
        .then(|| edge(&institution(&system.institution), &format!("system:{}", system.id), "uses"))
}

fn institution(id: &str) -> String {
    format!("institution:{id}")
}

fn edge(from: &str, to: &str, path: &str) -> Edge {
    Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        label: String::new(),
        path: path.to_owned(),
        planned: false,
        to_replace: false,
    }
}

fn sorted(mut nodes: Vec<Node>, mut edges: Vec<Edge>) -> Diagram {
    nodes.sort_by(|a, b| a.id.cmp(&b.id));
    let key = |e: &Edge| (e.from.clone(), e.to.clone(), e.path.clone(), e.label.clone(), e.planned);
    edges.sort_by_key(key);
    edges.dedup_by_key(|e| key(e));
    Diagram { nodes, edges }
}

/// Interfaces of all components that decisions speak of.
fn interfaces(decisions: &[Decision]) -> Vec<Interface> {
    let named: BTreeSet<&String> =
        decisions.iter().filter_map(|decision| decision.building_block.as_ref()).collect();
    named
        .into_iter()
        .map(|block| Interface {
            building_block: block.clone(),
            standards: CATALOGUES.standards_of(block).to_vec(),
        })
        .collect()
}
