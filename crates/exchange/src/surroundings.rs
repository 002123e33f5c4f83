//! What the desk shows of the installation around the exchange, told by whoever put it together.

use contracts::MemberId;
use futures_util::future::BoxFuture;

/// The installation around the exchange.
pub trait Surroundings: Send + Sync {
    /// The law or decision that a member acts on; none if nobody has named it.
    fn mandate(&self, member: &MemberId) -> Option<String>;

    /// How the blocks are, in the order of the installation's list.
    fn look(&self) -> BoxFuture<'_, Vec<BlockSight>>;
}

/// How a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockSight {
    /// Its name here, as `payments`.
    pub name: String,
    /// Its name for people, in English.
    pub title: String,
    /// The member that runs it, `CLASS/MEMBER`.
    pub member: String,
    /// What its database said; none if it did not answer.
    pub state: Option<BlockState>,
}

/// What a block's database says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockState {
    /// Events that wait to be delivered.
    pub waiting: i64,
    /// Events that were given up on.
    pub dead: i64,
    /// Rows of the audit trail that are sealed.
    pub sealed: i64,
    /// Rows that are not sealed yet.
    pub unsealed: i64,
    /// What the database takes on disk, bytes; none where that cannot be told.
    pub bytes: Option<i64>,
}
