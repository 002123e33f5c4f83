//! The registers of mandates and agreements, for everybody.

use super::{facts_of, failed, public_visit};
use crate::model::agreement::{AgreementState, Listed};
use crate::model::mandate::in_language;
use crate::service::{Governance, MandateOut, MemberMandates};
use axum::extract::State;
use axum::response::Response;
use basis::Timestamp;
use contracts::context::BasisKind;
use serde::Serialize;
use ui::Visit;
use ui::parts::{Fact, Tone};

/// What `governance/mandates.html` shows.
#[derive(Serialize)]
pub(super) struct MandatesPage {
    pub members: Vec<MemberRow>,
    /// How many have none.
    pub without: usize,
}

#[derive(Serialize)]
pub(super) struct MemberRow {
    pub name: String,
    pub id: String,
    pub without: bool,
    pub mandates: Vec<MandateRow>,
}

#[derive(Serialize)]
pub(super) struct MandateRow {
    pub law: String,
    pub tag: String,
    pub tone: Tone,
    pub facts: Vec<Fact>,
}

/// What `governance/agreements.html` shows.
#[derive(Serialize)]
pub(super) struct AgreementsPage {
    pub providers: Vec<Provider>,
    pub count: usize,
    /// How many end within a month.
    pub ending: usize,
}

/// Who is asked.
#[derive(Serialize)]
pub(super) struct Provider {
    pub name: String,
    pub agreements: Vec<AgreementRow>,
}

#[derive(Serialize)]
pub(super) struct AgreementRow {
    pub client: String,
    pub tag: String,
    pub tone: Tone,
    pub facts: Vec<Fact>,
}

/// `GET /governance/mandates`
pub(super) async fn show_mandates(State(governance): State<Governance>, visit: Visit) -> Response {
    let visit = public_visit(visit);
    let members = match governance.members().await {
        Ok(members) => members,
        Err(error) => return failed(&visit, error),
    };
    let without = members.iter().filter(|member| member.without_mandate).count();
    let members = members.into_iter().map(|member| member_row(&visit, member)).collect();
    visit.page("governance/mandates.html", MandatesPage { members, without }).respond()
}

/// `GET /governance/agreements`
pub(super) async fn show_agreements(
    State(governance): State<Governance>,
    visit: Visit,
) -> Response {
    let visit = public_visit(visit);
    let page = agreements_page(&governance, &visit, governance.agreements(), governance.now());
    visit.page("governance/agreements.html", page).respond()
}

fn member_row(visit: &Visit, member: MemberMandates) -> MemberRow {
    let id = member.member.to_string();
    let name = in_language(&member.names, visit.lang.as_str()).unwrap_or(&id).to_owned();
    let mandates = member.mandates.into_iter().map(|mandate| mandate_row(visit, mandate));
    MemberRow { name, id, without: member.without_mandate, mandates: mandates.collect() }
}

fn mandate_row(visit: &Visit, mandate: MandateOut) -> MandateRow {
    let law = match mandate.section.is_empty() {
        true => mandate.law,
        false => format!("{}, {}", mandate.law, mandate.section),
    };
    let (tag, tone) = match mandate.in_force {
        true => ("governance.state-in-force", Tone::Good),
        false => ("governance.state-ended", Tone::Plain),
    };
    let allows = in_language(&mandate.allows, visit.lang.as_str()).unwrap_or_default().to_owned();
    // What the country pack brings in has no beginning of its own: the day it was entered is all we know.
    let since = match mandate.valid_from == mandate.published {
        true => ("governance.recorded", day(visit, mandate.published)),
        false => ("governance.since", day(visit, mandate.valid_from)),
    };
    let facts = [
        ("governance.allows", allows),
        since,
        ("governance.until", mandate.valid_until.map(|at| day(visit, at)).unwrap_or_default()),
    ];
    MandateRow { law, tag: visit.t(tag, &[]), tone, facts: facts_of(visit, facts) }
}

/// All agreements by who is asked; the services of a member stand together.
fn agreements_page(
    governance: &Governance,
    visit: &Visit,
    all: Vec<Listed>,
    now: Timestamp,
) -> AgreementsPage {
    let mut providers: Vec<Provider> = Vec::new();
    let (mut count, mut ending) = (0, 0);
    for agreement in all {
        let state = agreement.state(now);
        count += usize::from(matches!(state, AgreementState::InForce | AgreementState::EndsSoon));
        ending += usize::from(state == AgreementState::EndsSoon);
        let member = agreement.service.member().to_string();
        let name = governance.label(&member, visit.lang.as_str());
        let row = agreement_row(governance, visit, &agreement, state);
        match providers.last_mut() {
            Some(last) if last.name == name => last.agreements.push(row),
            _ => providers.push(Provider { name, agreements: vec![row] }),
        }
    }
    AgreementsPage { providers, count, ending }
}

fn agreement_row(
    governance: &Governance,
    visit: &Visit,
    agreement: &Listed,
    state: AgreementState,
) -> AgreementRow {
    let lang = visit.lang.as_str();
    let client = &agreement.client;
    let member = governance.label(client.member().as_ref(), lang);
    let system = governance.label(client.as_ref(), lang);
    let tone = match state {
        AgreementState::InForce => Tone::Good,
        AgreementState::EndsSoon => Tone::Warn,
        AgreementState::Suspended => Tone::Bad,
        AgreementState::NotYet | AgreementState::Ended => Tone::Plain,
    };
    let basis = visit.t(&format!("governance.basis-{}", agreement.basis.as_str()), &[]);
    // A data agreement of the consent block is named by an id, which tells people nothing.
    let named = !agreement.reference.is_empty() && agreement.basis != BasisKind::Consent;
    let ground = if named { format!("{basis}: {}", agreement.reference) } else { basis };
    let purpose = visit.t_or(
        &format!("governance.purpose-{}", agreement.purpose),
        &agreement.purpose.replace(['-', '.'], " "),
    );
    let case = if agreement.case { visit.t("governance.case-needed", &[]) } else { String::new() };
    let facts = [
        ("governance.asks", governance.label(agreement.service.as_ref(), lang)),
        ("governance.purpose", purpose),
        ("governance.ground", ground),
        ("governance.fields", agreement.fields.join(", ")),
        ("governance.case", case),
        ("governance.since", day(visit, agreement.valid_from)),
        ("governance.until", agreement.valid_until.map(|at| day(visit, at)).unwrap_or_default()),
    ];
    AgreementRow {
        client: if member == system { system } else { format!("{member}: {system}") },
        tag: visit.t(&format!("governance.state-{}", state.as_str()), &[]),
        tone,
        facts: facts_of(visit, facts),
    }
}

fn day(visit: &Visit, at: Timestamp) -> String {
    visit.ui().format(visit.lang).date(&at.to_string())
}
