//! Every page with something in it, in every language.

use super::evidence::EvidencePage;
use super::findings::FindingsPage;
use super::indicator::IndicatorPage;
use super::opening::OpeningPage;
use super::result::{Gate, Reason, ResultPage};
use super::round::{DimensionPage, Move, RoundPage};
use super::rounds::{RoundsPage, Row};
use super::sign_off::SignOffPage;
use super::spreadsheet::{Head, SpreadsheetPage};
use super::{ROUNDS, TEMPLATES, TEXTS};
use basis::Rng;
use ui::charts::Bar;
use ui::parts::{Chip, Choice, DateParts, Entry, Fact, Mark, Task, Tone};
use ui::{Errors, Sample, Site, Ui};

fn text(text: &str) -> String {
    text.to_owned()
}

fn row(href: &str) -> Row {
    Row {
        title: text("ID-01 Foundational identity"),
        href: text(href),
        tag: text("Level 2"),
        tone: Tone::Info,
        says: text("To be answered by GOV/NIA."),
    }
}

fn chip(href: &str) -> Chip {
    Chip { text: text("ID-01"), href: text(href), current: false }
}

fn facts() -> Vec<Fact> {
    vec![Fact::new("As of", "1 March 2026")]
}

fn choices() -> Vec<Choice> {
    let choice = |value: &str, hint: &str, on| Choice {
        value: text(value),
        text: text("absent"),
        hint: text(hint),
        on,
    };
    vec![choice("0", "", true), choice("unknown", "It is not zero.", false)]
}

fn entry() -> Entry {
    Entry {
        at: text("2026-03-01T08:00:00Z"),
        who: text("Answered: GOV/DIGITAL/o-1"),
        tag: text("Level 2"),
        tag_kind: Tone::Info,
        mark: Mark::Plain,
        facts: facts(),
    }
}

fn wrong(fields: &[&str]) -> Errors {
    let mut errors = Errors::none();
    fields.iter().for_each(|field| errors.add(field, "Say it again"));
    errors
}

fn opening(errors: Errors) -> Sample {
    let page = OpeningPage {
        rounds: ROUNDS,
        action: text("/open"),
        title: text("Baseline 2026"),
        scope: String::new(),
        profiles: choices(),
        as_of: DateParts::of("2026-03-01"),
        institutions: choices(),
        needed: text("1"),
        instrument: text("dpi-baseline 0.1.0"),
        errors,
    };
    Sample::new("assessment/opening.html", page)
}

fn round(tasks: Vec<Task>, moves: Vec<Move>, errors: Errors) -> Sample {
    let page = RoundPage {
        rounds: ROUNDS,
        title: text("Baseline 2026"),
        scope: if tasks.is_empty() { String::new() } else { text("The whole country") },
        tag: text("Open"),
        tone: Tone::Info,
        facts: facts(),
        tasks,
        dimensions: vec![row("/d"), row("/e")],
        pages: vec![chip("/evidence"), chip("/findings")],
        done: text("The round is open"),
        move_on: text("/state"),
        revision: 1,
        moves,
        errors,
    };
    Sample::new("assessment/round.html", page)
}

fn indicator(answer: &str, review: &str, full: bool, errors: Errors) -> Sample {
    let page = IndicatorPage {
        dimension: text("/dimension"),
        dimension_name: text("Digital identity"),
        id: text("ID-01"),
        title: text("Foundational identity"),
        question: text("Is there one?"),
        critical: full,
        tag: text("Level 2"),
        tone: Tone::Info,
        assigned: if full { text("GOV/NIA") } else { String::new() },
        facts: if full { facts() } else { Vec::new() },
        answer: text(answer),
        review: text(review),
        closed: if full { String::new() } else { text("The round is closed.") },
        revision: 1,
        levels: choices(),
        institutions: choices(),
        institution: text("0"),
        respondent: String::new(),
        note: String::new(),
        evidence: if full { choices() } else { Vec::new() },
        evidence_page: text("/evidence"),
        verdicts: choices(),
        reason: String::new(),
        history: if full { vec![entry(), entry()] } else { Vec::new() },
        next: if full { text("/next") } else { String::new() },
        done: if full { text("The answer is saved") } else { String::new() },
        errors,
    };
    Sample::new("assessment/indicator.html", page)
}

fn evidence(action: &str, rows: Vec<Row>, errors: Errors) -> Sample {
    let page = EvidencePage {
        round: text("/round"),
        round_title: text("Baseline 2026"),
        evidence: rows,
        action: text(action),
        kinds: choices(),
        kind: text("0"),
        title: String::new(),
        publisher: String::new(),
        made: DateParts::default(),
        expires: DateParts::default(),
        source: String::new(),
        sha256: String::new(),
        limit: text("5242 kB"),
        done: text("The evidence is added"),
        errors,
    };
    Sample::new("assessment/evidence.html", page)
}

fn sign_off(action: &str, open: usize, signatures: Vec<Entry>, errors: Errors) -> Sample {
    let page = SignOffPage {
        round: text("/round"),
        round_title: text("Baseline 2026"),
        facts: facts(),
        unanswered: open,
        unreviewed: open,
        digest: "0".repeat(64),
        signatures,
        action: text(action),
        institutions: choices(),
        institution: text("0"),
        role: String::new(),
        dissent: String::new(),
        paper: String::new(),
        done: text("It is signed"),
        errors,
    };
    Sample::new("assessment/sign_off.html", page)
}

fn spreadsheet(action: &str, faults: usize, errors: Errors) -> Sample {
    let head = |name: &str| Head { text: text(name), number: false };
    let taken = if errors.is_empty() { vec![text("Answers: 3")] } else { Vec::new() };
    let page = SpreadsheetPage {
        round: text("/round"),
        round_title: text("Baseline 2026"),
        file: text("/file"),
        action: text(action),
        limit: text("983 kB"),
        leads: faults == 0,
        taken,
        heads: ["Sheet", "Row", "Column", "Wrong", "Remedy"].map(head).into(),
        faults: vec![["Answers", "7", "C (Level)", "it is 9", "write 0 to 4"].map(text); faults],
        more: faults,
        errors,
    };
    Sample::new("assessment/spreadsheet.html", page)
}

fn reason(href: &str) -> Reason {
    Reason { title: text("ID-01 Identity"), href: text(href), says: text("It is not known") }
}

fn result(why: usize) -> Sample {
    let head = |name: &str| Head { text: text(name), number: true };
    let bar = Bar { label: text("Digital identity"), shown: text("50.00"), share: 500 };
    let gate = |because| Gate {
        id: text("UNSAFE"),
        says: text("Running ahead of its safeguards"),
        tag: text("Passed"),
        tone: Tone::Good,
        because,
    };
    let page = ResultPage {
        round: text("/round"),
        round_title: text("Baseline 2026"),
        level: text("Level 1: Fragmented"),
        facts: facts(),
        held_back_by: (0..why).map(|at| reason(if at == 0 { "" } else { "/i" })).collect(),
        dimensions: vec![bar],
        questions: ["Component", "governed"].map(head).into(),
        cells: vec![["Identity", "50.00"].map(text).into()],
        gates: vec![gate(vec![chip("/i"), chip("/j")]), gate(Vec::new())],
    };
    Sample::new("assessment/result.html", page)
}

fn task() -> Task {
    Task {
        title: text("3 indicators have no answer"),
        href: text("/next"),
        hint: String::new(),
        tag: String::new(),
        tone: Tone::Plain,
    }
}

fn samples() -> Vec<Sample> {
    let rounds = |rounds, open: &str| {
        Sample::new("assessment/rounds.html", RoundsPage { rounds, open: text(open) })
    };
    let findings = |rows: fn() -> Vec<Row>| {
        let page = FindingsPage {
            round: text("/round"),
            round_title: text("Baseline 2026"),
            contradictions: rows(),
            unanswered: rows(),
            expired: rows(),
        };
        Sample::new("assessment/findings.html", page)
    };
    let step = || Move { to: "in_review", text: text("Put it into review"), says: text("Then.") };
    let dimension = DimensionPage {
        round: text("/round"),
        round_title: text("Baseline 2026"),
        title: text("Digital identity"),
        indicators: vec![row("/i")],
    };
    let fields =
        ["kind", "title", "publisher", "made", "expires", "source", "sha256", "file", "form"];
    vec![
        rounds(vec![row("/r")], "/open"),
        rounds(Vec::new(), ""),
        opening(Errors::none()),
        opening(wrong(&[
            "title",
            "scope",
            "profile",
            "as_of",
            "quorum-institutions",
            "quorum-needed",
        ])),
        round(vec![task()], vec![step()], Errors::none()),
        round(Vec::new(), vec![step()], wrong(&["form"])),
        round(Vec::new(), Vec::new(), wrong(&["form"])),
        Sample::new("assessment/dimension.html", dimension),
        indicator("/answer", "", true, Errors::none()),
        indicator("/answer", "", true, wrong(&["level", "institution", "evidence", "form"])),
        indicator("/answer", "", false, wrong(&["evidence", "respondent", "note"])),
        indicator("", "/review", true, wrong(&["verdict", "reason"])),
        indicator("", "", false, wrong(&["form"])),
        evidence("/evidence", vec![row("/f"), row("")], Errors::none()),
        evidence("/evidence", Vec::new(), wrong(&fields)),
        evidence("", Vec::new(), wrong(&["form"])),
        findings(|| vec![row("/i"), row("/j")]),
        findings(Vec::new),
        result(0),
        result(1),
        result(10),
        spreadsheet("/send", 0, Errors::none()),
        spreadsheet("/send", 2, wrong(&["file"])),
        spreadsheet("", 0, wrong(&["form"])),
        sign_off("/sign", 2, vec![entry()], Errors::none()),
        sign_off("/sign", 0, Vec::new(), wrong(&["institution", "role", "dissent", "paper"])),
        sign_off("", 0, Vec::new(), wrong(&["form"])),
    ]
}

#[test]
fn every_page_renders_in_every_language() {
    let site = Site {
        service: text("Tumbawe services"),
        operator: text("Digital Agency"),
        home: text("/"),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    let ui = Ui::builder("assessment", site, &[7; 32], Rng::seeded(1))
        .templates(&TEMPLATES)
        .texts(&TEXTS)
        .expect("the pages are whole")
        .build();
    assert_eq!(ui.check(&samples()), Vec::<String>::new());
}
