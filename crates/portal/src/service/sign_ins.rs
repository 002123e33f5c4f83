//! When and how the resident signed in, by the word of the identity authority.

use super::{Portal, within};
use crate::error::Error;
use crate::model::session::Session;
use basis::Timestamp;
use contracts::identity::{SignIns, SignInsQuery};

/// Entries of one page.
const PAGE: u16 = 30;

impl Portal {
    /// Sign-ins of the resident before `before`, newest first.
    ///
    /// # Errors
    /// [`Error::NoSignIns`] where the identity authority does not tell, [`Error::Source`].
    pub async fn list_sign_ins(
        &self,
        session: &Session,
        before: Option<Timestamp>,
    ) -> Result<SignIns, Error> {
        let service = self.my_sign_ins.clone().ok_or(Error::NoSignIns)?;
        let query = SignInsQuery { before, limit: Some(PAGE) };
        let ask = self.identity.my_sign_ins(self.call(session, service.clone()), &query);
        within(&service, ask).await.map_err(Error::Source)
    }
}
