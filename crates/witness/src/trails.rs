//! The databases of this installation, which the composition root opens before this block.

use kernel::db::Db;
use std::sync::{Arc, RwLock};

/// A list that is filled while the installation starts.
#[derive(Clone, Default)]
pub struct Trails(Arc<RwLock<Vec<Db>>>);

impl Trails {
    /// Adds a block's database.
    pub fn add(&self, db: Db) {
        self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner).push(db);
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Db> {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The database of `block`.
    #[must_use]
    pub fn of(&self, block: &str) -> Option<Db> {
        self.all().into_iter().find(|db| db.block() == block)
    }
}
