use maturity::plan::services;
use maturity::result::{ComponentValue, Effort, Quadrant, RankedService};
use maturity::round::{Round, Service};
use serde_json::json;

use crate::rounds::{instrument, service, with_levels};
use maturity::score::score;

const LEVELS: [(&str, u8); 9] = [
    ("ID-01", 3),
    ("ID-04", 3),
    ("PAY-01", 2),
    ("DX-01", 1),
    ("DX-05", 1),
    ("SVC-05", 2),
    ("DX-07", 0),
    ("ID-10", 0),
    ("ID-07", 0),
];

/// The six services of the worked example, with invented figures.
fn example() -> Vec<Service> {
    let documents = |count: usize| vec!["paper"; count];
    vec![
        service(json!({"id": "farm-voucher", "transactions_per_year": 2_000_000, "visits": 2,
            "documents": documents(2), "vulnerable_groups": true, "commitment": 4,
            "needs": ["identity", "payments", "information-mediator"]})),
        service(json!({"id": "business-licence", "transactions_per_year": 150_000, "visits": 3,
            "documents": documents(6), "commitment": 3,
            "needs": ["identity", "registration", "payments", "information-mediator"]})),
        service(json!({"id": "birth-registration", "transactions_per_year": 400_000, "visits": 2,
            "documents": documents(3), "vulnerable_groups": true, "commitment": 3,
            "needs": ["identity", "digital-registries", "information-mediator"], "rights_critical": true})),
        service(json!({"id": "child-grant", "transactions_per_year": 900_000, "visits": 3,
            "documents": documents(4), "vulnerable_groups": true, "commitment": 4,
            "needs": ["payments", "digital-registries", "information-mediator", "consent"]})),
        service(json!({"id": "driving-licence", "transactions_per_year": 120_000, "visits": 2,
            "documents": documents(4), "commitment": 1,
            "needs": ["identity", "registration", "payments"]})),
        service(json!({"id": "engineer-recognition", "transactions_per_year": 400, "visits": 3,
            "documents": documents(8), "commitment": 3, "cross_border": true,
            "needs": ["wallet", "esignature", "information-mediator"], "rights_critical": true})),
    ]
}

fn rank(services: Vec<Service>) -> (Vec<RankedService>, Vec<ComponentValue>) {
    let mut round = with_levels(&LEVELS);
    round.services = services;
    rank_round(&round)
}

fn rank_round(round: &Round) -> (Vec<RankedService>, Vec<ComponentValue>) {
    let instrument = instrument();
    services(&instrument, round, &score(&instrument, round))
}

#[test]
fn the_worked_example_has_its_quadrants() {
    let (ranked, _) = rank(example());
    let found: Vec<(&str, Quadrant)> =
        ranked.iter().map(|service| (service.id.as_str(), service.quadrant)).collect();
    let expected = [
        ("farm-voucher", Quadrant::A),
        ("business-licence", Quadrant::A),
        ("child-grant", Quadrant::B),
        ("birth-registration", Quadrant::B),
        ("driving-licence", Quadrant::C),
        ("engineer-recognition", Quadrant::D),
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_worked_example_values_its_components_in_the_expected_order() {
    let (_, mut components) = rank(example());
    components.sort_by_key(|one| -one.value);
    let order: Vec<&str> = components.iter().map(|one| one.building_block.as_str()).collect();
    let expected = [
        "information-mediator",
        "payments",
        "digital-registries",
        "registration",
        "consent",
        "esignature",
        "wallet",
    ];
    assert_eq!(order, expected);
}

#[test]
fn values_share_out_exactly_the_impact_of_services_that_lack_something() {
    let (ranked, components) = rank(example());
    let impact: i64 = ranked.iter().map(|service| service.impact).sum();
    let value: i64 = components.iter().map(|component| component.value).sum();
    // Each share is rounded to a thousandth.
    assert!((impact - value).abs() <= 6, "{impact} and {value}");
}

#[test]
fn a_small_service_on_which_rights_depend_keeps_its_flag() {
    let (ranked, _) = rank(example());
    let last = ranked.last().unwrap();
    assert_eq!(
        (last.id.as_str(), last.quadrant, last.rights_flag),
        ("engineer-recognition", Quadrant::D, true)
    );
}

#[test]
fn impact_follows_the_published_formula() {
    let (ranked, _) = rank(vec![
        service(
            json!({"id": "largest", "transactions_per_year": 999_999, "visits": 1, "needs": ["identity"]}),
        ),
        service(json!({"id": "small", "transactions_per_year": 999, "visits": 0,
            "vulnerable_groups": true, "commitment": 2, "cross_border": true, "needs": ["identity"]})),
    ]);
    let impact = |id: &str| ranked.iter().find(|one| one.id == id).unwrap().impact;
    assert_eq!(impact("largest"), 600);
    // 0.30 x log(1000)/log(1000000) + 0.30 x 0 + 0.15 + 0.15 x 2/4 + 0.10
    assert_eq!(impact("small"), 150 + 150 + 75 + 100);
}

#[test]
fn burden_counts_four_hours_a_visit_and_half_an_hour_a_document() {
    let (ranked, _) =
        rank(vec![service(json!({"id": "a", "transactions_per_year": 1000, "visits": 2,
        "documents": ["x", "y", "z"], "needs": ["identity"]}))]);
    assert_eq!(ranked[0].burden_hours, Some(9500));
}

#[test]
fn without_a_legal_basis_readiness_is_half() {
    let with = service(json!({"id": "with", "needs": ["identity"]}));
    let without = service(json!({"id": "without", "needs": ["identity"], "legal_basis": ""}));
    let (ranked, _) = rank(vec![with, without]);
    let readiness: Vec<i64> = ranked.iter().map(|one| one.readiness).collect();
    assert_eq!(readiness, [1000, 500]);
}

#[test]
fn what_is_not_filled_in_counts_low_and_is_named() {
    let (ranked, _) =
        rank(vec![service(json!({"id": "a", "legal_basis": " ", "needs": ["messaging"]}))]);
    let service = &ranked[0];
    assert_eq!((service.impact, service.readiness, service.burden_hours), (0, 0, None));
    let unknown =
        ["transactions_per_year", "visits", "commitment", "legal_basis", "level of Messaging"];
    assert_eq!(service.unknown_fields, unknown);
    assert_eq!(service.missing, ["messaging"]);
}

#[test]
fn components_are_picked_greedily_by_value_for_their_effort() {
    // Registries and the mediator are each half of one large service; the small messaging alone unlocks a lesser one.
    let (_, components) = rank(vec![
        service(json!({"id": "large", "transactions_per_year": 1_000_000, "visits": 4,
            "vulnerable_groups": true, "commitment": 4,
            "needs": ["digital-registries", "information-mediator"]})),
        service(
            json!({"id": "lesser", "transactions_per_year": 1_000, "visits": 1, "needs": ["messaging"]}),
        ),
    ]);
    let order: Vec<&str> = components.iter().map(|one| one.building_block.as_str()).collect();
    assert_eq!(order, ["messaging", "digital-registries", "information-mediator"]);
    assert_eq!(components[0].effort, Effort::Small);
    assert_eq!(components[0].unlocks, ["lesser"]);
    // Registries at 3 and the mediator still at 1 make two thirds, which is above the cut.
    assert_eq!(components[1].unlocks, ["large"]);
    assert!(components[2].unlocks.is_empty());
}

#[test]
fn an_empty_catalogue_ranks_nothing() {
    let (ranked, components) = rank(Vec::new());
    assert!(ranked.is_empty() && components.is_empty());
}

#[test]
fn the_order_of_the_catalogue_does_not_matter() {
    let mut turned = example();
    turned.reverse();
    let json = |services| serde_json::to_string(&rank(services)).unwrap();
    assert_eq!(json(example()), json(turned));
}
