//! The extractor for `service/individual/record`: whose record it is, and who acts.

use crate::http::Resident;
use crate::model::actor::Actor;
use crate::permissions::AssistPerson;
use axum::extract::FromRequestParts;
use contracts::{CallContext, Pseudonym};
use http::request::Parts;
use kernel::auth::Officer;
use kernel::http::Query;
use kernel::problem::Problem;
use serde::Deserialize;

/// "Individual ID supplied as HTTP header": the YAML gives no name; this is the one in use.
const HEADER: &str = "x-consentbb-individualid";

/// The person a record belongs to, and who acts: the person themselves through the exchange, or a
/// desk officer for them.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub subject: Pseudonym,
    pub actor: Actor,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    individual_id: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let through_exchange = parts.extensions.get::<CallContext>().is_some();
        if through_exchange {
            let Resident { subject, actor } = Resident::from_request_parts(parts, state).await?;
            // A person is known by the call; naming somebody else besides is a mistake or worse.
            if named(parts, state).await?.is_some_and(|named| named != subject) {
                return Err(unknown("the individual is not the subject of the call"));
            }
            return Ok(Self { subject, actor });
        }
        let officer = Officer::<AssistPerson>::from_request_parts(parts, state).await?;
        let subject =
            named(parts, state).await?.ok_or_else(|| unknown("no individual is named"))?;
        Ok(Self { subject, actor: Actor::Officer(officer.actor()) })
    }
}

/// The individual named in header or query; 400 if the two differ.
async fn named<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Option<Pseudonym>, Problem> {
    let header =
        parts.headers.get(HEADER).map(|value| value.to_str().unwrap_or_default().to_owned());
    let Query(Named { individual_id }) = Query::from_request_parts(parts, state).await?;
    if header.is_some() && individual_id.is_some() && header != individual_id {
        return Err(unknown("header and query name different individuals"));
    }
    match header.or(individual_id) {
        Some(text) => text
            .parse()
            .map(|id| Some(Pseudonym(id)))
            .map_err(|_| unknown("the individual is not named by an id")),
        None => Ok(None),
    }
}

fn unknown(why: &str) -> Problem {
    Problem::bad_request(format!("It is not clear whose record is meant: {why}."))
        .field("individualId", "send the individual's id in the header X-ConsentBB-IndividualId")
}
