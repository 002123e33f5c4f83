//! Packages are data: a second one works without a change of Rust, and a broken one says where.

use crate::office::{CHILD_BENEFIT, Office, field, refusal};
use contracts::registration::FieldKind;
use registration::Error;
use serde_json::json;
use testkit::on_each_engine;

/// Registration of a pupil for school meals: a fee, no payment, rules of another kind.
const SCHOOL_MEALS: &str = include_str!("school-meals.toml");

#[tokio::test]
async fn a_second_package_works_and_is_only_data() {
    on_each_engine(async |store| {
        let packages = [CHILD_BENEFIT.to_owned(), SCHOOL_MEALS.to_owned()];
        let office = Office::with(store, &packages).await;
        let catalogue = office.of(crate::office::MOTHER, "catalogue");
        let all = office.client.catalogue(catalogue, "en").await.expect("shows");
        assert_eq!(all[1].fee.as_deref(), Some("KES 50.00"));
        let view = office.start("school-meals").await;
        let id = view.entry.id;
        let FieldKind::Choice { options } = &field(&view, "school").input else {
            panic!("a choice")
        };
        assert_eq!(options.len(), 2);
        let view = office
            .answer(id, "pupil", &[("school", "hill"), ("class", "9"), ("walks_minutes", "75")])
            .await;
        assert_eq!(field(&view, "class").error.as_deref(), Some("Write 8 or less"));
        let view = office.answer(id, "pupil", &[("class", "4")]).await;
        let says: Vec<_> = view.rules.iter().map(|rule| (rule.says.as_str(), rule.met)).collect();
        let walks = "Hill School is 75 minutes away; it takes 60, or a household of 6 (yours: 4).";
        assert_eq!(says, [(walks, true)]);
        let sent = office.client.submit(office.mine(), id, "en").await.expect("sends");
        assert_eq!(sent.entry.number.as_deref(), Some("SM-2026-000001"));
        office.case("b-7", id, "take", &json!({})).await.good();
        let done = office.case("b-7", id, "approve", &json!({})).await.good();
        assert_eq!(done["application"]["outcome"], "Meals at Hill School from the next school day");
        assert_eq!(office.registration.carry_out_steps().await.expect("runs"), 1);
        assert_eq!(office.count("SELECT COUNT(*) AS n FROM award").await, 0, "nothing is paid");
        let sent = office.neighbours.look();
        let (_, message) = sent.messages.values().next().expect("a message");
        assert_eq!(message.template, "meals-granted");
    })
    .await;
}

#[tokio::test]
async fn the_payment_of_one_package_is_not_taken_for_another() {
    on_each_engine(async |store| {
        let packages = [CHILD_BENEFIT.to_owned(), SCHOOL_MEALS.to_owned()];
        let office = Office::with(store, &packages).await;
        let path = "/registration/runs";
        let body = json!({ "service": "school-meals", "month": "2026-03" }).to_string();
        let answer = office.ask("m-1", &["benefit-maker"], http::Method::POST, path, &body).await;
        assert_eq!(answer.refusal(), (404, "service-unknown"));
        let start = contracts::registration::StartIn {
            service: "CHILD-BENEFIT".to_owned(),
            language: None,
        };
        let answer = office.client.start(office.mine(), &start, "en").await;
        assert_eq!(refusal(answer), (404, "service-unknown".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_broken_package_names_the_entry_and_the_remedy() {
    let store = testkit::Store::sqlite();
    let ctx = testkit::block_ctx(&store, "registration", registration::MIGRATIONS, "GOV/MSP")
        .await
        .expect("opens");
    let wire = std::sync::Arc::new(crate::neighbours::Neighbours::new());
    let refused = |packages: Vec<String>| -> String {
        let deps = registration::Deps {
            wire: wire.clone(),
            subsystem: crate::office::subsystem("TB/GOV/MSP/benefits"),
            identity: crate::office::subsystem("TB/GOV/NIA/identity"),
            consent: crate::office::subsystem("TB/GOV/NIA/consent"),
            payments: crate::office::subsystem("TB/GOV/TREASURY/payments"),
            messages: crate::office::subsystem("TB/GOV/NIA/messages"),
            packages,
            site: crate::office::site(),
        };
        let error: Error = registration::open(&ctx, deps).map(drop).expect_err("refuses");
        error.to_string()
    };
    for (from, to, expected) in [
        ("household >= 3\"", "houshold >= 3\"", "rule 1, `houshold`"),
        ("household >= 3\"", "household = 3\"", "`=` means nothing here"),
        ("[\"caseworker\"]", "[\"minister\"]", "roles that may decide"),
        ("years_since = \"child_born\"", "years_since = \"born\"", "derive `child_age`"),
        ("consent = true", "consent = true\nlaw = \"x\"", "read `phone`: name either a law or"),
        ("value = \"COM/SIMU\"", "", "missing field `value`"),
        ("type = \"integer\"", "type = \"whole\"", "schema"),
        ("account_field = \"account\"", "account_field = \"acount\"", "`acount`"),
        ("prefix = \"CB\"", "prefix = \"cb\"", "capital letters"),
        ("{amount} a month", "{sum} a month", "outcome"),
        ("answer_days = 14", "answer_days = 14\ncolour = 1", "unknown field `colour`"),
    ] {
        assert!(CHILD_BENEFIT.contains(from), "{from}");
        let error = refused(vec![CHILD_BENEFIT.replace(from, to)]);
        assert!(error.contains("service package `child-benefit`"), "{error}");
        assert!(error.contains(expected), "{to}: {error}");
    }
    let twice = refused(vec![CHILD_BENEFIT.to_owned(), CHILD_BENEFIT.to_owned()]);
    assert!(twice.contains("two service packages have the code `child-benefit`"), "{twice}");
}
