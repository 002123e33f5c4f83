//! Signatures: what is signed, who has, and the form.

use super::{Done, Form, explained, failed, institution_name, round_path, status};
use crate::http::acting;
use crate::model::state::State as RoundState;
use crate::permissions::{ReadRounds, SignRounds, carry};
use crate::service::{Assessments, RoundView, SignatureIn};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use kernel::http::{Path, Query};
use kernel::problem::Problem;
use serde::Serialize;
use ui::parts::{Choice, Entry, Fact, Mark, Tone};
use ui::{Desk, Errors, Fields, Submitted, Visit, see_other};

/// What `assessment/sign_off.html` shows.
#[derive(Serialize)]
pub(super) struct SignOffPage {
    pub round: String,
    pub round_title: String,
    pub facts: Vec<Fact>,
    pub unanswered: usize,
    pub unreviewed: usize,
    pub digest: String,
    pub signatures: Vec<Entry>,
    /// Where a signature is posted to; empty where none can be given.
    pub action: String,
    pub institutions: Vec<Choice>,
    pub institution: String,
    pub role: String,
    pub dissent: String,
    pub paper: String,
    /// What was just done; empty for nothing.
    pub done: String,
    pub errors: Errors,
}

/// `GET /desk/assessment/rounds/{id}/sign-off`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    query: Result<Query<Done>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path(id)) = path else { return visit.not_found() };
    let form = Form { done: Done::text(query, visit, &["signed"]), ..Form::default() };
    respond(&assessments, visit, id, &desk.officer.roles, form).await
}

/// `POST /desk/assessment/rounds/{id}/sign-off`
pub(super) async fn sign(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    desk: Desk<SignRounds>,
    form: Submitted,
) -> Response {
    let (visit, fields, roles) = (&desk.visit, form.fields, &desk.officer.roles);
    let Ok(Path(id)) = path else { return visit.not_found() };
    let filled = |name: &str| Some(fields.text(name).to_owned()).filter(|text| !text.is_empty());
    let new = SignatureIn {
        digest: fields.text("digest").to_owned(),
        role: fields.text("role").to_owned(),
        dissent: filled("dissent"),
        institution: filled("institution"),
        paper: filled("paper").map(|text| text.to_ascii_lowercase()),
    };
    match assessments.sign(acting(&desk.officer), id, new).await {
        Ok(_) => see_other(&format!("{}/sign-off?done=signed", round_path(id))),
        Err(error) => match explained(visit, error) {
            Ok(errors) => {
                respond(&assessments, visit, id, roles, Form::again(&fields, errors)).await
            }
            Err(error) => failed(visit, error),
        },
    }
}

async fn respond(
    assessments: &Assessments,
    visit: &Visit,
    id: Id,
    roles: &[String],
    form: Form,
) -> Response {
    let Form { fields, errors, done } = form;
    let fields = &fields.unwrap_or_default();
    match assessments.show_round(id).await {
        Ok(view) => {
            let status = status(&errors);
            let page = sign_off_page(assessments, visit, view, roles, fields);
            let page = SignOffPage { done, errors, ..page };
            visit.page("assessment/sign_off.html", page).status(status).respond()
        }
        Err(error) => failed(visit, error),
    }
}

fn sign_off_page(
    assessments: &Assessments,
    visit: &Visit,
    view: RoundView,
    roles: &[String],
    fields: &Fields,
) -> SignOffPage {
    let path = round_path(view.round.id);
    let quorum = &view.round.quorum;
    let still: Vec<&String> = quorum
        .institutions
        .iter()
        .filter(|one| view.sign_offs.iter().all(|signed| signed.institution != **one))
        .collect();
    let signing = matches!(view.round.state, RoundState::InReview | RoundState::Signed);
    let may_sign = signing && !still.is_empty() && carry::<SignRounds>(roles);
    let numbers = [("n", view.sign_offs.len().to_string()), ("needed", quorum.needed.to_string())];
    let name = |id: &str| institution_name(assessments.institutions(), id);
    let asked: Vec<String> = quorum.institutions.iter().map(|id| name(id)).collect();
    let facts = [
        ("assessment.signatures", visit.t("assessment.signed-by", &numbers)),
        ("assessment.quorum", asked.join(", ")),
    ];
    let choice = |id: &&String| Choice {
        value: (*id).clone(),
        text: name(id),
        hint: String::new(),
        on: false,
    };
    let institutions: Vec<Choice> = still.iter().map(choice).collect();
    let own = assessments.owner().to_owned();
    let typed = fields.text("institution");
    SignOffPage {
        facts: facts.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).into(),
        unanswered: view.findings.unanswered.len(),
        unreviewed: view.findings.unreviewed.len(),
        signatures: view
            .sign_offs
            .iter()
            .map(|one| signature(visit, one, name(&one.institution)))
            .collect(),
        action: if may_sign { format!("{path}/sign-off") } else { String::new() },
        institutions,
        institution: if typed.is_empty() { own } else { typed.to_owned() },
        role: fields.text("role").to_owned(),
        dissent: fields.text("dissent").to_owned(),
        paper: fields.text("paper").to_owned(),
        round_title: view.round.title,
        round: path,
        digest: view.digest,
        done: String::new(),
        errors: Errors::none(),
    }
}

fn signature(visit: &Visit, signed: &maturity::round::SignOff, name: String) -> Entry {
    let (key, tone) = match signed.dissent {
        Some(_) => ("assessment.with-dissent", Tone::Warn),
        None => ("assessment.agreed", Tone::Good),
    };
    let mut facts = vec![Fact::new(visit.t("assessment.role", &[]), signed.role.clone())];
    if let Some(dissent) = &signed.dissent {
        facts.push(Fact::new(visit.t("assessment.dissent", &[]), dissent.clone()));
    }
    Entry {
        at: signed.at.to_string(),
        who: name,
        tag: visit.t(key, &[]),
        tag_kind: tone,
        mark: Mark::Plain,
        facts,
    }
}
