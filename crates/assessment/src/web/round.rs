//! One round: how far it has come, what waits, and its indicators by dimension.

use super::rounds::Row;
use super::{
    Done, ROUNDS, explained, failed, institution_name, profile_name, round_path, state_tag, status,
};
use crate::http::acting;
use crate::model::overview::Coverage;
use crate::model::scope;
use crate::model::state::State as RoundState;
use crate::permissions::{
    ManageRounds, ReadRounds, ReviewAnswers, SignRounds, WriteAnswers, carry,
};
use crate::service::{Assessments, RoundView};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use kernel::http::{Path, Query};
use kernel::problem::Problem;
use maturity::Instrument;
use maturity::round::Answer;
use serde::Serialize;
use ui::parts::{Chip, Fact, Task, Tone};
use ui::{Desk, Errors, Submitted, Visit, see_other};

/// What `assessment/round.html` shows.
#[derive(Serialize)]
pub(super) struct RoundPage {
    pub rounds: &'static str,
    pub title: String,
    pub scope: String,
    pub tag: String,
    pub tone: Tone,
    pub facts: Vec<Fact>,
    pub tasks: Vec<Task>,
    pub dimensions: Vec<Row>,
    /// The round's other pages.
    pub pages: Vec<Chip>,
    /// What was just done; empty for nothing.
    pub done: String,
    /// Where the state is changed; empty for those who may not.
    pub move_on: String,
    pub revision: i64,
    /// States it can be put into.
    pub moves: Vec<Move>,
    pub errors: Errors,
}

/// A button that moves the round on.
#[derive(Serialize)]
pub(super) struct Move {
    pub to: &'static str,
    pub text: String,
    pub says: String,
}

/// What `assessment/dimension.html` shows.
#[derive(Serialize)]
pub(super) struct DimensionPage {
    pub round: String,
    pub round_title: String,
    pub title: String,
    pub indicators: Vec<Row>,
}

/// `GET /desk/assessment/rounds/{id}`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    query: Result<Query<Done>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path(id)) = path else { return visit.not_found() };
    let done = Done::text(query, visit, &["opened", "moved"]);
    respond(&assessments, visit, id, &desk.officer.roles, done, Errors::none()).await
}

/// `POST /desk/assessment/rounds/{id}/state`
pub(super) async fn move_on(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    desk: Desk<ManageRounds>,
    form: Submitted,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path(id)) = path else { return visit.not_found() };
    let revision = form.fields.text("revision").parse().unwrap_or_default();
    let Some(to) = RoundState::parse(form.fields.text("to")) else {
        return see_other(&round_path(id));
    };
    match assessments.move_round(acting(&desk.officer), id, to, revision).await {
        Ok(_) => see_other(&format!("{}?done=moved", round_path(id))),
        Err(error) => match explained(visit, error) {
            Ok(errors) => {
                let roles = &desk.officer.roles;
                respond(&assessments, visit, id, roles, String::new(), errors).await
            }
            Err(error) => failed(visit, error),
        },
    }
}

/// `GET /desk/assessment/rounds/{id}/dimensions/{dimension}`
pub(super) async fn show_dimension(
    State(assessments): State<Assessments>,
    path: Result<Path<(Id, String)>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path((id, dimension))) = path else { return visit.not_found() };
    let (view, whole) = match (assessments.show_round(id).await, assessments.whole(id).await) {
        (Ok(view), Ok((whole, _))) => (view, whole),
        (Err(error), _) | (_, Err(error)) => return failed(visit, error),
    };
    let instrument = assessments.instrument_in(visit.lang.as_str());
    let Some(named) = instrument.dimensions.iter().find(|one| one.id == dimension) else {
        return visit.not_found();
    };
    let asked = scope::indicators(instrument, &whole.profile).unwrap_or_default();
    let rows = asked.into_iter().filter(|one| one.dimension == dimension).map(|one| {
        let (tag, tone) = answer_tag(visit, whole.answers.get(&one.id));
        let assigned = view.assignments.get(&one.id);
        let assigned = assigned.map(|to| institution_name(&whole.institutions, to));
        let says = assigned.map(|to| visit.t("assessment.assigned-to", &[("institution", to)]));
        Row {
            title: format!("{} {}", one.id, one.title),
            href: format!("{}/indicators/{}", round_path(id), one.id),
            tag,
            tone,
            says: says.unwrap_or_default(),
        }
    });
    let page = DimensionPage {
        round: round_path(id),
        round_title: view.round.title.clone(),
        title: named.name.clone(),
        indicators: rows.collect(),
    };
    visit.page("assessment/dimension.html", page).respond()
}

async fn respond(
    assessments: &Assessments,
    visit: &Visit,
    id: Id,
    roles: &[String],
    done: String,
    errors: Errors,
) -> Response {
    match assessments.show_round(id).await {
        Ok(view) => {
            let status = status(&errors);
            let page = RoundPage { done, errors, ..round_page(assessments, visit, view, roles) };
            visit.page("assessment/round.html", page).status(status).respond()
        }
        Err(error) => failed(visit, error),
    }
}

fn round_page(
    assessments: &Assessments,
    visit: &Visit,
    view: RoundView,
    roles: &[String],
) -> RoundPage {
    let round = &view.round;
    let path = round_path(round.id);
    let (tag, tone) = state_tag(visit, round.state);
    let format = visit.ui().format(visit.lang);
    let spoken = assessments.instrument_in(visit.lang.as_str());
    let instrument = format!("{} {}", round.instrument.id, round.instrument.version);
    let sum = |of: fn(&Coverage) -> usize| view.coverage.iter().map(of).sum::<usize>().to_string();
    let answered = [("n", sum(|one| one.answered)), ("asked", sum(|one| one.asked))];
    let signed =
        [("n", view.sign_offs.len().to_string()), ("needed", round.quorum.needed.to_string())];
    let facts = [
        ("assessment.answers", visit.t("assessment.answered-of", &answered)),
        ("assessment.as-of", format.date(&round.as_of.to_string())),
        ("assessment.profile", profile_name(visit, spoken, &round.profile)),
        ("assessment.instrument", instrument),
        ("assessment.signatures", visit.t("assessment.signed-by", &signed)),
    ];
    let may_move = carry::<ManageRounds>(roles);
    RoundPage {
        rounds: ROUNDS,
        title: round.title.clone(),
        scope: round.scope.clone(),
        tag,
        tone,
        facts: facts.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).into(),
        tasks: tasks(visit, &view, roles),
        dimensions: view
            .coverage
            .iter()
            .map(|one| dimension_row(visit, spoken, &path, one))
            .collect(),
        pages: pages(visit, &path),
        done: String::new(),
        move_on: if may_move { format!("{path}/state") } else { String::new() },
        revision: round.revision,
        moves: moves(visit, round.state),
        errors: Errors::none(),
    }
}

fn pages(visit: &Visit, path: &str) -> Vec<Chip> {
    let page = |page: &str| Chip {
        text: visit.t(&format!("assessment.{page}"), &[]),
        href: format!("{path}/{page}"),
        current: false,
    };
    ["evidence", "spreadsheet", "findings", "result", "sign-off"].map(page).into()
}

/// What waits for whoever holds these roles.
fn tasks(visit: &Visit, view: &RoundView, roles: &[String]) -> Vec<Task> {
    let path = round_path(view.round.id);
    let task = |key: &str, n: usize, first: Option<&String>, href: String| Task {
        title: visit.t(&format!("assessment.task-{key}"), &[("n", n.to_string())]),
        href: first.map_or(href, |first| format!("{path}/indicators/{first}")),
        hint: String::new(),
        tag: String::new(),
        tone: Tone::Plain,
    };
    let (state, found) = (view.round.state, &view.findings);
    let mut all = Vec::new();
    let open = found.unanswered.len();
    if state == RoundState::Open && open > 0 && carry::<WriteAnswers>(roles) {
        all.push(task("answer", open, found.unanswered.first(), path.clone()));
    }
    let unreviewed = found.unreviewed.len();
    if state == RoundState::InReview && unreviewed > 0 && carry::<ReviewAnswers>(roles) {
        all.push(task("review", unreviewed, found.unreviewed.first(), path.clone()));
    }
    let contradictions = found.contradictions.len();
    if contradictions > 0 && state != RoundState::Closed {
        all.push(task("contradictions", contradictions, None, format!("{path}/findings")));
    }
    if state == RoundState::InReview && carry::<SignRounds>(roles) {
        all.push(task("sign", 1, None, format!("{path}/sign-off")));
    }
    all
}

fn dimension_row(visit: &Visit, spoken: &Instrument, path: &str, one: &Coverage) -> Row {
    let numbers = [("n", one.answered.to_string()), ("asked", one.asked.to_string())];
    let tone = match one.answered {
        0 => Tone::Plain,
        all if all == one.asked => Tone::Good,
        _ => Tone::Info,
    };
    let rest = [
        ("unknown", one.unknown.to_string()),
        ("evidence", one.with_evidence.to_string()),
        ("reviewed", one.reviewed.to_string()),
    ];
    let named = spoken.dimension(&one.dimension).map_or(&one.name, |named| &named.name);
    // Where nothing is answered, three noughts say nothing.
    let says = match one.answered {
        0 => String::new(),
        _ => visit.t("assessment.coverage-says", &rest),
    };
    Row {
        title: named.clone(),
        href: format!("{path}/dimensions/{}", one.dimension),
        tag: visit.t("assessment.answered-of", &numbers),
        tone,
        says,
    }
}

fn moves(visit: &Visit, state: RoundState) -> Vec<Move> {
    let to: &[RoundState] = match state {
        RoundState::Open => &[RoundState::InReview],
        RoundState::InReview => &[RoundState::Open],
        RoundState::Signed => &[RoundState::Closed],
        RoundState::Closed => &[],
    };
    let text = |to: &RoundState, what: &str| {
        let key = format!("assessment.move-{}{what}", to.as_str().replace('_', "-"));
        visit.t(&key, &[])
    };
    to.iter()
        .map(|to| Move { to: to.as_str(), text: text(to, ""), says: text(to, "-says") })
        .collect()
}

/// Where an answer stands, in a word.
pub(super) fn answer_tag(visit: &Visit, answer: Option<&Answer>) -> (String, Tone) {
    let Some(answer) = answer else {
        return (visit.t("assessment.not-answered", &[]), Tone::Plain);
    };
    let Some(level) = answer.level else {
        return (visit.t("assessment.unknown", &[]), Tone::Warn);
    };
    let reviewed = answer.review.as_ref();
    let (key, shown, tone) = match reviewed {
        None => ("assessment.level", level, Tone::Info),
        Some(review) => ("assessment.level-reviewed", review.level.unwrap_or(level), Tone::Good),
    };
    (visit.t(key, &[("level", shown.to_string())]), tone)
}
