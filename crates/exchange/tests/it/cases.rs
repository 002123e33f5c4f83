//! Agreements that demand a case of officers, and what becomes of attempts without one.

use std::sync::atomic::Ordering;

use contracts::{CallContext, RefusalReason, Wire, WireError, WireResponse, call};
use testkit::on_each_engine;

use crate::fixture::*;
use crate::remote::country;

const PURPOSE: &str = "benefit-check";

fn by_amina(site: &Site, case: Option<&str>) -> CallContext {
    let ctx = site.call(BENEFITS, RECORDS, PURPOSE, law()).about(person("social"));
    ctx.by_officer("amina", case.map(str::to_owned))
}

async fn ask(site: &Site, ctx: CallContext) -> Result<WireResponse, WireError> {
    site.exchange.call(ctx, call::get("/").unwrap()).await
}

fn refusal(outcome: Result<WireResponse, WireError>) -> Option<RefusalReason> {
    outcome.unwrap_err().refusal()
}

async fn house(store: &testkit::Store) -> Site {
    let site = one_house(store).await;
    site.keep_cases().await;
    site.agree_on_cases(PURPOSE).await;
    site.officer("TB/GOV/MSP", "amina", &["exchange-user"]).await;
    site
}

#[tokio::test]
async fn an_officer_without_a_case_of_the_person_is_refused_and_the_attempt_is_told() {
    on_each_engine(async |store| {
        let site = house(store).await;
        let outcome = ask(&site, by_amina(&site, Some("CB-2026-17"))).await;
        assert_eq!(refusal(outcome), Some(RefusalReason::CaseNotStanding));
        assert_eq!(*site.watch.shown.lock().unwrap(), 0, "no data left");

        let asked = site.watch.case_asked.lock().unwrap().pop().expect("the keeper was asked");
        assert_eq!((asked.1.case.as_str(), asked.1.officer.as_str()), ("CB-2026-17", "amina"));
        assert_eq!(asked.0.subject, Some(person("social")), "as the keeper of the case knows them");
        assert_eq!(asked.0.client.as_ref(), RESIDENTS);

        let told = site.watch.attempts.lock().unwrap().pop().expect("the register was told");
        assert_eq!(told.context.subject, Some(person("population")));
        let entry = told.entry(site.ctx.clock.now());
        assert_eq!(entry.refused.as_deref(), Some("case-not-standing"));
        assert_eq!(
            (entry.officer.as_deref(), entry.case.as_deref()),
            (Some("amina"), Some("CB-2026-17"))
        );
        assert_eq!((entry.reader.as_ref(), entry.purpose.as_str()), (BENEFITS, PURPOSE));
        assert!(entry.fields.is_empty());

        let hops = site.exchange.hops(None, 10, None, None).await.unwrap();
        let of = |service: &str| hops.iter().find(|hop| hop.service == service).unwrap();
        assert_eq!(of(RECORDS).refusal.as_deref(), Some("case-not-standing"));
        assert_eq!(
            of(CASES).case.as_deref(),
            Some("CB-2026-17"),
            "the question is a hop of its own"
        );
    })
    .await;
}

#[tokio::test]
async fn a_case_that_stands_opens_the_record_and_only_while_it_stands() {
    on_each_engine(async |store| {
        let site = house(store).await;
        site.watch.case_stands.store(true, Ordering::SeqCst);
        for _ in 0..2 {
            assert!(ask(&site, by_amina(&site, Some("CB-2026-17"))).await.is_ok());
        }
        assert_eq!(site.watch.case_asked.lock().unwrap().len(), 2, "asked on every call");
        site.watch.case_stands.store(false, Ordering::SeqCst);
        let outcome = ask(&site, by_amina(&site, Some("CB-2026-17"))).await;
        assert_eq!(refusal(outcome), Some(RefusalReason::CaseNotStanding));
        assert_eq!(site.watch.attempts.lock().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn without_a_case_or_without_a_word_of_its_keeper_nothing_is_given_out() {
    on_each_engine(async |store| {
        let site = house(store).await;
        site.watch.case_stands.store(true, Ordering::SeqCst);
        let refused = Some(RefusalReason::CaseNotStanding);
        assert_eq!(refusal(ask(&site, by_amina(&site, None)).await), refused);
        assert!(site.watch.case_asked.lock().unwrap().is_empty(), "there was nothing to ask about");
        // Switched off, the right taken away, not what it should be: no word.
        let named = || by_amina(&site, Some("CB-2026-17"));
        site.exchange.put_service(&actor(), service(CASES, &["case-verify"], false)).await.unwrap();
        assert_eq!(refusal(ask(&site, named()).await), refused);
        site.exchange.put_service(&actor(), service(CASES, &["case-verify"], true)).await.unwrap();
        site.exchange.revoke_right(&actor(), right(CASES, RESIDENTS)).await.unwrap();
        assert_eq!(refusal(ask(&site, named()).await), refused);
        site.grant(CASES, RESIDENTS).await;
        assert!(ask(&site, named()).await.is_ok());
        site.exchange.put_service(&actor(), service(CASES, &[], true)).await.unwrap();
        assert_eq!(refusal(ask(&site, named()).await), refused);
        assert_eq!(site.watch.attempts.lock().unwrap().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_system_that_acts_by_itself_and_other_agreements_need_no_case() {
    on_each_engine(async |store| {
        let site = house(store).await;
        let system = site.call(BENEFITS, RECORDS, PURPOSE, law()).about(person("social"));
        assert!(ask(&site, system).await.is_ok());
        let other = site.call(BENEFITS, RECORDS, "benefit-eligibility", law());
        let other = other.about(person("social")).by_officer("amina", None);
        assert!(ask(&site, other).await.is_ok());
        assert!(site.watch.case_asked.lock().unwrap().is_empty());
        assert!(site.watch.attempts.lock().unwrap().is_empty(), "nobody was refused");
    })
    .await;
}

#[tokio::test]
async fn a_consent_that_is_missing_is_an_attempt_too() {
    on_each_engine(async |store| {
        let site = house(store).await;
        let basis = contracts::LegalBasis::consent(agreement_of_consent());
        let ctx = site.call(CLINIC, RECORDS, "treatment", basis).about(person("health"));
        assert_eq!(refusal(ask(&site, ctx).await), Some(RefusalReason::ConsentMissing));
        let told = site.watch.attempts.lock().unwrap().pop().expect("the register was told");
        assert_eq!(told.context.subject, Some(person("population")));
        assert_eq!(told.reason, RefusalReason::ConsentMissing);
    })
    .await;
}

#[tokio::test]
async fn the_keeper_of_cases_may_be_another_installation() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let (registrar, frontline) = (&country.registrar, &country.frontline);
        frontline.run_cases();
        frontline.keep_cases().await;
        frontline.officer("TB/GOV/MSP", "amina", &["exchange-user"]).await;
        registrar.agree_on_cases(PURPOSE).await;
        frontline.exchange.synchronise().await.unwrap();

        let outcome = ask(frontline, by_amina(frontline, Some("CB-2026-17"))).await;
        assert_eq!(refusal(outcome), Some(RefusalReason::CaseNotStanding));
        let asked = frontline.watch.case_asked.lock().unwrap().pop().expect("asked over the wire");
        assert_eq!(asked.0.subject, Some(person("social")));
        let told = registrar.watch.attempts.lock().unwrap().pop().expect("told where the data are");
        assert_eq!(told.context.subject, Some(person("population")));
        assert_eq!(told.context.officer.as_deref(), Some("amina"));
        assert!(frontline.watch.attempts.lock().unwrap().is_empty());

        frontline.watch.case_stands.store(true, Ordering::SeqCst);
        let answer = ask(frontline, by_amina(frontline, Some("CB-2026-17"))).await.unwrap();
        assert_eq!(read(answer.body())["subject"], serde_json::json!(person("population")));
    })
    .await;
}

#[tokio::test]
async fn nobody_can_tell_of_an_attempt_in_anothers_name() {
    on_each_engine(async |store| {
        let site = house(store).await;
        // The client may call the read log, and still not this part of it.
        site.grant(READ_LOG, BENEFITS).await;
        site.agree(READ_LOG, BENEFITS, "benefit-eligibility", law()).await;
        let ctx =
            site.call(BENEFITS, READ_LOG, "benefit-eligibility", law()).about(person("social"));
        let request = call::post("/attempts", &serde_json::json!({}), None).unwrap();
        let answer = site.exchange.call(ctx, request).await.unwrap();
        assert_eq!(answer.status(), http::StatusCode::UNAUTHORIZED);
        assert!(site.watch.attempts.lock().unwrap().is_empty());
    })
    .await;
}
