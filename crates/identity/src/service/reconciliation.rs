//! Two bodies must agree on who was born: the civil register's list is compared with the crosswalk,
//! every difference is written down, and persons that are missing are made up for.
//!
//! The list comes in the order of its ids. Ids carry the time of their minting, so that both sides
//! can be cut into days and compared a day at a time, in the memory of one day.

use super::persons::{bucket_of, crossing_label};
use super::{CIVIL, Identity};
use crate::error::Error;
use crate::events::RECONCILIATION_FINISHED;
use crate::store;
use crate::store::reconciliation::{Difference, Run};
use basis::{Id, Timestamp};
use contracts::civil::BirthListed;
use kernel::audit::Audit;
use kernel::db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;

const MISSING_PERSON: &str = "missing-person";
const MISSING_REGISTRATION: &str = "missing-registration";
/// Registrations asked for at once; the register gives no more.
const PAGE: u16 = 1_000;
/// A registration this young may still be on its way here.
const PENDING_SECONDS: i64 = 60;
/// Differences shown at most.
const SHOWN: i64 = 1_000;
/// A run that holds the lease longer than this is dead.
const LEASE_SECONDS: i64 = 15 * 60;
const LEASE: &str = "reconciliation";
/// Registrations of differences are sealed under this, as there may be no person.
const SEAL_SUBJECT: &[u8] = b"reconciliation";

/// How the registers compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reconciliation {
    /// The newest run, if there was one.
    pub run: Option<RunOut>,
    /// Differences that stand.
    pub open: i64,
    /// The oldest of them, 1,000 at most.
    pub differences: Vec<DifferenceOut>,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunOut {
    /// When it began.
    #[schema(value_type = String, format = "date-time")]
    pub started: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub finished: Option<Timestamp>,
    /// Registrations compared.
    pub listed: i64,
    /// Registrations younger than a minute without a person, which are no difference yet.
    pub pending: i64,
    /// Missing persons that were made up for.
    pub repaired: i64,
    /// Why it ended before the end of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// A registration without a person, or a person without a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DifferenceOut {
    /// `missing-person` or `missing-registration`.
    pub kind: String,
    /// The registration in the civil register.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
    /// When it was first seen.
    #[schema(value_type = String, format = "date-time")]
    pub first_seen: Timestamp,
}

/// A day of the civil register.
#[derive(Default)]
struct Day {
    bucket: i64,
    births: Vec<BirthListed>,
}

impl Identity {
    /// Compares, writes down every difference, and makes up for missing persons.
    ///
    /// # Errors
    /// [`Error::Reconciling`]; why the register could not be read, which the run then says too.
    pub async fn reconcile(&self) -> Result<Reconciliation, Error> {
        let mut run = self.begin_run().await?;
        let outcome = self.compare_all(&mut run).await;
        run.finished = Some(self.0.clock.now());
        run.failure = outcome.as_ref().err().map(ToString::to_string);
        self.finish_run(run).await?;
        outcome?;
        self.reconciliation().await
    }

    /// The newest run and what stands open.
    ///
    /// # Errors
    /// What the database says.
    pub async fn reconciliation(&self) -> Result<Reconciliation, Error> {
        let this = self.clone();
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let run = store::reconciliation::last_run(tx).await?.map(run_out);
                let open = store::reconciliation::count_open(tx).await?;
                let mut differences = Vec::new();
                for difference in store::reconciliation::open(tx, SHOWN).await? {
                    differences.push(this.open_difference(tx, difference).await?);
                }
                Ok(Reconciliation { run, open, differences })
            })
        });
        read.await
    }

    async fn begin_run(&self) -> Result<Run, Error> {
        let (id, node) = (self.mint(), self.0.node.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                // One holder a run: a second one in the same process has to wait as well.
                let holder = format!("{node}/{id}");
                if tx.take_lease(LEASE, &holder, LEASE_SECONDS).await?.is_none() {
                    return Err(Error::Reconciling);
                }
                store::reconciliation::begin(tx, id).await?;
                Ok(Run {
                    id,
                    started: tx.now(),
                    finished: None,
                    listed: 0,
                    pending: 0,
                    repaired: 0,
                    failure: None,
                })
            })
        });
        write.await
    }

    async fn finish_run(&self, run: Run) -> Result<(), Error> {
        let holder = format!("{}/{}", self.0.node, run.id);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                // What a run that broke off did not see may well be there.
                if run.failure.is_none() {
                    store::reconciliation::resolve_unseen(tx, run.id).await?;
                }
                store::reconciliation::finish(tx, &run).await?;
                let open = store::reconciliation::count_open(tx).await?;
                let detail = json!({ "listed": run.listed, "pending": run.pending,
                    "repaired": run.repaired, "open": open, "complete": run.failure.is_none() });
                let audit = Audit::new(&RECONCILIATION_FINISHED, "reconciliation", run.id);
                tx.audit(audit.with(detail)).await?;
                // Given back by letting it end now.
                tx.take_lease(LEASE, &holder, -1).await?;
                Ok(())
            })
        });
        write.await
    }

    async fn compare_all(&self, run: &mut Run) -> Result<(), Error> {
        let (mut after, mut done, mut day) = (None, i64::MIN, Day::default());
        loop {
            let page = self.0.births.list(self.ask_civil(run.id), after, PAGE).await?;
            for birth in page.births {
                after = Some(birth.registration);
                let bucket = bucket_of(birth.registration);
                if bucket != day.bucket && !day.births.is_empty() {
                    let upto = day.bucket;
                    self.compare_day(run, std::mem::take(&mut day), (done, upto)).await?;
                    done = upto;
                }
                day.bucket = bucket;
                day.births.push(birth);
            }
            if !page.more {
                // The last day reaches to the end of time, so that persons without a registration
                // after it are found too.
                return self.compare_day(run, day, (done, i64::MAX)).await;
            }
        }
    }

    /// Compares a day of the register with the crosswalk's buckets above the first up to the second.
    async fn compare_day(&self, run: &mut Run, day: Day, reach: (i64, i64)) -> Result<(), Error> {
        run.listed += i64::try_from(day.births.len()).unwrap_or(i64::MAX);
        let crossings = self.0.db.read(move |tx| {
            Box::pin(async move { store::persons::crossings(tx, CIVIL, reach.0, reach.1).await })
        });
        let crossings: Vec<_> = crossings.await?;
        let known: HashSet<[u8; 32]> =
            crossings.iter().map(|(crossing, _)| crossing.index).collect();
        let mut listed = HashMap::new();
        for birth in &day.births {
            listed.insert(self.registration_index(birth.registration)?, birth);
        }
        for together in self.missing(run, &day.births, &known)? {
            self.miss_persons(run, together).await?;
        }
        let started = run.started.micros();
        for (crossing, written) in crossings {
            // What was written meanwhile may stand on a page that was read before.
            if written >= started || listed.contains_key(&crossing.index) {
                continue;
            }
            let (this, run) = (self.clone(), run.id);
            let write = self.0.db.write(move |tx| {
                Box::pin(async move {
                    let label = crossing_label(CIVIL);
                    let person = crossing.person.as_bytes();
                    let value = this.0.fields.open(tx, person, &label, &crossing.value).await?;
                    this.note(tx, MISSING_REGISTRATION, crossing.index, &value, run).await
                })
            });
            write.await?;
        }
        Ok(())
    }

    /// Registrations without a person, in pages of such as follow each other in the register, so that
    /// they can be fetched together and nobody else's data with them.
    fn missing(
        &self,
        run: &mut Run,
        births: &[BirthListed],
        known: &HashSet<[u8; 32]>,
    ) -> Result<Vec<Vec<Id>>, Error> {
        let now = self.0.clock.now();
        let (mut missing, mut last): (Vec<Vec<Id>>, Option<usize>) = (Vec::new(), None);
        for (place, birth) in births.iter().enumerate() {
            if known.contains(&self.registration_index(birth.registration)?) {
                continue;
            }
            if now.seconds_since(birth.recorded) < PENDING_SECONDS {
                run.pending += 1;
                continue;
            }
            let follows = last.is_some_and(|last| last + 1 == place);
            match missing.last_mut() {
                Some(page) if follows && page.len() < usize::from(PAGE) => {
                    page.push(birth.registration);
                }
                _ => missing.push(vec![birth.registration]),
            }
            last = Some(place);
        }
        Ok(missing)
    }

    /// Writes missing persons down and makes up for them.
    async fn miss_persons(&self, run: &mut Run, missed: Vec<Id>) -> Result<(), Error> {
        let (this, id, noted) = (self.clone(), run.id, missed.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                for registration in noted {
                    let (index, value) =
                        (this.registration_index(registration)?, registration.to_string());
                    this.note(tx, MISSING_PERSON, index, value.as_bytes(), id).await?;
                }
                Ok::<(), Error>(())
            })
        });
        write.await?;
        let found = match self.make_up_for(&missed).await {
            Ok((made, found)) => {
                run.repaired += i64::try_from(made).unwrap_or(i64::MAX);
                found
            }
            // The differences stand, and the next run tries again.
            Err(error) => {
                let (first, count) = (missed[0], missed.len());
                tracing::warn!(%first, count, "Cannot make up for missing persons: {error}");
                return Ok(());
            }
        };
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                for registration in found {
                    let index = this.registration_index(registration)?;
                    store::reconciliation::resolve(tx, MISSING_PERSON, index).await?;
                }
                Ok(())
            })
        });
        write.await
    }

    async fn note(
        &self,
        tx: &mut Tx,
        kind: &'static str,
        index: [u8; 32],
        registration: &[u8],
        run: Id,
    ) -> Result<(), Error> {
        let sealed = self.0.fields.seal(tx, SEAL_SUBJECT, kind, registration).await?;
        Ok(store::reconciliation::note(tx, kind, index, &sealed, run).await?)
    }

    async fn open_difference(
        &self,
        tx: &mut Tx,
        difference: Difference,
    ) -> Result<DifferenceOut, Error> {
        let Difference { kind, registration, first_seen } = difference;
        let value = self.0.fields.open(tx, SEAL_SUBJECT, &kind, &registration).await?;
        let value = String::from_utf8(value.to_vec()).ok().and_then(|text| text.parse().ok());
        let registration = value.ok_or(Error::Damaged("difference"))?;
        Ok(DifferenceOut { kind, registration, first_seen })
    }
}

fn run_out(run: Run) -> RunOut {
    let Run { started, finished, listed, pending, repaired, failure, .. } = run;
    RunOut { started, finished, listed, pending, repaired, failure }
}
