//! A round made by hand, rich enough to look at; `plan` holds its assessment. Nothing here is computed by the product:
//! outputs are tested on values they are given.

use std::collections::BTreeMap;

use maturity::instrument::{EvidenceKind, Instrument};
use maturity::round::*;

/// Numbers that look scattered and are the same every time.
pub struct Scatter(pub u32);

impl Scatter {
    pub fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % end
    }
}

/// The instrument as it is shipped.
pub fn instrument() -> Instrument {
    toml::from_str(include_str!("../../data/instrument.toml")).expect("the instrument parses")
}

pub const INSTITUTIONS: [(&str, &str, &str); 10] = [
    ("GOV/DIG", "Digital Authority of Tumbawe", "digital"),
    ("GOV/CRV", "Civil Registration Office", "civil registration"),
    ("GOV/TAX", "Revenue Office", "tax"),
    ("GOV/HEA", "Ministry of Health", "health"),
    ("GOV/EDU", "Ministry of Education", "education"),
    ("GOV/SOC", "Social Protection Agency", "social protection"),
    ("GOV/LAN", "Land Registry", "land"),
    ("GOV/AGR", "Ministry of Agriculture", "agriculture"),
    ("BNK/CEN", "Central Bank of Tumbawe", "payments"),
    ("COM/TEL", "Telecommunications Regulator", "telecommunications"),
];

const SERVICES: [&str; 25] = [
    "Birth registration",
    "Child grant",
    "Farm input voucher",
    "Business licence",
    "Driving licence",
    "Engineer recognition",
    "Land title transfer",
    "School enrolment",
    "Health insurance",
    "Tax return",
    "Vaccination record",
    "Passport",
    "Marriage registration",
    "Death registration",
    "Old-age pension",
    "Water connection",
    "Import permit",
    "Export certificate",
    "Company registration",
    "Building permit",
    "Student loan",
    "Disability allowance",
    "Voter register extract",
    "Court fee payment",
    "Weather advice for farmers",
];

pub const BLOCKS: [&str; 7] = [
    "identity",
    "payments",
    "information mediator",
    "consent",
    "registration",
    "messaging",
    "digital registries",
];

/// The round of an invented country.
pub fn round(instrument: &Instrument) -> Round {
    let mut scatter = Scatter(7);
    Round {
        schema: "dpi-assessment-round/1".to_owned(),
        id: "tumbawe-2026-1".to_owned(),
        country: Country { code: "XA".to_owned(), name: "Tumbawe".to_owned(), invented: true },
        instrument: InstrumentName {
            id: instrument.id.clone(),
            version: instrument.version.clone(),
        },
        profile: "full".to_owned(),
        as_of: date("2026-11-01"),
        targets: BTreeMap::new(),
        answers: answers(instrument, &mut scatter),
        evidence: evidence(),
        measurements: measurements(),
        institutions: INSTITUTIONS
            .iter()
            .map(|(id, name, sector)| Institution {
                id: (*id).to_owned(),
                name: (*name).to_owned(),
                sector: (*sector).to_owned(),
            })
            .collect(),
        systems: systems(&mut scatter),
        services: services(&mut scatter),
        flows: flows(),
        laws: laws(),
        sign_offs: vec![
            SignOff {
                institution: "GOV/DIG".into(),
                role: "Head of the authority".into(),
                at: time(),
                dissent: None,
            },
            SignOff {
                institution: "GOV/HEA".into(),
                role: "Chief data officer".into(),
                at: time(),
                dissent: Some("Holds INC-03 for lower than stated.".into()),
            },
        ],
    }
}

fn evidence() -> Vec<Evidence> {
    let kinds = [
        EvidenceKind::Document,
        EvidenceKind::LawText,
        EvidenceKind::Statistic,
        EvidenceKind::Interview,
        EvidenceKind::SystemLog,
        EvidenceKind::AuditReport,
    ];
    let one = |n: usize| Evidence {
        id: format!("EV-{n:02}"),
        kind: kinds[n % kinds.len()],
        title: format!("Report on operations & use, part {n}"),
        source: if n.is_multiple_of(3) {
            format!("https://archive.example/tumbawe/{n}")
        } else {
            format!("file-{n}.pdf")
        },
        sha256: (!n.is_multiple_of(5)).then(|| digest(n as u32)),
        publisher: INSTITUTIONS[n % 10].1.to_owned(),
        date: date("2026-03-14"),
        expires: None,
    };
    (1..=40).map(one).collect()
}

fn answers(instrument: &Instrument, scatter: &mut Scatter) -> BTreeMap<String, Answer> {
    let mut answers = BTreeMap::new();
    for (at, indicator) in instrument.indicators.iter().enumerate() {
        let unknown = at % 9 == 4;
        let count = scatter.below(3) as usize;
        answers.insert(
            indicator.id.clone(),
            Answer {
                level: (!unknown).then(|| scatter.below(5) as u8),
                institution: INSTITUTIONS[(at / 3 + scatter.below(2) as usize) % 10].0.to_owned(),
                respondent: "Head of planning".to_owned(),
                evidence: (0..count).map(|n| format!("EV-{:02}", 1 + (at + n * 7) % 40)).collect(),
                note: String::new(),
                review: (at % 17 == 3).then(|| Review {
                    reviewer: "Reviewer of the council".to_owned(),
                    level: Some(1),
                    reason: "The pilot ended in one district.".to_owned(),
                }),
            },
        );
    }
    answers
}

fn date(text: &str) -> basis::PartialDate {
    text.parse().expect("a date")
}

fn time() -> basis::Timestamp {
    "2026-11-03T09:30:00Z".parse().expect("a time")
}

pub fn digest(n: u32) -> String {
    format!("{:08x}", n.wrapping_mul(2_654_435_761)).repeat(8)
}

fn measurements() -> Vec<Measurement> {
    let one = |probe: &str, indicator: &str, outcome: Outcome, says: &str| Measurement {
        probe: probe.to_owned(),
        indicator: indicator.to_owned(),
        target: "national identity".to_owned(),
        at: time(),
        outcome,
        says: says.to_owned(),
        exchanges: vec![HttpExchange {
            method: "GET".to_owned(),
            url: "https://id.tumbawe.example/.well-known/openid-configuration".to_owned(),
            status: 200,
            request_sha256: digest(3),
            response_sha256: digest(9),
            milliseconds: 48,
        }],
    };
    vec![
        one(
            "P-OIDC-META",
            "ID-01",
            Outcome::Level(3),
            "Discovery answers; keys are younger than a year.",
        ),
        one(
            "P-OIDC-AUTH",
            "ID-04",
            Outcome::Level(1),
            "Log-in works; a replayed code was accepted.",
        ),
        one("P-DX-CALL", "DX-01", Outcome::Level(2), "Two of three calls were answered."),
        one("P-CONSENT", "DX-07", Outcome::CannotBeMeasured, "No consent service is named."),
        one(
            "P-PAY-XFER",
            "PAY-01",
            Outcome::Unavailable { seconds: 1_800 },
            "The switch does not answer.",
        ),
    ]
}

fn systems(scatter: &mut Scatter) -> Vec<System> {
    (0..18)
        .map(|n| System {
            id: format!("SYS-{:02}", n + 1),
            name: format!(
                "{} {}",
                ["Register", "Case files", "Payments office", "Portal"][n % 4],
                INSTITUTIONS[n % 10].2
            ),
            institution: INSTITUTIONS[n % 10].0.to_owned(),
            purpose: "Daily work".to_owned(),
            hosting: ["own server room", "national data centre", "vendor's cloud"][n % 3]
                .to_owned(),
            database: "PostgreSQL".to_owned(),
            monitoring: String::new(),
            capabilities: vec![BLOCKS[scatter.below(7) as usize].to_owned()],
            interfaces: vec![["REST", "file", "X-Road"][n % 3].to_owned()],
            uses: if n % 5 == 0 { vec!["SYS-01".to_owned()] } else { Vec::new() },
            shared: n == 0,
            vendor: String::new(),
            contract_ends: None,
            open_source: n % 4 == 0,
            since: None,
        })
        .collect()
}

fn services(scatter: &mut Scatter) -> Vec<Service> {
    let one = |n: usize, name: &str, transactions: u64| Service {
        id: format!("SVC-{:02}", n + 1),
        name: name.to_owned(),
        institution: INSTITUTIONS[n % 10].0.to_owned(),
        description: String::new(),
        sector: INSTITUTIONS[n % 10].2.to_owned(),
        recipients: vec!["individual".to_owned()],
        transactions_per_year: (n % 7 != 3).then_some(transactions),
        customers_per_year: None,
        visits: Some(3),
        documents: Vec::new(),
        agencies: Vec::new(),
        channels: vec!["office".to_owned()],
        languages: Vec::new(),
        link: String::new(),
        digital_level: Some((n % 4 + 1) as u8),
        cross_border: n % 8 == 5,
        legal_basis: String::new(),
        vulnerable_groups: false,
        rights_critical: n.is_multiple_of(11),
        commitment: None,
        needs: vec![BLOCKS[n % 7].to_owned(), BLOCKS[(n + 3) % 7].to_owned()],
        systems: Vec::new(),
        satisfaction: None,
        challenges: Vec::new(),
    };
    let named = SERVICES.iter().enumerate();
    named.map(|(n, name)| one(n, name, u64::from(scatter.below(60_000)) * 37)).collect()
}

fn flows() -> Vec<Flow> {
    let paths = ["exchange", "private link", "file", "paper"];
    (0..26)
        .map(|n| Flow {
            from: INSTITUTIONS[n % 10].0.to_owned(),
            to: INSTITUTIONS[(n * 3 + 1 + n / 10) % 10].0.to_owned(),
            subject: ["births", "income", "land parcels", "school years"][n % 4].to_owned(),
            path: paths[n % 4].to_owned(),
            agreement: (n % 3 != 1).then(|| format!("AGR-{n:02}")),
            legal_basis: None,
            calls: (n % 4 < 2).then(|| 10_u64.pow(2 + (n % 5) as u32) * (1 + n as u64)),
        })
        .filter(|flow| flow.from != flow.to)
        .collect()
}

fn laws() -> Vec<LegalInstrument> {
    [
        ("LAW-1", "Civil Registration Act", "national", "in force"),
        ("LAW-2", "Data Protection Bill", "national", "draft"),
        ("LAW-3", "Electronic Signatures Act", "national", "missing"),
        ("LAW-4", "Regional protocol on recognition", "regional", "in force"),
        ("LAW-5", "Policy on information security", "soft", "in force"),
    ]
    .map(|(id, name, level, status)| LegalInstrument {
        id: id.to_owned(),
        name: name.to_owned(),
        level: level.to_owned(),
        status: status.to_owned(),
        date: (status == "in force").then(|| date("2021-05")),
        articles: String::new(),
        covers: vec!["identity".to_owned()],
    })
    .to_vec()
}
