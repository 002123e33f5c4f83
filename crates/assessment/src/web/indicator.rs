//! One indicator: the question, its levels, the answer, its evidence, its history and its review.

use super::round::answer_tag;
use super::{Done, Form, explained, failed, institution_name, round_path, status};
use crate::http::acting;
use crate::model::scope;
use crate::model::state::State as RoundState;
use crate::permissions::{ReadRounds, ReviewAnswers, WriteAnswers, carry};
use crate::service::{AnswerIn, AnswerView, Assessments, HistoryLine, ReviewIn, RoundView};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use kernel::http::{Path, Query};
use kernel::problem::Problem;
use maturity::Round;
use maturity::instrument::Indicator;
use serde::Serialize;
use std::collections::BTreeMap;
use ui::parts::{Choice, Entry, Fact, Mark, Tone};
use ui::{Desk, Errors, Fields, Submitted, Visit, see_other};

/// What stands for "we do not know" in a form.
const UNKNOWN: &str = "unknown";
/// What stands for a reviewer's "yes".
const ACCEPT: &str = "accept";

/// What `assessment/indicator.html` shows.
#[derive(Serialize)]
pub(super) struct IndicatorPage {
    pub dimension: String,
    pub dimension_name: String,
    pub id: String,
    pub title: String,
    pub question: String,
    pub critical: bool,
    pub tag: String,
    pub tone: Tone,
    pub assigned: String,
    /// The answer as it stands.
    pub facts: Vec<Fact>,
    /// Where the answer is posted to; empty where it cannot be given.
    pub answer: String,
    /// Where the review is posted to; empty where there is none to give.
    pub review: String,
    /// Says why nothing can be changed; empty where something can.
    pub closed: String,
    pub revision: i64,
    pub levels: Vec<Choice>,
    pub institutions: Vec<Choice>,
    pub institution: String,
    pub respondent: String,
    pub note: String,
    pub evidence: Vec<Choice>,
    pub evidence_page: String,
    pub verdicts: Vec<Choice>,
    pub reason: String,
    pub history: Vec<Entry>,
    /// The next indicator; empty after the last.
    pub next: String,
    /// What was just done; empty for nothing.
    pub done: String,
    pub errors: Errors,
}

/// Everything that the page is made of.
struct Shown {
    view: AnswerView,
    round: RoundView,
    whole: Round,
}

type Named = Result<Path<(Id, String)>, Problem>;

/// `GET /desk/assessment/rounds/{id}/indicators/{indicator}`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    path: Named,
    query: Result<Query<Done>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path((id, indicator))) = path else { return visit.not_found() };
    let form =
        Form { done: Done::text(query, visit, &["answered", "reviewed"]), ..Form::default() };
    respond(&assessments, visit, id, &indicator, &desk.officer.roles, form).await
}

/// `POST /desk/assessment/rounds/{id}/indicators/{indicator}/answer`
pub(super) async fn answer(
    State(assessments): State<Assessments>,
    path: Named,
    desk: Desk<WriteAnswers>,
    form: Submitted,
) -> Response {
    let (visit, fields) = (&desk.visit, form.fields);
    let Ok(Path((id, indicator))) = path else { return visit.not_found() };
    let roles = &desk.officer.roles;
    let Some(level) = read_level(fields.text("level")) else {
        let mut errors = Errors::none();
        errors.add("level", visit.t("assessment.wrong-level", &[]));
        let form = Form::again(&fields, errors);
        return respond(&assessments, visit, id, &indicator, roles, form).await;
    };
    let given = AnswerIn {
        level,
        institution: fields.text("institution").to_owned(),
        respondent: fields.text("respondent").to_owned(),
        evidence: fields.all("evidence").map(str::to_owned).collect(),
        note: fields.text("note").to_owned(),
        revision: fields.text("revision").parse().unwrap_or_default(),
    };
    let one = BTreeMap::from([(indicator.clone(), given)]);
    match assessments.answer(acting(&desk.officer), id, one, false).await {
        Ok(_) => see_other(&format!("{}/indicators/{indicator}?done=answered", round_path(id))),
        Err(error) => match explained(visit, error) {
            Ok(errors) => {
                let form = Form::again(&fields, errors);
                respond(&assessments, visit, id, &indicator, roles, form).await
            }
            Err(error) => failed(visit, error),
        },
    }
}

/// `POST /desk/assessment/rounds/{id}/indicators/{indicator}/review`
pub(super) async fn review(
    State(assessments): State<Assessments>,
    path: Named,
    desk: Desk<ReviewAnswers>,
    form: Submitted,
) -> Response {
    let (visit, fields) = (&desk.visit, form.fields);
    let Ok(Path((id, indicator))) = path else { return visit.not_found() };
    let roles = &desk.officer.roles;
    let verdict = fields.text("verdict");
    let level = if verdict == ACCEPT { Some(None) } else { read_level(verdict) };
    let Some(level) = level else {
        let mut errors = Errors::none();
        errors.add("verdict", visit.t("assessment.wrong-verdict", &[]));
        let form = Form::again(&fields, errors);
        return respond(&assessments, visit, id, &indicator, roles, form).await;
    };
    let word = ReviewIn {
        level,
        reason: fields.text("reason").to_owned(),
        revision: fields.text("revision").parse().unwrap_or_default(),
    };
    match assessments.review(acting(&desk.officer), id, indicator.clone(), word).await {
        Ok(_) => see_other(&format!("{}/indicators/{indicator}?done=reviewed", round_path(id))),
        Err(error) => match explained(visit, error) {
            Ok(errors) => {
                let form = Form::again(&fields, errors);
                respond(&assessments, visit, id, &indicator, roles, form).await
            }
            Err(error) => failed(visit, error),
        },
    }
}

/// A level of the form; none if nothing was chosen.
fn read_level(text: &str) -> Option<Option<u8>> {
    match text {
        UNKNOWN => Some(None),
        digit => digit.parse().ok().map(Some),
    }
}

async fn respond(
    assessments: &Assessments,
    visit: &Visit,
    id: Id,
    indicator: &str,
    roles: &[String],
    form: Form,
) -> Response {
    let Form { fields, errors, done } = form;
    let view = assessments.show_answer(id, indicator.to_owned()).await;
    let round = assessments.show_round(id).await;
    let whole = assessments.whole(id).await;
    let shown = match (view, round, whole) {
        (Ok(view), Ok(round), Ok((whole, _))) => Shown { view, round, whole },
        (Err(error), _, _) | (_, Err(error), _) | (_, _, Err(error)) => {
            return failed(visit, error);
        }
    };
    let spoken = assessments.instrument_in(visit.lang.as_str());
    let Some(asked) = spoken.indicator(indicator) else { return visit.not_found() };
    let page = indicator_page(assessments, visit, asked, &shown, roles, fields.as_ref());
    let status = status(&errors);
    let page = IndicatorPage { done, errors, ..page };
    visit.page("assessment/indicator.html", page).status(status).respond()
}

fn indicator_page(
    assessments: &Assessments,
    visit: &Visit,
    asked: &Indicator,
    shown: &Shown,
    roles: &[String],
    fields: Option<&Fields>,
) -> IndicatorPage {
    let Shown { view, round, whole } = shown;
    let path = round_path(round.round.id);
    let own = format!("{path}/indicators/{}", asked.id);
    let typed = |name: &str, stored: &str| {
        fields.map_or_else(|| stored.to_owned(), |fields| fields.text(name).to_owned())
    };
    let current = view.answer.as_ref();
    let state = round.round.state;
    let may_answer = state == RoundState::Open && carry::<WriteAnswers>(roles);
    let may_review =
        state == RoundState::InReview && current.is_some() && carry::<ReviewAnswers>(roles);
    let (tag, tone) = answer_tag(visit, current);
    let dimension = assessments.instrument_in(visit.lang.as_str()).dimension(&asked.dimension);
    let stored_institution = current.map(|answer| answer.institution.as_str());
    let assigned = view.assigned.as_deref();
    let institution =
        typed("institution", stored_institution.or(assigned).unwrap_or(assessments.owner()));
    IndicatorPage {
        dimension: format!("{path}/dimensions/{}", asked.dimension),
        dimension_name: dimension.map(|one| one.name.clone()).unwrap_or_default(),
        id: asked.id.clone(),
        title: asked.title.clone(),
        question: asked.question.clone(),
        critical: asked.critical,
        tag,
        tone,
        assigned: assigned.map(|id| institution_name(&whole.institutions, id)).unwrap_or_default(),
        facts: facts(visit, asked, shown),
        answer: if may_answer { format!("{own}/answer") } else { String::new() },
        review: if may_review { format!("{own}/review") } else { String::new() },
        closed: closed(visit, state),
        revision: view.revision,
        levels: levels(visit, asked, &typed("level", &stored_level(view))),
        institutions: institutions(whole, &institution),
        institution,
        respondent: typed("respondent", current.map_or("", |answer| &answer.respondent)),
        note: typed("note", current.map_or("", |answer| &answer.note)),
        evidence: evidence(whole, view, fields),
        evidence_page: format!("{path}/evidence"),
        verdicts: verdicts(visit, asked, &typed("verdict", "")),
        reason: typed("reason", ""),
        history: view.history.iter().map(|line| entry(visit, whole, line)).collect(),
        next: next(assessments, whole, &asked.id)
            .map_or_else(String::new, |id| format!("{path}/indicators/{id}")),
        done: String::new(),
        errors: Errors::none(),
    }
}

fn closed(visit: &Visit, state: RoundState) -> String {
    let key = match state {
        RoundState::Open => return String::new(),
        RoundState::InReview => "assessment.refused-round-in-review",
        RoundState::Signed => "assessment.refused-round-signed",
        RoundState::Closed => "assessment.refused-round-closed",
    };
    visit.t(key, &[])
}

fn stored_level(view: &AnswerView) -> String {
    match &view.answer {
        None => String::new(),
        Some(answer) => answer.level.map_or_else(|| UNKNOWN.to_owned(), |level| level.to_string()),
    }
}

fn levels(visit: &Visit, asked: &Indicator, chosen: &str) -> Vec<Choice> {
    let mut all: Vec<Choice> = level_choices(asked, chosen);
    all.push(Choice {
        value: UNKNOWN.to_owned(),
        text: visit.t("assessment.we-do-not-know", &[]),
        hint: visit.t("assessment.we-do-not-know-hint", &[]),
        on: chosen == UNKNOWN,
    });
    all
}

fn level_choices(asked: &Indicator, chosen: &str) -> Vec<Choice> {
    let choice = |(level, says): (usize, &String)| Choice {
        on: chosen == level.to_string(),
        value: level.to_string(),
        text: format!("{level}: {says}"),
        hint: String::new(),
    };
    asked.levels.iter().enumerate().map(choice).collect()
}

fn verdicts(visit: &Visit, asked: &Indicator, chosen: &str) -> Vec<Choice> {
    let accept = Choice {
        value: ACCEPT.to_owned(),
        text: visit.t("assessment.accept", &[]),
        hint: String::new(),
        on: chosen == ACCEPT,
    };
    std::iter::once(accept).chain(level_choices(asked, chosen)).collect()
}

fn institutions(whole: &Round, chosen: &str) -> Vec<Choice> {
    let choice = |one: &maturity::round::Institution| Choice {
        value: one.id.clone(),
        text: one.name.clone(),
        hint: String::new(),
        on: one.id == chosen,
    };
    whole.institutions.iter().map(choice).collect()
}

fn evidence(whole: &Round, view: &AnswerView, fields: Option<&Fields>) -> Vec<Choice> {
    let named: Vec<&str> = match fields {
        Some(fields) => fields.all("evidence").collect(),
        None => view.answer.iter().flat_map(|one| &one.evidence).map(String::as_str).collect(),
    };
    let choice = |one: &maturity::round::Evidence| Choice {
        value: one.id.clone(),
        text: format!("{}: {}", one.id, one.title),
        hint: String::new(),
        on: named.contains(&one.id.as_str()),
    };
    whole.evidence.iter().map(choice).collect()
}

/// The answer as it stands, with the claim, the reviewer's level and what was measured side by side.
fn facts(visit: &Visit, asked: &Indicator, shown: &Shown) -> Vec<Fact> {
    let Some(answer) = &shown.view.answer else { return Vec::new() };
    let level = |level: u8| {
        let says = asked.levels.get(usize::from(level)).map(String::as_str).unwrap_or_default();
        format!("{level}: {says}")
    };
    let claimed = answer.level.map_or_else(|| visit.t("assessment.unknown", &[]), level);
    let titles = shown.whole.evidence.iter().filter(|one| answer.evidence.contains(&one.id));
    let titles: Vec<String> = titles.map(|one| format!("{} ({})", one.title, one.id)).collect();
    let mut all = vec![
        ("assessment.claimed", claimed),
        (
            "assessment.institution",
            institution_name(&shown.whole.institutions, &answer.institution),
        ),
        ("assessment.respondent", answer.respondent.clone()),
        ("assessment.evidence", titles.join("; ")),
        ("assessment.note", answer.note.clone()),
    ];
    if let Some(review) = &answer.review {
        let word = review.level.map_or_else(|| visit.t("assessment.accepted", &[]), level);
        all.push(("assessment.reviewed-as", word));
        all.push(("assessment.reason", review.reason.clone()));
    }
    let contradictions = shown.round.findings.contradictions.iter();
    for one in contradictions.filter(|one| one.indicator == asked.id) {
        all.push(("assessment.measured", format!("{} ({})", level(one.measured), one.says)));
    }
    let there = all.into_iter().filter(|(_, value)| !value.is_empty());
    there.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).collect()
}

fn entry(visit: &Visit, whole: &Round, line: &HistoryLine) -> Entry {
    let (tag, tag_kind) = answer_tag(visit, Some(&line.answer));
    let institution = institution_name(&whole.institutions, &line.answer.institution);
    let mut facts = vec![("assessment.institution", institution)];
    facts.push(("assessment.evidence", line.answer.evidence.join(", ")));
    facts.push(("assessment.note", line.answer.note.clone()));
    let reason = line.answer.review.as_ref().map(|review| review.reason.clone());
    facts.push(("assessment.reason", reason.unwrap_or_default()));
    let there = facts.into_iter().filter(|(_, value)| !value.is_empty());
    let step = visit.t_or(&format!("assessment.step-{}", line.step), &line.step);
    Entry {
        at: line.at.to_string(),
        who: format!("{step}: {}", line.actor.trim_start_matches("officer:")),
        tag,
        tag_kind,
        mark: Mark::Plain,
        facts: there.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).collect(),
    }
}

fn next(assessments: &Assessments, whole: &Round, id: &str) -> Option<String> {
    let asked = scope::indicators(assessments.instrument(), &whole.profile)?;
    let place = asked.iter().position(|one| one.id == id)?;
    asked.get(place + 1).map(|one| one.id.clone())
}
