//! An application as the applicant sees it, in their language.

use super::application::{Application, Happened};
use super::content::Content;
use super::eligibility::{self, figures};
use super::form::{self, Flaw};
use super::package::{Field, Input, Package, Step};
use super::speech::Speech;
use basis::{Id, PartialDate};
use contracts::registration::{
    ApplicationEntry, ApplicationEvent, ApplicationStatus, ApplicationView, ConsentNeeded,
    FieldKind, FieldOption, FormField, FormStep, ServiceEntry,
};
use std::collections::BTreeMap;

/// What a view is made of.
pub struct Shown<'a> {
    /// The package.
    pub package: &'a Package,
    /// The application.
    pub application: &'a Application,
    /// What it says.
    pub content: &'a Content,
    /// Its life.
    pub history: &'a [Happened],
    /// Data agreements by read.
    pub agreements: &'a BTreeMap<String, Id>,
    /// The day.
    pub today: PartialDate,
}

/// The package in the catalogue.
pub fn service(package: &Package, language: &str) -> ServiceEntry {
    ServiceEntry {
        code: package.code.clone(),
        name: package.name.say(language).to_owned(),
        summary: package.summary.say(language).to_owned(),
        guide: package.guide.iter().map(|words| words.say(language).to_owned()).collect(),
        law: package.law.clone(),
        fee: package.fee.as_ref().map(super::package::Amount::words),
        answer_days: package.answer_days,
    }
}

/// An application in a list.
pub fn entry(package: &Package, application: &Application, language: &str) -> ApplicationEntry {
    ApplicationEntry {
        id: application.id,
        number: application.number.clone(),
        service: application.service.clone(),
        name: package.name.say(language).to_owned(),
        status: application.status,
        changed: application.changed,
    }
}

/// The whole application.
pub fn application(shown: &Shown<'_>, speech: &Speech) -> ApplicationView {
    let Shown { package, application, content, .. } = shown;
    let flaws = form::flaws(package, content);
    let steps = package.steps.iter().map(|step| form_step(shown, step, &flaws, speech)).collect();
    let needed = if application.is_open_to_applicant() {
        content.consents_open(package)
    } else {
        Vec::new()
    };
    let consents = needed.into_iter().filter_map(|read| {
        let agreement = *shown.agreements.get(&read.code)?;
        Some(ConsentNeeded { agreement, purpose: read.purpose.clone() })
    });
    let history = shown.history.iter().map(|happened| ApplicationEvent {
        at: happened.at,
        says: speech.say(&format!("registration.event.{}", happened.kind), &[]),
    });
    let granted = application.status == ApplicationStatus::Approved;
    ApplicationView {
        entry: entry(package, application, &speech.language),
        steps,
        consents: consents.collect(),
        rules: eligibility::rules(package, content, shown.today, speech),
        remark: content.remark.clone(),
        outcome: granted.then(|| outcome(package, content, shown.today, speech)),
        due: application.due(package.answer_days),
        history: history.collect(),
    }
}

/// What was granted, in words.
pub fn outcome(
    package: &Package,
    content: &Content,
    today: PartialDate,
    speech: &Speech,
) -> String {
    let facts = eligibility::facts(package, content, today);
    let mut figures = figures(package, content, &facts, speech);
    figures.insert("amount".to_owned(), package.amount());
    let unknown = speech.say("registration.unknown", &[]);
    package.outcome.says.fill(&speech.language, &figures, &unknown)
}

fn form_step(
    shown: &Shown<'_>,
    step: &Step,
    flaws: &BTreeMap<String, Flaw>,
    speech: &Speech,
) -> FormStep {
    let content = shown.content;
    let answered = content.answered.contains(&step.name);
    let fields = step.fields.iter().map(|field| {
        let source =
            content.prefilled(&field.name).and_then(|_| shown.package.read_of(&field.name));
        // Nobody is told that something is missing before they were asked.
        let flaw = flaws.get(&field.name).filter(|_| answered);
        FormField {
            name: field.name.clone(),
            label: field.label.say(&speech.language).to_owned(),
            hint: field.hint.as_ref().map(|hint| hint.say(&speech.language).to_owned()),
            input: input(field, &speech.language),
            optional: field.optional,
            source: source.map(|read| read.source.say(&speech.language).to_owned()),
            value: content.value(&field.name).map(str::to_owned),
            error: flaw.map(|flaw| error(field, flaw, speech)),
        }
    });
    FormStep {
        name: step.name.clone(),
        title: step.title.say(&speech.language).to_owned(),
        fields: fields.collect(),
        done: form::is_done(step, content, flaws),
    }
}

fn input(field: &Field, language: &str) -> FieldKind {
    match field.input {
        Input::Text => FieldKind::Text,
        Input::Number => FieldKind::Number,
        Input::Date => FieldKind::Date,
        Input::Phone => FieldKind::Phone,
        Input::YesNo => FieldKind::YesNo,
        Input::Choice => FieldKind::Choice {
            options: field
                .options
                .iter()
                .map(|option| FieldOption {
                    value: option.value.clone(),
                    label: option.label.say(language).to_owned(),
                })
                .collect(),
        },
    }
}

fn error(field: &Field, flaw: &Flaw, speech: &Speech) -> String {
    match &field.error {
        Some(words) if flaw.by_schema => words.say(&speech.language).to_owned(),
        _ if flaw.limit.is_empty() => speech.say(flaw.key, &[]),
        _ => speech.say(flaw.key, &[("limit", flaw.limit.clone())]),
    }
}
