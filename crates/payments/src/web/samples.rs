//! Every page with something in it, in every language.

use super::{
    Amount, BATCHES, BatchPage, BatchesPage, Head, RECONCILIATION, ReconciliationPage, Row,
    TEMPLATES, TEXTS,
};
use basis::Rng;
use ui::charts::bars;
use ui::parts::{Fact, Tone};
use ui::{Sample, Site, Ui};

fn amount() -> Amount {
    Amount { amount: "300000.00".to_owned(), currency: "KES" }
}

fn row() -> Row {
    Row {
        title: "Child benefit, March 2026".to_owned(),
        href: format!("{BATCHES}/7"),
        tag: "Done".to_owned(),
        tone: Tone::Good,
        member: "GOV/MSP".to_owned(),
        count: "20,000".to_owned(),
        total: amount(),
    }
}

fn batch(moving: bool) -> Sample {
    let page = BatchPage {
        batches: BATCHES,
        title: "Child benefit, March 2026".to_owned(),
        tag: "Approved".to_owned(),
        tone: Tone::Info,
        total: amount(),
        facts: vec![Fact::new("Programme", "GOV/MSP")],
        bars: bars(vec![("Paid".to_owned(), "3".to_owned(), 3)]),
        moving,
    };
    Sample::new("payments/batch.html", page)
}

fn reconciliation(matches: bool, under_way: bool, differences: i64) -> Sample {
    let row = || ["Booked twice", "TB/COM/SIMU", "KES 12.50", "today", "0189"].map(str::to_owned);
    let head = |text: &str, number| Head { text: text.to_owned(), number };
    let page = ReconciliationPage {
        action: RECONCILIATION,
        matches,
        under_way,
        differences,
        facts: vec![Fact::new("Postings", "3")],
        heads: vec![
            head("What", false),
            head("Provider", false),
            head("Amount", true),
            head("Found", false),
            head("Transfer", false),
        ],
        rows: (0..differences).map(|_| row().to_vec()).collect(),
    };
    Sample::new("payments/reconciliation.html", page)
}

#[test]
fn every_page_renders_in_every_language() {
    let site = Site {
        service: "Tumbawe services".to_owned(),
        operator: "Treasury".to_owned(),
        home: "/".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    let ui = Ui::builder("payments", site, &[7; 32], Rng::seeded(1))
        .templates(&TEMPLATES)
        .texts(&TEXTS)
        .expect("the pages are whole")
        .build();
    let batches = |rows| Sample::new("payments/batches.html", BatchesPage { rows });
    let samples = [
        batches(vec![row(), row()]),
        batches(Vec::new()),
        batch(true),
        batch(false),
        reconciliation(true, false, 0),
        reconciliation(false, true, 0),
        reconciliation(false, false, 2),
    ];
    assert_eq!(ui.check(&samples), Vec::<String>::new());
}
