use maturity::plan::{Language, architecture, duplicates, flows, gaps, graphviz, mermaid};
use maturity::result::{Architecture, Verdict};
use maturity::round::{Flow, Round};
use serde_json::json;

use crate::rounds::{all_at, instrument, read, service, set, system};
use maturity::score::score;

/// Three ministries with log-ins of their own, a shared exchange, and links beside it.
fn silos() -> Round {
    let mut round = all_at(2);
    set(&mut round, "DX-07", 0);
    round.systems = vec![
        system(
            json!({"id": "S-EXCH", "name": "Exchange", "capabilities": ["information-mediator"],
            "interfaces": ["X-Road"], "shared": true}),
        ),
        system(json!({"id": "S-TAXID", "name": "Tax log-in", "institution": "GOV/TAX",
            "capabilities": ["identity"], "contract_ends": "2027-06-30"})),
        system(json!({"id": "S-HEAID", "name": "Health log-in", "institution": "GOV/HEA",
            "capabilities": ["identity"], "open_source": true, "interfaces": ["OpenID Connect"]})),
        system(json!({"id": "S-HEAEX", "name": "Health exchange", "institution": "GOV/HEA",
            "capabilities": ["information-mediator"]})),
        system(json!({"id": "S-TAX", "name": "Revenue system", "institution": "GOV/TAX",
            "interfaces": ["REST"], "uses": ["S-EXCH"]})),
        system(json!({"id": "S-CARD", "name": "Card index", "institution": "GOV/HEA"})),
    ];
    round.services = vec![service(
        json!({"id": "refund", "needs": ["identity", "consent"], "systems": ["S-TAX"]}),
    )];
    round.flows = vec![
        flow("GOV/TAX", "GOV/HEA", "private link", None),
        flow("S-TAX", "GOV/HEA", "exchange", Some(500)),
        flow("GOV/HEA", "GOV/TAX", "paper", None),
    ];
    round
}

fn flow(from: &str, to: &str, path: &str, calls: Option<u64>) -> Flow {
    let agreement = calls.map(|_| "AG-1");
    serde_json::from_value(json!({"from": from, "to": to, "subject": "income", "path": path,
        "agreement": agreement, "calls": calls}))
    .unwrap()
}

fn draft(round: &Round) -> Architecture {
    let instrument = instrument();
    let scores = score(&instrument, round);
    let gaps = gaps(&instrument, round, &scores, &[]);
    architecture(&instrument, round, &scores, &gaps)
}

#[test]
fn the_same_work_in_several_institutions_is_a_duplicate() {
    let found = duplicates(&silos());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].building_block, "identity");
    assert_eq!(found[0].systems, ["S-HEAID", "S-TAXID"]);
    assert_eq!(found[0].institutions, ["GOV/HEA", "GOV/TAX"]);
    assert_eq!(found[0].shared, None);
}

#[test]
fn who_uses_the_shared_system_has_no_duplicate() {
    let mut round = silos();
    round.systems.push(system(json!({"id": "S-ID", "capabilities": ["identity"], "shared": true})));
    assert_eq!(duplicates(&round)[0].shared.as_deref(), Some("S-ID"));
    round.systems[1].uses.push("S-ID".to_owned());
    assert!(duplicates(&round).is_empty());
}

#[test]
fn two_systems_of_one_institution_are_no_silo_between_institutions() {
    let mut round = silos();
    round.systems[1].institution = "GOV/HEA".to_owned();
    assert!(duplicates(&round).is_empty());
}

#[test]
fn flows_are_counted_by_institution_with_what_runs_beside_the_exchange() {
    let matrix = flows(&silos());
    assert_eq!(matrix.institutions, ["GOV/DIG", "GOV/HEA", "GOV/TAX"]);
    assert_eq!(matrix.cells.len(), 2);
    let cell = &matrix.cells[1];
    assert_eq!((cell.from.as_str(), cell.to.as_str()), ("GOV/TAX", "GOV/HEA"));
    assert_eq!(
        (cell.calls, cell.over_exchange, cell.beside, cell.without_agreement),
        (500, 1, 1, 1)
    );
}

#[test]
fn every_system_gets_a_decision_with_a_reason() {
    let draft = draft(&silos());
    let verdict = |system: &str| {
        let decision = draft.decisions.iter().find(|one| one.system == system).unwrap();
        assert!(!decision.reason.is_empty());
        decision.verdict
    };
    let cases = [
        ("S-EXCH", Verdict::Keep),
        ("S-TAXID", Verdict::Replace),
        ("S-HEAID", Verdict::Adapt),
        ("S-HEAEX", Verdict::Retire),
        ("S-TAX", Verdict::Keep),
        ("S-CARD", Verdict::Adapt),
        ("consent", Verdict::Build),
    ];
    for (system, expected) in cases {
        assert_eq!(verdict(system), expected, "{system}");
    }
    assert_eq!(draft.decisions.len(), cases.len());
}

#[test]
fn a_system_on_which_services_rest_is_not_retired() {
    let mut round = silos();
    round.services[0].systems.push("S-HEAEX".to_owned());
    let decision = draft(&round).decisions.into_iter().find(|one| one.system == "S-HEAEX").unwrap();
    assert_eq!(decision.verdict, Verdict::Adapt);
}

#[test]
fn the_to_be_has_no_private_link_and_not_what_goes() {
    let draft = draft(&silos());
    assert!(draft.as_is.edges.iter().any(|edge| edge.path == "private link" && edge.to_replace));
    let ids = |diagram: &maturity::result::Diagram| {
        diagram.nodes.iter().map(|node| node.id.clone()).collect::<Vec<_>>()
    };
    assert!(ids(&draft.as_is).contains(&"system:S-TAXID".to_owned()));
    for gone in ["system:S-TAXID", "system:S-HEAEX"] {
        assert!(!ids(&draft.to_be).contains(&gone.to_owned()), "{gone}");
    }
    assert!(!ids(&draft.as_is).contains(&"block:consent".to_owned()));
    let consent = draft.to_be.nodes.iter().find(|node| node.id == "block:consent").unwrap();
    assert!(consent.planned);
    assert!(
        draft.to_be.edges.iter().all(|edge| ["exchange", "uses"].contains(&edge.path.as_str()))
    );
    let known = ids(&draft.to_be);
    assert!(draft.to_be.edges.iter().all(|e| known.contains(&e.from) && known.contains(&e.to)));
}

#[test]
fn nodes_stand_in_the_three_lanes() {
    let mut round = silos();
    let law = json!({"id": "L-1", "name": "Data act", "level": "national", "status": "draft"});
    round.laws.push(serde_json::from_value(law).unwrap());
    let draft = draft(&round);
    let lane = |id: &str| draft.to_be.nodes.iter().find(|n| n.id == id).map(|n| n.lane.as_str());
    assert_eq!(lane("law:L-1"), Some("foundation"));
    assert_eq!(lane("block:identity"), Some("national"));
    assert_eq!(lane("system:S-EXCH"), Some("national"));
    assert_eq!(lane("institution:GOV/TAX"), Some("organisation"));
    assert!(draft.as_is.nodes.iter().all(|node| node.id != "law:L-1"), "a draft is not in force");
    assert!(draft.interfaces.iter().any(|one| one.building_block == "identity"));
}

#[test]
fn hostile_names_cannot_leave_their_label() {
    let mut round = silos();
    let name = "a\"] --> x; <script>alert(1)</script> `#quot; \\\" \n click n0 \"javascript:1\"";
    round.systems[0].name = name.to_owned();
    let draft = draft(&round);
    let text = mermaid(&draft.as_is, Language::English);
    assert!(!text.contains("<script>") && !text.contains('`'));
    let line = text.lines().find(|line| line.contains("script")).unwrap();
    assert_eq!(line.matches('"').count(), 2, "{line}");
    let dot = graphviz(&draft.as_is, Language::English);
    let line = dot.lines().find(|line| line.contains("script")).unwrap();
    let unescaped = line.replace("\\\\", "").replace("\\\"", "");
    assert_eq!(unescaped.matches('"').count() % 2, 0, "{line}");
    assert!(!line.replace("\\\\", "").replace("\\\"", "").contains("--> x; \""), "{line}");
}

#[test]
fn both_texts_name_every_lane_and_node() {
    let draft = draft(&silos());
    for diagram in [&draft.as_is, &draft.to_be] {
        let text = mermaid(diagram, Language::French);
        assert!(text.starts_with("flowchart TB\n"));
        assert_eq!(text.matches("  subgraph ").count(), 3);
        let drawn =
            text.lines().filter(|line| line.trim_start().starts_with('n') && line.contains("[\""));
        assert_eq!(drawn.count(), diagram.nodes.len());
        let dot = graphviz(diagram, Language::French);
        assert_eq!(dot.matches(" -> ").count(), diagram.edges.len());
    }
}

#[test]
fn a_country_without_any_catalogue_still_gets_a_draft() {
    let mut round = all_at(0);
    round.institutions.clear();
    let draft = draft(&round);
    assert!(draft.decisions.is_empty());
    assert!(draft.as_is.nodes.is_empty());
    assert!(draft.to_be.nodes.iter().any(|node| node.id == "block:identity" && node.planned));
    let whole = serde_json::to_value(&round).unwrap();
    assert_eq!(read(whole).systems.len(), 0);
}
