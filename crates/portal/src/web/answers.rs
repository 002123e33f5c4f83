//! Between the form of a service and the fields of a page: what is asked, what is known, and what came back.

use contracts::registration::{AnswersIn, FieldKind, FieldOption, FormField, FormStep};
use serde::Serialize;
use ui::parts::{Answer, Choice, DateParts};
use ui::{Errors, Fields, Visit};

/// A question of a step.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Question {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    /// `text`, `number`, `phone`, `date`, `choice`, or `select` for many choices.
    pub(super) kind: &'static str,
    pub(super) optional: bool,
    pub(super) value: String,
    pub(super) date: DateParts,
    pub(super) options: Vec<Choice>,
}

/// More choices than this are easier to find in a list that opens.
const CHOICES_MAX: usize = 7;

/// The questions of a step; what a register answers is not asked.
pub(super) fn questions(visit: &Visit, step: &FormStep) -> Vec<Question> {
    asked(step).map(|field| question(visit, field)).collect()
}

/// What registers answer, for reading.
pub(super) fn known(visit: &Visit, step: &FormStep) -> Vec<Answer> {
    let prefilled = step.fields.iter().filter(|field| field.source.is_some());
    prefilled.map(|field| answer(visit, field, "")).collect()
}

/// All answers of a step, those of the person with the way to change them.
pub(super) fn answers(visit: &Visit, step: &FormStep, change: &str) -> Vec<Answer> {
    step.fields.iter().map(|field| answer(visit, field, change)).collect()
}

/// What is wrong with a step. `all` is for a step that was just sent; one that is opened again only complains about what
/// stands in it, not about what was not answered yet.
pub(super) fn errors(step: &FormStep, all: bool) -> Errors {
    let mut errors = Errors::none();
    for field in asked(step) {
        let filled = field.value.as_ref().is_some_and(|value| !value.is_empty());
        if let Some(error) = field.error.as_ref().filter(|_| all || filled) {
            errors.add(&field.name, error.clone());
        }
    }
    errors
}

/// What was filled in, by the names of the step's questions: what else a form holds is not sent on.
pub(super) fn filled_in(step: &FormStep, fields: &Fields) -> AnswersIn {
    let text = |field: &FormField| match field.input {
        FieldKind::Date => {
            let part = |part: &str| fields.text(&format!("{}-{part}", field.name)).to_owned();
            let parts = DateParts { day: part("day"), month: part("month"), year: part("year") };
            // A form of three fields, or one by who knows only the name.
            Some(parts.written()).filter(|written| !written.is_empty())
        }
        _ => None,
    };
    let answer = |field: &FormField| {
        let written = text(field).unwrap_or_else(|| fields.text(&field.name).to_owned());
        (field.name.clone(), written)
    };
    AnswersIn { answers: asked(step).map(answer).collect() }
}

/// The step with what was filled in, for showing a form again that could not be kept.
pub(super) fn with_answers(mut step: FormStep, filled: &AnswersIn) -> FormStep {
    for field in &mut step.fields {
        if let Some(value) = filled.answers.get(&field.name) {
            field.value = Some(value.clone());
        }
    }
    step
}

fn asked(step: &FormStep) -> impl Iterator<Item = &FormField> {
    step.fields.iter().filter(|field| field.source.is_none())
}

fn question(visit: &Visit, field: &FormField) -> Question {
    let value = field.value.clone().unwrap_or_default();
    let mut options = options(visit, &field.input);
    let many = options.len() > CHOICES_MAX;
    if many {
        // Nothing is chosen for somebody who has not chosen.
        let label = visit.t("answer.choose", &[]);
        options.insert(0, FieldOption { value: String::new(), label });
    }
    Question {
        name: field.name.clone(),
        label: field.label.clone(),
        hint: field.hint.clone().unwrap_or_default(),
        kind: match field.input {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Phone => "phone",
            FieldKind::Date => "date",
            FieldKind::Choice { .. } if many => "select",
            FieldKind::Choice { .. } | FieldKind::YesNo => "choice",
        },
        optional: field.optional,
        date: DateParts::of(&value),
        options: options
            .into_iter()
            .map(|option| Choice {
                on: option.value == value,
                value: option.value,
                text: option.label,
                hint: String::new(),
            })
            .collect(),
        value,
    }
}

fn options(visit: &Visit, kind: &FieldKind) -> Vec<FieldOption> {
    let yes_no = |value: &str| FieldOption {
        value: value.to_owned(),
        label: visit.t(&format!("answer.{value}"), &[]),
    };
    match kind {
        FieldKind::Choice { options } => options.clone(),
        FieldKind::YesNo => vec![yes_no("true"), yes_no("false")],
        FieldKind::Text | FieldKind::Number | FieldKind::Date | FieldKind::Phone => Vec::new(),
    }
}

fn answer(visit: &Visit, field: &FormField, change: &str) -> Answer {
    let own = field.source.is_none();
    Answer {
        name: field.label.clone(),
        value: shown(visit, field),
        source: field.source.clone().unwrap_or_default(),
        change: if own { change.to_owned() } else { String::new() },
    }
}

/// An answer as people read it.
fn shown(visit: &Visit, field: &FormField) -> String {
    let value = field.value.clone().unwrap_or_default();
    if value.is_empty() {
        return visit.t("answer.none", &[]);
    }
    match &field.input {
        FieldKind::Date => visit.ui().format(visit.lang).date(&value),
        FieldKind::Choice { .. } | FieldKind::YesNo => options(visit, &field.input)
            .into_iter()
            .find(|option| option.value == value)
            .map_or(value, |option| option.label),
        FieldKind::Text | FieldKind::Number | FieldKind::Phone => value,
    }
}
