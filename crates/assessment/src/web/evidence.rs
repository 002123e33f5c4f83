//! The evidence locker: what is in it, and adding a link or a file.

use super::opening::date;
use super::rounds::Row;
use super::upload::Upload;
use super::{Done, Form, explained, failed, kilobytes, round_path, status};
use crate::http::{acting, download};
use crate::model::state::State as RoundState;
use crate::permissions::{ReadFiles, ReadRounds, WriteAnswers, carry};
use crate::service::{Assessments, EvidenceIn, EvidenceLine, File, RoundView};
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use kernel::http::{Path, Query};
use kernel::problem::Problem;
use maturity::instrument::EvidenceKind;
use serde::Serialize;
use ui::parts::{Choice, DateParts, Tone};
use ui::{Desk, Errors, Fields, Visit, see_other};

/// What `assessment/evidence.html` shows.
#[derive(Serialize)]
pub(super) struct EvidencePage {
    pub round: String,
    pub round_title: String,
    pub evidence: Vec<Row>,
    /// Where evidence is posted to; empty where none can be added.
    pub action: String,
    pub kinds: Vec<Choice>,
    pub kind: String,
    pub title: String,
    pub publisher: String,
    pub made: DateParts,
    pub expires: DateParts,
    pub source: String,
    pub sha256: String,
    pub limit: String,
    /// What was just done; empty for nothing.
    pub done: String,
    pub errors: Errors,
}

/// `GET /desk/assessment/rounds/{id}/evidence`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    query: Result<Query<Done>, Problem>,
    desk: Desk<ReadRounds>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path(id)) = path else { return visit.not_found() };
    let form = Form { done: Done::text(query, visit, &["added"]), ..Form::default() };
    respond(&assessments, visit, id, &desk.officer.roles, form).await
}

/// `POST /desk/assessment/rounds/{id}/evidence`
pub(super) async fn add(
    State(assessments): State<Assessments>,
    path: Result<Path<Id>, Problem>,
    desk: Desk<WriteAnswers>,
    upload: Upload,
) -> Response {
    let (visit, fields, roles) = (&desk.visit, upload.form.fields, &desk.officer.roles);
    let Ok(Path(id)) = path else { return visit.not_found() };
    let new = match read(visit, &fields, upload.file) {
        Ok(new) => new,
        Err(errors) => {
            return respond(&assessments, visit, id, roles, Form::again(&fields, errors)).await;
        }
    };
    match assessments.add_evidence(acting(&desk.officer), id, new).await {
        Ok(_) => see_other(&format!("{}/evidence?done=added", round_path(id))),
        Err(error) => match explained(visit, error) {
            Ok(errors) => {
                respond(&assessments, visit, id, roles, Form::again(&fields, errors)).await
            }
            Err(error) => failed(visit, error),
        },
    }
}

/// `GET /desk/assessment/rounds/{id}/evidence/{evidence}/file`
pub(super) async fn read_file(
    State(assessments): State<Assessments>,
    path: Result<Path<(Id, String)>, Problem>,
    desk: Desk<ReadFiles>,
) -> Response {
    let visit = &desk.visit;
    let Ok(Path((id, evidence))) = path else { return visit.not_found() };
    match assessments.read_file(acting(&desk.officer), id, evidence).await {
        Ok((line, content)) => download(&line, content),
        Err(error) => failed(visit, error),
    }
}

fn read(
    visit: &Visit,
    fields: &Fields,
    file: Option<(String, File)>,
) -> Result<EvidenceIn, Errors> {
    let mut errors = Errors::none();
    let kind = EvidenceKind::ALL.into_iter().find(|kind| kind.name() == fields.text("kind"));
    if kind.is_none() {
        errors.add("kind", visit.t("assessment.wrong-kind", &[]));
    }
    let made = date(fields, "made").written().parse();
    if made.is_err() {
        errors.add("made", visit.t("assessment.wrong-date", &[]));
    }
    let expires = match date(fields, "expires").written().as_str() {
        "" => Ok(None),
        written => written.parse().map(Some),
    };
    if expires.is_err() {
        errors.add("expires", visit.t("assessment.wrong-date", &[]));
    }
    let link = fields.text("source");
    if link.is_empty() == file.is_none() {
        errors.add("source", visit.t("assessment.wrong-link-or-file", &[]));
    }
    let (Some(kind), Ok(made), Ok(expires), true) = (kind, made, expires, errors.is_empty()) else {
        return Err(errors);
    };
    let (source, file) = match file {
        Some((name, file)) => (name, Some(file)),
        None => (link.to_owned(), None),
    };
    let sha256 = Some(fields.text("sha256").to_ascii_lowercase()).filter(|text| !text.is_empty());
    Ok(EvidenceIn {
        kind,
        title: fields.text("title").to_owned(),
        source,
        sha256,
        publisher: fields.text("publisher").to_owned(),
        date: made,
        expires,
        file,
    })
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
    let (round, all) = match (assessments.show_round(id).await, assessments.list_evidence(id).await)
    {
        (Ok(round), Ok(all)) => (round, all),
        (Err(error), _) | (_, Err(error)) => return failed(visit, error),
    };
    let text = |name: &str| fields.text(name).to_owned();
    let page = EvidencePage {
        round: round_path(id),
        round_title: round.round.title.clone(),
        evidence: all.iter().map(|line| row(visit, &round, line, roles)).collect(),
        action: action(&round, roles),
        kinds: kinds(visit),
        kind: text("kind"),
        title: text("title"),
        publisher: text("publisher"),
        made: date(fields, "made"),
        expires: date(fields, "expires"),
        source: text("source"),
        sha256: text("sha256"),
        limit: kilobytes(assessments.file_bytes_max()),
        done,
        errors,
    };
    let status = status(&page.errors);
    visit.page("assessment/evidence.html", page).status(status).respond()
}

fn action(round: &RoundView, roles: &[String]) -> String {
    let collecting = match round.round.state {
        RoundState::Open => true,
        RoundState::InReview => round.sign_offs.is_empty(),
        RoundState::Signed | RoundState::Closed => false,
    };
    match collecting && carry::<WriteAnswers>(roles) {
        true => format!("{}/evidence", round_path(round.round.id)),
        false => String::new(),
    }
}

fn row(visit: &Visit, round: &RoundView, line: &EvidenceLine, roles: &[String]) -> Row {
    let evidence = &line.evidence;
    let path = round_path(round.round.id);
    let href = match line.held {
        true if carry::<ReadFiles>(roles) => format!("{path}/evidence/{}/file", evidence.id),
        true => String::new(),
        // A link only where it is one: files of an imported round are named and not here.
        false if evidence.source.starts_with("http") => evidence.source.clone(),
        false => String::new(),
    };
    let expired = round.findings.expired.iter().any(|one| one.evidence == evidence.id);
    let (tag, tone) = match expired {
        true => (visit.t("assessment.expired", &[]), Tone::Bad),
        false => (kind_text(visit, evidence.kind), Tone::Plain),
    };
    let of = visit.ui().format(visit.lang).date(&evidence.date.to_string());
    let mut says = format!("{}, {of}.", evidence.publisher);
    if let Some(digest) = &evidence.sha256 {
        let short = digest.chars().take(16).collect();
        says = format!("{says} {}", visit.t("assessment.digest-says", &[("digest", short)]));
    }
    Row { title: format!("{}: {}", evidence.id, evidence.title), href, tag, tone, says }
}

fn kinds(visit: &Visit) -> Vec<Choice> {
    let choice = |kind: EvidenceKind| Choice {
        value: kind.name().to_owned(),
        text: kind_text(visit, kind),
        hint: String::new(),
        on: false,
    };
    EvidenceKind::ALL.into_iter().map(choice).collect()
}

fn kind_text(visit: &Visit, kind: EvidenceKind) -> String {
    visit.t(&format!("assessment.kind-{}", kind.name()), &[])
}
