//! Officers at the desk: number and one-time code, lock-out, sign-out, dismissal; and the operator's view.

use axum::Router;
use axum::body::Body;
use contracts::{MemberId, Wire};
use credential::totp::Totp;
use exchange::{BlockSight, BlockState, Deps, NewOfficer, PERMISSIONS, Surroundings, block};
use futures_util::future::BoxFuture;
use http::{Request, header};
use kernel::auth::{OPERATOR, OwnerMember, TokenIssuer};
use kernel::block::DeskEntry;
use std::sync::Arc;
use testkit::{Store, on_each_engine};
use tower::ServiceExt;
use ui::desk::{DeskFrame, DeskPlace};

use crate::fixture::*;

/// An installation where all is well but one block.
pub struct Around;

impl Surroundings for Around {
    fn mandate(&self, member: &MemberId) -> Option<String> {
        (member.code() == "MSP").then(|| "Social Protection Act, s.4".to_owned())
    }

    fn look(&self) -> BoxFuture<'_, Vec<BlockSight>> {
        let sight = |name: &str, state| BlockSight {
            name: name.to_owned(),
            title: name.to_uppercase(),
            member: "GOV/NIA".to_owned(),
            state,
        };
        let good =
            BlockState { waiting: 3, dead: 2, sealed: 1_234, unsealed: 1, bytes: Some(1_290_000) };
        Box::pin(async move { vec![sight("civil", Some(good)), sight("consent", None)] })
    }
}

/// What the pages say about who runs them, in tests.
pub fn deps() -> Deps {
    let site = ui::Site {
        service: "Tumbawe".to_owned(),
        operator: "National Identity Authority".to_owned(),
        home: "/desk".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 0,
    };
    Deps { site, surroundings: Arc::new(Around) }
}

struct House<'s> {
    store: &'s Store,
    site: Site,
    router: Router,
    issuer: TokenIssuer,
}

struct Seen {
    status: u16,
    location: String,
    set: Vec<String>,
    text: String,
}

impl Seen {
    fn cookie(&self, name: &str) -> Option<String> {
        let start = format!("{name}=");
        let found = self.set.iter().find_map(|line| line.strip_prefix(&start));
        found.and_then(|rest| rest.split(';').next()).map(str::to_owned)
    }
}

impl<'s> House<'s> {
    async fn open(store: &'s Store) -> Self {
        let site = one_house(store).await;
        let (auth, issuer) = testkit::officer_layer(&site.ctx, PERMISSIONS);
        let entry = DeskEntry {
            path: "/desk/queue",
            names: &[("en", "Queue")],
            about: &[("en", "Cases to decide.")],
            permission: "exchange.call",
        };
        let block = block(&site.exchange, deps()).unwrap();
        let places = [(entry, "GOV/MSP"), (block.desk[0], "GOV/NIA")];
        let place = |(entry, owner)| DeskPlace { entry, owner: OwnerMember::new(owner) };
        let exchange = site.exchange.clone();
        let stands = Arc::new(move |claims: &_| exchange.session_stands(claims));
        let frame = DeskFrame::new(places.into_iter().map(place).collect(), stands);
        let router =
            block.into_router(OwnerMember::new("GOV/NIA")).layer(frame.layer()).layer(auth.layer());
        Self { store, site, router, issuer }
    }

    /// An officer with a code; answers what their app holds.
    async fn officer(&self, member: &str, id: &str, roles: &[&str]) -> Totp {
        let new = NewOfficer {
            member: member.parse().unwrap(),
            id: id.to_owned(),
            key: None,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            one_time_code: true,
        };
        let uri = self.site.exchange.put_officer(&actor(), new).await.unwrap().unwrap();
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        Totp::from_uri(&uri).unwrap()
    }

    fn code(&self, totp: &Totp) -> String {
        totp.code_at(self.site.ctx.clock.now().unix_seconds())
    }

    async fn send(&self, request: Request<Body>) -> Seen {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let all = |name| parts.headers.get_all(name).iter().map(|v| v.to_str().unwrap().to_owned());
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Seen {
            status: parts.status.as_u16(),
            location: all(header::LOCATION).next().unwrap_or_default(),
            set: all(header::SET_COOKIE).collect(),
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str, session: &str) -> Seen {
        let mut request = Request::get(path);
        if !session.is_empty() {
            request = request.header("cookie", format!("desk={session}"));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, fields: &str) -> Seen {
        let token = self.get("/desk/sign-in", "").await.cookie("exchange-form").unwrap();
        // Without a desk cookie the token is bound to none.
        let request = Request::post(path)
            .header("cookie", format!("exchange-form={token}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={token}&{fields}")));
        self.send(request.unwrap()).await
    }

    async fn sign_in(&self, number: &str, code: &str) -> Seen {
        let number = number.replace('/', "%2F");
        self.post("/desk/sign-in", &format!("number={number}&code={code}&next=%2Fdesk%2Fqueue"))
            .await
    }

    async fn audited(&self, event: &'static str) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM audit WHERE event = $1";
        let read =
            self.site.ctx.db.read(move |tx| {
                Box::pin(async move { tx.one(sql, &[event.into()]).await?.get("n") })
            });
        let n: Result<i64, kernel::db::DbError> = read.await;
        n.unwrap()
    }
}

#[tokio::test]
async fn an_officer_signs_in_with_a_code_and_out_again() {
    on_each_engine(async |store| {
        let house = House::open(store).await;
        let app = house.officer("TB/GOV/MSP", "b-7", &["exchange-user"]).await;
        let code = house.code(&app);
        let entered = house.sign_in("GOV/MSP/b-7", &code).await;
        assert_eq!((entered.status, entered.location.as_str()), (303, "/desk/queue"));
        let set = entered.set.iter().find(|line| line.starts_with("desk=")).unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
        let session = entered.cookie("desk").unwrap();

        let home = house.get("/desk", &session).await;
        assert_eq!(home.status, 200);
        for text in ["GOV/MSP/b-7", "Social Protection Act, s.4", "/desk/queue", "Cases to decide."]
        {
            assert!(home.text.contains(text), "{text}: {}", home.text);
        }
        assert!(!home.text.contains("/desk/operator"), "only what the officer may open");
        assert_eq!(house.get("/desk/operator", &session).await.status, 403);

        let again = house.sign_in("GOV/MSP/b-7", &code).await;
        assert_eq!(again.status, 422, "a code counts once");
        assert!(!again.text.contains(&code), "a code is never shown");

        let bye = Request::post("/desk/sign-out").header("cookie", format!("desk={session}"));
        let bye = house.send(bye.body(Body::empty()).unwrap()).await;
        assert_eq!((bye.status, bye.location.as_str()), (303, "/desk/sign-in"));
        assert_eq!(bye.cookie("desk").as_deref(), Some(""));
        assert_eq!(house.get("/desk", &session).await.status, 303, "the session is void");
        assert_eq!(house.audited("exchange.officer.signed_in").await, 1);
        assert_eq!(house.audited("exchange.officer.signed_out").await, 1);
        assert_eq!(house.audited("exchange.officer.refused").await, 1);
    })
    .await;
}

#[tokio::test]
async fn guessing_locks_and_tells_nothing() {
    on_each_engine(async |store| {
        let house = House::open(store).await;
        let app = house.officer("TB/GOV/MSP", "b-7", &["exchange-user"]).await;
        let same = |seen: &Seen| {
            assert_eq!(seen.status, 422);
            let start = seen.text.find("do not fit together").expect("one text for all");
            seen.text[start..start + 40].to_owned()
        };
        let unknown = same(&house.sign_in("GOV/MSP/nobody", "123456").await);
        for _ in 0..5 {
            assert_eq!(same(&house.sign_in("GOV/MSP/b-7", "000000").await), unknown);
        }
        let right = house.code(&app);
        assert_eq!(same(&house.sign_in("GOV/MSP/b-7", &right).await), unknown, "locked");
        house.store.time.advance_seconds(31);
        let right = house.code(&app);
        assert_eq!(house.sign_in("GOV/MSP/b-7", &right).await.status, 303, "and open again");
        assert_eq!(house.audited("exchange.officer.locked").await, 1);
        let mistyped = house.sign_in("b-7", "12").await;
        assert!(mistyped.text.contains("Enter the whole number"));
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_with_the_officer_the_role_and_the_time() {
    on_each_engine(async |store| {
        let house = House::open(store).await;
        let enter = async |id: &str| {
            let app = house.officer("TB/GOV/MSP", id, &["exchange-user", "member-admin"]).await;
            let seen = house.sign_in(&format!("GOV/MSP/{id}"), &house.code(&app)).await;
            (app, seen.cookie("desk").unwrap())
        };
        let msp: MemberId = "TB/GOV/MSP".parse().unwrap();
        let (app, dismissed) = enter("b-1").await;
        house.site.exchange.dismiss_officer(&actor(), &msp, "b-1").await.unwrap();
        assert_eq!(house.get("/desk", &dismissed).await.status, 303);
        house.store.time.advance_seconds(60);
        assert_eq!(house.sign_in("GOV/MSP/b-1", &house.code(&app)).await.status, 422);

        let (_, narrowed) = enter("b-2").await;
        house.officer("TB/GOV/MSP", "b-2", &["exchange-user"]).await;
        assert_eq!(house.get("/desk", &narrowed).await.status, 303, "a role was taken away");

        let (_, late) = enter("b-3").await;
        assert_eq!(house.get("/desk", &late).await.status, 200);
        house.store.time.advance_seconds(4 * 60 * 60);
        let seen = house.get("/desk", &late).await;
        assert_eq!((seen.status, seen.location.as_str()), (303, "/desk/sign-in?next=%2Fdesk"));
    })
    .await;
}

#[tokio::test]
async fn a_key_or_a_code_is_needed_and_the_api_takes_no_session() {
    on_each_engine(async |store| {
        let house = House::open(store).await;
        let msp: MemberId = "TB/GOV/MSP".parse().unwrap();
        let new = NewOfficer {
            member: msp,
            id: "b-9".to_owned(),
            key: None,
            roles: vec!["member-admin".to_owned()],
            one_time_code: false,
        };
        let refused = house.site.exchange.put_officer(&actor(), new.clone()).await.unwrap_err();
        assert!(refused.to_string().contains("one_time_code"), "{refused}");
        let app = house.officer("TB/GOV/MSP", "b-9", &["member-admin"]).await;
        // Roles may change without a new secret.
        assert_eq!(house.site.exchange.put_officer(&actor(), new).await.unwrap(), None);
        let session = house.sign_in("GOV/MSP/b-9", &house.code(&app)).await.cookie("desk").unwrap();
        let table =
            [("cookie", format!("desk={session}")), ("authorization", format!("Bearer {session}"))];
        for (name, value) in table {
            let request = Request::get("/exchange/v1/directory").header(name, value);
            assert_eq!(
                house.send(request.body(Body::empty()).unwrap()).await.status,
                401,
                "{name}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_operator_sees_what_passes_and_what_wants_attention() {
    on_each_engine(async |store| {
        let house = House::open(store).await;
        let token = house.issuer.mint("operator", "GOV/NIA", &[OPERATOR], 600).unwrap();
        let entered = house.post("/desk/sign-in", &format!("token={token}")).await;
        assert_eq!((entered.status, entered.location.as_str()), (303, "/desk"));
        let session = entered.cookie("desk").unwrap();
        let clerk = house.issuer.mint("c-1", "GOV/NIA", &["member-admin"], 600).unwrap();
        assert_eq!(house.post("/desk/sign-in", &format!("token={clerk}")).await.status, 422);

        let exchange = &house.site.exchange;
        for (purpose, passes) in [("benefit-eligibility", true), ("curiosity", false)] {
            let ctx = house.site.call(BENEFITS, RECORDS, purpose, law()).about(person("social"));
            let answer = exchange.call(ctx, contracts::call::get("/1").unwrap()).await;
            assert_eq!(answer.is_ok(), passes, "{purpose}");
        }

        let seen = house.get("/desk/operator", &session).await;
        assert_eq!(seen.status, 200, "{}", seen.text);
        let expected = [
            "consent: its database does not answer",
            "civil: 2 events were set aside",
            "GOV/NIA runs a block here: no mandate is recorded",
            "2 calls in the last 24 hours, at most 2 in one hour",
            "1.2 MB",
            "1,234 + 1",
        ];
        for text in expected {
            assert!(seen.text.contains(text), "{text}: {}", seen.text);
        }
        assert!(!seen.text.contains("GOV/MSP runs"));
        let flows = house.get("/desk/operator/flows", &session).await.text;
        assert!(flows.contains("GOV/NIA/residents/records"), "{flows}");
        let members = house.get("/desk/operator/members", &session).await.text;
        assert!(
            members.contains("Social Protection Act, s.4") && members.contains("Without an end")
        );
    })
    .await;
}
