//! At a post: handing in what waits, whenever there is a link.

use crate::store::post as posts;
use crate::{Civil, Error};
use basis::Id;
use contracts::civil::posts::{
    OutcomesIn, PAGE_MAX, POST_REGISTRATIONS, PURPOSE, PostClient, PostOutcome, PostPage,
    PostRegistration, PostResult,
};
use contracts::{CallContext, CallError};
use kernel::db::Tx;

/// Pages handed in one after the other, so that one run has an end.
const PAGES_MAX: usize = 20;
const PAGE: i64 = PAGE_MAX as i64;
/// Conflicts asked about in one run.
const CONFLICTS_MAX: i64 = 1_000;

impl Civil {
    /// One run of the job: hands in what waits and asks what became of conflicts, unless a failure
    /// before said to wait.
    ///
    /// # Errors
    /// What the database says; a link that is down is no error here but noted in the status.
    pub async fn hand_in_due(&self) -> Result<(), Error> {
        if self.deps.registrar.is_none() {
            return Ok(());
        }
        let link = self.ctx.db.read(|tx| Box::pin(async move { posts::link(tx).await })).await?;
        if link.next_at > self.ctx.clock.now().micros() {
            return Ok(());
        }
        self.hand_in_now().await
    }

    /// As [`Civil::hand_in_due`], at once.
    ///
    /// # Errors
    /// As [`Civil::hand_in_due`], and [`Error::OnlyAtPost`].
    pub async fn hand_in_now(&self) -> Result<(), Error> {
        self.registrar()?;
        for _ in 0..PAGES_MAX {
            let Some(page) = self.next_page().await? else { break };
            let asked = page.registrations.len();
            match self.registrar_client().hand_in(self.call_registrar()?, &page).await {
                // Without an answer for each, the same page would go out again and again.
                Ok(answer) if answer.results.len() != asked => {
                    let text = "it did not answer for each registration".to_owned();
                    return self.note_failure(CallError::Unreadable(text)).await;
                }
                Ok(answer) => self.note_results(answer.results, false).await?,
                Err(error) => return self.note_failure(error).await,
            }
        }
        self.ask_about_conflicts().await
    }

    fn registrar_client(&self) -> PostClient {
        PostClient::new(self.deps.wire.clone())
    }

    fn call_registrar(&self) -> Result<CallContext, Error> {
        let service = self.registrar()?.service(POST_REGISTRATIONS);
        Ok(self.context(service.expect("the code is a constant of ours"), PURPOSE))
    }

    /// What waits longest, of one delegation.
    async fn next_page(&self) -> Result<Option<PostPage>, Error> {
        let civil = self.clone();
        let read = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                for held in posts::held(tx).await? {
                    let waiting = posts::waiting(tx, held.id, PAGE).await?;
                    if waiting.is_empty() {
                        continue;
                    }
                    let mut registrations = Vec::with_capacity(waiting.len());
                    for (id, officer) in waiting {
                        registrations.push(civil.registration(tx, id, officer).await?);
                    }
                    return Ok(Some(PostPage { delegation: held.token, registrations }));
                }
                Ok::<_, Error>(None)
            })
        });
        read.await
    }

    async fn registration(
        &self,
        tx: &mut Tx,
        id: Id,
        officer: String,
    ) -> Result<PostRegistration, Error> {
        let birth = self.load(tx, id).await?;
        let facts = birth.facts;
        Ok(PostRegistration {
            registration: id,
            number: birth.number,
            child: facts.child,
            sex: facts.sex.as_str().to_owned(),
            born: facts.born,
            place: facts.place,
            mother: facts.mother,
            mother_vid: facts.mother_vid,
            officer,
            recorded: birth.recorded,
        })
    }

    /// Marks what the registrar answered. A crash before this is harmless: the same page goes out
    /// again and is answered the same.
    async fn note_results(&self, results: Vec<PostResult>, asked: bool) -> Result<(), Error> {
        let civil = self.clone();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                for one in &results {
                    let reasons = one.reasons.join(" ");
                    posts::mark(tx, one.registration, one.outcome.as_str(), &reasons).await?;
                    // A merged birth keeps the number its paper has; the other one's is its own.
                    if one.outcome == PostOutcome::Accepted
                        && let Some(number) = &one.number
                    {
                        civil.renumber(tx, one.registration, number).await?;
                    }
                }
                let mut link = posts::link(tx).await?.answered();
                if asked {
                    link.asked = tx.now().micros();
                }
                posts::set_link(tx, &link).await?;
                Ok::<_, Error>(())
            })
        });
        write.await
    }

    async fn note_failure(&self, error: CallError) -> Result<(), Error> {
        tracing::info!("Handing in failed, it is tried again later: {error}");
        let text: String = error.to_string().chars().take(500).collect();
        let write = self.ctx.db.write(move |tx| {
            Box::pin(async move {
                let link = posts::link(tx).await?.failed(tx.now(), text);
                posts::set_link(tx, &link).await?;
                Ok::<_, Error>(())
            })
        });
        write.await
    }

    async fn ask_about_conflicts(&self) -> Result<(), Error> {
        let now = self.ctx.clock.now();
        let read = self.ctx.db.read(move |tx| {
            Box::pin(async move {
                if !posts::link(tx).await?.is_time_to_ask(now) {
                    return Ok(Vec::new());
                }
                Ok::<_, Error>(posts::in_conflict(tx, CONFLICTS_MAX).await?)
            })
        });
        let registrations: Vec<Id> = read.await?;
        for some in registrations.chunks(PAGE_MAX) {
            let ask = OutcomesIn { registrations: some.to_vec() };
            match self.registrar_client().outcomes(self.call_registrar()?, &ask).await {
                Ok(answer) => self.note_results(answer.results, true).await?,
                Err(error) => return self.note_failure(error).await,
            }
        }
        Ok(())
    }
}
