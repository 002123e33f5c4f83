//! `P-DX-LIST` and `P-AGREE`: who is on the exchange, and whether every right stands on an agreement. Both read
//! `GET /exchange/v1/directory`, for which the target needs the token of an operator or of an officer who uses the
//! exchange.

use std::collections::{BTreeMap, BTreeSet};

use basis::Timestamp;
use serde::Deserialize;

use super::fetch::{Trouble, Visit};
use super::seen::Seen;

const DIRECTORY: &str = "/exchange/v1/directory";

/// Tags of services that carry the exchange's own work and give nobody's data away that another call did not
/// already justify.
const INFRASTRUCTURE: [&str; 4] = ["events", "consent-verify", "translate", "case-verify"];

/// Members and services on an exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Members by class: `GOV`, `COM`.
    pub members: BTreeMap<String, usize>,
    /// Sectors of subsystems that offer or use a service.
    pub sectors: usize,
    /// Services that are switched on.
    pub services: usize,
}

/// Rights, and those of them that an agreement carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreements {
    /// Rights to services that may give personal data.
    pub rights: usize,
    /// Those without an agreement in force that names purpose and legal basis.
    pub without: Vec<String>,
}

#[derive(Deserialize)]
struct Document {
    members: Vec<Member>,
    subsystems: Vec<Subsystem>,
    services: Vec<Service>,
    rights: Vec<Right>,
    agreements: Vec<Agreement>,
}

#[derive(Deserialize)]
struct Member {
    id: String,
}

#[derive(Deserialize)]
struct Subsystem {
    id: String,
    sector: String,
}

#[derive(Deserialize)]
struct Service {
    id: String,
    #[serde(default)]
    kinds: Vec<String>,
    enabled: bool,
}

#[derive(Deserialize)]
struct Right {
    service: String,
    client: String,
}

#[derive(Deserialize)]
struct Agreement {
    service: String,
    client: String,
    purpose: String,
    basis: String,
    valid_from: Timestamp,
    valid_until: Option<Timestamp>,
    suspended: bool,
}

async fn read(visit: &mut Visit<'_>) -> Result<Document, Trouble> {
    let answer = visit.get_with_token(DIRECTORY).await?;
    if !answer.is_success() {
        let why = format!("{DIRECTORY} answers {} to the token of the list", answer.status);
        return Err(Trouble::Refused(why));
    }
    let document = serde_json::from_slice(&answer.body);
    document.map_err(|error| Trouble::Refused(format!("{DIRECTORY} cannot be read: {error}")))
}

/// Services that carry the exchange's own work, and how many members are not of a class.
pub(super) async fn around(
    visit: &mut Visit<'_>,
    class: &str,
) -> Result<(BTreeSet<String>, usize), Trouble> {
    let document = read(visit).await?;
    let own = infrastructure(&document).into_iter().map(str::to_owned).collect();
    let others = document.members.iter().filter(|one| one.id.split('/').nth(1) != Some(class));
    Ok((own, others.count()))
}

fn infrastructure(document: &Document) -> BTreeSet<&str> {
    let own = |service: &&Service| {
        service.kinds.iter().any(|kind| INFRASTRUCTURE.contains(&kind.as_str()))
    };
    document.services.iter().filter(own).map(|service| service.id.as_str()).collect()
}

pub(super) async fn members(visit: &mut Visit<'_>) -> Result<Seen, Trouble> {
    let document = read(visit).await?;
    let mut members = BTreeMap::new();
    for member in &document.members {
        // `TB/GOV/CRO`: instance, class, member.
        let class = member.id.split('/').nth(1).unwrap_or_default().to_owned();
        *members.entry(class).or_default() += 1;
    }
    let services = document.services.iter().filter(|service| service.enabled).count();
    Ok(Seen::Directory(Directory { members, sectors: sectors(&document), services }))
}

/// Sectors between whose subsystems a call may pass now: both ends of a right to a service that is switched on.
fn sectors(document: &Document) -> usize {
    let sector_of: BTreeMap<&str, &str> =
        document.subsystems.iter().map(|one| (one.id.as_str(), one.sector.as_str())).collect();
    let on = document.services.iter().filter(|service| service.enabled);
    let on: BTreeSet<&str> = on.map(|service| service.id.as_str()).collect();
    let mut sectors = BTreeSet::new();
    for right in document.rights.iter().filter(|right| on.contains(right.service.as_str())) {
        let provider = right.service.rsplit_once('/').map_or("", |(subsystem, _)| subsystem);
        sectors.extend(sector_of.get(provider).copied());
        sectors.extend(sector_of.get(right.client.as_str()).copied());
    }
    sectors.len()
}

pub(super) async fn agreements(visit: &mut Visit<'_>, now: Timestamp) -> Result<Seen, Trouble> {
    let document = read(visit).await?;
    let infrastructure = infrastructure(&document);
    let mut seen = Agreements::default();
    for right in &document.rights {
        if infrastructure.contains(right.service.as_str()) {
            continue;
        }
        seen.rights += 1;
        let carries = |agreement: &Agreement| {
            (&agreement.service, &agreement.client) == (&right.service, &right.client)
                && is_in_force(agreement, now)
        };
        if !document.agreements.iter().any(carries) {
            seen.without.push(format!("{} to {}", right.client, right.service));
        }
    }
    Ok(Seen::Agreements(seen))
}

fn is_in_force(agreement: &Agreement, now: Timestamp) -> bool {
    let in_time =
        agreement.valid_from <= now && agreement.valid_until.is_none_or(|until| now < until);
    let says = !agreement.purpose.is_empty() && !agreement.basis.is_empty();
    in_time && says && !agreement.suspended
}
