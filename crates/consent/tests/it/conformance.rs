//! The four scenarios of GovStack's suite (bb-consent, `test/gherkin`), as its steps send them. The
//! suite sends no token; that bend belongs to `msingi conformance`, so an officer's goes along here.

use crate::app::App;
use crate::govstack::{Ask, OFFICER, agreement};
use serde_json::json;
use testkit::on_each_engine;

#[tokio::test]
async fn the_suites_scenarios_pass() {
    on_each_engine(async |store| {
        let app = App::start(store).await;
        let policy =
            json!({ "policy": { "id": "1", "name": "P", "version": "1", "url": "https://p.example/" } });
        app.good(OFFICER, Ask::of("POST /config/policy/").body(&policy)).await;
        let mut fixture = agreement();
        fixture["dataAgreement"]["id"] = json!("1");
        app.good(OFFICER, Ask::of("POST /config/data-agreement/").body(&fixture)).await;

        let smoke = app.good(OFFICER, Ask::of("GET /service/policy/{policyId}/").id("1")).await;
        assert!(smoke["policy"].is_object() && smoke["revision"].is_object());
        let read = "GET /config/data-agreement/{dataAgreementId}/";
        let valid = app.good(OFFICER, Ask::of(read).id("1")).await;
        assert_eq!(valid["dataAgreement"]["id"], "1");
        for invalid in ["invalid_id", "123!%40%23"] {
            assert_eq!(app.refused(OFFICER, Ask::of(read).id(invalid)).await.0, 400, "{invalid}");
        }
    })
    .await;
}
