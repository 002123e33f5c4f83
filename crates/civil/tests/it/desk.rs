//! The registrar's pages, as a browser has them.

use crate::office::{Office, birth};
use crate::posts::Country;
use contracts::Pseudonym;
use http::StatusCode;
use testkit::{Store, on_each_engine};

const QUEUE: &str = "/desk/births";

#[tokio::test]
async fn an_officer_compares_two_births_and_decides() {
    on_each_engine(async |store| {
        let country = Country::with_delegation(store, 10).await;
        let office = &country.registrar;
        let empty = office.page(QUEUE).await;
        assert!(empty.1.contains("No birth waits for a decision"), "{}", empty.1);
        let known = office.registered("r-1", birth("Neema <Tamba>", "2026-03-13")).await;
        let same = country.post.registered("k-1", birth("NEEMA <TAMBA>", "2026-03-13")).await;
        country.link.set_cut(false);
        country.hand_in().await;

        let (status, queue, _) = office.page(QUEUE).await;
        let path = format!("{QUEUE}/{same}");
        assert_eq!(status, StatusCode::OK);
        assert!(queue.contains(&path) && queue.contains("A child of the same name"), "{queue}");
        assert!(!queue.contains("NEEMA"), "the queue says nothing of persons");
        assert!(office.read_log(Pseudonym(known)).await.entries.is_empty());

        let (_, page, form) = office.page(&path).await;
        for text in
            ["NEEMA &lt;TAMBA&gt;", "Neema &lt;Tamba&gt;", "TB/GOV/POST114/civil", "TB-03-114"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert_eq!(office.read_log(Pseudonym(known)).await.entries.len(), 1);
        let resolve = format!("{path}/resolve");
        let rows = [
            ("remark=Seen+both", "Choose what it is"),
            ("resolution=merge", "Say why in 1 to 1,000 characters"),
        ];
        for (fields, says) in rows {
            let (status, page) = office.submit(&resolve, &form, fields).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{fields}");
            assert!(page.contains(says), "{says}: {page}");
        }
        let stranger = office.submit(&resolve, "", "resolution=reject&remark=x").await;
        assert_eq!(stranger.0, StatusCode::FORBIDDEN, "a form of somebody else's");
        let done = office.submit(&resolve, &form, "resolution=merge&remark=Seen+both").await;
        assert_eq!(done.0, StatusCode::SEE_OTHER);
        assert!(office.page(QUEUE).await.1.contains("No birth waits for a decision"));
        assert_eq!(country.in_register().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_post_has_no_queue() {
    let store = Store::sqlite();
    let registrar = Office::registrar(&store).await;
    let post = Office::post(&store, &registrar, registrar.wire.clone()).await;
    assert_eq!(post.page(QUEUE).await.0, StatusCode::NOT_FOUND);
}
