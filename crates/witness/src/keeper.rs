//! The keeper: seals this installation's trails, states them in files and to its witnesses.

use crate::file::{CheckpointFile, CheckpointLine};
use crate::{Error, Pause, Witness, store};
use contracts::ServiceId;
use contracts::witness::CheckpointIn;
use credential::jws;
use kernel::audit::{Checkpoint, seal};
use kernel::db::{Db, DbError};
use std::sync::{MutexGuard, PoisonError};

/// Purpose of the key that signs checkpoints.
pub const AUDIT_KEY: &str = "audit";

impl Witness {
    /// Seals and states what there is, and sends it to the witnesses unless they rest. One trail's
    /// trouble does not stop the others.
    ///
    /// # Errors
    /// The last [`Error`] met while sealing or stating; a witness that cannot be reached is none.
    pub async fn keep(&self) -> Result<(), Error> {
        let mut outcome = Ok(());
        for db in self.deps.trails.all() {
            match self.seal_and_state(&db).await {
                Ok((file, last)) => self.send_all(db.block(), &file, last).await,
                Err(error) => {
                    tracing::warn!(
                        block = db.block(),
                        "Keeping the audit trail of {}: {error}",
                        db.block()
                    );
                    outcome = Err(error);
                }
            }
        }
        outcome
    }

    /// The trail's checkpoints and the position that the last of them states.
    async fn seal_and_state(&self, db: &Db) -> Result<(CheckpointFile, i64), Error> {
        let sealed = seal(db).await?;
        let file = CheckpointFile::new(&self.deps.checkpoints, db.block());
        let mut last = file.last()?.map_or(Ok(0), |line| position(&line.jws))?;
        while last < sealed {
            let next = Checkpoint::next(db, &self.deps.installation, last).await?;
            // Sealed rows that are gone again are for a witness to find.
            let Some(checkpoint) = next else { break };
            last = checkpoint.position;
            file.append(&CheckpointLine { jws: self.sign(&checkpoint)? })?;
        }
        Ok((file, last))
    }

    async fn send_all(&self, block: &str, file: &CheckpointFile, last: i64) {
        for witness in self.deps.witnesses.clone() {
            if !self.pause().is_over(self.ctx.clock.now()) {
                return;
            }
            match self.send(block, file, last, witness.clone()).await {
                Ok(()) => *self.pause() = Pause::default(),
                Err(error) => {
                    let seconds = self.pause().failed(self.ctx.clock.now());
                    tracing::warn!(
                        "{witness} did not take checkpoints; next try in {seconds} s: {error}"
                    );
                }
            }
        }
    }

    fn pause(&self) -> MutexGuard<'_, Pause> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sign(&self, checkpoint: &Checkpoint) -> Result<String, Error> {
        let key = self.ctx.keys.signing_key(AUDIT_KEY)?;
        let payload = serde_json::to_vec(checkpoint).expect("a checkpoint is JSON");
        Ok(jws::sign(&*key, &[("typ", "audit-checkpoint+jwt".into())], &payload)?)
    }

    async fn send(
        &self,
        block: &str,
        file: &CheckpointFile,
        last: i64,
        witness: ServiceId,
    ) -> Result<(), Error> {
        let sent = self.sent_up_to(witness.to_string(), block.to_owned()).await?;
        if sent >= last {
            return Ok(());
        }
        let key = self.ctx.keys.signing_key(AUDIT_KEY)?.public_jwk();
        let is_sent =
            |line: &CheckpointLine| position(&line.jws).is_ok_and(|stated| stated <= sent);
        for line in file.end(is_sent)?.into_iter().filter(|line| !is_sent(line)) {
            let position = position(&line.jws)?;
            let ask = CheckpointIn { jws: line.jws, key: key.clone() };
            self.client.checkpoint(self.call_to(witness.clone()), &ask).await?;
            self.set_sent(witness.to_string(), block.to_owned(), position).await?;
        }
        Ok(())
    }

    async fn sent_up_to(&self, witness: String, block: String) -> Result<i64, DbError> {
        self.ctx
            .db
            .read(move |tx| Box::pin(async move { store::sent_up_to(tx, &witness, &block).await }))
            .await
    }

    async fn set_sent(&self, witness: String, block: String, position: i64) -> Result<(), DbError> {
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move { store::set_sent(tx, &witness, &block, position).await })
            })
            .await
    }
}

/// The position a checkpoint of our own states; its signature is not looked at.
fn position(token: &str) -> Result<i64, Error> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = credential::base64url::decode(payload, "checkpoint")?;
    let checkpoint: Checkpoint =
        serde_json::from_slice(&bytes).map_err(|error| Error::NotAuthentic(error.to_string()))?;
    Ok(checkpoint.position)
}
