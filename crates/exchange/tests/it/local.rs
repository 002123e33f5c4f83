//! Calls within one installation.

use std::sync::atomic::Ordering;
use std::time::Duration;

use contracts::{CallError, LegalBasis, Pseudonym, RefusalReason, Wire, WireError, call};
use exchange::Direction;
use kernel::db::{DbError, Row, Value as DbValue};
use testkit::on_each_engine;

use crate::fixture::*;

fn refusal(outcome: Result<contracts::WireResponse, WireError>) -> Option<RefusalReason> {
    outcome.unwrap_err().refusal()
}

#[tokio::test]
async fn a_call_on_law_reaches_the_provider_translated_and_leaves_one_hop() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let agreement = site.exchange.snapshot().services[&RECORDS.parse().unwrap()].clients
            [&BENEFITS.parse().unwrap()]
            .agreements[0]
            .id;
        let ctx =
            site.call(BENEFITS, RECORDS, "benefit-eligibility", law()).about(person("social"));
        let mut request = call::get("/a/b?x=1").unwrap();
        request.headers_mut().insert("authorization", "Bearer secret".parse().unwrap());
        request.headers_mut().insert("accept-language", "sw".parse().unwrap());
        let response = site.exchange.call(ctx, request).await.unwrap();
        let seen = read(response.body());
        assert_eq!(seen["subject"], serde_json::json!(person("population")));
        assert_eq!(seen["client_sector"], "social");
        assert_eq!(seen["fields"], serde_json::json!(["name", "address"]));
        assert_eq!(seen["agreement"], serde_json::json!(agreement));
        assert_eq!(seen["uri"], "/shown/a/b?x=1");
        assert_eq!(
            seen["headers"],
            serde_json::json!(["accept-language"]),
            "no other header travels"
        );

        site.exchange.flush().await;
        let hops = site.exchange.hops(None, 10, None, None).await.unwrap();
        assert_eq!(hops.len(), 1, "translation is part of the hop");
        assert_eq!((hops[0].direction, hops[0].status), (Direction::Local, Some(200)));
        assert_eq!((hops[0].agreement, hops[0].refusal.as_deref()), (Some(agreement), None));
        assert_eq!(hops[0].basis_reference, "Social Protection Act s.4");
    })
    .await;
}

#[tokio::test]
async fn what_only_the_exchange_may_say_is_wiped() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let mut ctx =
            site.call(BENEFITS, RECORDS, "benefit-eligibility", law()).about(person("social"));
        ctx.client_sector = Some("population".to_owned());
        ctx.fields = vec!["everything".to_owned()];
        let response = site.exchange.call(ctx, call::get("/").unwrap()).await.unwrap();
        let seen = read(response.body());
        assert_eq!(
            (&seen["client_sector"], &seen["fields"][0]),
            (&"social".into(), &"name".into())
        );
    })
    .await;
}

#[tokio::test]
async fn consent_is_asked_on_every_call_and_withdrawal_works_at_once() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let ask = || {
            let basis = LegalBasis::consent(agreement_of_consent());
            let ctx = site.call(CLINIC, RECORDS, "treatment", basis).about(person("health"));
            site.exchange.call(ctx, call::get("/").unwrap())
        };
        site.watch.consent_given.store(true, Ordering::SeqCst);
        let seen = read(ask().await.unwrap().body());
        assert_eq!(seen["subject"], serde_json::json!(person("population")));
        assert_eq!(
            seen["fields"],
            serde_json::json!(["name"]),
            "what both agreement and consent allow"
        );
        assert!(ask().await.is_ok());
        site.watch.consent_given.store(false, Ordering::SeqCst);
        assert_eq!(refusal(ask().await), Some(RefusalReason::ConsentMissing));

        let asked = site.watch.consent_asked.lock().unwrap().clone();
        assert_eq!(asked.len(), 3, "never from memory");
        assert!(
            asked.iter().all(|ctx| ctx.client.as_ref() == "TB/GOV/NIA/residents"),
            "the provider asks"
        );
        site.exchange.flush().await;
        let hops = site.exchange.hops(None, 10, None, None).await.unwrap();
        let verified = hops.iter().filter(|hop| hop.service.ends_with("/verify")).count();
        let refused: Vec<_> = hops.iter().filter_map(|hop| hop.refusal.as_deref()).collect();
        assert_eq!(
            (hops.len(), verified, refused),
            (6, 3, vec!["consent-missing"]),
            "the question itself is logged"
        );
    })
    .await;
}

#[tokio::test]
async fn without_the_consent_block_nothing_is_given_out() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        site.watch.consent_given.store(true, Ordering::SeqCst);
        let verify = service("TB/GOV/NIA/consent/verify", &[contracts::consent::VERIFY], false);
        site.exchange.put_service(&actor(), verify).await.unwrap();
        let basis = LegalBasis::consent(agreement_of_consent());
        let ctx = site.call(CLINIC, RECORDS, "treatment", basis).about(person("health"));
        let error = site.exchange.call(ctx, call::get("/").unwrap()).await.unwrap_err();
        assert_eq!(error.refusal(), Some(RefusalReason::ConsentUnverified));
        assert!(error.is_transient());
    })
    .await;
}

#[tokio::test]
async fn every_refusal_is_logged_with_its_reason() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let stranger = Pseudonym(basis::Id::from_bytes([1; 16]));
        site.officer("TB/GOV/MSP", "clerk", &["clerk"]).await;
        let calls = [
            (
                site.call(BENEFITS, "TB/GOV/NIA/residents/none", "x", law()),
                RefusalReason::UnknownService,
            ),
            (site.call("TB/GOV/MSP/none", RECORDS, "x", law()), RefusalReason::UnknownClient),
            (site.call("TB/GOV/ELSEWHERE/app", RECORDS, "x", law()), RefusalReason::UnknownClient),
            (site.call(BENEFITS, RECORDS, "curiosity", law()), RefusalReason::NoAgreement),
            (
                site.call(BENEFITS, RECORDS, "benefit-eligibility", law()).about(stranger),
                RefusalReason::SubjectUnknown,
            ),
            (
                site.call(BENEFITS, RECORDS, "benefit-eligibility", law())
                    .by_officer("clerk", None),
                RefusalReason::OfficerNotPermitted,
            ),
            (
                site.call(BENEFITS, "TB/GOV/NIA/identity/translate", "x", law()),
                RefusalReason::NoAccessRight,
            ),
        ];
        let wanted: Vec<&str> = calls.iter().map(|(_, reason)| reason.slug()).collect();
        for (ctx, reason) in calls {
            assert_eq!(
                refusal(site.exchange.call(ctx, call::get("/").unwrap()).await),
                Some(reason)
            );
        }
        let hops = site.exchange.hops(None, 20, None, None).await.unwrap();
        let mut logged: Vec<&str> = hops.iter().filter_map(|hop| hop.refusal.as_deref()).collect();
        let mut wanted = wanted;
        logged.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(logged, wanted);
    })
    .await;
}

#[tokio::test]
async fn rights_agreements_and_services_are_switched_for_the_next_call() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let ask = || {
            let ctx =
                site.call(BENEFITS, RECORDS, "benefit-eligibility", law()).about(person("social"));
            site.exchange.call(ctx, call::get("/").unwrap())
        };
        let agreement =
            read(ask().await.unwrap().body())["agreement"].as_str().unwrap().parse().unwrap();
        site.exchange.suspend_agreement(&actor(), agreement, true).await.unwrap();
        assert_eq!(refusal(ask().await), Some(RefusalReason::AgreementNotInForce));
        site.exchange.suspend_agreement(&actor(), agreement, false).await.unwrap();
        assert!(ask().await.is_ok());
        site.exchange.put_service(&actor(), service(RECORDS, &[], false)).await.unwrap();
        assert_eq!(refusal(ask().await), Some(RefusalReason::ServiceDisabled));
        site.exchange.put_service(&actor(), service(RECORDS, &[], true)).await.unwrap();
        site.exchange.revoke_right(&actor(), right(RECORDS, BENEFITS)).await.unwrap();
        assert_eq!(refusal(ask().await), Some(RefusalReason::NoAccessRight));
    })
    .await;
}

#[tokio::test]
async fn a_dismissed_officer_calls_no_more() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        site.officer("TB/GOV/MSP", "amina", &["exchange-user"]).await;
        let ask = || {
            let ctx = site.call(BENEFITS, RECORDS, "benefit-eligibility", law());
            let ctx = ctx.about(person("social")).by_officer("amina", Some("CASE-7".to_owned()));
            site.exchange.call(ctx, call::get("/").unwrap())
        };
        assert_eq!(read(ask().await.unwrap().body())["officer"], "amina");
        site.exchange.dismiss_officer(&actor(), &member("TB/GOV/MSP"), "amina").await.unwrap();
        assert_eq!(refusal(ask().await), Some(RefusalReason::OfficerNotPermitted));
    })
    .await;
}

#[tokio::test]
async fn the_hop_is_durable_before_the_provider_runs() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let ctx =
            site.call(BENEFITS, "TB/GOV/NIA/residents/hops-now", "benefit-eligibility", law());
        let seen: usize = call::send(&site.exchange, ctx, call::get("/").unwrap()).await.unwrap();
        assert_eq!(seen, 1);
    })
    .await;
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_cut_the_call_short() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let ctx = site.call(BENEFITS, "TB/GOV/NIA/residents/slow", "benefit-eligibility", law());
        let exchange = site.exchange.clone();
        let caller = tokio::spawn(async move { exchange.call(ctx, call::get("/").unwrap()).await });
        site.watch.started.notified().await;
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        site.watch.release.notify_one();
        for _ in 0..100 {
            site.exchange.flush().await;
            let hops = site.exchange.hops(None, 10, None, None).await.unwrap();
            if hops[0].status == Some(200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the provider's answer was never logged");
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_panics_or_is_missing_is_one_clear_error() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let ctx = site.call(BENEFITS, "TB/GOV/NIA/residents/fail", "benefit-eligibility", law());
        let error = site.exchange.call(ctx, call::get("/").unwrap()).await.unwrap_err();
        assert!(
            matches!(&error, WireError::Internal(text) if text.contains("residents/fail")),
            "{error}"
        );
        let gone = "TB/GOV/NIA/residents/gone";
        site.service(gone, &[]).await;
        site.grant(gone, BENEFITS).await;
        site.agree(gone, BENEFITS, "benefit-eligibility", law()).await;
        assert_eq!(site.exchange.unbound(), vec![gone.parse().unwrap()]);
        let ctx = site.call(BENEFITS, gone, "benefit-eligibility", law());
        let error = site.exchange.call(ctx, call::get("/").unwrap()).await.unwrap_err();
        assert_eq!(error.slug(), "service-not-running");
    })
    .await;
}

#[tokio::test]
async fn a_path_cannot_leave_its_service_and_bodies_are_bounded() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        for path in ["/../outside", "/%2e%2e/outside", "/x%2f..%2f..%2foutside"] {
            let ctx = site.call(BENEFITS, RECORDS, "benefit-eligibility", law());
            let error = site.exchange.call(ctx, call::get(path).unwrap()).await.unwrap_err();
            assert_eq!(error.slug(), "malformed-call", "{path}");
        }
        let ctx = site.call(BENEFITS, RECORDS, "benefit-eligibility", law());
        let large = call::post("/", &"x".repeat(3 * 1024 * 1024), None).unwrap();
        let error = site.exchange.call(ctx, large).await.unwrap_err();
        assert_eq!(error.slug(), "body-too-large");
        let mut ctx = site.call(BENEFITS, RECORDS, "benefit-eligibility", law());
        ctx.case = Some("line\nfeed".to_owned());
        let error = site.exchange.call(ctx, call::get("/").unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("case"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn no_pseudonym_of_any_sector_stands_in_the_database() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        site.watch.consent_given.store(true, Ordering::SeqCst);
        let ctx =
            site.call(BENEFITS, RECORDS, "benefit-eligibility", law()).about(person("social"));
        let ctx = ctx.for_party("PERSON-4711");
        site.exchange.call(ctx, call::get("/").unwrap()).await.unwrap();
        let basis = LegalBasis::consent(agreement_of_consent());
        let ctx = site.call(CLINIC, RECORDS, "treatment", basis).about(person("health"));
        site.exchange.call(ctx, call::get("/").unwrap()).await.unwrap();
        site.exchange.flush().await;
        let read = site.ctx.db.read(|tx| {
            Box::pin(async move {
                let mut rows: Vec<Row> = tx.all("SELECT * FROM hop", &[]).await?;
                rows.extend(tx.all("SELECT * FROM hop_answer", &[]).await?);
                rows.extend(tx.all("SELECT * FROM audit", &[]).await?);
                Ok::<_, DbError>(rows)
            })
        });
        let rows = read.await.unwrap();
        assert!(rows.len() > 10);
        let secrets: Vec<Vec<u8>> = SECTORS
            .iter()
            .flat_map(|sector| {
                [person(sector).as_bytes().to_vec(), person(sector).0.to_string().into_bytes()]
            })
            .chain([b"PERSON-4711".to_vec()])
            .collect();
        for row in &rows {
            for value in row.values() {
                let bytes = match value {
                    DbValue::Text(text) => text.as_bytes(),
                    DbValue::Bytes(bytes) => bytes,
                    _ => continue,
                };
                let found = secrets
                    .iter()
                    .any(|secret| bytes.windows(secret.len()).any(|part| part == secret));
                assert!(!found, "a person stands in the clear in {row:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn answers_of_the_provider_are_not_errors_of_the_exchange() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let ctx = site.call(BENEFITS, RECORDS, "benefit-eligibility", law());
        let outcome: Result<(), CallError> =
            call::send_empty(&site.exchange, ctx, call::delete("/").unwrap()).await;
        assert_eq!(outcome.unwrap_err().status(), Some(http::StatusCode::METHOD_NOT_ALLOWED));
    })
    .await;
}

#[tokio::test]
async fn the_authority_gets_the_callers_own_pseudonym_with_its_sector() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let ctx =
            site.call(BENEFITS, PERSONS, "benefit-eligibility", law()).about(person("social"));
        let response = site.exchange.call(ctx, call::get("/").unwrap()).await.unwrap();
        let seen = read(response.body());
        assert_eq!(seen["subject"], serde_json::json!(person("social")));
        assert_eq!(seen["client_sector"], "social");
        assert_eq!(*site.watch.translated.lock().unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn an_event_passes_on_a_right_alone() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let tell = |client: &str| {
            let ctx = site.call(client, EVENTS, "event", LegalBasis::law("event"));
            site.exchange.call(ctx, call::post("/", &"told", None).unwrap())
        };
        assert!(tell(BENEFITS).await.is_ok());
        assert_eq!(refusal(tell(CLINIC).await), Some(RefusalReason::NoAccessRight));
    })
    .await;
}

#[tokio::test]
async fn when_the_hop_log_cannot_be_written_no_call_is_made() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let ask = || {
            let ctx = site.call(BENEFITS, RECORDS, "benefit-eligibility", law());
            site.exchange.call(ctx, call::get("/").unwrap())
        };
        ask().await.unwrap();
        let break_it =
            site.ctx.db.write(|tx| Box::pin(async move { tx.exec("DROP TABLE hop", &[]).await }));
        let broken: Result<u64, DbError> = break_it.await;
        broken.unwrap();
        let error = ask().await.unwrap_err();
        assert!(
            matches!(&error, WireError::Internal(text) if text.contains("no call is made")),
            "{error}"
        );
        assert_eq!(*site.watch.shown.lock().unwrap(), 1, "the provider was not reached");
    })
    .await;
}
