//! Calls between three installations over mutual TLS: the registrar with the identity authority,
//! the frontline with ministry and clinic, the treasury.

use std::sync::atomic::Ordering;

use contracts::{LegalBasis, RefusalReason, Wire, WireError, call};
use exchange::{Binding, Direction};
use kernel::db::{DbError, Row};
use testkit::{Store, on_each_engine};

use crate::fixture::*;

pub struct Country {
    pub registrar: Site,
    pub frontline: Site,
    pub treasury: Site,
}

async fn join(hub: &Site, site: &Site, name: &str, members: &[&str]) {
    let members = members.iter().map(|m| m.parse().unwrap()).collect();
    let token = hub.exchange.create_join_token("test", name, members, 600).await.unwrap();
    site.exchange.join(&token).await.unwrap();
}

/// Three installations that know each other.
pub async fn country(store: &Store) -> Country {
    let registrar = Site::open(store, "exchange", "registrar", true, 1).await;
    registrar.run_authority().await;
    registrar.grant("TB/GOV/NIA/identity/translate", BENEFITS).await;
    registrar.serve();
    let frontline = Site::open(store, "exchange_b", "frontline", false, 2).await;
    let treasury = Site::open(store, "exchange_c", "treasury", false, 3).await;
    join(&registrar, &frontline, "frontline", &["TB/GOV/MSP", "TB/COM/LAKESIDE"]).await;
    join(&registrar, &treasury, "treasury", &["TB/GOV/TREASURY"]).await;
    frontline.run_clients().await;
    treasury.run_treasury().await;
    frontline.serve();
    treasury.serve();
    for site in [&frontline, &treasury, &frontline] {
        site.exchange.synchronise().await.unwrap();
    }
    Country { registrar, frontline, treasury }
}

async fn rows(site: &Site, sql: &'static str) -> Vec<Row> {
    site.exchange.flush().await;
    let read = site.ctx.db.read(move |tx| Box::pin(async move { tx.all(sql, &[]).await }));
    let rows: Result<Vec<Row>, DbError> = read.await;
    rows.unwrap()
}

#[tokio::test]
async fn a_call_is_logged_at_both_ends_under_one_id_with_equal_digests() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let ctx = country.frontline.call(BENEFITS, RECORDS, "benefit-eligibility", law());
        let ctx = ctx.about(person("social")).for_party("GOV/MSP");
        let request = call::post("/search?x=1", &"question", Some("key-1")).unwrap();
        let response = country.frontline.exchange.call(ctx, request).await.unwrap();
        let seen = read(response.body());
        assert_eq!(seen["subject"], serde_json::json!(person("population")));
        assert_eq!((&seen["client_sector"], &seen["body"]), (&"social".into(), &"\"question\"".into()));
        assert_eq!(seen["headers"], serde_json::json!(["content-type", "idempotency-key"]));

        let sql = "SELECT hop.id, hop.direction, hop.peer, hop.digest, hop.signature, hop.subject, hop_answer.status,
            hop_answer.digest AS answer, hop_answer.signature AS answer_signature
            FROM hop JOIN hop_answer ON hop_answer.hop = hop.id AND hop_answer.direction = hop.direction";
        let (out, received) = (rows(&country.frontline, sql).await, rows(&country.registrar, sql).await);
        assert_eq!((out.len(), received.len()), (1, 1), "one hop, one row at each end");
        for column in ["id", "digest", "answer"] {
            assert_eq!(out[0].get::<Vec<u8>>(column).unwrap(), received[0].get::<Vec<u8>>(column).unwrap(), "{column}");
        }
        assert_eq!(out[0].get::<String>("direction").unwrap(), "out");
        assert_eq!(received[0].get::<String>("direction").unwrap(), "in");
        assert_eq!(out[0].get::<String>("peer").unwrap(), "registrar");
        assert_eq!(received[0].get::<String>("peer").unwrap(), "frontline");
        // Each end keeps the other's signature.
        assert!(out[0].get::<Option<String>>("signature").unwrap().is_none());
        assert!(received[0].get::<Option<String>>("signature").unwrap().is_some());
        assert!(out[0].get::<Option<String>>("answer_signature").unwrap().is_some());
        // The person is another digest at each end.
        assert_ne!(out[0].get::<Vec<u8>>("subject").unwrap(), received[0].get::<Vec<u8>>("subject").unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_pseudonym_for_a_third_installation_travels_sealed() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let ask = || {
            let ctx = country
                .frontline
                .call(BENEFITS, TRANSFERS, "benefit-payment", law())
                .about(person("social"));
            country.frontline.exchange.call(ctx, call::get("/").unwrap())
        };
        let seen = read(ask().await.unwrap().body());
        assert_eq!(seen["subject"], serde_json::json!(person("money")));
        ask().await.unwrap();
        assert_eq!(
            *country.registrar.watch.translated.lock().unwrap(),
            1,
            "the sealed pseudonym serves again"
        );

        let hops = country.registrar.exchange.hops(None, 10, None, None).await.unwrap();
        assert_eq!(hops.len(), 1, "the identity authority logs that it was asked");
        assert_eq!(hops[0].service, "TB/GOV/NIA/identity/translate");
        // A sealed pseudonym is not kept for ever.
        store.time.advance_seconds(400);
        ask().await.unwrap();
        let hops = country.registrar.exchange.hops(None, 10, None, None).await.unwrap();
        assert_eq!(hops.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_authority_seals_only_for_calls_the_client_may_make() {
    on_each_engine(async |store| {
        let country = country(store).await;
        // The ministry's own node asks for a pseudonym in the money sector without a right there.
        country.treasury.exchange.revoke_right(&actor(), right(TRANSFERS, BENEFITS)).await.unwrap();
        country.treasury.exchange.synchronise().await.unwrap();
        let ctx =
            country.frontline.call(BENEFITS, "TB/GOV/NIA/identity/translate", "curiosity", law());
        let body = serde_json::json!({ "pseudonym": person("social"), "service": TRANSFERS });
        let outcome =
            country.frontline.exchange.call(ctx, call::post("/", &body, None).unwrap()).await;
        assert_eq!(outcome.unwrap_err().refusal(), Some(RefusalReason::NoAccessRight));
        // With the right it gets a pseudonym it cannot read.
        country.treasury.grant(TRANSFERS, BENEFITS).await;
        country.treasury.exchange.synchronise().await.unwrap();
        let ctx =
            country.frontline.call(BENEFITS, "TB/GOV/NIA/identity/translate", "curiosity", law());
        let response = country
            .frontline
            .exchange
            .call(ctx, call::post("/", &body, None).unwrap())
            .await
            .unwrap();
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        assert!(!text.contains(&person("money").0.to_string()));
        assert_eq!(
            read(response.body())["sealed"].as_str().unwrap().split('.').count(),
            5,
            "a JWE"
        );
    })
    .await;
}

#[tokio::test]
async fn consent_is_asked_at_the_providers_end_wherever_the_consent_block_is() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let basis = LegalBasis::consent(agreement_of_consent());
        let ask = |service: &str, purpose: &str| {
            let ctx = country
                .frontline
                .call(CLINIC, service, purpose, basis.clone())
                .about(person("health"));
            country.frontline.exchange.call(ctx, call::get("/").unwrap())
        };
        country.registrar.watch.consent_given.store(true, Ordering::SeqCst);
        assert!(ask(RECORDS, "treatment").await.is_ok());
        // The treasury asks the consent block across the wire, about the person as it knows them.
        country.treasury.grant(TRANSFERS, CLINIC).await;
        country.treasury.agree(TRANSFERS, CLINIC, "billing", basis.clone()).await;
        country.treasury.exchange.synchronise().await.unwrap();
        country.registrar.grant("TB/GOV/NIA/identity/translate", CLINIC).await;
        country.registrar.grant("TB/GOV/NIA/consent/verify", "TB/GOV/TREASURY/payments").await;
        store.time.advance_seconds(2);
        country.frontline.exchange.synchronise().await.unwrap();
        country.treasury.exchange.synchronise().await.unwrap();
        let seen = read(ask(TRANSFERS, "billing").await.unwrap().body());
        assert_eq!(seen["subject"], serde_json::json!(person("money")));

        country.registrar.watch.consent_given.store(false, Ordering::SeqCst);
        for (service, purpose) in [(RECORDS, "treatment"), (TRANSFERS, "billing")] {
            let refused = ask(service, purpose).await.unwrap_err();
            assert_eq!(
                refused.refusal(),
                Some(RefusalReason::ConsentMissing),
                "{service}: {refused}"
            );
        }
        let hops = country.treasury.exchange.hops(None, 10, None, None).await.unwrap();
        let refused =
            hops.iter().filter(|hop| hop.refusal.as_deref() == Some("consent-missing")).count();
        assert_eq!(refused, 1, "refused and logged where the data are");
    })
    .await;
}

#[tokio::test]
async fn a_peer_with_the_wrong_certificate_is_named_and_gets_nothing() {
    on_each_engine(async |store| {
        let country = country(store).await;
        // The treasury's address leads to another installation's listener from now on.
        let elsewhere =
            country.registrar.exchange.snapshot().installations["registrar"].entry.address.clone();
        let token = country
            .registrar
            .exchange
            .create_join_token("test", "treasury", vec![member("TB/GOV/TREASURY")], 600)
            .await
            .unwrap();
        let config = exchange::Config {
            installation: "treasury".to_owned(),
            hub: false,
            address: elsewhere,
            ..exchange::Config::default()
        };
        let treasury = country.treasury.reopened(config).await;
        treasury.join(&token).await.unwrap();
        country.frontline.exchange.synchronise().await.unwrap();
        let ctx = country.frontline.call(BENEFITS, TRANSFERS, "benefit-payment", law());
        let error =
            country.frontline.exchange.call(ctx, call::get("/").unwrap()).await.unwrap_err();
        let WireError::PeerCertificate { installation, cause } = &error else { panic!("{error}") };
        assert_eq!(installation, "treasury");
        assert!(cause.contains("fingerprint") && cause.contains("join anew"), "{cause}");
        assert!(country.registrar.exchange.hops(None, 10, None, None).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_is_down_or_slow_is_one_clear_error() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let down = Site::open(store, "exchange_d", "down", false, 4).await;
        join(&country.registrar, &down, "down", &["TB/GOV/DOWN"]).await;
        down.subsystem("TB/GOV/DOWN/app", "money").await;
        let service = "TB/GOV/DOWN/app/thing";
        down.service(service, &[]).await;
        down.grant(service, BENEFITS).await;
        down.agree(service, BENEFITS, "x", law()).await;
        down.exchange.synchronise().await.unwrap();
        country.frontline.exchange.synchronise().await.unwrap();
        drop(down.socket.lock().unwrap().take());
        let ctx = country.frontline.call(BENEFITS, service, "x", law());
        let error =
            country.frontline.exchange.call(ctx, call::get("/").unwrap()).await.unwrap_err();
        assert!(
            matches!(&error, WireError::Unreachable { installation, .. } if installation == "down"),
            "{error}"
        );
        assert!(error.is_transient());
        let hops = country.frontline.exchange.hops(None, 10, None, None).await.unwrap();
        assert_eq!(
            (hops[0].direction, hops[0].status),
            (Direction::Out, None),
            "sent, and nothing came back"
        );
    })
    .await;
}

#[tokio::test]
async fn errors_of_the_provider_and_of_its_exchange_are_told_apart() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let ask = |service: &str, request| {
            let ctx = country.frontline.call(BENEFITS, service, "benefit-eligibility", law());
            country.frontline.exchange.call(ctx, request)
        };
        let answer = ask(RECORDS, call::delete("/").unwrap()).await.unwrap();
        assert_eq!(
            answer.status(),
            http::StatusCode::METHOD_NOT_ALLOWED,
            "the provider's own answer"
        );
        let gone = "TB/GOV/NIA/residents/gone";
        country.registrar.service(gone, &[]).await;
        country.registrar.grant(gone, BENEFITS).await;
        country.registrar.agree(gone, BENEFITS, "benefit-eligibility", law()).await;
        store.time.advance_seconds(2);
        let error = ask(gone, call::get("/").unwrap()).await.unwrap_err();
        assert!(matches!(&error, WireError::NotBound { .. }), "{error}");
        let error = ask("TB/GOV/NIA/residents/fail", call::get("/").unwrap()).await.unwrap_err();
        assert!(matches!(&error, WireError::Unreachable { .. }), "{error}");
        assert!(!error.to_string().contains("panicked"), "what broke inside stays inside: {error}");
    })
    .await;
}

#[tokio::test]
async fn providers_are_bound_once() {
    on_each_engine(async |store| {
        let site = one_house(store).await;
        let binding = Binding {
            subsystem: BENEFITS.parse().unwrap(),
            services: Vec::new(),
            router: axum::Router::new(),
        };
        assert_eq!(site.exchange.bind(vec![binding]), Err(exchange::BindError::Twice));
    })
    .await;
}
