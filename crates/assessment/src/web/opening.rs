//! Opening a round.

use super::{ROUNDS, explained, failed, profile_name, round_path, status};
use crate::http::acting;
use crate::model::scope;
use crate::model::state::Quorum;
use crate::permissions::ManageRounds;
use crate::service::{Assessments, RoundIn};
use axum::extract::State;
use axum::response::Response;
use maturity::Instrument;
use maturity::instrument::profile::FULL;
use serde::Serialize;
use ui::parts::{Choice, DateParts};
use ui::{Desk, Errors, Fields, Submitted, Visit, see_other};

/// What `assessment/opening.html` shows.
#[derive(Serialize)]
pub(super) struct OpeningPage {
    pub rounds: &'static str,
    pub action: String,
    pub title: String,
    pub scope: String,
    pub profiles: Vec<Choice>,
    pub as_of: DateParts,
    pub institutions: Vec<Choice>,
    pub needed: String,
    pub instrument: String,
    pub errors: Errors,
}

/// `GET /desk/assessment/open`
pub(super) async fn show(
    State(assessments): State<Assessments>,
    desk: Desk<ManageRounds>,
) -> Response {
    let today = DateParts::of(&assessments.today().to_string());
    let fields = [
        ("profile", FULL),
        ("as_of-day", today.day.as_str()),
        ("as_of-month", today.month.as_str()),
        ("as_of-year", today.year.as_str()),
        ("signs", assessments.owner()),
        ("needed", "1"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    respond(&assessments, &desk.visit, &Fields::new(fields.into()), Errors::none())
}

/// `POST /desk/assessment/open`
pub(super) async fn open(
    State(assessments): State<Assessments>,
    desk: Desk<ManageRounds>,
    form: Submitted,
) -> Response {
    let (visit, fields) = (desk.visit, form.fields);
    let new = match read(&visit, &fields) {
        Ok(new) => new,
        Err(errors) => return respond(&assessments, &visit, &fields, errors),
    };
    match assessments.open_round(acting(&desk.officer), new).await {
        Ok(round) => see_other(&format!("{}?done=opened", round_path(round.id))),
        Err(error) => match explained(&visit, error) {
            Ok(errors) => respond(&assessments, &visit, &fields, errors),
            Err(error) => failed(&visit, error),
        },
    }
}

fn read(visit: &Visit, fields: &Fields) -> Result<RoundIn, Errors> {
    let mut errors = Errors::none();
    let as_of = date(fields, "as_of").written().parse();
    if as_of.is_err() {
        errors.add("as_of", visit.t("assessment.wrong-as_of", &[]));
    }
    let needed = fields.text("needed").parse();
    if needed.is_err() {
        errors.add("quorum-needed", visit.t("assessment.wrong-quorum-needed", &[]));
    }
    let (Ok(as_of), Ok(needed)) = (as_of, needed) else { return Err(errors) };
    let institutions = fields.all("signs").map(str::to_owned).collect();
    Ok(RoundIn {
        title: fields.text("title").to_owned(),
        scope: fields.text("scope").to_owned(),
        profile: fields.text("profile").to_owned(),
        as_of,
        instrument: None,
        quorum: Some(Quorum { institutions, needed }),
    })
}

fn respond(assessments: &Assessments, visit: &Visit, fields: &Fields, errors: Errors) -> Response {
    let instrument = assessments.instrument_in(visit.lang.as_str());
    let profiles = scope::profiles(instrument).into_iter().map(|(id, _)| Choice {
        text: profile_name(visit, instrument, &id),
        hint: profile_hint(visit, instrument, &id),
        on: fields.text("profile") == id,
        value: id,
    });
    let signs: Vec<&str> = fields.all("signs").collect();
    let institutions = assessments.institutions().iter().map(|one| Choice {
        value: one.id.clone(),
        text: one.name.clone(),
        hint: String::new(),
        on: signs.contains(&one.id.as_str()),
    });
    let page = OpeningPage {
        rounds: ROUNDS,
        action: format!("{ROUNDS}/open"),
        title: fields.text("title").to_owned(),
        scope: fields.text("scope").to_owned(),
        profiles: profiles.collect(),
        as_of: date(fields, "as_of"),
        institutions: institutions.collect(),
        needed: fields.text("needed").to_owned(),
        instrument: format!("{} {}", instrument.id, instrument.version),
        errors,
    };
    let status = status(&page.errors);
    visit.page("assessment/opening.html", page).status(status).respond()
}

/// What the profile is for, and how much it asks.
fn profile_hint(visit: &Visit, instrument: &Instrument, id: &str) -> String {
    let asked = scope::indicators(instrument, id).unwrap_or_default().len();
    let asks = visit.t("assessment.profile-asks", &[("n", asked.to_string())]);
    let named = instrument.profiles.iter().find(|one| one.id == id);
    named.map_or_else(|| asks.clone(), |one| format!("{} {asks}", one.purpose))
}

/// A date as it was typed.
pub(super) fn date(fields: &Fields, name: &str) -> DateParts {
    let part = |part: &str| fields.text(&format!("{name}-{part}")).to_owned();
    DateParts { day: part("day"), month: part("month"), year: part("year") }
}
