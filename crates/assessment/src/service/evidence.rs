//! The evidence locker: links, files, and what probes found.

use super::{Acting, Assessments};
use crate::Error;
use crate::events::{EVIDENCE_ADDED, EVIDENCE_READ, MEASUREMENTS_ADDED};
use crate::model::check::{self, Wrong};
use crate::model::digest;
use crate::store::evidence::{self, Kept};
use crate::store::rounds;
use basis::{Id, PartialDate, Timestamp};
use kernel::audit::Audit;
use maturity::instrument::EvidenceKind;
use maturity::round::{Evidence, Measurement};
use serde::Serialize;
use utoipa::ToSchema;

/// Most pieces of evidence that a round holds.
pub(super) const EVIDENCE_MAX: usize = 2_000;
/// Most measurements that a round holds.
const MEASUREMENTS_MAX: usize = 10_000;
/// What a file is that nobody said more about.
const BYTES: &str = "application/octet-stream";

/// Evidence to be added.
#[derive(Clone, Debug)]
pub struct EvidenceIn {
    /// Kind.
    pub kind: EvidenceKind,
    /// What it is.
    pub title: String,
    /// Address of a link, or name of the file.
    pub source: String,
    /// Digest of the archived page, or the one the file is expected to have.
    pub sha256: Option<String>,
    /// Who made it public.
    pub publisher: String,
    /// Of when it is.
    pub date: PartialDate,
    /// Until when it holds.
    pub expires: Option<PartialDate>,
    /// The file, where it is one.
    pub file: Option<File>,
}

/// A file's content.
#[derive(Clone, Debug)]
pub struct File {
    /// Bytes.
    pub content: Vec<u8>,
    /// As the sender calls it: `application/pdf`.
    pub media_type: String,
}

/// Evidence in the locker.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvidenceLine {
    /// What is said of it.
    #[schema(value_type = Object)]
    pub evidence: Evidence,
    /// Whether the file is kept here.
    pub held: bool,
    /// Media type of the file.
    pub media_type: String,
    /// Size of the file, bytes.
    pub size_bytes: i64,
    /// Who added it.
    pub actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl From<Kept> for EvidenceLine {
    fn from(kept: Kept) -> Self {
        Self {
            held: kept.file.is_some(),
            evidence: kept.evidence,
            media_type: kept.media_type,
            size_bytes: kept.size_bytes,
            actor: kept.actor,
            at: kept.at,
        }
    }
}

impl EvidenceIn {
    /// The evidence with the id it gets, and the file that comes with it.
    fn ready(self, id: String, limit_bytes: usize) -> Result<(Evidence, Option<File>), Error> {
        let Self { kind, title, source, mut sha256, publisher, date, expires, file } = self;
        if let Some(file) = &file {
            if file.content.len() > limit_bytes {
                return Err(Error::TooLarge { limit_bytes });
            }
            if file.content.is_empty() {
                return Err(Wrong::new("content", "send a file that is not empty").into());
            }
            let computed = digest::sha256(&file.content);
            if sha256.as_ref().is_some_and(|stated| *stated != computed) {
                let remedy = "it is not the digest of the file: send the file again";
                return Err(Wrong::new("sha256", remedy).into());
            }
            sha256 = Some(computed);
        }
        // Browsers may send a path; the name is its last part.
        let source = match file {
            Some(_) => source.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
            None => source,
        };
        let (title, publisher) = (title.trim().to_owned(), publisher.trim().to_owned());
        let source = source.trim().to_owned();
        let evidence = Evidence { id, kind, title, source, sha256, publisher, date, expires };
        let wrongs = check::evidence("", &evidence, file.is_some());
        if !wrongs.is_empty() {
            return Err(Error::Invalid(wrongs));
        }
        Ok((evidence, file))
    }
}

impl Assessments {
    /// Adds a link or a file.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::TooLarge`], [`Error::Refused`].
    pub async fn add_evidence(
        &self,
        by: Acting,
        id: Id,
        new: EvidenceIn,
    ) -> Result<EvidenceLine, Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let loaded = this.load_locked(tx, id).await?;
                loaded.held.may_collect(&loaded.round.sign_offs)?;
                let there = &loaded.round.evidence;
                if there.len() >= EVIDENCE_MAX {
                    return Err(too_many());
                }
                let number = free_number(there);
                let (evidence, file) = new.ready(format!("E-{number}"), this.file_bytes_max())?;
                let file_id = file.as_ref().map(|_| tx.mint());
                let number = i64::try_from(there.len()).unwrap_or(i64::MAX);
                let kept = Kept {
                    number,
                    file: file_id,
                    media_type: file.as_ref().map(media_type).unwrap_or_default(),
                    size_bytes: file.as_ref().map_or(0, size_bytes),
                    actor: by.actor.clone(),
                    at: tx.now(),
                    evidence,
                };
                if let (Some(file), Some(file_id)) = (&file, file_id) {
                    let subject = file_id.as_bytes();
                    let label = file_label(file_id);
                    let sealed = this.0.fields.seal(tx, subject, &label, &file.content).await?;
                    evidence::insert_file(tx, file_id, &sealed).await?;
                }
                evidence::insert(tx, id, &kept).await?;
                let object = format!("{id}/{}", kept.evidence.id);
                let detail = serde_json::json!({
                    "kind": kept.evidence.kind, "sha256": kept.evidence.sha256
                });
                tx.audit(Audit::new(&EVIDENCE_ADDED, by.actor, object).with(detail)).await?;
                Ok(kept.into())
            })
        });
        write.await
    }

    /// The evidence of a round, in the order in which it came.
    ///
    /// # Errors
    /// [`Error::RoundUnknown`].
    pub async fn list_evidence(&self, id: Id) -> Result<Vec<EvidenceLine>, Error> {
        let read = self.0.db.read(move |tx| {
            Box::pin(async move {
                rounds::find(tx, id).await?.ok_or(Error::RoundUnknown)?;
                let all = evidence::all(tx, id).await?;
                Ok(all.into_iter().map(EvidenceLine::from).collect())
            })
        });
        read.await
    }

    /// The content of a file; that it was read stands in the audit trail first.
    ///
    /// # Errors
    /// [`Error::EvidenceUnknown`] for a link and for a file that was only named.
    pub async fn read_file(
        &self,
        by: Acting,
        id: Id,
        name: String,
    ) -> Result<(EvidenceLine, Vec<u8>), Error> {
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let found = evidence::find(tx, id, &name).await?.ok_or(Error::EvidenceUnknown)?;
                let file = found.file.ok_or(Error::EvidenceUnknown)?;
                let sealed = evidence::file(tx, file).await?.ok_or(Error::Damaged("file"))?;
                let key = this.0.fields.subject(tx, file.as_bytes()).await?;
                let content = key.open(&file_label(file), &sealed)?.to_vec();
                let object = format!("{id}/{name}");
                tx.audit(Audit::new(&EVIDENCE_READ, by.actor, object)).await?;
                Ok((found.into(), content))
            })
        });
        write.await
    }

    /// Adds what probes found.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Refused`].
    pub async fn add_measurements(
        &self,
        by: Acting,
        id: Id,
        found: Vec<Measurement>,
    ) -> Result<usize, Error> {
        let wrongs = check::measurements(self.instrument(), &found);
        if !wrongs.is_empty() {
            return Err(Error::Invalid(wrongs));
        }
        let this = self.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let loaded = this.load_locked(tx, id).await?;
                loaded.held.may_collect(&loaded.round.sign_offs)?;
                let before = loaded.round.measurements.len();
                if before + found.len() > MEASUREMENTS_MAX {
                    let remedy = format!("a round holds at most {MEASUREMENTS_MAX}");
                    return Err(Wrong::new("measurements", remedy).into());
                }
                for (place, one) in found.iter().enumerate() {
                    let number = i64::try_from(before + place).unwrap_or(i64::MAX);
                    evidence::insert_measurement(tx, id, number, one, &by.actor).await?;
                }
                let detail = serde_json::json!({ "measurements": found.len() });
                tx.audit(Audit::new(&MEASUREMENTS_ADDED, by.actor, id).with(detail)).await?;
                Ok(before + found.len())
            })
        });
        write.await
    }
}

pub(super) fn too_many() -> Error {
    let remedy = format!("a round holds at most {EVIDENCE_MAX} pieces of evidence");
    Wrong::new("evidence", remedy).into()
}

/// A number that no id has: files may have brought ids of their own.
fn free_number(there: &[Evidence]) -> usize {
    let taken = |number: &usize| there.iter().any(|one| one.id == format!("E-{number}"));
    (there.len() + 1..).find(|number| !taken(number)).unwrap_or(there.len() + 1)
}

fn file_label(file: Id) -> String {
    format!("evidence:{file}")
}

fn size_bytes(file: &File) -> i64 {
    i64::try_from(file.content.len()).unwrap_or(i64::MAX)
}

/// As sent where it is a plain media type, so that it can stand in a header.
fn media_type(file: &File) -> String {
    let sent = file.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"+-.".contains(&c);
    let good = sent.len() <= 100
        && sent.split_once('/').is_some_and(|(kind, of)| {
            [kind, of].iter().all(|part| !part.is_empty() && part.bytes().all(plain))
        });
    if good { sent } else { BYTES.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_fits_into_a_header() {
        let of = |media_type: &str| media_type_of(media_type);
        assert_eq!(of("Application/PDF; version=1"), "application/pdf");
        for odd in ["", "pdf", "a/b\r\nx: y", "text/", "/x", "a/b/c"] {
            assert_eq!(of(odd), BYTES, "{odd}");
        }
    }

    fn media_type_of(text: &str) -> String {
        media_type(&File { content: Vec::new(), media_type: text.to_owned() })
    }
}
