//! The witness: keeps what it is sent, and compares it with the trails as they are now.

use crate::store::{self, Peer};
use crate::{DIFFERENCE_FOUND, Error, PEER_ADDED, Witness};
use contracts::SubsystemId;
use contracts::witness::{AUDIT_TRAIL, CheckpointIn, TrailQuery};
use credential::{Jwk, SigAlg, VerifyingKey, jws};
use kernel::audit::{Audit, Checkpoint, Report, Verifier};
use kernel::db::{DbError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What comparing one trail gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrailReport {
    /// Whose trail.
    pub installation: String,
    /// Which block's.
    pub block: String,
    /// Rows read.
    pub rows: i64,
    /// What was found, in words; empty when the trail is what it was.
    pub findings: Vec<String>,
}

impl Witness {
    /// Takes a checkpoint from the subsystem that speaks for an installation.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`], [`Error::OtherSpeaker`], [`Error::SaidOtherwise`].
    pub async fn take(&self, from: SubsystemId, ask: CheckpointIn) -> Result<(), Error> {
        let checkpoint = read(&ask.jws, &ask.key)?;
        let jwk = serde_json::to_string(&ask.key).expect("a key is JSON");
        let peer = Peer { client: from.to_string(), jwk };
        let outcome = self.ctx.db.write({
            let (checkpoint, jws) = (checkpoint.clone(), ask.jws);
            let peer = std::sync::Arc::new(peer);
            move |tx| Box::pin(async move { keep(tx, &peer, &checkpoint, &jws).await })
        });
        match outcome.await {
            Err(Error::SaidOtherwise { block, position }) => {
                let text = format!("a second, different checkpoint was sent for row {position}");
                self.record(checkpoint.installation, block.clone(), text).await?;
                Err(Error::SaidOtherwise { block, position })
            }
            other => other,
        }
    }

    /// Compares every trail of which checkpoints were received. A trail that cannot be read now is
    /// reported as such and does not stop the others.
    ///
    /// # Errors
    /// [`Error::Db`] of this block's own database.
    pub async fn check_all(&self) -> Result<Vec<TrailReport>, Error> {
        let trails = self.ctx.db.read(|tx| Box::pin(store::trails(tx))).await?;
        let mut reports = Vec::new();
        for (installation, block, client) in trails {
            let report = match self.check(&installation, &block, &client).await {
                Ok(report) => report,
                Err(Error::Db(error)) => return Err(error.into()),
                Err(error) => TrailReport {
                    rows: 0,
                    findings: vec![format!("the trail could not be read: {error}")],
                    installation,
                    block,
                },
            };
            reports.push(report);
        }
        Ok(reports)
    }

    async fn check(
        &self,
        installation: &str,
        block: &str,
        client: &str,
    ) -> Result<TrailReport, Error> {
        let mut verifier = Verifier::new(self.checkpoints(installation, block).await?);
        let subsystem: SubsystemId = client
            .parse()
            .map_err(|_| DbError::Corrupt { column: "client".into(), expected: "a subsystem" })?;
        let service = subsystem.service(AUDIT_TRAIL).expect("the code is a constant of ours");
        loop {
            let query = TrailQuery { block: block.to_owned(), after: verifier.position() };
            let page = self.client.trail(self.call_to(service.clone()), &query).await?;
            // A page that does not move on would be asked for again and again.
            if page.rows.first().is_none_or(|row| row.position <= verifier.position()) {
                break;
            }
            page.rows.iter().for_each(|row| verifier.step(row));
        }
        let Report { sealed, findings, .. } = verifier.finish();
        let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
        for finding in &findings {
            self.record(installation.to_owned(), block.to_owned(), finding.clone()).await?;
        }
        Ok(TrailReport {
            installation: installation.to_owned(),
            block: block.to_owned(),
            rows: sealed,
            findings,
        })
    }

    async fn checkpoints(&self, installation: &str, block: &str) -> Result<Vec<Checkpoint>, Error> {
        let (name, block) = (installation.to_owned(), block.to_owned());
        let (peer, tokens) = self
            .ctx
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let peer = store::peer(tx, &name).await?.ok_or(DbError::NoRow)?;
                    Ok::<_, DbError>((peer, store::checkpoints(tx, &name, &block).await?))
                })
            })
            .await?;
        let corrupt = |_| DbError::Corrupt { column: "jwk".into(), expected: "a key" };
        let key: Jwk = serde_json::from_str(&peer.jwk).map_err(corrupt)?;
        tokens.iter().map(|token| read(token, &key)).collect()
    }

    async fn record(
        &self,
        installation: String,
        block: String,
        text: String,
    ) -> Result<(), DbError> {
        tracing::warn!(installation, block, "Audit trail of {installation}/{block}: {text}");
        self.ctx
            .db
            .write(move |tx| {
                Box::pin(async move {
                    if store::insert_finding(tx, &installation, &block, &text).await? {
                        let object = format!("{installation}/{block}");
                        let detail = serde_json::json!({ "finding": text });
                        tx.audit(Audit::new(&DIFFERENCE_FOUND, "witness", object).with(detail))
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

async fn keep(tx: &mut Tx, from: &Peer, checkpoint: &Checkpoint, jws: &str) -> Result<(), Error> {
    let Checkpoint { installation, block, position, .. } = checkpoint;
    match store::peer(tx, installation).await? {
        None => {
            store::insert_peer(tx, installation, from).await?;
            tx.audit(Audit::new(&PEER_ADDED, from.client.as_str(), installation)).await?;
        }
        Some(known) if known.client == from.client && known.jwk == from.jwk => {}
        Some(_) => return Err(Error::OtherSpeaker(installation.clone())),
    }
    match store::checkpoint(tx, installation, block, *position).await? {
        None => Ok(store::insert_checkpoint(tx, installation, block, *position, jws).await?),
        Some(known) if known == jws => Ok(()),
        Some(_) => Err(Error::SaidOtherwise { block: block.clone(), position: *position }),
    }
}

fn read(token: &str, key: &Jwk) -> Result<Checkpoint, Error> {
    let key =
        VerifyingKey::from_jwk(key).map_err(|error| Error::NotAuthentic(error.to_string()))?;
    let verified = jws::verify(token, std::slice::from_ref(&key), &[SigAlg::Es256])
        .map_err(|error| Error::NotAuthentic(error.to_string()))?;
    serde_json::from_slice(&verified.payload)
        .map_err(|error| Error::NotAuthentic(error.to_string()))
}
