//! What another institution sees of the rounds it takes part in.

use super::{Assessments, RoundLine};
use crate::Error;
use crate::model::digest;
use crate::model::state::State;
use crate::store::rounds;
use serde::Serialize;
use utoipa::ToSchema;

/// Most rounds that are looked through.
const LIST_MAX: i64 = 200;

/// A round as an institution sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnRound {
    /// The round.
    pub round: RoundLine,
    /// What the institution is to answer.
    pub assigned: Vec<OwnIndicator>,
    /// Whether its signature is asked for.
    pub signs: bool,
    /// What a signature names.
    pub digest: String,
}

/// An indicator to be answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnIndicator {
    /// The indicator.
    pub indicator: String,
    /// The question, in the instrument's language.
    pub question: String,
    /// What levels 0 to 4 mean.
    pub levels: Vec<String>,
    /// Revision of the answer; 0 if there is none.
    pub revision: i64,
}

impl Assessments {
    /// Rounds that are not closed and that ask or name the institution.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rounds_of(&self, institution: &str) -> Result<Vec<OwnRound>, Error> {
        let (this, institution) = (self.clone(), institution.to_owned());
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                let mut own = Vec::new();
                for held in rounds::all(tx, LIST_MAX).await? {
                    if held.state == State::Closed {
                        continue;
                    }
                    let mut assigned = rounds::assignments(tx, held.id).await?;
                    assigned.retain(|_, to| *to == institution);
                    let signs = held.quorum.institutions.contains(&institution);
                    if assigned.is_empty() && !signs {
                        continue;
                    }
                    let loaded = this.load(tx, held.id).await?;
                    let at = |id: &str| {
                        let given = loaded.answers.iter().find(|given| given.indicator == id);
                        given.map_or(0, |given| given.revision)
                    };
                    let all = this.instrument().indicators.iter();
                    let asked = all.filter(|one| assigned.contains_key(&one.id));
                    let assigned = asked.map(|one| OwnIndicator {
                        indicator: one.id.clone(),
                        question: one.question.clone(),
                        levels: one.levels.clone(),
                        revision: at(&one.id),
                    });
                    own.push(OwnRound {
                        assigned: assigned.collect(),
                        signs,
                        digest: digest::of_round(this.instrument(), &loaded.round),
                        round: held.into(),
                    });
                }
                Ok(own)
            })
        });
        read.await
    }
}
