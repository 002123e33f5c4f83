//! Which service first.

use maturity::Instrument;
use maturity::plan;
use maturity::result::{Effort, Quadrant, RankedService};
use maturity::score::score;

use crate::build;
use crate::world::{assessed, hasty, service};

fn ranked<'s>(services: &'s [RankedService], id: &str) -> &'s RankedService {
    services.iter().find(|service| service.id == id).unwrap()
}

#[test]
fn impact_and_readiness_make_four_quadrants() {
    let mut round = hasty();
    // Few people, no commitment: little impact.
    for service in &mut round.services {
        if service.transactions_per_year.unwrap() < 10 {
            service.commitment = Some(0);
        }
    }
    let services = assessed(&round).services;
    let order: Vec<(&str, Quadrant)> =
        services.iter().map(|service| (service.id.as_str(), service.quadrant)).collect();
    assert_eq!(
        order,
        [
            ("pension", Quadrant::A),
            ("benefit", Quadrant::B),
            ("permit", Quadrant::C),
            ("licence", Quadrant::D)
        ]
    );
    assert_eq!(services.iter().map(|s| s.rank).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(ranked(&services, "benefit").missing, ["consent", "information-mediator"]);
}

#[test]
fn figures_can_be_followed_with_a_pencil() {
    let services = assessed(&hasty()).services;
    // The largest: .30 + .30 + .15, and both components at 3.
    let pension = ranked(&services, "pension");
    assert_eq!((pension.impact, pension.readiness), (750, 1000));
    // Two visits of four hours and a document of half an hour.
    assert_eq!(pension.burden_hours, Some(8_500_000));
    // (3/3 + 1/3 + 1/3) / 3
    assert_eq!(ranked(&services, "benefit").readiness, 555);
}

#[test]
fn without_legal_basis_readiness_is_half() {
    let mut round = hasty();
    round.services[0].legal_basis = String::new();
    let services = assessed(&round).services;
    let pension = ranked(&services, "pension");
    assert_eq!((pension.readiness, pension.quadrant), (500, Quadrant::B));
    assert_eq!(pension.unknown_fields, ["legal_basis"]);
}

#[test]
fn empty_fields_are_listed_and_count_low() {
    let mut round = hasty();
    let mut bare = service("bare", 0, &[]);
    bare.transactions_per_year = None;
    bare.visits = None;
    bare.documents.clear();
    bare.commitment = None;
    bare.rights_critical = true;
    round.services.push(bare);
    let services = assessed(&round).services;
    let bare = ranked(&services, "bare");
    assert_eq!((bare.impact, bare.readiness, bare.burden_hours), (0, 0, None));
    let fields = ["transactions_per_year", "visits", "documents", "commitment", "needs"];
    assert_eq!(bare.unknown_fields, fields);
    assert!(bare.rights_flag && bare.quadrant == Quadrant::D);
}

#[test]
fn an_unknown_component_is_said_to_be_unknown() {
    let mut round = build::empty();
    round.services = vec![service("pension", 10, &["identity"])];
    let assessment = assessed(&round);
    assert_eq!(assessment.services[0].unknown_fields, ["level of identity"]);
    assert_eq!(assessment.components[0].level, None);
}

#[test]
fn a_component_is_worth_what_it_unlocks() {
    let mut round = build::standing(|_| 0);
    round.services = vec![
        service("a", 1000, &["consent"]),
        service("b", 1000, &["consent", "wallet"]),
        service("c", 1000, &["wallet", "identity"]),
    ];
    let components = assessed(&round).components;
    let found: Vec<(&str, i64, Effort)> =
        components.iter().map(|c| (c.building_block.as_str(), c.value, c.effort)).collect();
    // Each service has impact 750. After consent stands, wallet alone unlocks b.
    let (medium, large) = (Effort::Medium, Effort::Large);
    let expected = [("consent", 1125, medium), ("wallet", 750, medium), ("identity", 375, large)];
    assert_eq!(found, expected);
    assert_eq!(components[0].unlocks, ["a", "b"]);
}

#[test]
fn a_declined_component_is_not_proposed() {
    let mut round = build::standing(|_| 0);
    round.services = vec![service("a", 1000, &["consent", "wallet"])];
    let reason = maturity::round::Target::NotPlanned { reason: "council, 3 May".to_owned() };
    round.targets.insert("ID-10".to_owned(), reason);
    let instrument = Instrument::built_in();
    let scores = score(&instrument, &round);
    let (services, components) = plan::services(&instrument, &round, &scores);
    assert_eq!(services[0].missing, ["consent", "wallet"]);
    assert!(components.iter().all(|component| component.building_block != "wallet"));
}
