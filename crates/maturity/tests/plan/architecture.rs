//! Silos, flows, decisions and drawings.

use maturity::Round;
use maturity::plan::mermaid;
use maturity::result::{Decision, Diagram, Node, Verdict};

use crate::build;
use crate::world::{assessed, flow, hasty, system};

/// Two log-ins beside a shared one, two registers, a private link.
fn country() -> Round {
    let mut round = hasty();
    let mut national = system("national-id", build::OFFICE, &["identity"]);
    national.shared = true;
    national.interfaces = vec!["OpenID Connect".to_owned()];
    let mut portal = system("portal", "GOV/TAX", &["identity", "workflow"]);
    portal.uses = vec!["national-id".to_owned()];
    let mut old = system("old-login", "GOV/TAX", &["identity"]);
    old.uses = vec!["national-id".to_owned()];
    round.systems = vec![
        national,
        portal,
        old,
        system("health-login", "GOV/HEALTH", &["identity"]),
        system("patients", "GOV/HEALTH", &["digital-registries"]),
        system("taxpayers", "GOV/TAX", &["digital-registries"]),
    ];
    round.flows = vec![
        flow("GOV/HEALTH", "GOV/TAX", "private link"),
        flow("GOV/HEALTH", "GOV/TAX", "exchange"),
    ];
    round
}

fn decision<'d>(decisions: &'d [Decision], system: &str) -> &'d Decision {
    decisions.iter().find(|decision| decision.system == system).unwrap()
}

#[test]
fn a_silo_beside_a_shared_system_is_found() {
    let duplicates = assessed(&country()).duplicates;
    assert_eq!(duplicates.len(), 1, "registers of different matter are none");
    let silo = &duplicates[0];
    assert_eq!(silo.building_block, "identity");
    assert_eq!(silo.systems, ["health-login", "old-login", "portal"]);
    assert_eq!(silo.shared.as_deref(), Some("national-id"));
}

#[test]
fn a_single_system_without_a_shared_one_is_no_silo() {
    let mut round = country();
    round.systems.retain(|system| system.id == "health-login");
    assert!(assessed(&round).duplicates.is_empty());
}

#[test]
fn flows_are_counted_by_pair_and_way() {
    let mut round = country();
    round.flows[1].agreement = Some("AGR-1".to_owned());
    round.flows[1].calls = Some(7);
    let flows = assessed(&round).flows;
    assert_eq!(flows.institutions, ["GOV/DIG", "GOV/HEALTH", "GOV/TAX"]);
    let [cell] = flows.cells.as_slice() else { panic!("{:?}", flows.cells) };
    assert_eq!((cell.calls, cell.over_exchange, cell.beside, cell.without_agreement), (7, 1, 1, 1));
}

#[test]
fn each_system_gets_a_decision_with_a_reason() {
    let decisions = assessed(&country()).architecture.decisions;
    let verdict = |id| decision(&decisions, id).verdict;
    assert_eq!(verdict("national-id"), Verdict::Keep);
    assert_eq!(verdict("health-login"), Verdict::Replace);
    assert_eq!(verdict("old-login"), Verdict::Retire);
    assert_eq!(verdict("portal"), Verdict::Keep);
    assert_eq!(verdict("patients"), Verdict::Adapt);
    assert_eq!(verdict("information-mediator"), Verdict::Build);
    assert!(decisions.iter().all(|decision| !decision.reason.is_empty()));
    assert!(decisions.iter().all(|decision| decision.system != "payments"), "it stands at 3");
}

#[test]
fn nobody_moves_onto_what_does_not_carry() {
    let mut round = country();
    let reason = |round: &Round| {
        decision(&assessed(round).architecture.decisions, "health-login").reason.clone()
    };
    assert_eq!(reason(&round), "national-id is shared and does the same work");
    for id in ["ID-01", "ID-02", "ID-04"] {
        round.answers.get_mut(id).unwrap().level = Some(1);
    }
    assert!(reason(&round).ends_with("not before identity stands at 3 instead of 1"));
}

#[test]
fn private_links_go_over_the_exchange_in_the_plan() {
    let architecture = assessed(&country()).architecture;
    let links = architecture.as_is.edges.iter().filter(|edge| edge.to_replace);
    assert_eq!(links.count(), 1);
    let to_be = &architecture.to_be;
    assert!(to_be.edges.iter().all(|edge| edge.path != "private link"));
    let exchange = to_be.nodes.iter().find(|node| node.id == "block:information-mediator").unwrap();
    assert!(exchange.planned && exchange.lane == "national");
    assert!(to_be.nodes.iter().all(|node| node.id != "system:health-login"));
    let standards =
        architecture.interfaces.iter().find(|i| i.building_block == "identity").unwrap();
    assert!(standards.standards.iter().any(|standard| standard.contains("OpenID Connect")));
}

#[test]
fn every_arrow_has_both_ends() {
    let architecture = assessed(&country()).architecture;
    for diagram in [&architecture.as_is, &architecture.to_be] {
        for edge in &diagram.edges {
            for end in [&edge.from, &edge.to] {
                assert!(diagram.nodes.iter().any(|node| node.id == *end), "{end}");
            }
        }
    }
}

#[test]
fn a_label_cannot_leave_its_quotes() {
    let node = Node {
        id: "x".to_owned(),
        label: "a\"] --> b; <script>\n".to_owned(),
        lane: "national".to_owned(),
        building_block: None,
        level: Some(2),
        planned: false,
    };
    let text = mermaid(&Diagram { nodes: vec![node], edges: Vec::new() });
    assert!(text.contains("n0[\"a#34;#93; --#62; b#59; #60;script#62;  (2)\"]:::level2"), "{text}");
    assert!(!text.contains("<script"));
}
