//! The draft architecture: as it is and as it shall be, in the three lanes of PAERA, with a decision for each system.
//!
//! Ids of nodes: `law:<id>`, `block:<building block>`, `system:<id>`, `institution:<id>`.

use std::collections::{BTreeMap, BTreeSet};

use super::decisions::decisions;
use super::duplicates::duplicates;
use super::flows::{EXCHANGE, institution_behind};
use super::reference::reference;
use super::view::View;
use super::words::Language;
use crate::instrument::Instrument;
use crate::result::{Architecture, Decision, Diagram, Edge, Gap, Interface, Node, Scores, Verdict};
use crate::round::{Round, System};

const MEDIATOR: &str = "information-mediator";
/// Of the three core components, which every diagram shows.
const CORE: [&str; 3] = ["identity", "payments", MEDIATOR];
const IN_FORCE: &str = "in force";
const USES: &str = "uses";

/// Both diagrams, the decisions and the standards of each interface.
#[must_use]
pub fn architecture(
    instrument: &Instrument,
    round: &Round,
    scores: &Scores,
    gaps: &[Gap],
) -> Architecture {
    let view = View::new(instrument, scores);
    let language = Language::of(instrument);
    let decisions = decisions(&view, round, &duplicates(round), language);
    let blocks = blocks(round, gaps);
    let draft = Draft { view: &view, round, decisions: &decisions, blocks: &blocks, language };
    Architecture {
        as_is: draft.as_is(),
        to_be: draft.to_be(),
        interfaces: interfaces(&blocks),
        decisions,
    }
}

/// Building Blocks that matter here: the core, what services need, what systems do, what gaps of existence name.
fn blocks(round: &Round, gaps: &[Gap]) -> BTreeSet<String> {
    let needed = round.services.iter().flat_map(|service| &service.needs);
    let done = round.systems.iter().flat_map(|system| &system.capabilities);
    let named = gaps.iter().flat_map(|gap| &gap.building_blocks);
    let all = needed.chain(done).chain(named).cloned();
    let known = all.filter(|block| reference().component(block).is_some());
    known.chain(CORE.map(str::to_owned)).collect()
}

fn interfaces(blocks: &BTreeSet<String>) -> Vec<Interface> {
    let with_standards = blocks.iter().filter(|block| !reference().standards_of(block).is_empty());
    with_standards
        .map(|block| Interface {
            building_block: block.clone(),
            standards: reference().standards_of(block).to_vec(),
        })
        .collect()
}

struct Draft<'a> {
    view: &'a View<'a>,
    round: &'a Round,
    decisions: &'a [Decision],
    blocks: &'a BTreeSet<String>,
    language: Language,
}

impl Draft<'_> {
    fn as_is(&self) -> Diagram {
        let exists = |block: &&String| self.view.component_level(block).is_some_and(|l| l > 0);
        let blocks: BTreeSet<&String> = self.blocks.iter().filter(exists).collect();
        let mut nodes = self.laws(false);
        nodes.extend(blocks.iter().map(|block| self.block(block, false)));
        nodes.extend(self.systems().into_iter().map(system_node));
        nodes.extend(self.institutions());
        let mut edges = self.uses(&blocks);
        edges.extend(self.flows_as_they_are());
        Diagram { nodes, edges: once_each(edges) }
    }

    fn to_be(&self) -> Diagram {
        let blocks: BTreeSet<&String> = self.blocks.iter().collect();
        let stays = |system: &&System| {
            let decision = self.decisions.iter().find(|decision| decision.system == system.id);
            decision.is_none_or(|d| !matches!(d.verdict, Verdict::Retire | Verdict::Replace))
        };
        let staying: Vec<&System> = self.systems().into_iter().filter(stays).collect();
        let mut nodes = self.laws(true);
        nodes.extend(self.blocks.iter().map(|block| {
            let works = self.view.component_level(block).is_some_and(|level| level >= 2);
            self.block(block, !works)
        }));
        nodes.extend(staying.iter().map(|system| system_node(system)));
        nodes.extend(self.institutions());
        let kept: BTreeSet<String> = nodes.iter().map(|node| node.id.clone()).collect();
        let mut edges = self.uses(&blocks);
        edges.extend(self.handed_over(&staying));
        edges.extend(self.flows_as_they_shall_be());
        edges.retain(|edge| kept.contains(&edge.from) && kept.contains(&edge.to));
        Diagram { nodes, edges: once_each(edges) }
    }

    /// Laws in force; with those that are only drafted or missing when they are planned.
    fn laws(&self, planned_too: bool) -> Vec<Node> {
        let mut laws: Vec<_> = self.round.laws.iter().collect();
        laws.sort_by(|a, b| a.id.cmp(&b.id));
        laws.into_iter()
            .filter(|law| planned_too || law.status == IN_FORCE)
            .map(|law| Node {
                id: format!("law:{}", law.id),
                label: law.name.clone(),
                lane: "foundation".to_owned(),
                building_block: None,
                level: None,
                planned: law.status != IN_FORCE,
            })
            .collect()
    }

    fn block(&self, block: &str, planned: bool) -> Node {
        let component = reference().component(block);
        let label = component.map_or(block, |component| component.name_in(self.language));
        Node {
            id: format!("block:{block}"),
            label: label.to_owned(),
            lane: "national".to_owned(),
            building_block: Some(block.to_owned()),
            level: self.view.component_level(block),
            planned,
        }
    }

    /// Systems that do the work of a Building Block; a purely internal one does not change the national picture.
    fn systems(&self) -> Vec<&System> {
        let mut systems: Vec<&System> =
            self.round.systems.iter().filter(|one| !one.capabilities.is_empty()).collect();
        systems.sort_by(|a, b| a.id.cmp(&b.id));
        systems
    }

    /// Institutions that have a drawn system or a flow.
    fn institutions(&self) -> Vec<Node> {
        let owners = self.systems().into_iter().map(|system| system.institution.clone());
        let ends = self.round.flows.iter().flat_map(|flow| [&flow.from, &flow.to]);
        let with_flows = ends.map(|end| institution_behind(self.round, end));
        let drawn: BTreeSet<String> = owners.chain(with_flows).collect();
        let names: BTreeMap<&str, &str> =
            self.round.institutions.iter().map(|i| (i.id.as_str(), i.name.as_str())).collect();
        drawn
            .into_iter()
            .map(|id| Node {
                label: names.get(id.as_str()).map_or(id.clone(), |name| (*name).to_owned()),
                id: format!("institution:{id}"),
                lane: "organisation".to_owned(),
                building_block: None,
                level: None,
                planned: false,
            })
            .collect()
    }

    /// Institution to its own systems, system to the shared ones it uses, shared system to its Building Block.
    fn uses(&self, blocks: &BTreeSet<&String>) -> Vec<Edge> {
        let drawn = self.systems();
        let is_drawn = |id: &String| drawn.iter().any(|system| system.id == *id);
        let mut edges = Vec::new();
        for system in &drawn {
            let here = format!("system:{}", system.id);
            edges.push(uses(format!("institution:{}", system.institution), here.clone(), false));
            let used = system.uses.iter().filter(|id| is_drawn(id));
            edges.extend(used.map(|id| uses(here.clone(), format!("system:{id}"), false)));
            if system.shared {
                let does = system.capabilities.iter().filter(|block| blocks.contains(block));
                edges.extend(does.map(|b| uses(format!("block:{b}"), here.clone(), false)));
            }
        }
        edges
    }

    /// What a system that stays hands over to a Building Block.
    fn handed_over(&self, staying: &[&System]) -> Vec<Edge> {
        let mut edges = Vec::new();
        for system in staying.iter().filter(|system| !system.shared) {
            let from = format!("system:{}", system.id);
            let blocks = system.capabilities.iter().filter(|block| self.blocks.contains(*block));
            edges.extend(blocks.map(|b| uses(from.clone(), format!("block:{b}"), true)));
        }
        edges
    }

    fn flows_as_they_are(&self) -> Vec<Edge> {
        let flows = self.round.flows.iter();
        flows
            .map(|flow| Edge {
                from: format!("institution:{}", institution_behind(self.round, &flow.from)),
                to: format!("institution:{}", institution_behind(self.round, &flow.to)),
                label: flow.subject.clone(),
                path: flow.path.clone(),
                planned: false,
                to_replace: flow.path == "private link",
            })
            .collect()
    }

    /// Every flow goes over the exchange: in from the giver, out to the taker.
    fn flows_as_they_shall_be(&self) -> Vec<Edge> {
        let mediator = format!("block:{MEDIATOR}");
        let mut edges = Vec::new();
        for flow in &self.round.flows {
            let planned = flow.path != EXCHANGE;
            let edge = |from: String, to: String| Edge {
                from,
                to,
                label: flow.subject.clone(),
                path: EXCHANGE.to_owned(),
                planned,
                to_replace: false,
            };
            let from = format!("institution:{}", institution_behind(self.round, &flow.from));
            let to = format!("institution:{}", institution_behind(self.round, &flow.to));
            edges.push(edge(from, mediator.clone()));
            edges.push(edge(mediator.clone(), to));
        }
        edges
    }
}

fn system_node(system: &System) -> Node {
    Node {
        id: format!("system:{}", system.id),
        label: system.name.clone(),
        lane: if system.shared { "national" } else { "organisation" }.to_owned(),
        building_block: system.capabilities.first().cloned(),
        level: None,
        planned: false,
    }
}

fn uses(from: String, to: String, planned: bool) -> Edge {
    Edge { from, to, label: String::new(), path: USES.to_owned(), planned, to_replace: false }
}

/// In a stable order, the same edge only once.
fn once_each(mut edges: Vec<Edge>) -> Vec<Edge> {
    let key = |edge: &Edge| {
        (edge.from.clone(), edge.to.clone(), edge.path.clone(), edge.label.clone(), edge.planned)
    };
    edges.sort_by_key(key);
    edges.dedup_by_key(|edge| key(edge));
    edges
}
