//! May this call pass? One pure decision, made at both ends of every call from the same
//! directory, and tested as a table.

use basis::{Id, Timestamp};
use contracts::context::BasisKind;
use contracts::{CallContext, LegalBasis, Refusal, RefusalReason, ServiceId};

use crate::model::{Agreement, ClientState, INFRASTRUCTURE_KINDS, ServiceState, Snapshot};

/// Roles that may call services through the exchange for their member.
pub const CALL_ROLES: &[&str] = &["exchange-user"];

/// A call that may pass, and what the exchange must still do for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The agreement it passes under; none for infrastructure.
    pub agreement: Option<Id>,
    /// Fields the answer may hold; empty means all.
    pub fields: Vec<String>,
    /// Sector of the caller.
    pub client_sector: String,
    /// Sector of the provider.
    pub provider_sector: String,
    /// The data agreement to verify with the consent block before the provider is called.
    pub consent: Option<Id>,
    /// The service to ask whether the officer's case stands, before the provider is called.
    pub case: Option<ServiceId>,
    /// True if the provider takes pseudonyms of any sector (the identity authority).
    pub any_sector: bool,
}

impl Grant {
    /// True if the subject's pseudonym must be translated on the way.
    pub fn translates(&self) -> bool {
        !self.any_sector && self.client_sector != self.provider_sector
    }
}

/// Decides about a call from the directory alone. Consent and officers are looked at elsewhere:
/// consent because only the consent block knows it now, officers because only the caller's own
/// installation knows them ([`officer_may_call`]). `sealed` says that a subject comes along sealed.
pub fn decide(
    directory: &Snapshot,
    ctx: &CallContext,
    sealed: bool,
    now: Timestamp,
) -> Result<Grant, Refusal> {
    let service = directory.services.get(&ctx.service).ok_or_else(|| {
        refuse(
            RefusalReason::UnknownService,
            format!("{} is not in the directory (version {})", ctx.service, directory.version),
        )
    })?;
    let client_sector = directory.sector_of(&ctx.client).ok_or_else(|| {
        refuse(
            RefusalReason::UnknownClient,
            format!("{} is not in the directory (version {})", ctx.client, directory.version),
        )
    })?;
    let provider_sector = directory.sector_of(&ctx.service.subsystem()).unwrap_or_default();
    if !service.entry.enabled {
        let detail = format!("{} is switched off; ask {}", ctx.service, ctx.service.member());
        return Err(refuse(RefusalReason::ServiceDisabled, detail));
    }
    let client = service.clients.get(&ctx.client).filter(|c| c.right).ok_or_else(|| {
        let detail =
            format!("{} must grant {} access to {}", ctx.service.member(), ctx.client, ctx.service);
        refuse(RefusalReason::NoAccessRight, detail)
    })?;
    let mut grant = Grant {
        agreement: None,
        fields: Vec::new(),
        client_sector: client_sector.to_owned(),
        provider_sector: provider_sector.to_owned(),
        consent: None,
        case: None,
        any_sector: service.is(contracts::identity::KIND_ANY_SECTOR),
    };
    if is_infrastructure(service) {
        return Ok(grant);
    }
    let agreement = agreement_for(client, ctx, now)?;
    grant.agreement = Some(agreement.id);
    grant.fields = agreement.fields.clone();
    if let LegalBasis::Consent { agreement } = &ctx.basis {
        grant.consent = Some(*agreement);
    }
    // A system that acts by itself works on no case: its member answers for it.
    if ctx.officer.is_some() {
        grant.case.clone_from(&agreement.case);
    }
    let about_someone = matches!(ctx.basis.kind(), BasisKind::Consent | BasisKind::SelfAccess);
    if (about_someone || grant.case.is_some()) && ctx.subject.is_none() && !sealed {
        let detail = match about_someone {
            true => format!("a call on {} must name its subject", ctx.basis.kind().as_str()),
            false => {
                "an officer's call for a case must name the person the case is about".to_owned()
            }
        };
        return Err(refuse(RefusalReason::SubjectMissing, detail));
    }
    Ok(grant)
}

/// Checks the officer a context names. `None` passes: a system may act by itself.
pub fn officer_may_call(directory: &Snapshot, ctx: &CallContext) -> Result<(), Refusal> {
    let Some(id) = &ctx.officer else { return Ok(()) };
    let member = ctx.client.member();
    let deny = |why: &str| {
        let detail = format!(
            "{why}; {member} grants the role `{}` under /exchange/v1/officers",
            CALL_ROLES[0]
        );
        Err(refuse(RefusalReason::OfficerNotPermitted, detail))
    };
    let Some(officer) = directory.officer(&member, id) else {
        return deny("the officer is not registered for the calling member");
    };
    if !officer.active {
        return deny("the officer is no longer active");
    }
    if !officer.roles.iter().any(|role| CALL_ROLES.contains(&role.as_str())) {
        return deny("none of the officer's roles carries exchange.call");
    }
    Ok(())
}

fn is_infrastructure(service: &ServiceState) -> bool {
    INFRASTRUCTURE_KINDS.iter().any(|kind| service.is(kind))
}

/// The agreement the call passes under: the one it names, else the first in force.
fn agreement_for<'a>(
    client: &'a ClientState,
    ctx: &CallContext,
    now: Timestamp,
) -> Result<&'a Agreement, Refusal> {
    let mut covering = client
        .agreements
        .iter()
        .filter(|a| covers(a, ctx) && ctx.agreement.is_none_or(|named| named == a.id))
        .peekable();
    if covering.peek().is_none() {
        return Err(refuse(RefusalReason::NoAgreement, no_agreement(client, ctx)));
    }
    let mut why_not = String::new();
    for agreement in covering {
        match not_in_force(agreement, now) {
            None => return Ok(agreement),
            Some(why) => why_not = format!("agreement {} {why}", agreement.id),
        }
    }
    Err(refuse(RefusalReason::AgreementNotInForce, why_not))
}

/// True if purpose and basis are the agreement's.
fn covers(agreement: &Agreement, ctx: &CallContext) -> bool {
    if agreement.purpose != ctx.purpose || agreement.basis != ctx.basis.kind() {
        return false;
    }
    match ctx.basis.kind() {
        // Each emergency has its own reference; self-access has none.
        BasisKind::VitalInterest | BasisKind::SelfAccess => true,
        BasisKind::Law | BasisKind::Contract | BasisKind::Consent => {
            agreement.reference.is_empty() || agreement.reference == ctx.basis.reference()
        }
    }
}

fn not_in_force(agreement: &Agreement, now: Timestamp) -> Option<String> {
    if agreement.suspended {
        return Some("is suspended by the provider".to_owned());
    }
    if now < agreement.valid_from {
        return Some(format!("is in force from {}", agreement.valid_from));
    }
    match agreement.valid_until {
        Some(until) if now >= until => Some(format!("was in force until {until}")),
        _ => None,
    }
}

/// Says which part of the call no agreement covers, so that the caller knows what to ask for.
fn no_agreement(client: &ClientState, ctx: &CallContext) -> String {
    let wanted = format!(
        "for {} on {}, purpose {}, basis {}",
        ctx.client, ctx.service, ctx.purpose, ctx.basis
    );
    if let Some(named) = ctx.agreement {
        return format!("agreement {named} does not exist or does not stand {wanted}");
    }
    let purposes: Vec<&str> = client.agreements.iter().map(|a| a.purpose.as_str()).collect();
    if purposes.is_empty() {
        return format!("there is none {wanted}; ask {} for one", ctx.service.member());
    }
    format!("there is none {wanted}; agreements exist for: {}", purposes.join(", "))
}

fn refuse(reason: RefusalReason, detail: impl Into<String>) -> Refusal {
    Refusal::new(reason, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        AccessRight, Installation, Member, Names, OfficerState, Part, Service, Subsystem,
    };
    use contracts::{Pseudonym, consent};
    use credential::SigningKey;

    const NOW: i64 = 1_800_000_000_000_000;
    const SERVICE: &str = "TB/GOV/NIA/residents/records";
    const CLIENT: &str = "TB/GOV/MSP/benefits";

    fn agreement(purpose: &str, basis: LegalBasis) -> Agreement {
        Agreement {
            id: Id::from_bytes([1; 16]),
            service: SERVICE.parse().unwrap(),
            client: CLIENT.parse().unwrap(),
            purpose: purpose.to_owned(),
            basis: basis.kind(),
            reference: basis.reference(),
            fields: vec!["name".to_owned()],
            case: None,
            valid_from: Timestamp::from_micros(NOW - 10),
            valid_until: Some(Timestamp::from_micros(NOW + 10)),
            suspended: false,
        }
    }

    fn directory(agreements: Vec<Agreement>) -> Snapshot {
        let key = SigningKey::generate_es256().unwrap();
        let members = ["TB/GOV/NIA", "TB/GOV/MSP"];
        let mut snapshot = Snapshot::new("main", 3);
        snapshot.add_installation(Installation {
            name: "main".to_owned(),
            address: String::new(),
            fingerprint: "00".to_owned(),
            sign_key: key.public_jwk(),
            seal_key: key.public_jwk(),
            members: members.iter().map(|m| m.parse().unwrap()).collect(),
        });
        let subsystem = |id: &str, sector: &str| Subsystem {
            id: id.parse().unwrap(),
            sector: sector.to_owned(),
            names: Names::new(),
        };
        let service = |id: &str, kind: &str| Service {
            id: id.parse().unwrap(),
            names: Names::new(),
            kinds: vec![kind.to_owned()],
            enabled: !id.ends_with("off"),
        };
        let right = |service: &str| AccessRight {
            service: service.parse().unwrap(),
            client: CLIENT.parse().unwrap(),
        };
        let mut part = Part::empty("main");
        part.members = members
            .iter()
            .map(|m| Member { id: m.parse().unwrap(), names: Names::new(), key: key.public_jwk() })
            .collect();
        part.subsystems = vec![
            subsystem("TB/GOV/NIA/residents", "population"),
            subsystem("TB/GOV/NIA/consent", "consent"),
            subsystem(CLIENT, "social"),
            subsystem("TB/GOV/MSP/other", "social"),
        ];
        part.services = vec![
            service(SERVICE, "records"),
            service("TB/GOV/NIA/residents/off", "records"),
            service("TB/GOV/NIA/consent/verify", consent::VERIFY),
            service("TB/GOV/NIA/residents/any", contracts::identity::KIND_ANY_SECTOR),
        ];
        part.rights = vec![
            right(SERVICE),
            right("TB/GOV/NIA/residents/off"),
            right("TB/GOV/NIA/consent/verify"),
        ];
        part.agreements = agreements;
        snapshot.add_part(part);
        let officer = |roles: &[&str], active| OfficerState {
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            active,
            verify: Some(key.verifying_key().unwrap()),
        };
        let officers = snapshot.officers.entry("GOV/MSP".to_owned()).or_default();
        officers.insert("good".to_owned(), officer(&["exchange-user"], true));
        officers.insert("gone".to_owned(), officer(&["exchange-user"], false));
        officers.insert("clerk".to_owned(), officer(&["clerk"], true));
        snapshot
    }

    fn call(service: &str, client: &str, purpose: &str, basis: LegalBasis) -> CallContext {
        let (service, client) = (service.parse().unwrap(), client.parse().unwrap());
        CallContext::new(
            client,
            service,
            purpose,
            basis,
            Id::from_bytes([5; 16]),
            Timestamp::from_micros(NOW),
        )
    }

    fn decide_plain(
        directory: &Snapshot,
        ctx: &CallContext,
        now: Timestamp,
    ) -> Result<Grant, Refusal> {
        decide(directory, ctx, false, now)
    }

    fn law() -> LegalBasis {
        LegalBasis::law("Act s.4")
    }

    #[test]
    fn each_refusal_has_its_case() {
        use RefusalReason::*;
        let off = "TB/GOV/NIA/residents/off";
        let cases = [
            (call("TB/GOV/NIA/residents/none", CLIENT, "help", law()), UnknownService),
            (call("TB/GOV/XXX/residents/records", CLIENT, "help", law()), UnknownService),
            (call(SERVICE, "TB/GOV/MSP/nobody", "help", law()), UnknownClient),
            (call(off, CLIENT, "help", law()), ServiceDisabled),
            (call(SERVICE, "TB/GOV/MSP/other", "help", law()), NoAccessRight),
            (call(SERVICE, CLIENT, "harm", law()), NoAgreement),
            (call(SERVICE, CLIENT, "help", LegalBasis::law("Act s.5")), NoAgreement),
            (
                call(SERVICE, CLIENT, "help", LegalBasis::consent(Id::from_bytes([9; 16]))),
                NoAgreement,
            ),
            (call(SERVICE, CLIENT, "help", law()).under(Id::from_bytes([2; 16])), NoAgreement),
        ];
        let directory = directory(vec![agreement("help", law())]);
        for (ctx, wanted) in cases {
            let refusal = decide_plain(&directory, &ctx, ctx.at).unwrap_err();
            assert_eq!(refusal.reason, wanted, "{ctx:?}");
            assert!(!refusal.detail.is_empty());
        }
    }

    #[test]
    fn an_agreement_counts_only_while_in_force() {
        let at = Timestamp::from_micros;
        let ctx = call(SERVICE, CLIENT, "help", law());
        let open = directory(vec![agreement("help", law())]);
        for (now, good) in [(NOW - 11, false), (NOW - 10, true), (NOW + 9, true), (NOW + 10, false)]
        {
            let decision = decide_plain(&open, &ctx, at(now));
            assert_eq!(decision.is_ok(), good, "{now}");
            assert!(good || decision.unwrap_err().reason == RefusalReason::AgreementNotInForce);
        }
        let suspended = directory(vec![Agreement { suspended: true, ..agreement("help", law()) }]);
        assert_eq!(
            decide_plain(&suspended, &ctx, ctx.at).unwrap_err().reason,
            RefusalReason::AgreementNotInForce
        );
        // A second agreement stands in for one that has ended.
        let ended = Agreement { valid_until: Some(at(NOW - 1)), ..agreement("help", law()) };
        let second = Agreement { id: Id::from_bytes([2; 16]), ..agreement("help", law()) };
        let both = directory(vec![ended, second.clone()]);
        assert_eq!(decide_plain(&both, &ctx, ctx.at).unwrap().agreement, Some(second.id));
    }

    #[test]
    fn a_grant_says_what_remains_to_be_done() {
        let consented = LegalBasis::consent(Id::from_bytes([9; 16]));
        let directory =
            directory(vec![agreement("help", law()), agreement("care", consented.clone())]);
        let grant = decide_plain(
            &directory,
            &call(SERVICE, CLIENT, "help", law()),
            Timestamp::from_micros(NOW),
        )
        .unwrap();
        assert_eq!(
            (grant.consent, grant.fields.as_slice()),
            (None, ["name".to_owned()].as_slice())
        );
        assert_eq!(
            (grant.client_sector.as_str(), grant.provider_sector.as_str()),
            ("social", "population")
        );
        assert!(grant.translates());
        let care = call(SERVICE, CLIENT, "care", consented);
        let nobody = decide_plain(&directory, &care, care.at).unwrap_err();
        assert_eq!(nobody.reason, RefusalReason::SubjectMissing);
        assert!(decide(&directory, &care, true, care.at).is_ok(), "a sealed subject is one");
        let care = care.about(Pseudonym(Id::from_bytes([8; 16])));
        assert_eq!(
            decide_plain(&directory, &care, care.at).unwrap().consent,
            Some(Id::from_bytes([9; 16]))
        );
    }

    #[test]
    fn an_agreement_may_demand_a_case_of_officers_and_then_a_person() {
        let case: ServiceId = "TB/GOV/MSP/benefits/case-verify".parse().unwrap();
        let demanding = Agreement { case: Some(case.clone()), ..agreement("help", law()) };
        let directory = directory(vec![demanding]);
        let call = call(SERVICE, CLIENT, "help", law());
        let by_itself = decide_plain(&directory, &call, call.at).unwrap();
        assert_eq!(by_itself.case, None, "a system works on no case");
        let officer = call.by_officer("good", None);
        let nobody = decide_plain(&directory, &officer, officer.at).unwrap_err();
        assert_eq!(nobody.reason, RefusalReason::SubjectMissing);
        assert_eq!(
            decide(&directory, &officer, true, officer.at).unwrap().case,
            Some(case.clone())
        );
        let about = officer.about(Pseudonym(Id::from_bytes([8; 16])));
        assert_eq!(decide_plain(&directory, &about, about.at).unwrap().case, Some(case));
    }

    #[test]
    fn infrastructure_needs_a_right_but_no_agreement() {
        let directory = directory(Vec::new());
        let verify = "TB/GOV/NIA/consent/verify";
        let grant = decide_plain(
            &directory,
            &call(verify, CLIENT, "check", law()),
            Timestamp::from_micros(NOW),
        )
        .unwrap();
        assert_eq!((grant.agreement, grant.consent), (None, None));
        let other = call(verify, "TB/GOV/MSP/other", "check", law());
        assert_eq!(
            decide_plain(&directory, &other, other.at).unwrap_err().reason,
            RefusalReason::NoAccessRight
        );
    }

    #[test]
    fn officers_need_the_permission_of_the_calling_member() {
        let directory = directory(Vec::new());
        let by = |client: &str, officer: &str| {
            call(SERVICE, client, "help", law()).by_officer(officer, None)
        };
        assert!(
            officer_may_call(&directory, &call(SERVICE, CLIENT, "help", law())).is_ok(),
            "a system may act alone"
        );
        assert!(officer_may_call(&directory, &by(CLIENT, "good")).is_ok());
        for (client, officer) in [
            (CLIENT, "gone"),
            (CLIENT, "clerk"),
            (CLIENT, "stranger"),
            ("TB/GOV/NIA/residents", "good"),
        ] {
            let refusal = officer_may_call(&directory, &by(client, officer)).unwrap_err();
            assert_eq!(refusal.reason, RefusalReason::OfficerNotPermitted, "{client} {officer}");
        }
    }

    #[test]
    fn an_installation_speaks_only_for_the_members_it_hosts() {
        let mut snapshot = directory(vec![agreement("help", law())]);
        let key = SigningKey::generate_es256().unwrap();
        snapshot.add_installation(Installation {
            name: "rogue".to_owned(),
            address: String::new(),
            fingerprint: "11".to_owned(),
            sign_key: key.public_jwk(),
            seal_key: key.public_jwk(),
            members: vec!["TB/COM/ROGUE".parse().unwrap()],
        });
        let mut part = Part::empty("rogue");
        let client: contracts::SubsystemId = "TB/COM/ROGUE/app".parse().unwrap();
        let me = Member { id: client.member(), names: Names::new(), key: key.public_jwk() };
        let stolen = Member {
            id: "TB/GOV/NIA".parse().unwrap(),
            names: Names::new(),
            key: key.public_jwk(),
        };
        part.members = vec![me, stolen];
        part.subsystems =
            vec![Subsystem { id: client.clone(), sector: "x".to_owned(), names: Names::new() }];
        part.rights =
            vec![AccessRight { service: SERVICE.parse().unwrap(), client: client.clone() }];
        part.agreements = vec![Agreement { client: client.clone(), ..agreement("help", law()) }];
        snapshot.add_part(part);
        assert_eq!(snapshot.host_of(&client.member()).unwrap().entry.name, "rogue");
        assert_eq!(snapshot.host_of(&"TB/GOV/NIA".parse().unwrap()).unwrap().entry.name, "main");
        let ctx = call(SERVICE, client.as_ref(), "help", law());
        assert_eq!(
            decide_plain(&snapshot, &ctx, ctx.at).unwrap_err().reason,
            RefusalReason::NoAccessRight
        );
    }
}
