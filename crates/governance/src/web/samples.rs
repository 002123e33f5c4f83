//! Every page with something in it, in every language.

use super::desk::{GrievancePage, QueuePage, Row};
use super::public::{AgreementRow, AgreementsPage, MandateRow, MandatesPage, MemberRow, Provider};
use super::{QUEUE, TEMPLATES, TEXTS};
use basis::Rng;
use ui::parts::{Fact, Tone};
use ui::{Errors, Sample, Site, Ui};

fn facts() -> Vec<Fact> {
    vec![Fact::new("What for", "Deciding on a benefit")]
}

fn member(mandates: usize) -> MemberRow {
    let mandate = || MandateRow {
        law: "Data Protection Act, s.12".to_owned(),
        tag: "In force".to_owned(),
        tone: Tone::Good,
        facts: facts(),
    };
    MemberRow {
        name: "Data Protection Commission".to_owned(),
        id: "TB/GOV/DPC".to_owned(),
        without: mandates == 0,
        mandates: (0..mandates).map(|_| mandate()).collect(),
    }
}

fn provider() -> Provider {
    let row = AgreementRow {
        client: "Benefits".to_owned(),
        tag: "Ends soon".to_owned(),
        tone: Tone::Warn,
        facts: facts(),
    };
    Provider { name: "National Identity Authority".to_owned(), agreements: vec![row] }
}

fn row() -> Row {
    Row {
        number: "G-2026-000012".to_owned(),
        href: format!("{QUEUE}/G-2026-000012"),
        tag: "New".to_owned(),
        tone: Tone::Warn,
        says: "Lodged today.".to_owned(),
    }
}

fn grievance(take_up: &str, answer: &str, closed: &str, given: &str) -> Sample {
    let mut errors = Errors::none();
    if !answer.is_empty() {
        errors.add("answer", "Write an answer");
    }
    let page = GrievancePage {
        queue: QUEUE,
        number: "G-2026-000012".to_owned(),
        tag: "New".to_owned(),
        tone: Tone::Warn,
        standing: facts(),
        line: facts(),
        text: vec!["Why did they look?".to_owned(), "I know nobody there.".to_owned()],
        given: given.lines().map(str::to_owned).collect(),
        take_up: take_up.to_owned(),
        answer: answer.to_owned(),
        closed: closed.to_owned(),
        written: String::new(),
        errors,
    };
    Sample::new("governance/grievance.html", page)
}

#[test]
fn every_page_renders_in_every_language() {
    let site = Site {
        service: "Tumbawe services".to_owned(),
        operator: "Data Protection Commission".to_owned(),
        home: "/".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    let ui = Ui::builder("governance", site, &[7; 32], Rng::seeded(1))
        .templates(&TEMPLATES)
        .texts(&TEXTS)
        .expect("the pages are whole")
        .build();
    let mandates = |members, without| {
        Sample::new("governance/mandates.html", MandatesPage { members, without })
    };
    let agreements = |providers: Vec<Provider>, ending| {
        let count = providers.len();
        Sample::new("governance/agreements.html", AgreementsPage { providers, count, ending })
    };
    let queue = |overdue, lodged, taken_up, answered| {
        Sample::new("governance/queue.html", QueuePage { overdue, lodged, taken_up, answered })
    };
    let samples = [
        mandates(vec![member(2), member(0)], 1),
        mandates(Vec::new(), 0),
        agreements(vec![provider(), provider()], 1),
        agreements(Vec::new(), 0),
        queue(1, vec![row()], vec![row(), row()], vec![row()]),
        queue(0, Vec::new(), Vec::new(), Vec::new()),
        grievance("/take-up", "", "", ""),
        grievance("", "/answer", "", ""),
        grievance("", "", "Officer c-2 looks into it", ""),
        grievance("", "", "", "The officer was warned.\n\nIt will not happen again."),
    ];
    assert_eq!(ui.check(&samples), Vec::<String>::new());
}
