//! Services and systems of invented countries.

use maturity::result::{Gap, Roadmap};
use maturity::round::{Flow, Service, System};
use maturity::{Assessment, Instrument, Round, assess};

use crate::build;

pub(crate) fn assessed(round: &Round) -> Assessment {
    assess(&Instrument::built_in(), round)
}

pub(crate) fn service(id: &str, transactions: u64, needs: &[&str]) -> Service {
    let text = format!(
        r#"{{ "id": "{id}", "name": "{id}", "institution": "{}", "transactions_per_year": {transactions},
              "visits": 2, "documents": ["form"], "commitment": 4, "legal_basis": "Act on {id}" }}"#,
        build::OFFICE
    );
    let mut service: Service = serde_json::from_str(&text).unwrap();
    service.needs = needs.iter().map(|need| (*need).to_owned()).collect();
    service
}

pub(crate) fn system(id: &str, institution: &str, capabilities: &[&str]) -> System {
    let text = format!(r#"{{ "id": "{id}", "name": "{id}", "institution": "{institution}" }}"#);
    let mut system: System = serde_json::from_str(&text).unwrap();
    system.capabilities = capabilities.iter().map(|block| (*block).to_owned()).collect();
    system
}

pub(crate) fn flow(from: &str, to: &str, path: &str) -> Flow {
    Flow {
        from: from.to_owned(),
        to: to.to_owned(),
        subject: "births".to_owned(),
        path: path.to_owned(),
        agreement: None,
        legal_basis: None,
        calls: None,
    }
}

/// Identity and payments stand at 3, everything else at 1: red safeguards among it.
pub(crate) fn hasty() -> Round {
    let mut round = build::standing(|indicator| match indicator.dimension.as_str() {
        "ID" | "PAY" => 3,
        _ => 1,
    });
    round.services = vec![
        service("pension", 1_000_000, &["identity", "payments"]),
        service("benefit", 900_000, &["identity", "information-mediator", "consent"]),
        service("permit", 3, &["payments"]),
        service("licence", 2, &["messaging", "consent"]),
    ];
    round
}

pub(crate) fn gap<'g>(gaps: &'g [Gap], indicator: &str) -> Option<&'g Gap> {
    gaps.iter().find(|gap| gap.indicator == indicator)
}

/// Index of the action that closes a gap of this indicator.
pub(crate) fn action_for(roadmap: &Roadmap, indicator: &str) -> Option<usize> {
    let suffix = format!("-{indicator}");
    roadmap.actions.iter().position(|a| a.gaps.iter().any(|gap| gap.ends_with(&suffix)))
}
