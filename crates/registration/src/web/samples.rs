//! Every page with something to show in it, in every language.

use super::cases::{self, QueuePage};
use super::{furnish, runs};
use crate::service::{CaseEntry, CaseView, FollowUp, RunView};
use axum::http::Request;
use basis::{Currency, Id, Money, Rng, Timestamp};
use contracts::batches::{BatchStatus, Tally};
use contracts::registration::{
    ApplicationEntry, ApplicationEvent, ApplicationStatus, ApplicationView, FieldKind, FieldOption,
    FormField, FormStep, RuleOutcome,
};
use ui::{Errors, Sample, Site, Ui, Visit};

const ID: Id = Id::from_bytes([7; 16]);
const NOW: Timestamp = Timestamp::from_micros(1_773_475_200_000_000);

fn ui() -> Ui {
    let site = Site {
        service: "Tumbawe services".to_owned(),
        operator: "Ministry of Social Protection".to_owned(),
        home: "/portal".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    };
    furnish(Ui::builder("registration", site, &[7; 32], Rng::seeded(1))).unwrap()
}

fn entry(status: ApplicationStatus, taken_by: Option<&str>) -> CaseEntry {
    CaseEntry {
        id: ID,
        number: "CB-2026-000117".to_owned(),
        service: "child-benefit".to_owned(),
        name: "Child benefit".to_owned(),
        status,
        submitted: Some(NOW),
        due: Some(NOW),
        taken_by: taken_by.map(str::to_owned),
        waits_for: Some("caseworker".to_owned()),
    }
}

fn field(input: FieldKind, value: &str, source: Option<&str>) -> FormField {
    FormField {
        name: "field".to_owned(),
        label: "A question".to_owned(),
        hint: None,
        input,
        optional: false,
        source: source.map(str::to_owned),
        value: Some(value.to_owned()),
        error: None,
    }
}

fn case(status: ApplicationStatus, may_decide: bool, eligible: bool) -> CaseView {
    let options = vec![FieldOption { value: "a".to_owned(), label: "Answer A".to_owned() }];
    let fields = vec![
        field(FieldKind::Text, "Zawadi Tamba", Some("Register of residents")),
        field(FieldKind::Date, "2026-01", None),
        field(FieldKind::YesNo, "true", None),
        field(FieldKind::YesNo, "false", None),
        field(FieldKind::Choice { options }, "a", None),
        field(FieldKind::Phone, "", None),
    ];
    let step = FormStep { name: "you".to_owned(), title: "You".to_owned(), fields, done: true };
    let rule = |met| RuleOutcome { says: "4 of 3".to_owned(), met, law: "s.4".to_owned() };
    let follow_up = |done, attempts, problem: Option<&str>| FollowUp {
        what: "payee".to_owned(),
        done,
        attempts,
        problem: problem.map(str::to_owned),
    };
    let decided = status == ApplicationStatus::Approved;
    CaseView {
        entry: entry(status, Some("b-7")),
        may_decide,
        eligible,
        follow_ups: vec![
            follow_up(true, 0, None),
            follow_up(false, 0, None),
            follow_up(false, 2, Some("peer-unreachable")),
        ],
        application: ApplicationView {
            entry: ApplicationEntry {
                id: ID,
                number: Some("CB-2026-000117".to_owned()),
                service: "child-benefit".to_owned(),
                name: "Child benefit".to_owned(),
                status,
                changed: NOW,
            },
            steps: vec![step],
            consents: Vec::new(),
            rules: vec![rule(true), rule(eligible)],
            remark: (!decided).then(|| "Which day?".to_owned()),
            outcome: decided.then(|| "KES 1500.00 a month".to_owned()),
            due: Some(NOW),
            history: vec![ApplicationEvent { at: NOW, says: "It was sent".to_owned() }],
        },
    }
}

fn run(state: &str, tally: bool) -> RunView {
    RunView {
        id: ID,
        service: "child-benefit".to_owned(),
        month: "2026-03".to_owned(),
        state: state.to_owned(),
        lines: 20_000,
        sent: 20_000,
        total: Money::from_minor(3_000_000_000, Currency::from_code("KES").unwrap()),
        opened: NOW,
        opened_by: "m-1".to_owned(),
        approved_by: (state == "approved").then(|| "c-1".to_owned()),
        problem: (state == "sending").then(|| "peer-unreachable".to_owned()),
        batch: tally.then_some(BatchStatus::Approved),
        tally: tally.then_some(Tally {
            waiting: 1,
            sent: 2,
            paid: 19_996,
            failed: 1,
            paid_minor: 1,
        }),
    }
}

fn case_samples(visit: &Visit) -> Vec<Sample> {
    use ApplicationStatus as Status;
    let queue = vec![
        entry(Status::Submitted, None),
        entry(Status::SentBack, Some("b-7")),
        entry(Status::Submitted, Some("b-8")),
    ];
    let mut wrong = Errors::none();
    wrong.add("decision", "Choose");
    wrong.add("remark", "Say why");
    let shown = |case, errors| cases::case_page(visit, case, errors, "reject", "No");
    let closed = |status, holder| cases::closed_page(entry(status, holder));
    vec![
        Sample::new("registration/cases.html", cases::queue_page(visit, queue, "b-7")),
        Sample::new("registration/cases.html", QueuePage { groups: Vec::new() }),
        Sample::new("registration/case.html", shown(case(Status::Submitted, true, true), wrong)),
        Sample::new(
            "registration/case.html",
            shown(case(Status::Submitted, true, false), Errors::none()),
        ),
        Sample::new(
            "registration/case.html",
            shown(case(Status::Approved, false, true), Errors::none()),
        ),
        Sample::new("registration/closed_case.html", closed(Status::Submitted, None)),
        Sample::new("registration/closed_case.html", closed(Status::Submitted, Some("b-8"))),
        Sample::new("registration/closed_case.html", closed(Status::Withdrawn, None)),
    ]
}

fn run_samples(visit: &Visit) -> Vec<Sample> {
    let mut wrong = Errors::none();
    wrong.add("month", "Write a month");
    let mut own = Errors::none();
    own.add("approve", "Another officer");
    let roles = ["benefit-maker".to_owned(), "benefit-checker".to_owned()];
    let states = ["gathering", "gathered", "sending", "sent", "closed", "approved", "empty"]
        .map(|s| run(s, false));
    let shown = |state, officer: &str| {
        runs::run_page(visit, run(state, state != "gathering"), officer, &roles, Errors::none())
    };
    vec![
        Sample::new(
            "registration/runs.html",
            runs::runs_page(visit, states.to_vec(), true, "March", wrong),
        ),
        Sample::new(
            "registration/runs.html",
            runs::runs_page(visit, Vec::new(), false, "", Errors::none()),
        ),
        Sample::new("registration/run.html", shown("gathering", "m-1")),
        Sample::new("registration/run.html", shown("sending", "m-1")),
        Sample::new("registration/run.html", shown("closed", "m-1")),
        Sample::new("registration/run.html", shown("closed", "c-1")),
        Sample::new("registration/run.html", shown("approved", "c-1")),
        Sample::new(
            "registration/run.html",
            runs::run_page(visit, run("closed", true), "m-1", &roles, own),
        ),
    ]
}

#[test]
fn every_page_renders_in_every_language() {
    let ui = ui();
    for lang in ["en", "fr", "sw"] {
        let uri = format!("/desk/cases?lang={lang}");
        let (parts, ()) = Request::get(uri).body(()).unwrap().into_parts();
        let visit = Visit::of(ui.clone(), &parts);
        let samples = [case_samples(&visit), run_samples(&visit)].concat();
        assert_eq!(ui.check(&samples), Vec::<String>::new(), "{lang}");
    }
}
