//! How installations join and keep each other current.

use contracts::{RefusalReason, Wire, call};
use exchange::{Config, ExchangeError};
use testkit::on_each_engine;

use crate::fixture::*;

async fn hub(store: &testkit::Store) -> Site {
    let hub = Site::open(store, "exchange", "registrar", true, 1).await;
    hub.run_authority().await;
    hub.serve();
    hub
}

async fn token(hub: &Site, name: &str, members: &[&str]) -> String {
    let members = members.iter().map(|m| m.parse().unwrap()).collect();
    hub.exchange.create_join_token("test", name, members, 600).await.unwrap()
}

#[tokio::test]
async fn a_token_is_good_once_in_time_for_its_installation() {
    on_each_engine(async |store| {
        let hub = hub(store).await;
        let frontline = Site::open(store, "exchange_b", "frontline", false, 2).await;
        let other = Site::open(store, "exchange_c", "other", false, 3).await;
        let good = token(&hub, "frontline", &["TB/GOV/MSP"]).await;

        let wrong_name = other.exchange.join(&good).await.unwrap_err();
        assert!(wrong_name.to_string().contains("set installation.name"), "{wrong_name}");
        // The failed attempt used the token up: whoever had it was not who it was for.
        let used = frontline.exchange.join(&good).await.unwrap_err();
        assert!(used.to_string().contains("used before"), "{used}");

        let late = token(&hub, "frontline", &["TB/GOV/MSP"]).await;
        store.time.advance_seconds(601);
        let expired = frontline.exchange.join(&late).await.unwrap_err();
        assert!(expired.to_string().contains("expired"), "{expired}");

        let damaged = frontline.exchange.join(&late[..late.len() - 4]).await.unwrap_err();
        assert!(matches!(damaged, ExchangeError::Invalid { field: "token", .. }), "{damaged}");

        let fresh = token(&hub, "frontline", &["TB/GOV/MSP"]).await;
        frontline.exchange.join(&fresh).await.unwrap();
        assert!(frontline.exchange.snapshot().is_own(&member("TB/GOV/MSP")));
        assert!(hub.exchange.snapshot().installations.contains_key("frontline"));
    })
    .await;
}

#[tokio::test]
async fn a_hub_with_another_root_than_the_token_names_is_not_believed() {
    on_each_engine(async |store| {
        let hub = hub(store).await;
        let impostor = Site::open(store, "exchange_x", "impostor", true, 9).await;
        impostor.serve();
        let frontline = Site::open(store, "exchange_b", "frontline", false, 2).await;
        let token = token(&hub, "frontline", &["TB/GOV/MSP"]).await;
        let json = credential::base64url::decode(&token, "token").unwrap();
        let mut invitation: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let snapshot = impostor.exchange.snapshot();
        invitation["hub"] = snapshot.installations["impostor"].entry.address.clone().into();
        let bent = credential::base64url::encode(serde_json::to_vec(&invitation).unwrap());
        let error = frontline.exchange.join(&bent).await.unwrap_err();
        assert!(error.to_string().contains("fingerprint"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn tokens_are_made_by_hubs_for_members_that_are_free() {
    on_each_engine(async |store| {
        let hub = hub(store).await;
        let frontline = Site::open(store, "exchange_b", "frontline", false, 2).await;
        let create = |site: &Site, name: &'static str, id: &str| {
            let (exchange, id) = (site.exchange.clone(), member(id));
            async move { exchange.create_join_token("test", name, vec![id], 600).await }
        };
        assert!(matches!(
            create(&frontline, "x", "TB/GOV/MSP").await,
            Err(ExchangeError::Conflict(_))
        ));
        let taken = create(&hub, "frontline", "TB/GOV/NIA").await.unwrap_err();
        assert!(matches!(taken, ExchangeError::Invalid { field: "members", .. }));
        let foreign = create(&hub, "frontline", "ZZ/GOV/MSP").await.unwrap_err();
        assert!(matches!(foreign, ExchangeError::Invalid { field: "members", .. }));
        assert!(matches!(
            create(&hub, "registrar", "TB/GOV/MSP").await,
            Err(ExchangeError::Invalid { .. })
        ));
        // An installation that has not joined hosts nobody yet, and cannot make itself a host.
        let alone =
            frontline.exchange.put_member(&actor(), &member("TB/GOV/MSP"), names("MSP")).await;
        assert!(matches!(alone, Err(ExchangeError::Conflict(text)) if text.contains("join token")));
    })
    .await;
}

#[tokio::test]
async fn a_change_reaches_the_caller_when_a_call_needs_it() {
    on_each_engine(async |store| {
        let hub = hub(store).await;
        let frontline = Site::open(store, "exchange_b", "frontline", false, 2).await;
        let token = token(&hub, "frontline", &["TB/GOV/MSP", "TB/COM/LAKESIDE"]).await;
        frontline.exchange.join(&token).await.unwrap();
        frontline.run_clients().await;
        frontline.exchange.synchronise().await.unwrap();
        let ask = || {
            let ctx = frontline.call(BENEFITS, RECORDS, "survey", law());
            frontline.exchange.call(ctx, call::get("/").unwrap())
        };
        assert_eq!(ask().await.unwrap_err().refusal(), Some(RefusalReason::NoAgreement));
        hub.agree(RECORDS, BENEFITS, "survey", law()).await;
        // Within the second that fetches keep apart: the call waits for the next one.
        store.time.set(store.clock.now().plus_micros(1));
        assert!(ask().await.is_ok(), "the directory is fetched before a call is refused");
        // The provider's own word counts at once, whatever the caller still believes.
        hub.exchange.revoke_right(&actor(), right(RECORDS, BENEFITS)).await.unwrap();
        assert_eq!(ask().await.unwrap_err().refusal(), Some(RefusalReason::NoAccessRight));
    })
    .await;
}

#[tokio::test]
async fn a_restart_keeps_certificate_directory_and_members() {
    on_each_engine(async |store| {
        let hub = hub(store).await;
        let frontline = Site::open(store, "exchange_b", "frontline", false, 2).await;
        let token = token(&hub, "frontline", &["TB/GOV/MSP", "TB/COM/LAKESIDE"]).await;
        frontline.exchange.join(&token).await.unwrap();
        frontline.run_clients().await;
        frontline.exchange.synchronise().await.unwrap();
        let config =
            Config { installation: "frontline".to_owned(), hub: false, ..Config::default() };
        let again = frontline.reopened(config).await;
        assert_eq!(again.snapshot().version, hub.exchange.snapshot().version);
        let ctx =
            frontline.call(BENEFITS, RECORDS, "benefit-eligibility", law()).about(person("social"));
        assert!(again.call(ctx, call::get("/").unwrap()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn nobody_decides_about_anothers_services() {
    on_each_engine(async |store| {
        let hub = hub(store).await;
        let frontline = Site::open(store, "exchange_b", "frontline", false, 2).await;
        let token = token(&hub, "frontline", &["TB/GOV/MSP", "TB/COM/LAKESIDE"]).await;
        frontline.exchange.join(&token).await.unwrap();
        frontline.run_clients().await;
        let grab = frontline.exchange.grant_right(&actor(), right(RECORDS, CLINIC)).await;
        assert!(matches!(grab, Err(ExchangeError::Unknown { .. })));
        // The hub's operator cannot either, where the service is another installation's.
        frontline.service("TB/GOV/MSP/benefits/cases", &[]).await;
        frontline.exchange.synchronise().await.unwrap();
        let grab = hub
            .exchange
            .grant_right(&actor(), right("TB/GOV/MSP/benefits/cases", "TB/GOV/NIA/residents"))
            .await;
        assert!(matches!(grab, Err(ExchangeError::Unknown { .. })));
        let stolen = hub.exchange.put_member(&actor(), &member("TB/GOV/MSP"), names("x")).await;
        assert!(matches!(stolen, Err(ExchangeError::Conflict(text)) if text.contains("frontline")));
    })
    .await;
}
