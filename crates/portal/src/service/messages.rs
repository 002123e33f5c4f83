//! The resident's inbox.

use super::{Portal, within};
use crate::error::Error;
use crate::model::session::Session;
use basis::{Id, Timestamp};
use contracts::messaging::{Inbox, InboxMessage};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a count of unread messages is good for the bar of sections, seconds.
const KEEP_SECONDS: i64 = 30;

/// The bar of sections waits no longer for the count than this; then it comes without.
const COUNT_TIMEOUT: Duration = Duration::from_secs(1);

/// Unread messages by session, in memory: every page shows the count, and asking each time would double the calls.
#[derive(Clone, Default)]
pub struct Unread(Arc<Mutex<HashMap<Id, Counted>>>);

/// When a session's messages were counted, and how many are unread; nothing if nobody answered.
type Counted = (Timestamp, Option<i64>);

impl Unread {
    fn find(&self, session: Id, now: Timestamp) -> Option<Option<i64>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, count) = kept.get(&session)?;
        (now < at.plus_seconds(KEEP_SECONDS)).then_some(*count)
    }

    fn keep(&self, session: Id, now: Timestamp, count: Option<i64>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Counts nobody asked for any more go first, so that the map stays as small as the number of visitors of now.
        kept.retain(|_, (at, _)| now < at.plus_seconds(KEEP_SECONDS));
        kept.insert(session, (now, count));
    }

    fn forget(&self, session: Id) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
    }
}

impl Portal {
    /// The inbox.
    ///
    /// # Errors
    /// [`Error::NoInbox`] where no block keeps one, [`Error::Source`].
    pub async fn find_inbox(&self, session: &Session) -> Result<Inbox, Error> {
        let service = self.my_messages.clone().ok_or(Error::NoInbox)?;
        let ask = self.messaging.inbox(self.call(session, service.clone()));
        let inbox = within(&service, ask).await.map_err(Error::Source)?;
        self.unread.keep(session.id, self.clock.now(), Some(inbox.unread));
        Ok(inbox)
    }

    /// Opens a message, which from then on counts as read.
    ///
    /// # Errors
    /// [`Error::MessageUnknown`], [`Error::NoInbox`], [`Error::Source`].
    pub async fn open_message(&self, session: &Session, id: Id) -> Result<InboxMessage, Error> {
        let service = self.my_messages.clone().ok_or(Error::NoInbox)?;
        let ask = self.messaging.open(self.call(session, service.clone()), id);
        let opened = within(&service, ask).await;
        self.unread.forget(session.id);
        opened.map_err(|error| match error.is_not_found() {
            true => Error::MessageUnknown,
            false => Error::Source(error),
        })
    }

    /// How many messages are unread, as known within the last half minute; nothing where that is not known.
    pub async fn count_unread(&self, session: &Session) -> Option<i64> {
        if let Some(known) = self.unread.find(session.id, self.clock.now()) {
            return known;
        }
        let asked = tokio::time::timeout(COUNT_TIMEOUT, self.find_inbox(session)).await;
        let count = asked.ok()?.ok().map(|inbox| inbox.unread);
        self.unread.keep(session.id, self.clock.now(), count);
        count
    }
}
