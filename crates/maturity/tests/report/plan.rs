//! The assessment of the sample's round, made by hand.

use std::collections::BTreeMap;

use maturity::instrument::Instrument;
use maturity::result::*;
use maturity::round::{Outcome, Round};

use crate::sample::{BLOCKS, INSTITUTIONS, Scatter, digest};

/// The assessment to look at.
pub fn assessment(instrument: &Instrument, round: &Round) -> Assessment {
    let mut scatter = Scatter(23);
    let indicators = indicator_scores(instrument, round);
    let gaps = gaps(instrument, &indicators, &mut scatter);
    let services = ranked(&mut scatter);
    Assessment {
        digest: digest(77),
        scores: scores(instrument, indicators),
        roadmap: roadmap(&gaps),
        gaps,
        services,
        components: components(),
        duplicates: vec![
            duplicate("payments", &["SYS-03", "SYS-07", "SYS-11"], None),
            duplicate("registration", &["SYS-02", "SYS-06"], Some("SYS-01")),
        ],
        flows: matrix(round),
        architecture: architecture(),
        safeguards: safeguards(),
    }
}

fn indicator_scores(instrument: &Instrument, round: &Round) -> Vec<IndicatorScore> {
    let of = |(at, indicator): (usize, &maturity::instrument::Indicator)| {
        let answer = &round.answers[&indicator.id];
        let cap = if answer.evidence.is_empty() { 1 } else { 4 };
        let measured = match round.measurements.iter().find(|one| one.indicator == indicator.id) {
            None => Measured::No,
            Some(one) => match one.outcome {
                Outcome::Level(level) => Measured::Level(level),
                Outcome::CannotBeMeasured => Measured::CannotBe,
                Outcome::Unavailable { .. } => Measured::Unavailable,
            },
        };
        let claimed = answer.level.map(|level| level.min(cap));
        let level = if let Measured::Level(level) = measured { Some(level) } else { claimed };
        IndicatorScore {
            id: indicator.id.clone(),
            claimed: answer.level,
            cap,
            measured,
            reviewed: None,
            level,
            not_planned: at == 60,
            target: 3,
            contradicted: matches!(measured, Measured::Level(level) if Some(level) != answer.level),
            expired: if at % 23 == 5 { vec!["EV-09".to_owned()] } else { Vec::new() },
        }
    };
    instrument.indicators.iter().enumerate().map(of).collect()
}

fn scores(instrument: &Instrument, indicators: Vec<IndicatorScore>) -> Scores {
    let dimensions = instrument
        .dimensions
        .iter()
        .map(|dimension| dimension_score(instrument, dimension, &indicators));
    let dimensions: Vec<DimensionScore> = dimensions.collect();
    let gates = instrument.gates.iter().zip([
        GateAnswer::Green,
        GateAnswer::Red,
        GateAnswer::Unknown,
        GateAnswer::Green,
        GateAnswer::Unknown,
        GateAnswer::Green,
        GateAnswer::Red,
    ]);
    let because = |rule: &str| {
        let words = rule.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
        words.filter(|word| word.contains('-')).map(str::to_owned).collect()
    };
    let gates = gates.map(|(gate, state)| GateState {
        id: gate.id.clone(),
        component: gate.component.clone(),
        state,
        says: gate.says.clone(),
        because: because(&gate.fails_when),
    });
    let matrix = instrument.matrix.iter().enumerate().map(|(at, cell)| CellScore {
        component: cell.component.clone(),
        question: cell.question.clone(),
        score: (at != 6).then_some(at as i64 * 810 + 300),
        level: (at != 6).then_some((at * 4 / 11) as u8),
        unavailable: at == 4,
        red_gate: (at == 4).then(|| "NOTDPI-2".to_owned()),
    });
    Scores {
        country: CountryScore {
            mean: 4_137,
            low: 3_702,
            high: 5_240,
            geometric: 3_818,
            weakest: "XB".to_owned(),
            level: 1,
            held_back_by: vec!["UNSAFE".into(), "LEG-04".into(), "XB".into(), "ID-02".into()],
            coverage: 874,
        },
        dimensions,
        indicators,
        matrix: matrix.collect(),
        gates: gates.collect(),
        sensitivity: Sensitivity {
            draws: 2_000,
            mean_low: 3_870,
            mean_high: 4_412,
            levels: [0, 1_960, 40, 0, 0],
        },
    }
}

fn dimension_score(
    instrument: &Instrument,
    dimension: &maturity::instrument::Dimension,
    indicators: &[IndicatorScore],
) -> DimensionScore {
    let of_it = instrument
        .indicators
        .iter()
        .zip(indicators)
        .filter(|(one, _)| one.dimension == dimension.id);
    let (mut sum, mut known, mut all) = (0, 0, 0);
    for (indicator, score) in of_it {
        all += indicator.weight;
        if let Some(level) = score.level {
            sum += indicator.weight * i64::from(level);
            known += indicator.weight;
        }
    }
    // One dimension that nobody answered.
    let none = dimension.id == "CAP";
    DimensionScore {
        id: dimension.id.clone(),
        score: (!none && known > 0).then(|| sum * 10_000 / (4 * known.max(1))),
        low: if none { 0 } else { sum * 10_000 / (4 * all) },
        high: if none { 10_000 } else { (sum + 4 * (all - known)) * 10_000 / (4 * all) },
        coverage: if none { 0 } else { known * 1000 / all },
        band: (!none && known * 1000 / all >= 800).then_some((sum / known.max(1)) as u8),
        unavailable: dimension.id == "PAY",
    }
}

const ROLES: [&str; 4] = [
    "Head of Digital Authority",
    "Chief government architect",
    "Data protection authority",
    "Finance ministry",
];

fn gaps(instrument: &Instrument, indicators: &[IndicatorScore], scatter: &mut Scatter) -> Vec<Gap> {
    let kinds = [
        GapKind::Unsafe,
        GapKind::Missing,
        GapKind::Contradicted,
        GapKind::Siloed,
        GapKind::Ungoverned,
        GapKind::Excluding,
        GapKind::NotFunctional,
        GapKind::NotInteroperable,
        GapKind::Unevidenced,
        GapKind::DependentOnOne,
    ];
    let low = instrument
        .indicators
        .iter()
        .zip(indicators)
        .filter(|(_, score)| score.level.is_none_or(|level| level < 2));
    let mut gaps: Vec<Gap> = low
        .take(30)
        .enumerate()
        .map(|(at, (indicator, score))| Gap {
            id: format!("GAP-{}", indicator.id),
            kind: kinds[at % 10],
            indicator: indicator.id.clone(),
            dimension: indicator.dimension.clone(),
            level: score.level,
            target: 3,
            severity: 1_900 - at as i64 * 55,
            owner: ROLES[at % 4].to_owned(),
            effort: [Effort::Small, Effort::Medium, Effort::Large][at % 3],
            cost: [CostBand::Low, CostBand::Middle, CostBand::High][scatter.below(3) as usize],
            action: indicator.gap.action.clone(),
            building_blocks: indicator.gap.building_blocks.clone(),
            products: if at % 2 == 0 { vec!["MOSIP".into(), "Msingi".into()] } else { Vec::new() },
            exit_test: indicator.probes.first().cloned().unwrap_or_else(|| "audit report".into()),
            blocks_services: if at % 4 == 0 {
                vec!["SVC-01".into(), "SVC-04".into()]
            } else {
                Vec::new()
            },
            outside_govstack: at % 9 == 0,
        })
        .collect();
    gaps[0].indicator = "PAY-02".to_owned();
    gaps
}

fn ranked(scatter: &mut Scatter) -> Vec<RankedService> {
    (0..25)
        .map(|n| {
            let impact = 960 - i64::from(n) * 34;
            let readiness = 100 + i64::from(scatter.below(850));
            let quadrant = match (impact >= 600, readiness >= 600) {
                (true, true) => Quadrant::A,
                (true, false) => Quadrant::B,
                (false, true) => Quadrant::C,
                (false, false) => Quadrant::D,
            };
            RankedService {
                id: format!("SVC-{:02}", (n * 7) % 25 + 1),
                rank: n + 1,
                impact,
                readiness,
                burden_hours: (n % 6 != 2).then(|| 1_900_000 - 70_000 * u64::from(n)),
                quadrant,
                rights_flag: n % 11 == 0,
                missing: vec![BLOCKS[n as usize % 7].to_owned()],
                unknown_fields: if n % 8 == 1 { vec!["visits".into()] } else { Vec::new() },
            }
        })
        .collect()
}

fn components() -> Vec<ComponentValue> {
    let one = |(at, block): (usize, &&str)| ComponentValue {
        building_block: (*block).to_owned(),
        level: (at != 3).then_some((at % 4) as u8),
        value: 1_250 - at as i64 * 170,
        effort: Effort::Medium,
        rank: at as u32 + 1,
        unlocks: vec!["SVC-01".into(), "SVC-03".into()],
    };
    BLOCKS.iter().enumerate().map(one).collect()
}

fn duplicate(block: &str, systems: &[&str], shared: Option<&str>) -> Duplicate {
    Duplicate {
        building_block: block.to_owned(),
        systems: systems.iter().map(|id| (*id).to_owned()).collect(),
        institutions: vec!["GOV/TAX".into(), "GOV/SOC".into()],
        shared: shared.map(str::to_owned),
    }
}

fn matrix(round: &Round) -> FlowMatrix {
    let mut cells: BTreeMap<(String, String), FlowCell> = BTreeMap::new();
    for flow in &round.flows {
        let cell = cells.entry((flow.from.clone(), flow.to.clone())).or_insert_with(|| FlowCell {
            from: flow.from.clone(),
            to: flow.to.clone(),
            calls: 0,
            over_exchange: 0,
            beside: 0,
            without_agreement: 0,
        });
        cell.calls += flow.calls.unwrap_or(0);
        if flow.path == "exchange" {
            cell.over_exchange += 1
        } else {
            cell.beside += 1
        }
        cell.without_agreement += u32::from(flow.agreement.is_none());
    }
    FlowMatrix {
        institutions: INSTITUTIONS.iter().map(|(id, _, _)| (*id).to_owned()).collect(),
        cells: cells.into_values().collect(),
    }
}

fn nodes() -> Vec<Node> {
    let node = |id: &str, label: &str, lane: &str, block: Option<&str>, level: Option<u8>| Node {
        id: id.to_owned(),
        label: label.to_owned(),
        lane: lane.to_owned(),
        building_block: block.map(str::to_owned),
        level,
        planned: level == Some(0),
    };
    let mut nodes: Vec<Node> = [
        "Data protection act",
        "Council for digital affairs",
        "Interoperability standard",
        "Data protection authority",
    ]
    .iter()
    .enumerate()
    .map(|(n, label)| node(&format!("F{n}"), label, "foundation", None, Some((n % 4) as u8)))
    .collect();
    nodes.extend(BLOCKS.iter().enumerate().map(|(n, block)| {
        node(
            &format!("N{n}"),
            block,
            "national",
            Some(block),
            (n != 5).then_some([3, 2, 1, 0, 2, 0, 4][n]),
        )
    }));
    nodes.extend((0..14).map(|n| {
        let label = format!(
            "{} of {}",
            ["Register", "Case files", "Portal"][n % 3],
            INSTITUTIONS[n % 10].2
        );
        node(&format!("O{n}"), &label, "organisation", None, Some((n % 5) as u8))
    }));
    nodes
}

fn edges() -> Vec<Edge> {
    let edge = |from: String, to: String, path: &str, planned: bool| Edge {
        from,
        to,
        label: String::new(),
        path: path.to_owned(),
        planned,
        to_replace: path == "private link",
    };
    let mut edges: Vec<Edge> = (0..14)
        .map(|n| {
            edge(
                format!("O{n}"),
                format!("N{}", [2, 0, 2, 1, 2, 6][n % 6]),
                if n % 3 == 0 { "uses" } else { "exchange" },
                n % 5 == 4,
            )
        })
        .collect();
    edges.extend(
        (0..7)
            .filter(|n| *n != 2)
            .map(|n| edge(format!("N{n}"), "N2".into(), "exchange", n == 3 || n == 5)),
    );
    edges.extend((0..4).map(|n| edge(format!("F{n}"), format!("N{}", n * 2 % 7), "uses", false)));
    edges.extend(
        [(0, 3), (5, 6), (2, 9), (4, 11), (7, 12)]
            .map(|(a, b)| edge(format!("O{a}"), format!("O{b}"), "private link", false)),
    );
    edges.extend(
        [(1, 8), (3, 10), (6, 13)]
            .map(|(a, b)| edge(format!("O{a}"), format!("O{b}"), "file", false)),
    );
    edges.extend(
        [(0, 5), (1, 4), (2, 3)].map(|(a, b)| edge(format!("F{a}"), format!("N{b}"), "uses", true)),
    );
    edges
}

fn architecture() -> Architecture {
    let (nodes, edges) = (nodes(), edges());
    let to_be_edges = edges.iter().filter(|edge| !edge.to_replace).cloned().collect();
    let to_be_nodes = nodes
        .iter()
        .cloned()
        .map(|mut node| {
            node.level = node.level.map(|level| level.max(2));
            node
        })
        .collect();
    let verdicts =
        [Verdict::Keep, Verdict::Adapt, Verdict::Replace, Verdict::Retire, Verdict::Build];
    Architecture {
        as_is: Diagram { nodes, edges },
        to_be: Diagram { nodes: to_be_nodes, edges: to_be_edges },
        decisions: (0..18)
            .map(|n| Decision {
                system: format!("SYS-{:02}", n + 1),
                verdict: verdicts[n % 5],
                reason: "It speaks no open interface and its contract ends within the plan."
                    .to_owned(),
                building_block: Some(BLOCKS[n % 7].to_owned()),
            })
            .collect(),
        interfaces: vec![
            Interface {
                building_block: "identity".into(),
                standards: vec!["OpenID Connect".into(), "OpenID4VCI".into()],
            },
            Interface { building_block: "payments".into(), standards: vec!["ISO 20022".into()] },
        ],
    }
}

fn roadmap(gaps: &[Gap]) -> Roadmap {
    let actions: Vec<Action> = gaps
        .iter()
        .enumerate()
        .map(|(at, gap)| {
            let first = 1 + at as u32 * 31 / 30;
            let length = 3 + (at as u32 * 5) % 9;
            Action {
                id: format!("ACT-{:02}", at + 1),
                phase: (1 + at / 8).min(4) as u8,
                title: gap.action.clone(),
                deliverable: "Adopted text and a running service.".to_owned(),
                gaps: vec![gap.id.clone()],
                first_month: first,
                last_month: (first + length).min(36),
                depends_on: if at > 2 { vec![format!("ACT-{:02}", at - 1)] } else { Vec::new() },
                raci: Raci {
                    responsible: ROLES[at % 4].to_owned(),
                    accountable: ROLES[(at + 1) % 4].to_owned(),
                    consulted: vec!["Civil-society seat".into()],
                    informed: vec!["Donors".into()],
                },
                decision_body: if at % 2 == 0 { "Cabinet".into() } else { String::new() },
                standards: vec!["OpenID Connect".into()],
                cost: gap.cost,
                funding: "National budget".to_owned(),
                indicator: gap.indicator.clone(),
                exit_test: gap.exit_test.clone(),
            }
        })
        .collect();
    Roadmap {
        phases: vec![
            phase(1, "Inception", 1, 8),
            phase(2, "High-priority use cases", 9, 16),
            phase(3, "Initial transformation", 17, 26),
            phase(4, "Mass-scale transformation", 27, 36),
        ],
        milestones: [
            (8, "ID-04", 2),
            (14, "LEG-04", 2),
            (20, "DX-01", 3),
            (27, "PAY-01", 3),
            (36, "XB-01", 3),
        ]
        .map(|(month, indicator, level)| Milestone {
            month,
            says: format!("{indicator} reaches level {level} and is measured."),
            indicator: indicator.to_owned(),
            level,
        })
        .to_vec(),
        critical_path: ["ACT-01", "ACT-04", "ACT-07", "ACT-12", "ACT-19", "ACT-27"]
            .map(str::to_owned)
            .to_vec(),
        actions,
        months: 36,
    }
}

fn phase(n: u8, name: &str, first_month: u32, last_month: u32) -> Phase {
    Phase { n, name: name.to_owned(), first_month, last_month }
}

fn safeguards() -> Vec<SafeguardRow> {
    let ids = ["F1", "F4", "F7", "O2", "O7", "RS1", "RI3", "SV2"];
    ids.iter()
        .enumerate()
        .map(|(at, id)| SafeguardRow {
            id: (*id).to_owned(),
            kind: if id.starts_with('R') || id.starts_with('S') { "risk" } else { "principle" }
                .to_owned(),
            score: (at != 3).then_some(2_000 + at as i64 * 700),
            indicators: vec![format!("SAF-{:02}", at + 1), "LEG-04".to_owned()],
            stage: "operations and maintenance".to_owned(),
            authority: "regulator".to_owned(),
        })
        .collect()
}
