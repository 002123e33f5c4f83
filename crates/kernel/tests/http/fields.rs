//! Field encryption on both engines.

use kernel::db::Db;
use kernel::fields::{Fields, FieldsError};
use kernel::keys::KeyStore;
use std::sync::Arc;
use testkit::{Store, on_each_engine};

const MOTHER: &[u8] = b"subject-1";

fn keys(store: &Store) -> Arc<KeyStore> {
    Arc::new(KeyStore::in_memory(store.clock.clone(), store.rng.clone()))
}

async fn open_db(store: &Store, block: &str) -> Db {
    store.open(block, &[]).await.expect("a database")
}

async fn seal(db: &Db, fields: &Fields, label: &'static str) -> Result<Vec<u8>, FieldsError> {
    let fields = fields.clone();
    db.write(move |tx| Box::pin(async move { fields.seal(tx, MOTHER, label, b"Amina").await }))
        .await
}

async fn open(
    db: &Db,
    fields: &Fields,
    subject: &'static [u8],
    label: &'static str,
    sealed: &[u8],
) -> Result<String, FieldsError> {
    let (fields, sealed) = (fields.clone(), sealed.to_vec());
    db.read(move |tx| {
        Box::pin(async move { fields.subject(tx, subject).await?.open_text(label, &sealed) })
    })
    .await
}

#[tokio::test]
async fn a_sealed_field_opens_for_its_subject_and_label_only() {
    on_each_engine(async |store| {
        let keys = keys(store);
        let (civil, identity) = (open_db(store, "civil").await, open_db(store, "identity").await);
        let fields = Fields::new("civil", keys.clone(), store.rng.clone());
        let sealed = seal(&civil, &fields, "name").await.expect("sealed");
        assert!(!sealed.windows(5).any(|part| part == b"Amina"));
        assert_eq!(open(&civil, &fields, MOTHER, "name", &sealed).await.expect("opened"), "Amina");
        let wrong = open(&civil, &fields, MOTHER, "place", &sealed).await;
        assert!(matches!(wrong, Err(FieldsError::Damaged(label)) if label == "place"));
        let nobody = open(&civil, &fields, b"subject-2", "name", &sealed).await;
        assert!(matches!(nobody, Err(FieldsError::NoKey)));
        // The same subject in another block has another key, even under the same key store.
        let other = Fields::new("identity", keys, store.rng.clone());
        seal(&identity, &other, "name").await.expect("sealed");
        let foreign = open(&identity, &other, MOTHER, "name", &sealed).await;
        assert!(matches!(foreign, Err(FieldsError::Damaged(_))));
    })
    .await;
}

#[tokio::test]
async fn erasure_destroys_the_key_and_says_so() {
    on_each_engine(async |store| {
        let db = open_db(store, "civil").await;
        let fields = Fields::new("civil", keys(store), store.rng.clone());
        let sealed = seal(&db, &fields, "name").await.expect("sealed");
        let erase = async || {
            let fields = fields.clone();
            let done: Result<bool, FieldsError> =
                db.write(move |tx| Box::pin(async move { fields.erase(tx, MOTHER).await })).await;
            done.expect("erased")
        };
        assert!(erase().await);
        assert!(!erase().await);
        let opened = open(&db, &fields, MOTHER, "name", &sealed).await;
        assert!(matches!(opened, Err(FieldsError::Erased)));
        assert!(matches!(seal(&db, &fields, "name").await, Err(FieldsError::Erased)));
        let row = db
            .read(|tx| {
                Box::pin(
                    async move { tx.one("SELECT wrapped, erased FROM subject_key", &[]).await },
                )
            })
            .await
            .expect("the tombstone");
        assert_eq!(row.get::<Option<Vec<u8>>>("wrapped").expect("a column"), None);
        assert!(row.get::<Option<i64>>("erased").expect("a column").is_some());
    })
    .await;
}

#[tokio::test]
async fn a_key_of_a_rolled_back_transaction_is_gone() {
    on_each_engine(async |store| {
        let db = open_db(store, "civil").await;
        let fields = Fields::new("civil", keys(store), store.rng.clone());
        let lost = fields.clone();
        let failed: Result<(), FieldsError> = db
            .write(move |tx| {
                Box::pin(async move {
                    lost.seal(tx, MOTHER, "name", b"Amina").await?;
                    Err(FieldsError::NoKey)
                })
            })
            .await;
        assert!(failed.is_err());
        let sealed = seal(&db, &fields, "name").await.expect("sealed");
        assert_eq!(open(&db, &fields, MOTHER, "name", &sealed).await.expect("opened"), "Amina");
    })
    .await;
}

#[tokio::test]
async fn concurrent_first_seals_use_one_key() {
    on_each_engine(async |store| {
        let db = open_db(store, "civil").await;
        let fields = Fields::new("civil", keys(store), store.rng.clone());
        let seals = (0..8).map(|_| seal(&db, &fields, "name"));
        for sealed in futures_util::future::join_all(seals).await {
            let sealed = sealed.expect("sealed");
            let opened = open(&db, &fields, MOTHER, "name", &sealed).await;
            assert_eq!(opened.expect("opened"), "Amina");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_sealed_before_a_rotation_opens_after_it() {
    let store = Store::sqlite();
    let (db, keys) = (open_db(&store, "civil").await, keys(&store));
    let fields = Fields::new("civil", keys.clone(), store.rng.clone());
    let sealed = seal(&db, &fields, "name").await.expect("sealed");
    let old = keys.list()[0].id;
    keys.rotate("fields:civil").expect("rotated");
    assert_eq!(open(&db, &fields, MOTHER, "name", &sealed).await.expect("opened"), "Amina");
    keys.destroy(old).expect("destroyed");
    let opened = open(&db, &fields, MOTHER, "name", &sealed).await;
    assert!(matches!(opened, Err(FieldsError::Keys(_))));
}

#[test]
fn a_blind_index_is_the_same_for_the_same_text_in_the_same_place() {
    let store = Store::sqlite();
    let keys = keys(&store);
    let civil = Fields::new("civil", keys.clone(), store.rng.clone());
    let identity = Fields::new("identity", keys, store.rng.clone());
    let index = |fields: &Fields, label, text| fields.blind_index(label, text).expect("an index");
    assert_eq!(index(&civil, "name", "amina"), index(&civil, "name", "amina"));
    assert_ne!(index(&civil, "name", "amina"), index(&civil, "name", "amino"));
    assert_ne!(index(&civil, "name", "amina"), index(&civil, "place", "amina"));
    assert_ne!(index(&civil, "name", "amina"), index(&identity, "name", "amina"));
}
