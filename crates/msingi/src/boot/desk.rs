//! What the officers' desk is told of the installation: mandates, how the blocks are, and which pages
//! there are.

use super::blocks::Built;
use crate::country::Country;
use contracts::MemberId;
use exchange::{BlockSight, BlockState, Exchange, Surroundings};
use futures_util::future::{BoxFuture, join_all};
use kernel::block::Ctx;
use kernel::db::{Db, DbError};
use kernel::{audit, outbox};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use ui::desk::{DeskFrame, DeskPlace};

/// A database that takes longer has not answered.
const LOOK_TIMEOUT: Duration = Duration::from_secs(2);

/// The installation around its exchange.
pub struct Around {
    mandates: HashMap<MemberId, String>,
    blocks: Vec<One>,
}

#[derive(Clone)]
struct One {
    name: &'static str,
    title: &'static str,
    member: String,
    db: Db,
}

impl Around {
    /// All blocks, the exchange first.
    pub fn new(country: &Country, exchange: &Ctx, others: &[Built]) -> Self {
        let mandates = country.members.iter();
        let mandates =
            mandates.filter_map(|member| Some((member.id.clone(), member.mandate.clone()?)));
        let one = |name, title, ctx: &Ctx| One {
            name,
            title,
            member: ctx.owner.0.to_string(),
            db: ctx.db.clone(),
        };
        let first = one(super::EXCHANGE, "Data exchange", exchange);
        let rest = others.iter().map(|built| one(built.block.name, built.block.title, &built.ctx));
        Self { mandates: mandates.collect(), blocks: std::iter::once(first).chain(rest).collect() }
    }
}

impl Surroundings for Around {
    fn mandate(&self, member: &MemberId) -> Option<String> {
        self.mandates.get(member).cloned()
    }

    fn look(&self) -> BoxFuture<'_, Vec<BlockSight>> {
        Box::pin(join_all(self.blocks.iter().cloned().map(sight)))
    }
}

async fn sight(one: One) -> BlockSight {
    let looked = tokio::time::timeout(LOOK_TIMEOUT, state(&one.db)).await;
    if let Ok(Err(error)) = &looked {
        tracing::warn!(block = one.name, %error, "A block's database does not answer");
    }
    let state = looked.ok().and_then(Result::ok);
    BlockSight { name: one.name.to_owned(), title: one.title.to_owned(), member: one.member, state }
}

async fn state(db: &Db) -> Result<BlockState, DbError> {
    let dead = outbox::dead_letters(db).await?.len();
    let (sealed, _) = audit::head(db).await?;
    Ok(BlockState {
        waiting: outbox::waiting(db).await?,
        dead: i64::try_from(dead).unwrap_or(i64::MAX),
        sealed,
        unsealed: audit::unsealed(db).await?,
        bytes: db.size_bytes().await.ok(),
    })
}

/// The desk pages of all blocks; those that several instances of a block bring stand once for each.
pub fn frame(exchange: &Exchange, built: &[Built]) -> DeskFrame {
    let places = built.iter().flat_map(|one| {
        let owner = one.ctx.owner.clone();
        one.block.desk.iter().map(move |entry| DeskPlace { entry: *entry, owner: owner.clone() })
    });
    let exchange = exchange.clone();
    DeskFrame::new(places.collect(), Arc::new(move |claims| exchange.session_stands(claims)))
}
