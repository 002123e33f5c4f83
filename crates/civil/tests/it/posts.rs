//! A post without a link: it registers under a delegation, hands in later, and conflicts are decided.

use crate::office::{HAND_IN, MOTHER_VID, Office, POST, REGISTRAR, birth, birth_of, person};
use basis::{Id, verhoeff};
use contracts::civil::PERSON_CREATION;
use contracts::civil::posts::{PURPOSE, PostClient, PostOutcome, PostPage, PostRegistration};
use contracts::{CallContext, Pseudonym, Wire, WireError, WireRequest, WireResponse};
use futures_util::future::BoxFuture;
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::{Store, on_each_engine};

/// A link that can be cut, and that can lose answers: the call is made, and the caller never knows.
pub struct Link {
    to: Arc<dyn Wire>,
    cut: AtomicBool,
    loses_answers: AtomicBool,
}

impl Link {
    fn to(office: &Office) -> Arc<Self> {
        Arc::new(Self { to: office.wire.clone(), cut: true.into(), loses_answers: false.into() })
    }

    pub fn set_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }
}

impl Wire for Link {
    fn call(
        &self,
        ctx: CallContext,
        request: WireRequest,
    ) -> BoxFuture<'_, Result<WireResponse, WireError>> {
        Box::pin(async move {
            let (installation, service) = ("registrar".to_owned(), ctx.service.clone());
            if self.cut.load(Ordering::Relaxed) {
                let cause = "no route to host".to_owned();
                return Err(WireError::Unreachable { installation, cause });
            }
            let answer = self.to.call(ctx, request).await;
            match self.loses_answers.load(Ordering::Relaxed) {
                true => Err(WireError::Timeout { service, seconds: 30 }),
                false => answer,
            }
        })
    }
}

/// The registrar, a post, and the link between them, which is cut.
pub struct Country {
    pub registrar: Office,
    pub post: Office,
    pub link: Arc<Link>,
}

impl Country {
    async fn new(store: &Store) -> Self {
        let registrar = Office::registrar(store).await;
        let link = Link::to(&registrar);
        let post = Office::post(store, &registrar, link.clone()).await;
        Self { registrar, post, link }
    }

    /// With a post that holds a delegation for a day.
    pub async fn with_delegation(store: &Store, numbers: i64) -> Self {
        let country = Self::new(store).await;
        let delegation = country.grant("d-1", POST, numbers, store).await;
        country.link.set_cut(false);
        let (status, answer) = country.take_in(&delegation).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        country.link.set_cut(true);
        country
    }

    async fn grant(&self, key: &str, post: &str, numbers: i64, store: &Store) -> String {
        let until = store.clock.now().plus_seconds(86_400);
        let body = json!({"post": post, "numbers": {"count": numbers}, "valid_until": until});
        let (status, out) = self.registrar.ask(Method::POST, "/civil/delegations", key, body).await;
        assert_eq!(status, StatusCode::CREATED, "{out}");
        out["delegation"].as_str().expect("a token").to_owned()
    }

    async fn take_in(&self, delegation: &str) -> (StatusCode, Json) {
        let body = json!({ "delegation": delegation });
        self.post.ask(Method::POST, "/civil/post/delegation", "", body).await
    }

    pub async fn hand_in(&self) -> Json {
        self.post.civil.hand_in_due().await.expect("hands in");
        self.post.status().await
    }

    async fn conflicts(&self) -> Vec<Json> {
        let asked = self.registrar.ask(Method::GET, "/civil/conflicts", "", Json::Null).await;
        assert_eq!(asked.0, StatusCode::OK, "{}", asked.1);
        asked.1["conflicts"].as_array().expect("a list").clone()
    }

    async fn resolve(&self, conflict: &Json, resolution: &str) -> (StatusCode, Json) {
        let id = conflict["registration"]["registration"].as_str().expect("an id");
        let path = format!("/civil/conflicts/{id}/resolve");
        let body = json!({"resolution": resolution, "remark": "Looked at both papers"});
        self.registrar.ask(Method::POST, &path, "", body).await
    }

    pub async fn in_register(&self) -> usize {
        self.registrar.rows("SELECT id FROM birth").await.len()
    }

    async fn events(&self) -> usize {
        self.registrar.rows("SELECT id FROM outbox").await.len()
    }
}

fn reasons(conflict: &Json) -> Vec<&str> {
    let list = conflict["reasons"].as_array().expect("a list");
    list.iter().map(|reason| reason.as_str().expect("a code")).collect()
}

fn slug(problem: &Json) -> &str {
    problem["type"].as_str().and_then(|kind| kind.rsplit(':').next()).unwrap_or_default()
}

#[tokio::test]
async fn a_post_registers_without_a_link_and_hands_in_when_there_is_one() {
    on_each_engine(async |store| {
        let country = Country::with_delegation(store, 100).await;
        let first =
            country.post.registered("k-1", birth_of("Neema", "2026-03-13", MOTHER_VID)).await;
        for number in 2..=60 {
            let body = birth(&format!("Child {number}"), "2026-03-12");
            country.post.registered(&format!("k-{number}"), body).await;
        }
        let again =
            country.post.registered("k-1", birth_of("Neema", "2026-03-13", MOTHER_VID)).await;
        assert_eq!(again, first, "a repeated request uses no number");
        let status = country.hand_in().await;
        assert_eq!((&status["waiting"], &status["uploaded"]), (&json!(60), &json!(0)), "{status}");
        assert!(status["last_error"].as_str().expect("a cause").contains("no route"), "{status}");
        assert_eq!(country.in_register().await, 0);
        assert!(country.post.rows("SELECT id FROM outbox").await.is_empty(), "a post tells nobody");

        country.link.set_cut(false);
        assert_eq!(country.hand_in().await["waiting"], 60, "it waits for its next attempt");
        store.time.advance_seconds(2);
        let status = country.hand_in().await;
        let expected = json!({"registered": 60, "waiting": 0, "uploaded": 60, "conflicts": 0,
            "numbers_left": 40, "delegation_until": status["delegation_until"]});
        assert_eq!(status, expected);
        assert_eq!((country.in_register().await, country.events().await), (60, 60));
        // The mother was resolved by the registrar, and the number she showed is not kept there.
        let ctx = country.registrar.call("TB/GOV/MSP/benefits", "births", "benefit-eligibility");
        let children = country.registrar.births().children(ctx.about(person(MOTHER_VID))).await;
        let children = children.expect("lists").children;
        assert_eq!(children.len(), 1);
        assert_eq!(children[0].registration, first);
        let ctx = country.registrar.call("TB/GOV/NIA/identity", "births", PERSON_CREATION);
        let record = country.registrar.births().get(ctx, first).await.expect("shows");
        assert_eq!(record.mother_pseudonym, Some(person(MOTHER_VID)));
        assert!(
            record.effective < record.recorded,
            "written at the post, recorded by the registrar"
        );
    })
    .await;
}

#[tokio::test]
async fn numbers_come_from_the_range_and_end_with_it() {
    on_each_engine(async |store| {
        let country = Country::new(store).await;
        let (status, problem) = country.post.register("k-0", birth("Neema", "2026-03-13")).await;
        assert_eq!((status, slug(&problem)), (StatusCode::CONFLICT, "no-delegation"));
        country.link.set_cut(false);
        let delegation = country.grant("d-1", POST, 2, store).await;
        country.take_in(&delegation).await;
        country.take_in(&delegation).await;
        for (key, digits) in [("k-1", "90000000000"), ("k-2", "90000000001")] {
            let (_, out) = country.post.register(key, birth("Neema", "2026-03-13")).await;
            let expected = format!("2026-{}", verhoeff::append(digits));
            assert_eq!(out["number"], json!(expected));
        }
        assert_eq!(country.post.status().await["numbers_left"], 0);
        let (status, problem) = country.post.register("k-3", birth("Neema", "2026-03-13")).await;
        assert_eq!((status, slug(&problem)), (StatusCode::CONFLICT, "numbers-used-up"));
        // A further delegation goes on where the numbers of all before it end.
        let next = country.grant("d-2", POST, 5, store).await;
        country.take_in(&next).await;
        let (_, out) = country.post.register("k-3", birth("Neema", "2026-03-13")).await;
        assert_eq!(out["number"], json!(format!("2026-{}", verhoeff::append("90000000002"))));
    })
    .await;
}

#[tokio::test]
async fn a_delegation_ends_with_its_time_and_what_was_registered_before_is_still_taken() {
    on_each_engine(async |store| {
        let country = Country::with_delegation(store, 10).await;
        country.post.registered("k-1", birth("Neema", "2026-03-13")).await;
        store.time.advance_seconds(86_400);
        let (status, problem) = country.post.register("k-2", birth("Juma", "2026-03-13")).await;
        assert_eq!((status, slug(&problem)), (StatusCode::CONFLICT, "delegation-ended"));
        let status = country.post.status().await;
        assert_eq!(
            (&status["numbers_left"], &status["delegation_until"]),
            (&json!(0), &Json::Null)
        );
        country.link.set_cut(false);
        assert_eq!(country.hand_in().await["uploaded"], 1);
        assert_eq!(country.in_register().await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_the_registrars_own_delegation_for_this_post_is_taken_in() {
    on_each_engine(async |store| {
        let country = Country::new(store).await;
        let good = country.grant("d-1", POST, 10, store).await;
        let (status, problem) = country.take_in(&good).await;
        assert_eq!((status, slug(&problem)), (StatusCode::CONFLICT, "registrar-key-unknown"));
        country.link.set_cut(false);
        let elsewhere = country.grant("d-2", "TB/GOV/POST115/civil", 10, store).await;
        // Another registrar with a key of its own says the same.
        let foreign = Country::new(&Store::sqlite()).await.grant("d-1", POST, 10, store).await;
        let changed = format!("{}x", good);
        for bad in [elsewhere.as_str(), &foreign, &changed, "", "a.b.c"] {
            let (status, problem) = country.take_in(bad).await;
            assert_eq!((status, slug(&problem)), (StatusCode::BAD_REQUEST, "delegation-refused"));
        }
        assert_eq!(country.post.status().await["numbers_left"], 0);
        assert_eq!(country.take_in(&good).await.0, StatusCode::OK);
        // The registrar does not trust what it did not sign, nor what is another post's.
        let page = |delegation: &str| PostPage {
            delegation: delegation.to_owned(),
            registrations: vec![registration("2026-900000000009", store)],
        };
        let client = PostClient::new(country.registrar.wire.clone());
        for bad in [foreign.as_str(), &elsewhere] {
            let ctx = country.registrar.call(POST, "post-registrations", PURPOSE);
            let error = client.hand_in(ctx, &page(bad)).await.expect_err("refused");
            assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "{error}");
        }
        assert_eq!(country.in_register().await, 0);
    })
    .await;
}

fn registration(number: &str, store: &Store) -> PostRegistration {
    PostRegistration {
        registration: Id::mint(&store.clock, &store.rng),
        number: number.to_owned(),
        child: basis::PersonName::new("Neema").expect("a name"),
        sex: "female".to_owned(),
        born: "2026-03-13".parse().expect("a date"),
        place: "TB-03-114".to_owned(),
        mother: None,
        mother_vid: None,
        officer: "officer:GOV/POST114/p-1".to_owned(),
        recorded: store.clock.now(),
    }
}

#[tokio::test]
async fn what_a_delegation_does_not_cover_waits_for_an_officer() {
    on_each_engine(async |store| {
        let country = Country::new(store).await;
        let delegation = country.grant("d-1", POST, 10, store).await;
        let number = |digits: &str| format!("2026-{}", verhoeff::append(digits));
        let good = registration(&number("90000000003"), store);
        let mut late = registration(&number("90000000004"), store);
        late.recorded = store.clock.now().plus_seconds(90_000);
        late.child = basis::PersonName::new("Juma").expect("a name");
        let mut invalid = registration(&number("90000000005"), store);
        invalid.sex = "f".to_owned();
        invalid.place = "TB-04".to_owned();
        let beyond = registration(&number("90000000010"), store);
        let rows = [
            (good.clone(), PostOutcome::Accepted, vec![]),
            (late, PostOutcome::Conflict, vec!["outside-period"]),
            (invalid, PostOutcome::Conflict, vec!["invalid-field"]),
            (beyond, PostOutcome::Conflict, vec!["outside-range", "same-child-date-and-place"]),
            // The registration's id with another content is no second birth.
            (
                PostRegistration { place: "TB-05".to_owned(), ..good },
                PostOutcome::Rejected,
                vec!["registration-taken"],
            ),
        ];
        let client = PostClient::new(country.registrar.wire.clone());
        for (one, outcome, why) in rows {
            let page = PostPage { delegation: delegation.clone(), registrations: vec![one] };
            let ctx = country.registrar.call(POST, "post-registrations", PURPOSE);
            let results = client.hand_in(ctx, &page).await.expect("takes").results;
            assert_eq!((results[0].outcome, &results[0].reasons), (outcome, &to_texts(&why)));
        }
        assert_eq!(country.in_register().await, 1);
        let conflicts = country.conflicts().await;
        let of =
            |code: &str| conflicts.iter().find(|one| reasons(one).contains(&code)).expect("one");
        let (status, problem) = country.resolve(of("invalid-field"), "keep").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        let (status, kept) = country.resolve(of("outside-range"), "keep").await;
        assert_eq!(status, StatusCode::OK, "{kept}");
        assert_ne!(kept["number"], json!(number("90000000010")), "a number of its own");
    })
    .await;
}

fn to_texts(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[tokio::test]
async fn a_page_whose_answer_is_lost_is_handed_in_again_and_stands_once() {
    on_each_engine(async |store| {
        let country = Country::with_delegation(store, 10).await;
        for key in ["k-1", "k-2", "k-3"] {
            country.post.registered(key, birth(key, "2026-03-13")).await;
        }
        country.link.set_cut(false);
        country.link.loses_answers.store(true, Ordering::Relaxed);
        assert_eq!(country.hand_in().await["waiting"], 3, "not marked");
        assert_eq!(country.in_register().await, 3, "but taken");
        country.link.loses_answers.store(false, Ordering::Relaxed);
        store.time.advance_seconds(2);
        let status = country.hand_in().await;
        assert_eq!((&status["waiting"], &status["conflicts"]), (&json!(0), &json!(0)), "{status}");
        assert_eq!((country.in_register().await, country.events().await), (3, 3));
    })
    .await;
}

#[tokio::test]
async fn an_identity_authority_that_does_not_answer_delays_and_loses_nothing() {
    on_each_engine(async |store| {
        let country = Country::with_delegation(store, 10).await;
        country.post.registered("k-1", birth_of("Neema", "2026-03-13", MOTHER_VID)).await;
        country.link.set_cut(false);
        let persons = "TB/GOV/NIA/identity/persons".parse().expect("a service");
        country.registrar.wire.cut(&persons);
        let status = country.hand_in().await;
        assert_eq!((&status["waiting"], country.in_register().await), (&json!(1), 0), "{status}");
    })
    .await;
}

#[tokio::test]
async fn likely_duplicates_are_kept_merged_or_rejected_by_an_officer() {
    on_each_engine(async |store| {
        let country = Country::with_delegation(store, 10).await;
        let known =
            country.registrar.registered("r-1", birth_of("Neema", "2026-03-13", MOTHER_VID)).await;
        let twin = country.post.registered("k-1", birth_of("Tatu", "2026-03-13", MOTHER_VID)).await;
        let same = country.post.registered("k-2", birth("NEEMA", "2026-03-13")).await;
        let wrong = country
            .post
            .registered("k-3", birth_of("Juma", "2026-03-01", "9999999999999999"))
            .await;
        let plain = country.post.registered("k-4", birth("Asha", "2026-03-02")).await;
        country.link.set_cut(false);
        let status = country.hand_in().await;
        assert_eq!((&status["uploaded"], &status["conflicts"]), (&json!(4), &json!(3)), "{status}");
        assert_eq!(country.in_register().await, 2);

        let conflicts = country.conflicts().await;
        let of = |id: Id| {
            let found =
                conflicts.iter().find(|one| one["registration"]["registration"] == json!(id));
            found.expect("a conflict")
        };
        assert_eq!(reasons(of(twin)), ["same-mother-and-date"]);
        assert_eq!(reasons(of(same)), ["same-child-date-and-place"]);
        assert_eq!(reasons(of(wrong)), ["mother-unknown"]);
        assert_eq!(of(twin)["other"]["registration"], json!(known));
        let seen = country.registrar.read_log(Pseudonym(known)).await.entries;
        assert_eq!(
            seen[0].officer.as_deref(),
            Some("r-1"),
            "that the officer looked is in the log"
        );

        let (status, kept) = country.resolve(of(twin), "keep").await;
        assert_eq!((status, &kept["outcome"]), (StatusCode::OK, &json!("accepted")));
        assert_eq!(country.resolve(of(twin), "keep").await.1, kept, "the same decision again");
        assert_eq!(country.resolve(of(twin), "reject").await.0, StatusCode::CONFLICT);
        assert_eq!(country.resolve(of(same), "merge").await.1["outcome"], "merged");
        assert_eq!(country.resolve(of(wrong), "reject").await.1["outcome"], "rejected");
        assert!(country.conflicts().await.is_empty());
        assert_eq!(country.in_register().await, 3, "{known} {twin} {plain}");
        assert_eq!(country.events().await, 3);
        let log = country.registrar.read_log(Pseudonym(known)).await.entries;
        assert_eq!(log.len(), 3, "reads of what was merged are now in the child's log");

        store.time.advance_seconds(60);
        let status = country.hand_in().await;
        assert_eq!((&status["conflicts"], &status["waiting"]), (&json!(0), &json!(0)), "{status}");
        let rows = country.post.rows("SELECT outcome FROM post_birth ORDER BY serial").await;
        let outcomes: Vec<String> =
            rows.iter().map(|row| row.get("outcome").expect("text")).collect();
        assert_eq!(outcomes, ["accepted", "merged", "rejected", "accepted"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_post_keeps_and_the_registrar_disputes_is_sealed() {
    on_each_engine(async |store| {
        let country = Country::with_delegation(store, 10).await;
        country.post.registered("k-1", birth_of("Upendo", "2026-03-13", "9999999999999999")).await;
        country.link.set_cut(false);
        country.hand_in().await;
        let conflicts = country.conflicts().await;
        country.resolve(&conflicts[0], "reject").await;
        let tables = [
            "SELECT * FROM birth",
            "SELECT * FROM post_birth",
            "SELECT * FROM handed_in",
            "SELECT * FROM audit",
            "SELECT * FROM idempotency",
            "SELECT * FROM outbox",
            "SELECT * FROM post_link",
        ];
        for office in [&country.registrar, &country.post] {
            for sql in tables {
                let rows = format!("{:?}", office.rows(sql).await);
                for secret in ["Upendo", "2026-03-13", "9999999999999999", "Looked at both"] {
                    let bytes = format!("{:?}", secret.as_bytes());
                    let bytes = bytes.trim_matches(['[', ']']);
                    assert!(!rows.contains(secret) && !rows.contains(bytes), "{sql}: {secret}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_post_is_no_registrar_and_the_registrar_is_no_post() {
    on_each_engine(async |store| {
        let country = Country::with_delegation(store, 10).await;
        let delegation =
            json!({"post": POST, "numbers": {"count": 1}, "valid_until": "2026-03-20T00:00:00Z"});
        let at_post = [
            country.post.ask(Method::POST, "/civil/delegations", "k", delegation).await,
            country.post.ask(Method::GET, "/civil/conflicts", "", Json::Null).await,
            country
                .post
                .import(
                    "k",
                    &[json!({"entry": "A/1", "child": {"full": "Neema"},
                "sex": "female", "born": "1987", "place": "TB-03"})],
                )
                .await,
        ];
        for (status, problem) in at_post {
            assert_eq!((status, slug(&problem)), (StatusCode::CONFLICT, "only-at-registrar"));
        }
        let token = json!({"delegation": "a.b.c"});
        let at_registrar = [
            country.registrar.ask(Method::POST, "/civil/post/delegation", "", token).await,
            country.registrar.ask(Method::GET, "/civil/post/status", "", Json::Null).await,
            country.registrar.ask(Method::POST, "/civil/post/hand-in", "", Json::Null).await,
        ];
        for (status, problem) in at_registrar {
            assert_eq!((status, slug(&problem)), (StatusCode::CONFLICT, "only-at-post"));
        }
        assert_eq!(HAND_IN, format!("{REGISTRAR}/post-registrations"));
    })
    .await;
}
