//! Compiled schemas, kept for the life of the process: a published version never changes.

use crate::error::Error;
use crate::model::register::{Register, RegisterCode};
use crate::model::rules::Rules;
use crate::store;
use kernel::db::Tx;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Versions kept at the same time; beyond that all are compiled anew as they are needed.
const VERSIONS_MAX: usize = 256;

/// The rules of one published version.
type Version = (RegisterCode, i64);

/// A cache of compiled schemas.
#[derive(Clone, Default)]
pub(super) struct Compiled(Arc<RwLock<HashMap<Version, Arc<Rules>>>>);

impl Compiled {
    /// The published version of a register and its rules.
    ///
    /// # Errors
    /// [`Error::NotPublished`].
    pub(super) async fn published(
        &self,
        tx: &mut Tx,
        register: &Register,
    ) -> Result<(i64, Arc<Rules>), Error> {
        let version = register.published.ok_or(Error::NotPublished)?;
        let key = (register.code.clone(), version);
        if let Some(rules) = self.find(&key) {
            return Ok((version, rules));
        }
        let stored = store::schemas::find(tx, &register.code, version).await?;
        let stored = stored.ok_or(Error::VersionUnknown)?;
        let rules = Rules::compile(&stored.schema).map_err(|fault| Error::Stored(fault.place))?;
        let rules = Arc::new(rules);
        self.keep(key, rules.clone());
        Ok((version, rules))
    }

    fn find(&self, key: &Version) -> Option<Arc<Rules>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: Version, rules: Arc<Rules>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= VERSIONS_MAX {
            all.clear();
        }
        all.insert(key, rules);
    }
}
