//! The resident's consents: what was asked, what they answered, and changing their mind.

use super::{App, Resident, fail, field_names, purpose_name, source_name, system_name};
use crate::error::Error;
use crate::model::consents::{Standing, standing};
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use basis::{Id, Timestamp};
use contracts::consent::{GiveIn, MyAgreement, Receipt};
use kernel::http::{Path, Query};
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};
use ui::parts::{Fact, Tone};
use ui::{Fields, Submitted, Visit, see_other};

/// What was just done, to be said once at the top of the page, and where the resident came from.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
    /// The application that needs the consent.
    #[serde(rename = "for")]
    application: Option<Id>,
}

/// What may be said so; anything else in the address says nothing.
const DONE: [&str; 4] = ["given", "refused", "withdrawn", "changed"];

/// An agreement in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) href: String,
    /// Who asks.
    pub(super) who: String,
    pub(super) tag: String,
    pub(super) tone: Tone,
}

/// What `portal/consents.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ConsentsPage {
    pub(super) asked: Vec<Row>,
    pub(super) given: Vec<Row>,
    pub(super) past: Vec<Row>,
}

/// What `portal/consent.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ConsentPage {
    pub(super) title: String,
    /// Who asks.
    pub(super) who: String,
    pub(super) tag: String,
    pub(super) tone: Tone,
    pub(super) standing: &'static str,
    /// Whether it can be answered to.
    pub(super) offered: bool,
    /// When that was decided; empty if nothing was.
    pub(super) changed: String,
    pub(super) facts: Vec<Fact>,
    /// Where the policy can be read; empty if nowhere.
    pub(super) policy: String,
    pub(super) href: String,
    pub(super) revision: String,
    /// Makes a form that is sent twice count once.
    pub(super) key: String,
    /// What was just done; empty for nothing.
    pub(super) done: String,
    /// The application that needs it, and the way back to it; empty for none.
    pub(super) application: String,
}

/// What `portal/receipt.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ReceiptPage {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) facts: Vec<Fact>,
    pub(super) history: Vec<HistoryLine>,
    /// The agreement as it was read: JSON.
    pub(super) agreement: String,
    pub(super) seal: String,
}

/// A state of the record.
#[derive(Clone, Debug, Serialize)]
pub(super) struct HistoryLine {
    pub(super) number: i64,
    pub(super) recorded: String,
    pub(super) hash: String,
}

/// `GET /portal/consents`.
pub(super) async fn list_consents(State(portal): State<Portal>, resident: Resident) -> Response {
    let visit = &resident.visit;
    let consents = match portal.list_consents(&resident.session, visit.lang.as_str()).await {
        Ok(consents) => consents,
        Err(error) => return fail(visit, &error),
    };
    let rows = |agreements: &[MyAgreement]| {
        agreements.iter().map(|agreement| row(&portal, visit, agreement)).collect()
    };
    let page = ConsentsPage {
        asked: rows(&consents.asked),
        given: rows(&consents.given),
        past: rows(&consents.past),
    };
    visit.page("portal/consents.html", page).respond()
}

/// `GET /portal/consents/{agreement}`: one purpose a page (GovStack UI/UX guidelines, consent page).
pub(super) async fn show_agreement(
    State(app): State<App>,
    id: Result<Path<Id>, Problem>,
    query: Result<Query<Asked>, Problem>,
    resident: Resident,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(id)) = id else { return visit.not_found() };
    let asked = query.map(|Query(asked)| asked).unwrap_or_default();
    let done = asked.done.filter(|done| DONE.contains(&done.as_str()));
    match app.portal.find_agreement(&resident.session, id, visit.lang.as_str()).await {
        Ok(agreement) => {
            let key = Id::random(&app.portal.rng);
            let page =
                agreement_page(&app.portal, visit, &agreement, key, done.unwrap_or_default());
            let application = asked.application.map(|id| id.to_string()).unwrap_or_default();
            let page = ConsentPage { application, ..page };
            visit.page("portal/consent.html", page).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

/// `POST /portal/consents/{agreement}`: gives or refuses.
pub(super) async fn give_consent(
    State(portal): State<Portal>,
    id: Result<Path<Id>, Problem>,
    resident: Resident,
    form: Submitted,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(agreement)) = id else { return visit.not_found() };
    let application: Option<Id> = form.fields.text("for").parse().ok();
    let back = |done: &str| see_other(&address_for(agreement, done, application));
    let Some(answer) = answer(agreement, &form.fields) else { return back("") };
    let key = form.fields.text("key");
    match portal.give_consent(&resident.session, &answer, key).await {
        Ok(()) => back(if answer.give { "given" } else { "refused" }),
        Err(Error::AgreementChanged) => back("changed"),
        Err(error) => fail(visit, &error),
    }
}

/// `POST /portal/consents/{agreement}/withdraw`.
pub(super) async fn withdraw_consent(
    State(portal): State<Portal>,
    id: Result<Path<Id>, Problem>,
    resident: Resident,
    _form: Submitted,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(agreement)) = id else { return visit.not_found() };
    match portal.withdraw_consent(&resident.session, agreement, visit.lang.as_str()).await {
        Ok(()) => see_other(&address(agreement, "withdrawn")),
        Err(error) => fail(visit, &error),
    }
}

/// `GET /portal/consents/{agreement}/receipt`: to print and keep.
pub(super) async fn show_receipt(
    State(portal): State<Portal>,
    id: Result<Path<Id>, Problem>,
    resident: Resident,
) -> Response {
    let visit = &resident.visit;
    let Ok(Path(agreement)) = id else { return visit.not_found() };
    match portal.find_receipt(&resident.session, agreement, visit.lang.as_str()).await {
        Ok((agreement, receipt)) => {
            let page = receipt_page(&portal, visit, &agreement, receipt);
            visit.page("portal/receipt.html", page).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

/// What the form says; nothing if it is not one of ours.
fn answer(agreement: Id, fields: &Fields) -> Option<GiveIn> {
    let revision = fields.text("revision").parse().ok()?;
    // The key is a header value; ours are ids.
    fields.text("key").parse::<Id>().ok()?;
    let give = match fields.text("answer") {
        "give" => true,
        "refuse" => false,
        _ => return None,
    };
    Some(GiveIn { agreement, revision, give, valid_until: None })
}

fn address(agreement: Id, done: &str) -> String {
    let query = if done.is_empty() { String::new() } else { format!("?done={done}") };
    format!("/portal/consents/{agreement}{query}")
}

/// The same, on the way through an application.
fn address_for(agreement: Id, done: &str, application: Option<Id>) -> String {
    let address = address(agreement, done);
    match application {
        Some(id) => format!("{address}{}for={id}", if done.is_empty() { '?' } else { '&' }),
        None => address,
    }
}

fn row(portal: &Portal, visit: &Visit, agreement: &MyAgreement) -> Row {
    let (tag, tone) = tag(visit, standing(agreement));
    Row {
        title: agreement.title.clone(),
        href: address(agreement.agreement, ""),
        who: who(portal, visit, agreement),
        tag,
        tone,
    }
}

fn agreement_page(
    portal: &Portal,
    visit: &Visit,
    agreement: &MyAgreement,
    key: Id,
    done: String,
) -> ConsentPage {
    let standing = standing(agreement);
    let (tag, tone) = tag(visit, standing);
    let changed = agreement.answer.as_ref().filter(|_| standing != Standing::Asked);
    let https = |url: &&String| url.starts_with("https://");
    ConsentPage {
        title: agreement.title.clone(),
        who: who(portal, visit, agreement),
        tag,
        tone,
        standing: standing.name(),
        offered: agreement.offered,
        changed: changed.map(|answer| answer.changed.to_string()).unwrap_or_default(),
        facts: facts(portal, visit, agreement),
        policy: agreement.policy_url.as_ref().filter(https).cloned().unwrap_or_default(),
        href: address(agreement.agreement, ""),
        revision: agreement.revision.to_string(),
        key: key.to_string(),
        done,
        application: String::new(),
    }
}

fn facts(portal: &Portal, visit: &Visit, agreement: &MyAgreement) -> Vec<Fact> {
    let clients: Vec<String> =
        agreement.clients.iter().map(|client| system_name(portal, client, visit.lang)).collect();
    let purpose = agreement.purpose.as_ref().map(|purpose| purpose_name(visit, purpose));
    let source = agreement.service.as_ref().map(|service| source_name(portal, service, visit.lang));
    let all = [
        ("consents.clients", Some(clients.join("; "))),
        ("consents.purpose", purpose),
        ("consents.fields", Some(field_names(visit, &agreement.fields))),
        ("consents.source", source),
        ("consents.duration", Some(duration(visit, agreement))),
    ];
    let known = all
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .filter(|(_, value)| !value.is_empty());
    known.map(|(key, value)| Fact::new(visit.t(key, &[]), value)).collect()
}

/// Until when it runs if it runs, else how long it would.
fn duration(visit: &Visit, agreement: &MyAgreement) -> String {
    let until =
        agreement.answer.as_ref().filter(|_| agreement.given).and_then(|answer| answer.valid_until);
    match (until, agreement.valid_days) {
        (Some(until), _) => visit.t("consents.until", &[("date", day(visit, until))]),
        (None, Some(days)) => visit.t("consents.days", &[("n", days.to_string())]),
        (None, None) => visit.t("consents.endless", &[]),
    }
}

fn receipt_page(
    portal: &Portal,
    visit: &Visit,
    agreement: &MyAgreement,
    receipt: Receipt,
) -> ReceiptPage {
    let record = &receipt.record;
    let facts = vec![
        Fact::new(visit.t("receipt.who", &[]), who(portal, visit, agreement)),
        Fact::new(visit.t("receipt.state", &[]), tag(visit, standing(agreement)).0),
        Fact::new(
            visit.t("receipt.changed", &[]),
            visit.ui().format(visit.lang).datetime(&record.changed.to_string()),
        ),
        Fact::new(visit.t("receipt.record", &[]), record.record.to_string()),
        Fact::new(visit.t("receipt.hash", &[]), receipt.agreement_hash),
    ];
    let seal = receipt.history.last().map(|entry| entry.seal.clone()).unwrap_or_default();
    let line = |entry: contracts::consent::ReceiptEntry| HistoryLine {
        number: entry.number,
        recorded: entry.recorded.to_string(),
        hash: entry.hash,
    };
    ReceiptPage {
        title: agreement.title.clone(),
        href: address(agreement.agreement, ""),
        facts,
        history: receipt.history.into_iter().map(line).collect(),
        agreement: receipt.agreement_snapshot,
        seal,
    }
}

/// Who answers for the use: as the agreement says, or else the first client's member.
fn who(portal: &Portal, visit: &Visit, agreement: &MyAgreement) -> String {
    if let Some(controller) = &agreement.controller {
        return controller.clone();
    }
    agreement
        .clients
        .first()
        .map(|client| system_name(portal, client, visit.lang))
        .unwrap_or_default()
}

fn tag(visit: &Visit, standing: Standing) -> (String, Tone) {
    let tone = match standing {
        Standing::Asked => Tone::Warn,
        Standing::Given => Tone::Good,
        Standing::Refused | Standing::Withdrawn | Standing::Expired | Standing::Ended => {
            Tone::Plain
        }
    };
    (visit.t(&format!("standing.{}", standing.name()), &[]), tone)
}

fn day(visit: &Visit, at: Timestamp) -> String {
    visit.ui().format(visit.lang).date(&at.to_string())
}
