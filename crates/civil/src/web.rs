//! The registrar's desk for births that posts handed in and that need a look.

#[cfg(test)]
mod samples;

use crate::http::registrar_of;
use crate::model::conflict::{Resolution, ResolveIn};
use crate::service::{ConflictOut, OpenConflict, Registrar, Shown};
use crate::{Civil, Error, ResolveConflicts};
use axum::extract::{FromRef, State};
use axum::response::Response;
use basis::Id;
use http::StatusCode;
use kernel::http::Path;
use kernel::pages::Pages;
use kernel::problem::Problem;
use serde::Serialize;
use ui::parts::{Choice, Fact};
use ui::{Desk, Errors, Lang, Submitted, Ui, Visit, see_other};

/// The desk's first page.
pub(crate) const CONFLICTS: &str = "/desk/births";
/// Conflicts on one page.
const PAGE: u16 = 50;

const TEMPLATES: [(&str, &str); 2] = [
    ("civil/conflicts.html", include_str!("../templates/conflicts.html")),
    ("civil/conflict.html", include_str!("../templates/conflict.html")),
];

const TEXTS: [(Lang, &str); 3] = [
    (Lang::EN, include_str!("../texts/en.toml")),
    (Lang::FR, include_str!("../texts/fr.toml")),
    (Lang::SW, include_str!("../texts/sw.toml")),
];

#[derive(Clone)]
struct Web {
    civil: Civil,
    ui: Ui,
}

impl FromRef<Web> for Civil {
    fn from_ref(web: &Web) -> Self {
        web.civil.clone()
    }
}

impl FromRef<Web> for Ui {
    fn from_ref(web: &Web) -> Self {
        web.ui.clone()
    }
}

/// The pages, with our templates and texts added to `frame`.
///
/// # Errors
/// What [`ui::UiBuilder`] says of a template or catalogue, which the tests rule out.
pub(crate) fn pages(civil: Civil, frame: ui::UiBuilder) -> Result<Pages, ui::TextsError> {
    let ui = frame.templates(&TEMPLATES).texts(&TEXTS)?.build();
    let pages = Pages::new()
        .get(CONFLICTS, show_conflicts)
        .get(&format!("{CONFLICTS}/{{registration}}"), show_conflict)
        .post(&format!("{CONFLICTS}/{{registration}}/resolve"), resolve);
    Ok(pages.with_state(Web { civil, ui }))
}

/// What `civil/conflicts.html` shows.
#[derive(Serialize)]
struct ConflictsPage {
    lines: Vec<Line>,
    more: bool,
}

#[derive(Serialize)]
struct Line {
    number: String,
    href: String,
    tag: String,
    says: String,
}

/// What `civil/conflict.html` shows.
#[derive(Serialize)]
struct ConflictPage {
    queue: &'static str,
    number: String,
    reasons: Vec<String>,
    standing: Vec<Fact>,
    heads: Vec<Head>,
    rows: Vec<Vec<String>>,
    action: String,
    options: Vec<Choice>,
    remark: String,
    errors: Errors,
}

#[derive(Serialize)]
struct Head {
    text: String,
    /// Whether its column holds numbers.
    number: bool,
}

/// What stands in the form.
#[derive(Default)]
struct Written {
    resolution: String,
    remark: String,
    errors: Option<Errors>,
}

async fn show_conflicts(State(civil): State<Civil>, desk: Desk<ResolveConflicts>) -> Response {
    let visit = &desk.visit;
    match civil.open_conflicts(PAGE).await {
        Ok((open, more)) => {
            let lines = open.into_iter().map(|one| line(visit, one)).collect();
            visit.page("civil/conflicts.html", ConflictsPage { lines, more }).respond()
        }
        Err(error) => failed(visit, error),
    }
}

async fn show_conflict(
    State(civil): State<Civil>,
    registration: Result<Path<Id>, Problem>,
    desk: Desk<ResolveConflicts>,
) -> Response {
    let Ok(Path(id)) = registration else { return desk.visit.not_found() };
    show(&civil, desk, id, Written::default()).await
}

async fn resolve(
    State(civil): State<Civil>,
    registration: Result<Path<Id>, Problem>,
    desk: Desk<ResolveConflicts>,
    form: Submitted,
) -> Response {
    let Ok(Path(id)) = registration else { return desk.visit.not_found() };
    let (resolution, remark) = (form.fields.text("resolution"), form.fields.text("remark"));
    let mut written =
        Written { resolution: resolution.to_owned(), remark: remark.to_owned(), errors: None };
    let Some(decided) = decided(resolution) else {
        written.errors = Some(one_error(&desk.visit, "resolution", "civil.decide-missing"));
        return show(&civil, desk, id, written).await;
    };
    let ask = ResolveIn { resolution: decided, remark: remark.to_owned(), into: None };
    let officer = Registrar { actor: desk.officer.actor(), id: desk.officer.id.clone() };
    match civil.resolve_conflict(officer, id, ask).await {
        // Somebody else was quicker: the queue says what is left.
        Ok(_) | Err(Error::ConflictClosed) => see_other(CONFLICTS),
        Err(Error::Undecidable { field, .. }) => {
            let (field, text) = match field {
                "remark" => ("remark", "civil.remark-missing"),
                "into" => ("resolution", "civil.merge-refused"),
                _ => ("resolution", "civil.keep-refused"),
            };
            written.errors = Some(one_error(&desk.visit, field, text));
            show(&civil, desk, id, written).await
        }
        Err(error) => failed(&desk.visit, error),
    }
}

async fn show(civil: &Civil, desk: Desk<ResolveConflicts>, id: Id, written: Written) -> Response {
    let status = match written.errors {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let visit = desk.visit;
    match civil.conflict(registrar_of(desk.officer), id).await {
        Ok(conflict) => {
            let page = conflict_page(&visit, id, conflict, written);
            visit.page("civil/conflict.html", page).status(status).respond()
        }
        Err(Error::ConflictClosed) => see_other(CONFLICTS),
        Err(error) => failed(&visit, error),
    }
}

fn line(visit: &Visit, one: OpenConflict) -> Line {
    let at = visit.ui().format(visit.lang).datetime(&one.received.to_string());
    let first = one.reasons.first().map(|code| visit.t(&format!("civil.{code}"), &[]));
    Line {
        href: format!("{CONFLICTS}/{}", one.registration),
        number: one.number,
        tag: first.unwrap_or_default(),
        says: visit.t("civil.handed-in", &[("post", one.post), ("at", at)]),
    }
}

fn conflict_page(visit: &Visit, id: Id, conflict: ConflictOut, written: Written) -> ConflictPage {
    let text = |key: &str| visit.t(&format!("civil.{key}"), &[]);
    let format = visit.ui().format(visit.lang);
    let standing = [
        ("post", conflict.post),
        ("officer", conflict.officer),
        ("recorded", format.datetime(&conflict.recorded.to_string())),
    ];
    let own = values(visit, &conflict.registration);
    let others = conflict.other.as_ref().map(|other| values(visit, other));
    let names = ["number", "child", "sex", "born", "place", "mother"];
    let rows = names.iter().zip(own).enumerate().map(|(place, (name, value))| {
        let other = others.as_ref().map(|values| values[place].clone()).unwrap_or_default();
        vec![text(name), value, other]
    });
    let option = |value: &str| Choice {
        value: value.to_owned(),
        text: text(value),
        hint: String::new(),
        on: written.resolution == value,
    };
    ConflictPage {
        queue: CONFLICTS,
        number: conflict.registration.number.clone(),
        reasons: conflict.reasons.iter().map(|code| text(code)).collect(),
        standing: standing.map(|(name, value)| Fact::new(text(name), value)).to_vec(),
        heads: ["field", "of-post", "of-register"]
            .map(|name| Head { text: text(name), number: false })
            .into(),
        rows: rows.collect(),
        action: format!("{CONFLICTS}/{id}/resolve"),
        options: ["keep", "merge", "reject"].map(option).into(),
        remark: written.remark,
        errors: written.errors.unwrap_or_else(Errors::none),
    }
}

/// What a registration says, in the order of the page.
fn values(visit: &Visit, shown: &Shown) -> [String; 6] {
    let mother = shown.mother.as_ref().map(|name| name.full().to_owned());
    [
        shown.number.clone(),
        shown.child.full().to_owned(),
        visit.t(&format!("civil.{}", shown.sex), &[]),
        shown.born.to_string(),
        shown.place.clone(),
        mother.unwrap_or_default(),
    ]
}

fn decided(word: &str) -> Option<Resolution> {
    match word {
        "keep" => Some(Resolution::Keep),
        "merge" => Some(Resolution::Merge),
        "reject" => Some(Resolution::Reject),
        _ => None,
    }
}

fn one_error(visit: &Visit, field: &str, text: &str) -> Errors {
    let mut errors = Errors::none();
    errors.add(field, visit.t(text, &[]));
    errors
}

/// Logs the error as the API would, and shows the page for it.
fn failed(visit: &Visit, error: Error) -> Response {
    let problem = Problem::from(error);
    let trace = problem.document().trace_id;
    match problem.status() {
        // A post has no queue of its own.
        StatusCode::NOT_FOUND | StatusCode::CONFLICT => visit.not_found(),
        StatusCode::SERVICE_UNAVAILABLE => visit.unavailable(trace.as_deref()),
        _ => visit.failed(trace.as_deref()),
    }
}
