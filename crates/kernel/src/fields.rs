//! Encryption of personal fields, by block and subject.
//!
//! Each subject has a data key of its own in each block. It lies in the block's database, wrapped by the block's key from
//! the [`KeyStore`]; destroying it makes everything that was sealed for the subject unreadable, in every table and backup
//! that is younger than the key. There is no cache of data keys: the row is read each time, so that an erasure holds for the
//! next statement of every process, and unwrapping takes a microsecond or two.
//!
//! # Invariants
//! - A sealed value opens only for its block, subject and label, and only unspoilt.
//! - A data key never leaves this module in the clear; it is wiped when the [`SubjectKey`] is dropped.
//! - After [`Fields::erase`] nothing can be sealed for the subject either: the tombstone stays.

use crate::db::{ColumnType, DbError, Table, Tx, Value};
use crate::keys::{KeyError, KeyStore, context, open, seal};
use crate::problem::Problem;
use aws_lc_rs::hmac;
use basis::{Id, Rng};
use http::StatusCode;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

const FIND: &str = "SELECT wrapped, erased FROM subject_key WHERE subject = $1";
const INSERT: &str = "INSERT INTO subject_key (subject, wrapped, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const SUBJECTS: Table = Table {
    name: "subject_key",
    columns: &[
        ("subject", ColumnType::Bytes),
        ("wrapped", ColumnType::Bytes),
        ("created", ColumnType::Int),
    ],
};
const ERASE: &str =
    "UPDATE subject_key SET wrapped = NULL, erased = $2 WHERE subject = $1 AND erased IS NULL";

/// Why a field could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum FieldsError {
    /// The database refused.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The block's key is not available.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The subject's data was erased.
    #[error("the data was erased")]
    Erased,
    /// Nothing was ever sealed for the subject.
    #[error("nothing was sealed for this subject")]
    NoKey,
    /// The sealed value was changed, or belongs to another subject, label or block.
    #[error("the sealed value of `{0}` does not open")]
    Damaged(String),
}

impl From<FieldsError> for Problem {
    fn from(error: FieldsError) -> Self {
        match error {
            FieldsError::Db(error) => error.into(),
            FieldsError::Erased => Self::new(StatusCode::GONE, "erased", "The data was erased")
                .detail("The person's data was erased here; it cannot be brought back."),
            other => Self::internal(other),
        }
    }
}

/// A block's field encryption. Cheap to clone.
#[derive(Clone)]
pub struct Fields {
    block: Arc<str>,
    keys: Arc<KeyStore>,
    rng: Rng,
}

/// A subject's data key, unwrapped for a moment: get one a transaction, use it for many fields.
pub struct SubjectKey {
    block: Arc<str>,
    subject: Vec<u8>,
    key: Zeroizing<[u8; 32]>,
}

impl Fields {
    /// The field encryption of `block`, under the keys `fields:<block>` and `index:<block>`.
    #[must_use]
    pub fn new(block: &str, keys: Arc<KeyStore>, rng: Rng) -> Self {
        Self { block: Arc::from(block), keys, rng }
    }

    /// The data key of `subject`, made now if there is none. Needs a writing transaction in that case.
    ///
    /// # Errors
    /// [`FieldsError::Erased`], or what database and key store say.
    pub async fn subject_or_new(
        &self,
        tx: &mut Tx,
        subject: &[u8],
    ) -> Result<SubjectKey, FieldsError> {
        if let Some(key) = self.find(tx, subject).await? {
            return Ok(key);
        }
        let key = Zeroizing::new(self.rng.bytes());
        let wrapped = self.wrap(subject, &key)?;
        let args = [subject.into(), wrapped.into(), tx.now().into()];
        tx.exec(INSERT, &args).await?;
        // Another transaction may have been faster: what is stored is the key, not what was made here.
        self.find(tx, subject).await?.ok_or(FieldsError::NoKey)
    }

    /// Data keys of many subjects whose ids were drawn just now, in their order: nothing is looked for first.
    ///
    /// # Errors
    /// What database and key store say; a unique violation when a subject has a key already.
    pub async fn new_subjects(
        &self,
        tx: &mut Tx,
        subjects: &[Id],
    ) -> Result<Vec<SubjectKey>, FieldsError> {
        let mut rows: Vec<Value> = Vec::with_capacity(subjects.len() * SUBJECTS.columns.len());
        let mut made = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let subject = subject.as_bytes().to_vec();
            let key = Zeroizing::new(self.rng.bytes());
            let wrapped = self.wrap(&subject, &key)?;
            rows.extend([subject.clone().into(), wrapped.into(), tx.now().into()]);
            made.push(SubjectKey { block: self.block.clone(), subject, key });
        }
        tx.append(&SUBJECTS, &rows).await?;
        Ok(made)
    }

    /// The data key of `subject`.
    ///
    /// # Errors
    /// [`FieldsError::Erased`], [`FieldsError::NoKey`], or what database and key store say.
    pub async fn subject(&self, tx: &mut Tx, subject: &[u8]) -> Result<SubjectKey, FieldsError> {
        self.find(tx, subject).await?.ok_or(FieldsError::NoKey)
    }

    /// Seals one field; see [`SubjectKey::seal`].
    ///
    /// # Errors
    /// As [`Fields::subject_or_new`].
    pub async fn seal(
        &self,
        tx: &mut Tx,
        subject: &[u8],
        label: &str,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, FieldsError> {
        Ok(self.subject_or_new(tx, subject).await?.seal(label, plaintext))
    }

    /// Opens one field; see [`SubjectKey::open`].
    ///
    /// # Errors
    /// As [`Fields::subject`], and [`FieldsError::Damaged`].
    pub async fn open(
        &self,
        tx: &mut Tx,
        subject: &[u8],
        label: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, FieldsError> {
        self.subject(tx, subject).await?.open(label, sealed)
    }

    /// Destroys the data key of `subject` and leaves a tombstone. Answers whether there was one to destroy. Whether it may
    /// be destroyed is for the caller to know: see `RetentionClass::erasure_destroys_keys`.
    ///
    /// The engine's own leftovers (SQLite's WAL, PostgreSQL's dead rows, backups) keep the wrapped key until they are
    /// overwritten.
    ///
    /// # Errors
    /// What the database says.
    pub async fn erase(&self, tx: &mut Tx, subject: &[u8]) -> Result<bool, FieldsError> {
        let now = tx.now();
        Ok(tx.exec(ERASE, &[subject.into(), now.into()]).await? > 0)
    }

    /// A value to look a field up by without storing it: HMAC-SHA-256 of label and text under the block's index key. The
    /// caller normalises the text (case, spaces) the same way each time. Equal texts give equal values, so index only what
    /// has too many possible values to be guessed by whoever holds the key.
    ///
    /// # Errors
    /// When the key store cannot be written.
    pub fn blind_index(&self, label: &str, text: &str) -> Result<[u8; 32], FieldsError> {
        let (_, secret) = self.keys.secret(&format!("index:{}", self.block))?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice());
        let message = context(&[self.block.as_bytes(), label.as_bytes(), text.as_bytes()]);
        let tag = hmac::sign(&key, &message);
        Ok(<[u8; 32]>::try_from(tag.as_ref()).expect("SHA-256 gives 32 bytes"))
    }

    async fn find(&self, tx: &mut Tx, subject: &[u8]) -> Result<Option<SubjectKey>, FieldsError> {
        let Some(row) = tx.opt(FIND, &[subject.into()]).await? else {
            return Ok(None);
        };
        let wrapped: Option<Vec<u8>> = row.get("wrapped")?;
        let wrapped = wrapped.ok_or(FieldsError::Erased)?;
        let key = self.unwrap(subject, &wrapped)?;
        Ok(Some(SubjectKey { block: self.block.clone(), subject: subject.to_vec(), key }))
    }

    /// 16 bytes of id of the wrapping key, then the sealed data key.
    fn wrap(&self, subject: &[u8], key: &[u8; 32]) -> Result<Vec<u8>, FieldsError> {
        let (id, secret) = self.keys.secret(&self.purpose())?;
        let mut wrapped = id.as_bytes().to_vec();
        wrapped.extend_from_slice(&seal(&secret, &self.wrapping(subject), key));
        Ok(wrapped)
    }

    fn unwrap(&self, subject: &[u8], wrapped: &[u8]) -> Result<Zeroizing<[u8; 32]>, FieldsError> {
        let damaged = || FieldsError::Damaged("subject_key.wrapped".to_owned());
        let (id, sealed) = wrapped.split_first_chunk::<16>().ok_or_else(damaged)?;
        let secret = self.keys.secret_by_id(&self.purpose(), Id::from_bytes(*id))?;
        let key = open(&secret, &self.wrapping(subject), sealed).ok_or_else(damaged)?;
        Ok(Zeroizing::new(<[u8; 32]>::try_from(key.as_slice()).map_err(|_| damaged())?))
    }

    fn purpose(&self) -> String {
        format!("fields:{}", self.block)
    }

    fn wrapping(&self, subject: &[u8]) -> Vec<u8> {
        context(&[b"msingi subject key", self.block.as_bytes(), subject])
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fields({})", self.block)
    }
}

impl SubjectKey {
    /// Encrypts `plaintext` as the subject's `label` (`name`, `birth.place`). To bind a value to one record too, put the
    /// record's id into the label. Two seals of one text differ.
    #[must_use]
    pub fn seal(&self, label: &str, plaintext: &[u8]) -> Vec<u8> {
        seal(&self.key, &self.binding(label), plaintext)
    }

    /// The plaintext of what [`SubjectKey::seal`] gave for the same subject and label.
    ///
    /// # Errors
    /// [`FieldsError::Damaged`] when it is not that.
    pub fn open(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, FieldsError> {
        open(&self.key, &self.binding(label), sealed)
            .ok_or_else(|| FieldsError::Damaged(label.to_owned()))
    }

    /// As [`SubjectKey::open`] for text.
    ///
    /// # Errors
    /// [`FieldsError::Damaged`] also when it is not UTF-8.
    pub fn open_text(&self, label: &str, sealed: &[u8]) -> Result<String, FieldsError> {
        let bytes = self.open(label, sealed)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| FieldsError::Damaged(label.to_owned()))
    }

    fn binding(&self, label: &str) -> Vec<u8> {
        context(&[self.block.as_bytes(), label.as_bytes(), &self.subject])
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectKey({})", self.block)
    }
}
