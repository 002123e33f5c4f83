//! The workbook that comes out of an assessment.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use maturity::result::{
    Action, Architecture, Assessment, CostBand, Decision, Diagram, Effort, FlowMatrix, Gap,
    GapKind, Phase, Quadrant, Raci, RankedService, Roadmap, SafeguardRow, Verdict,
};
use maturity::round::Outcome;
use maturity::{Instrument, digest, score, sheet};

use crate::build::{first, measurement};
use crate::sheets::filled;

/// Scores as they are computed, and one made-up entry of everything that a plan has.
fn assessment(instrument: &Instrument, round: &maturity::Round) -> Assessment {
    let raci = Raci {
        responsible: "chief data officer".to_owned(),
        accountable: "head of digital authority".to_owned(),
        consulted: vec!["legal adviser".to_owned(), "security officer".to_owned()],
        informed: vec![],
    };
    Assessment {
        digest: digest::digest(instrument, round),
        scores: score::score(instrument, round),
        gaps: vec![gap()],
        services: vec![ranked()],
        components: vec![],
        duplicates: vec![],
        flows: FlowMatrix { institutions: vec![], cells: vec![] },
        architecture: architecture(),
        roadmap: Roadmap {
            phases: vec![Phase { n: 2, name: "Build".to_owned(), first_month: 4, last_month: 12 }],
            actions: vec![action(raci)],
            milestones: vec![],
            critical_path: vec!["ACT-07".to_owned()],
            months: 12,
        },
        safeguards: vec![SafeguardRow {
            id: "F3".to_owned(),
            kind: "principle".to_owned(),
            score: Some(6250),
            indicators: vec!["ID-01".to_owned()],
            stage: "design".to_owned(),
            authority: "data protection office".to_owned(),
        }],
    }
}

fn gap() -> Gap {
    Gap {
        id: "GAP-UNSAFE-LEG-04".to_owned(),
        kind: GapKind::NotFunctional,
        indicator: "LEG-04".to_owned(),
        dimension: "LEG".to_owned(),
        level: None,
        target: 3,
        severity: 1250,
        owner: "legal adviser".to_owned(),
        effort: Effort::Small,
        cost: CostBand::Low,
        action: "=HYPERLINK(\"https://evil.example\")".to_owned(),
        building_blocks: vec![],
        products: vec![],
        exit_test: "gazette".to_owned(),
        blocks_services: vec![],
        outside_govstack: true,
    }
}

fn ranked() -> RankedService {
    RankedService {
        id: "007".to_owned(),
        rank: 1,
        impact: 812,
        readiness: 500,
        burden_hours: Some(120_000),
        quadrant: Quadrant::B,
        rights_flag: true,
        missing: vec!["identity".to_owned()],
        unknown_fields: vec![],
    }
}

fn architecture() -> Architecture {
    Architecture {
        as_is: Diagram { nodes: vec![], edges: vec![] },
        to_be: Diagram { nodes: vec![], edges: vec![] },
        decisions: vec![Decision {
            system: "SYS-07".to_owned(),
            verdict: Verdict::Adapt,
            reason: "shared identity is there".to_owned(),
            building_block: None,
        }],
        interfaces: vec![],
    }
}

fn action(raci: Raci) -> Action {
    Action {
        id: "ACT-07".to_owned(),
        phase: 2,
        title: "Join the exchange".to_owned(),
        deliverable: "connected registry".to_owned(),
        gaps: vec!["GAP-A".to_owned(), "GAP-B".to_owned()],
        first_month: 4,
        last_month: 9,
        depends_on: vec!["ACT-01".to_owned()],
        raci,
        decision_body: "steering board".to_owned(),
        standards: vec!["X-Road".to_owned()],
        cost: CostBand::Middle,
        funding: "budget".to_owned(),
        indicator: "DX-01".to_owned(),
        exit_test: "PRB-DX-1 passes".to_owned(),
    }
}

/// The cells of a sheet as text, row by row.
fn cells(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[test]
fn the_workbook_has_every_part_of_the_assessment() {
    let instrument = Instrument::built_in();
    let mut round = filled();
    let probed = first(maturity::instrument::Auto::Full);
    round.measurements.push(measurement(&probed, "2026-06-29T10:00:00Z", Outcome::Level(3)));
    let assessment = assessment(&instrument, &round);
    let file = sheet::workbook(&instrument, &round, &assessment).unwrap();
    assert_eq!(file, sheet::workbook(&instrument, &round, &assessment).unwrap());

    let mut book = Xlsx::new(Cursor::new(file)).unwrap();
    let expected = [
        "Overview",
        "Dimensions",
        "Scores",
        "Cells",
        "Gates",
        "Answers",
        "Evidence",
        "Gaps",
        "Services",
        "Components",
        "Decisions",
        "Roadmap",
        "RACI",
        "Safeguards",
        "Probes",
    ];
    assert_eq!(book.sheet_names(), expected);

    let overview = cells(&mut book, "Overview");
    assert_eq!(overview[1][0], "Invented");
    assert!(overview.contains(&vec!["Country".to_owned(), "Amani".to_owned()]));
    let mean = overview.iter().find(|row| row[0] == "Mean").unwrap();
    let hundredths = assessment.scores.country.mean;
    assert_eq!(mean[1].parse::<f64>().unwrap(), format!("{hundredths}e-2").parse::<f64>().unwrap());

    assert_eq!(cells(&mut book, "Scores").len(), 1 + instrument.indicators.len());
    assert_eq!(cells(&mut book, "Answers").len(), 1 + round.answers.len());
    assert_eq!(cells(&mut book, "Probes")[1][3..5], ["2026-06-29T10:00:00Z", "level 3"]);
    assert_eq!(
        cells(&mut book, "Gaps")[1][..7],
        ["GAP-UNSAFE-LEG-04", "not functional", "LEG-04", "LEG", "unknown", "3", "12.5"]
    );
    assert_eq!(cells(&mut book, "Services")[1][..5], ["1", "007", "1234", "B", "0.812"]);
    assert_eq!(cells(&mut book, "Decisions")[1][1..3], ["Système n° 7", "adapt"]);
    let roadmap = cells(&mut book, "Roadmap");
    assert_eq!(
        roadmap[1],
        [
            "Build",
            "DX-01",
            "ACT-07",
            "Join the exchange",
            "Closes GAP-A, GAP-B. Done when: PRB-DX-1 passes",
            "connected registry",
            "chief data officer",
            "months 4 to 9",
            "middle cost; budget",
            "After ACT-01. On the critical path. Standards: X-Road. Decided by: steering board.",
        ]
    );
    assert_eq!(cells(&mut book, "RACI")[1][4], "legal adviser; security officer");
    assert_eq!(cells(&mut book, "Safeguards")[1][2], "62.5");
}

#[test]
fn nothing_in_the_workbook_is_a_formula() {
    let instrument = Instrument::built_in();
    let round = filled();
    let assessment = assessment(&instrument, &round);
    let workbook = sheet::workbook(&instrument, &round, &assessment).unwrap();
    let template = sheet::template(&instrument, Some(&round)).unwrap();
    for file in [workbook, template] {
        let mut book = Xlsx::new(Cursor::new(file)).unwrap();
        for name in book.sheet_names() {
            let formulas = book.worksheet_formula(&name).unwrap();
            assert!(formulas.is_empty(), "{name}");
        }
    }
}
