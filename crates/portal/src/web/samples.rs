//! Every page with something in it, in every language.

use super::consents::{ConsentPage, ConsentsPage, HistoryLine, ReceiptPage, Row};
use super::home::HomePage;
use super::reads::ReadsPage;
use basis::Rng;
use ui::parts::{Entry, Fact, Mark, Tone};
use ui::{Sample, Site};

fn row(tag: &str, tone: Tone) -> Row {
    Row {
        title: "Treatment at the clinic".to_owned(),
        href: "/portal/consents/1".to_owned(),
        who: "Lakeside Clinic".to_owned(),
        tag: tag.to_owned(),
        tone,
    }
}

fn consent(standing: &'static str, done: &str, changed: &str, policy: &str) -> Sample {
    let page = ConsentPage {
        title: "Treatment at the clinic".to_owned(),
        who: "Lakeside Clinic".to_owned(),
        tag: "Given".to_owned(),
        tone: Tone::Good,
        standing,
        offered: standing != "ended",
        changed: changed.to_owned(),
        facts: vec![Fact::new("What for", "Treatment of a patient")],
        policy: policy.to_owned(),
        href: "/portal/consents/1".to_owned(),
        revision: "r".to_owned(),
        key: "k".to_owned(),
        done: done.to_owned(),
    };
    Sample::new("portal/consent.html", page)
}

fn reads(entries: usize, missing: &[&str], newest: bool, older: &str) -> Sample {
    let entry = Entry {
        at: "2026-03-14T09:26:53Z".to_owned(),
        who: "Ministry".to_owned(),
        tag: "Law".to_owned(),
        tag_kind: Tone::Info,
        mark: Mark::Own,
        facts: vec![Fact::new("Purpose", "Decide")],
    };
    let page = ReadsPage {
        entries: vec![entry; entries],
        missing: missing.iter().map(|name| (*name).to_owned()).collect(),
        newest,
        older: older.to_owned(),
    };
    Sample::new("portal/reads.html", page)
}

fn samples() -> Vec<Sample> {
    let at = "2026-03-14T09:26:53Z";
    let full = ConsentsPage {
        asked: vec![row("Asked", Tone::Warn)],
        given: vec![row("Given", Tone::Good)],
        past: vec![row("Withdrawn", Tone::Plain)],
    };
    let receipt = ReceiptPage {
        title: "Treatment".to_owned(),
        href: "/portal/consents/1".to_owned(),
        facts: vec![Fact::new("Asked by", "Clinic")],
        history: vec![HistoryLine { number: 1, recorded: at.to_owned(), hash: "ab".repeat(32) }],
        agreement: "{}".to_owned(),
        seal: "e30.e30.AA".to_owned(),
    };
    vec![
        Sample::new("portal/landing.html", ()),
        Sample::new("portal/home.html", HomePage { name: "Asha".to_owned() }),
        Sample::new("portal/services.html", ()),
        reads(2, &[], true, ""),
        reads(1, &["Registrar"], false, "/portal/reads?before=2026-03-14T09:26:53Z"),
        reads(0, &["Registrar"], true, ""),
        reads(0, &[], true, ""),
        reads(0, &[], false, ""),
        Sample::new("portal/consents.html", full),
        Sample::new("portal/consents.html", ConsentsPage::default()),
        consent("asked", "", "", "https://clinic.example/policy"),
        consent("asked", "changed", "", ""),
        consent("given", "given", at, ""),
        consent("refused", "refused", at, ""),
        consent("withdrawn", "withdrawn", at, ""),
        consent("ended", "", at, ""),
        Sample::new("portal/receipt.html", receipt),
    ]
}

#[test]
fn every_page_in_every_language() {
    let site = Site {
        service: "Tumbawe services".to_owned(),
        operator: "National Identity Authority".to_owned(),
        home: "/portal".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    let ui = super::ui(site, &[7; 32], Rng::seeded(1)).unwrap();
    let flaws = ui.check(&samples());
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}
