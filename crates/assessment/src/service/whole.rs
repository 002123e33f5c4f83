//! A round as one file, out and in.

use super::{Acting, Assessments, RoundLine};
use crate::Error;
use crate::events::ROUND_IMPORTED;
use crate::model::check::{self, Wrong};
use crate::model::digest;
use crate::model::state::Held;
use crate::store::answers::{self, Given, IMPORTED};
use crate::store::evidence::{self, Kept};
use crate::store::rounds;
use basis::Id;
use kernel::audit::Audit;
use kernel::db::Tx;
use maturity::Round;

impl Assessments {
    /// The round with everything in it, and its digest.
    ///
    /// # Errors
    /// [`Error::RoundUnknown`].
    pub async fn whole(&self, id: Id) -> Result<(Round, String), Error> {
        let round = self.loaded(id).await?.round;
        let digest = digest::of_round(self.instrument(), &round);
        Ok((round, digest))
    }

    /// Opens a round with what a file holds. Its own id is not kept; signatures are given here.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every wrong field.
    pub async fn import(
        &self,
        by: Acting,
        title: String,
        round: Round,
    ) -> Result<RoundLine, Error> {
        let quorum = self.own_quorum();
        let mut wrongs = check::whole(self.instrument(), &round);
        let country = &self.0.deps.country;
        if round.country.code != country.code {
            let remedy = format!("send {}: this installation assesses that country", country.code);
            wrongs.push(Wrong::new("country.code", remedy));
        }
        let title = if title.trim().is_empty() { round.id.clone() } else { title };
        let (institutions, profile) = (&round.institutions, &round.profile);
        let opening = check::opening(
            self.instrument(),
            &title,
            "",
            profile,
            round.as_of,
            &quorum,
            institutions,
        );
        // Profile and day were looked at above.
        let above = ["profile", "as_of"];
        wrongs.extend(opening.into_iter().filter(|wrong| !above.contains(&wrong.field.as_str())));
        if !wrongs.is_empty() {
            return Err(Error::Invalid(wrongs));
        }
        let id = Id::mint(&self.0.clock, &self.0.rng);
        let mut document = round.clone();
        document.id = id.to_string();
        document.country = country.clone();
        document.answers.clear();
        document.evidence.clear();
        document.measurements.clear();
        let held = self.begin(id, title.trim(), "", quorum, document);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                rounds::insert(tx, &held).await?;
                store_content(tx, &by, &held, round).await?;
                tx.audit(Audit::new(&ROUND_IMPORTED, by.actor, id)).await?;
                Ok(held.into())
            })
        });
        write.await
    }
}

async fn store_content(tx: &mut Tx, by: &Acting, held: &Held, round: Round) -> Result<(), Error> {
    for (number, one) in (0..).zip(round.evidence) {
        let kept = Kept::named(number, one, &by.actor, tx.now());
        evidence::insert(tx, held.id, &kept).await?;
    }
    for (indicator, answer) in round.answers {
        let (step, actor) = (IMPORTED.to_owned(), by.actor.clone());
        let given = Given { indicator, revision: 1, step, answer, actor, at: tx.now() };
        answers::insert(tx, held.id, &given).await?;
    }
    for (number, one) in (0..).zip(round.measurements) {
        evidence::insert_measurement(tx, held.id, number, &one, &by.actor).await?;
    }
    Ok(())
}
