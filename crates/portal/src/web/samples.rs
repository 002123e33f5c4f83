//! Every page with something in it, in every language.

use super::answers::Question;
use super::applications::{ApplicationsPage, CheckPage, DraftPage, OutcomePage, Section};
use super::consents::{ConsentPage, ConsentsPage, HistoryLine, ReceiptPage, Row};
use super::grievances::{Complaint, GrievancePage, GrievancesPage};
use super::home::{HomePage, LandingPage};
use super::messages::{MessagePage, MessagesPage};
use super::reads::{Day, Line, ReadsPage};
use super::services::{Card, ServicePage, ServicesPage};
use super::sign_ins::SignInsPage;
use super::steps::StepPage;
use super::{applications, messages};
use basis::Rng;
use ui::parts::{Answer, Chip, Choice, DateParts, Entry, Event, Fact, Mark, Rule, Task, Tone};
use ui::{Errors, Sample, Site};

const AT: &str = "2026-03-14T09:26:53Z";

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
        application: if policy.is_empty() { String::new() } else { "1".to_owned() },
    };
    Sample::new("portal/consent.html", page)
}

fn entry() -> Entry {
    Entry {
        at: AT.to_owned(),
        who: "Ministry".to_owned(),
        tag: "Law".to_owned(),
        tag_kind: Tone::Info,
        mark: Mark::Own,
        facts: vec![Fact::new("Purpose", "Decide")],
    }
}

fn reads(entries: usize, missing: &[&str], newest: bool, older: &str) -> Sample {
    let line = |sealed: &str| Line { entry: entry(), sealed: sealed.to_owned() };
    let lines = vec![line("c2VhbGVk"), line("")];
    let chip = |current| Chip { text: "One".to_owned(), href: "/portal/reads".to_owned(), current };
    let page = ReadsPage {
        days: vec![Day { date: "2026-03-14".to_owned(), lines }; entries],
        sources: vec![chip(true), chip(false), chip(false)],
        first: "/portal/reads".to_owned(),
        missing: missing.iter().map(|name| (*name).to_owned()).collect(),
        newest,
        older: older.to_owned(),
    };
    Sample::new("portal/reads.html", page)
}

fn task(href: &str) -> Task {
    Task {
        title: "About the child".to_owned(),
        href: href.to_owned(),
        hint: String::new(),
        tag: "Done".to_owned(),
        tone: Tone::Good,
    }
}

fn answer(source: &str, change: &str) -> Answer {
    Answer {
        name: "Child".to_owned(),
        value: "Neema".to_owned(),
        source: source.to_owned(),
        change: change.to_owned(),
    }
}

fn card() -> Card {
    Card {
        title: "Child benefit".to_owned(),
        href: "/portal/services/child-benefit".to_owned(),
        summary: "Money each month".to_owned(),
        who: "Ministry".to_owned(),
    }
}

fn questions() -> Vec<Question> {
    let option = |value: &str, on| Choice {
        value: value.to_owned(),
        text: value.to_owned(),
        hint: String::new(),
        on,
    };
    let kinds = ["text", "number", "phone", "date", "choice", "select"];
    let question = |kind: &'static str| Question {
        name: format!("q-{kind}"),
        label: kind.to_owned(),
        hint: if kind == "text" { "A hint".to_owned() } else { String::new() },
        kind,
        optional: kind == "phone",
        value: "a".to_owned(),
        date: DateParts::of("2026-03-14"),
        options: vec![option("a", true), option("b", false)],
    };
    kinds.map(question).into()
}

fn step(known: bool, wrong: bool) -> Sample {
    let mut errors = Errors::none();
    if wrong {
        errors.add("q-date", "Say which day");
        errors.add("q-choice", "Choose one");
    }
    let page = StepPage {
        service: "Child benefit".to_owned(),
        title: "About the child".to_owned(),
        back: "/portal/applications/1".to_owned(),
        now: 2,
        all: 4,
        questions: questions(),
        known: if known { vec![answer("Register", "")] } else { Vec::new() },
        errors,
        not_kept: wrong,
    };
    Sample::new("portal/step.html", page)
}

fn sections() -> Vec<Section> {
    let answers = vec![answer("Register", ""), answer("", "/portal/applications/1/steps/child")];
    vec![Section { title: "About the child".to_owned(), answers }]
}

fn rules() -> Vec<Rule> {
    let rule = |met| Rule { says: "Under 60 months".to_owned(), met, law: "Act, s.4".to_owned() };
    vec![rule(true), rule(false)]
}

fn draft(done: &str, ready: bool, sent_back: bool) -> Sample {
    let page = DraftPage {
        title: "Child benefit".to_owned(),
        href: "/portal/applications/1".to_owned(),
        tasks: vec![task("/portal/applications/1/steps/child")],
        consents: if ready { Vec::new() } else { vec![task("/portal/consents/1?for=1")] },
        ready,
        remark: "Which village?".to_owned(),
        sent_back,
        done: done.to_owned(),
    };
    Sample::new("portal/draft.html", page)
}

fn outcome(status: &'static str, done: &str, full: bool) -> Sample {
    let text = |text: &str| if full { text.to_owned() } else { String::new() };
    let page = OutcomePage {
        title: "Child benefit".to_owned(),
        href: "/portal/applications/1".to_owned(),
        status,
        tone: Tone::Good,
        number: "CB-2026-000117".to_owned(),
        outcome: text("KES 1,500.00 a month"),
        remark: text("Welcome"),
        due: text(AT),
        facts: vec![Fact::new("Status", "Sent")],
        rules: if full { rules() } else { Vec::new() },
        history: vec![Event { at: AT.to_owned(), says: "Sent".to_owned() }],
        sections: sections(),
        done: done.to_owned(),
    };
    Sample::new("portal/outcome.html", page)
}

fn application_samples() -> Vec<Sample> {
    let row = |number: &str| applications::Row {
        title: "Child benefit".to_owned(),
        href: "/portal/applications/1".to_owned(),
        number: number.to_owned(),
        changed: AT.to_owned(),
        tag: "Sent".to_owned(),
        tone: Tone::Info,
    };
    let list = ApplicationsPage {
        open: vec![row("")],
        ended: vec![row("CB-2026-000117")],
        missing: vec!["Ministry".to_owned()],
        withdrawn: true,
    };
    let check = CheckPage {
        title: "Child benefit".to_owned(),
        href: "/portal/applications/1".to_owned(),
        sections: sections(),
        rules: rules(),
        all: 4,
    };
    vec![
        Sample::new("portal/applications.html", list),
        Sample::new("portal/applications.html", ApplicationsPage::default()),
        draft("", false, false),
        draft("incomplete", true, true),
        step(true, false),
        step(false, true),
        Sample::new("portal/check.html", check),
        outcome("submitted", "sent", true),
        outcome("approved", "", true),
        outcome("rejected", "fixed", true),
        outcome("withdrawn", "", false),
    ]
}

fn service_samples() -> Vec<Sample> {
    let service = |known| ServicePage {
        title: "Child benefit".to_owned(),
        summary: "Money each month".to_owned(),
        guide: vec!["For children under five".to_owned()],
        facts: vec![Fact::new("Fee", "Free")],
        href: "/portal/services/child-benefit".to_owned(),
        known,
    };
    let missing = vec!["Ministry".to_owned()];
    vec![
        Sample::new("portal/services.html", ServicesPage { services: vec![card()], missing }),
        Sample::new("portal/services.html", ServicesPage::default()),
        Sample::new("portal/service.html", service(true)),
        Sample::new("portal/service.html", service(false)),
    ]
}

fn message_samples() -> Vec<Sample> {
    let row = |read| messages::Row {
        title: "Granted".to_owned(),
        href: "/portal/messages/1".to_owned(),
        from: "Ministry".to_owned(),
        at: AT.to_owned(),
        read,
        language: "sw".to_owned(),
    };
    let message = MessagePage {
        title: "Granted".to_owned(),
        from: "Ministry".to_owned(),
        at: AT.to_owned(),
        paragraphs: vec!["One".to_owned(), "Two".to_owned()],
        language: "sw".to_owned(),
    };
    vec![
        Sample::new("portal/messages.html", MessagesPage { messages: vec![row(true), row(false)] }),
        Sample::new("portal/messages.html", MessagesPage::default()),
        Sample::new("portal/message.html", message),
    ]
}

fn grievance_samples() -> Vec<Sample> {
    let complaint = |due: &str, answer: &str| Complaint {
        number: "G-2026-000012".to_owned(),
        tag: "Sent".to_owned(),
        tone: Tone::Info,
        lodged: AT.to_owned(),
        due: due.to_owned(),
        facts: vec![Fact::new("Officer", "J. Mwangi")],
        text: "I know nobody there".to_owned(),
        answer: answer.to_owned(),
    };
    let form = |wrong: bool| {
        let mut errors = Errors::none();
        if wrong {
            errors.add("text", "Say what is wrong");
        }
        GrievancePage {
            facts: vec![Fact::new("Officer", "J. Mwangi")],
            line: "c2VhbGVk".to_owned(),
            id: "1".to_owned(),
            text: String::new(),
            errors,
            not_kept: wrong,
        }
    };
    let complaints = vec![complaint(AT, ""), complaint("", "It was a mistake.")];
    vec![
        Sample::new("portal/grievances.html", GrievancesPage { complaints, lodged: true }),
        Sample::new("portal/grievances.html", GrievancesPage::default()),
        Sample::new("portal/grievance.html", form(false)),
        Sample::new("portal/grievance.html", form(true)),
    ]
}

fn home_samples() -> Vec<Sample> {
    let home = HomePage {
        name: "Asha".to_owned(),
        waiting: vec![task("/portal/messages")],
        incomplete: true,
        newest: vec![entry()],
        grievances: true,
        sign_ins: true,
    };
    let alone = HomePage { name: "Asha".to_owned(), ..HomePage::default() };
    vec![
        Sample::new("portal/landing.html", LandingPage { services: vec![card()] }),
        Sample::new("portal/landing.html", LandingPage::default()),
        Sample::new("portal/home.html", home),
        Sample::new("portal/home.html", alone),
        Sample::new("portal/sign_ins.html", SignInsPage::default()),
        Sample::new(
            "portal/sign_ins.html",
            SignInsPage { entries: vec![entry()], newest: true, older: "?before=a".to_owned() },
        ),
    ]
}

fn samples() -> Vec<Sample> {
    let at = AT;
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
    let own = vec![
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
    ];
    let more = [
        home_samples(),
        service_samples(),
        application_samples(),
        message_samples(),
        grievance_samples(),
    ];
    more.into_iter().flatten().chain(own).collect()
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
