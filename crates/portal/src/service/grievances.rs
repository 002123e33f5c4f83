//! Complaints about a line of the tracker.
//!
//! The line travels through the browser sealed under the resident's key: what is complained about is what the tracker
//! showed them, and it stands in no address and no history.

use super::{Portal, within};
use crate::error::Error;
use crate::model::session::Session;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::ServiceId;
use contracts::governance::{Grievance, GrievanceIn, KIND_GRIEVANCES, TrackerLine};

/// What lines are sealed as.
const LINE_LABEL: &str = "tracker-line";

impl Portal {
    /// Whether there is somebody to complain to.
    pub fn takes_grievances(&self) -> bool {
        self.grievance_service().is_ok()
    }

    /// The resident's complaints, newest first.
    ///
    /// # Errors
    /// [`Error::NoGrievances`] where nobody takes any, [`Error::Source`].
    pub async fn list_grievances(&self, session: &Session) -> Result<Vec<Grievance>, Error> {
        let service = self.grievance_service()?;
        let ask = self.governance.list(self.call(session, service.clone()));
        within(&service, ask).await.map_err(Error::Source)
    }

    /// Lodges a complaint; the same id again lodges nothing.
    ///
    /// # Errors
    /// [`Error::NoGrievances`], [`Error::Source`].
    pub async fn lodge_grievance(
        &self,
        session: &Session,
        grievance: &GrievanceIn,
    ) -> Result<Grievance, Error> {
        let service = self.grievance_service()?;
        let ask = self.governance.lodge(self.call(session, service.clone()), grievance);
        within(&service, ask).await.map_err(Error::Source)
    }

    /// Seals lines for the forms of a page.
    ///
    /// # Errors
    /// [`Error::Fields`], [`Error::Session`], [`Error::Db`].
    pub async fn seal_lines(
        &self,
        session: &Session,
        lines: &[TrackerLine],
    ) -> Result<Vec<String>, Error> {
        let resident = self.resident_index(session.subject)?;
        let plain: Result<Vec<Vec<u8>>, _> = lines.iter().map(serde_json::to_vec).collect();
        let (plain, fields) = (plain?, self.fields.clone());
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let key = fields.subject(tx, &resident).await?;
                    let sealed = plain.iter().map(|line| key.seal(LINE_LABEL, line));
                    Ok(sealed.map(|line| URL_SAFE_NO_PAD.encode(line)).collect())
                })
            })
            .await
    }

    /// Opens a line that [`Portal::seal_lines`] sealed for this resident.
    ///
    /// # Errors
    /// [`Error::LineUnreadable`] for any other, [`Error::Db`].
    pub async fn open_line(&self, session: &Session, sealed: &str) -> Result<TrackerLine, Error> {
        let resident = self.resident_index(session.subject)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Error::LineUnreadable)?;
        let fields = self.fields.clone();
        self.db
            .read(move |tx| {
                Box::pin(async move {
                    let key = fields.subject(tx, &resident).await?;
                    let line = key.open(LINE_LABEL, &sealed).map_err(|_| Error::LineUnreadable)?;
                    serde_json::from_slice(&line).map_err(|_| Error::LineUnreadable)
                })
            })
            .await
    }

    fn grievance_service(&self) -> Result<ServiceId, Error> {
        let takers = self.directory.services(KIND_GRIEVANCES);
        takers.into_iter().next().ok_or(Error::NoGrievances)
    }
}
