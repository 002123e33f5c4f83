//! The officers' desk: who is let in, who is sent to sign in, and what the bar shows.

use axum::body::Body;
use axum::extract::FromRef;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use basis::{Clock, MockClock, Rng, Timestamp};
use http_body_util::BodyExt;
use kernel::auth::{
    AuthState, OwnerMember, Permission, PermissionRow, Permissions, TokenIssuer, TokenVerifier,
};
use kernel::block::DeskEntry;
use kernel::keys::KeyStore;
use std::sync::Arc;
use tower::ServiceExt;
use ui::desk::{DeskFrame, DeskPlace, SignedIn};
use ui::{Desk, Site, Submitted, Ui};

struct Close;

impl Permission for Close {
    const NAME: &'static str = "payments.batch.close";
}

const ROWS: [PermissionRow; 2] = [
    PermissionRow { name: Close::NAME, roles: &["maker"] },
    PermissionRow { name: "audit.read", roles: &["auditor"] },
];

#[derive(Clone)]
struct Pages(Ui);

impl FromRef<Pages> for Ui {
    fn from_ref(pages: &Pages) -> Self {
        pages.0.clone()
    }
}

async fn show(desk: Desk<Close>) -> Response {
    desk.visit.error(StatusCode::OK, "form.unreadable", None)
}

async fn close(desk: Desk<Close>, form: Submitted) -> String {
    format!("{} closes {}", desk.officer.actor(), form.fields.text("batch"))
}

async fn home(signed_in: SignedIn) -> String {
    let open = signed_in.places.iter().map(|place| place.entry.path);
    open.collect::<Vec<_>>().join(" ")
}

struct House {
    router: Router,
    tokens: TokenIssuer,
    time: MockClock,
}

fn house() -> House {
    let (clock, time) = Clock::mock(Timestamp::from_micros(1_773_475_200_000_000));
    let keys = KeyStore::in_memory(clock.clone(), Rng::seeded(1));
    let key = keys.signing_key("token").expect("set-up");
    let verifier =
        TokenVerifier::new("urn:a", &keys.public_keys("token"), clock.clone()).expect("set-up");
    let auth = AuthState::new(verifier, Permissions::new(ROWS).expect("set-up"));
    let site = Site {
        service: "Tumbawe services".to_owned(),
        operator: "Treasury".to_owned(),
        home: "/portal".to_owned(),
        sandbox: false,
        secure: false,
        utc_offset_minutes: 0,
    };
    let ui = Ui::builder("payments", site, &[1; 32], Rng::seeded(3)).build();
    let place = |path, names, permission, owner: &str| DeskPlace {
        entry: DeskEntry { path, names, about: &[], permission },
        owner: OwnerMember::new(owner),
    };
    let batches: &[(&str, &str)] = &[("en", "Batches"), ("fr", "Lots")];
    let places = vec![
        place("/desk/batches", batches, Close::NAME, "GOV/TREASURY"),
        place("/desk/elsewhere", batches, Close::NAME, "GOV/MSP"),
        place("/desk/trail", &[("en", "Trail")], "audit.read", "GOV/TREASURY"),
    ];
    let frame = DeskFrame::new(places, Arc::new(|claims| claims.sub != "dismissed"));
    let router = Router::new()
        .route("/desk", get(home))
        .route("/desk/batches", get(show).post(close))
        .with_state(Pages(ui))
        .layer(Extension(OwnerMember::new("GOV/TREASURY")))
        .layer(frame.layer())
        .layer(auth.layer());
    House { router, tokens: TokenIssuer::new("urn:a", key, clock, Rng::seeded(2)), time }
}

struct Seen {
    status: u16,
    location: String,
    set: Vec<String>,
    text: String,
}

impl House {
    fn token(&self, id: &str, member: &str, role: &str) -> String {
        self.tokens.mint_session(id, member, &[role], 900).expect("set-up")
    }

    async fn send(&self, request: Request<Body>) -> Seen {
        let answer = self.router.clone().oneshot(request).await.expect("set-up");
        let (parts, body) = answer.into_parts();
        let text = |name| {
            parts.headers.get_all(name).iter().map(|v| v.to_str().expect("set-up").to_owned())
        };
        let bytes = body.collect().await.expect("set-up").to_bytes();
        Seen {
            status: parts.status.as_u16(),
            location: text(header::LOCATION).next().unwrap_or_default(),
            set: text(header::SET_COOKIE).collect(),
            text: String::from_utf8(bytes.to_vec()).expect("set-up"),
        }
    }

    async fn get(&self, path: &str, token: &str) -> Seen {
        let cookie = format!("desk={token}");
        self.send(Request::get(path).header("cookie", cookie).body(Body::empty()).expect("set-up"))
            .await
    }
}

#[tokio::test]
async fn a_page_is_for_those_who_are_signed_in_and_may_see_it() {
    let house = house();
    let maker = house.token("m-1", "GOV/TREASURY", "maker");
    let seen = house.get("/desk/batches?page=2", &maker).await;
    assert_eq!(seen.status, 200);
    assert!(
        seen.text.contains("GOV/TREASURY/m-1") && seen.text.contains("action=\"/desk/sign-out\"")
    );
    assert!(seen.text.contains("href=\"/desk/batches\" aria-current=\"page\">Batches"));
    assert!(!seen.text.contains("/desk/elsewhere") && !seen.text.contains("/desk/trail"));
    assert!(seen.text.contains("class=\"brand\" href=\"/desk\""));

    let table = [
        ("wrong role", house.token("a-1", "GOV/TREASURY", "auditor")),
        ("wrong member", house.token("m-1", "GOV/MSP", "maker")),
    ];
    for (who, token) in table {
        let seen = house.get("/desk/batches", &token).await;
        assert_eq!(seen.status, 403, "{who}");
        assert!(seen.text.contains("You may not see this page"), "{who}");
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_there_and_back() {
    let house = house();
    let maker = house.token("m-1", "GOV/TREASURY", "maker");
    let dismissed = house.token("dismissed", "GOV/TREASURY", "maker");
    for token in ["", "x.y.z", &maker[1..], &dismissed] {
        let seen = house.get("/desk/batches?page=2", token).await;
        assert_eq!(seen.status, 303, "{token}");
        assert_eq!(seen.location, "/desk/sign-in?next=%2Fdesk%2Fbatches%3Fpage%3D2");
    }
    house.time.advance_seconds(900);
    assert_eq!(house.get("/desk/batches", &maker).await.status, 303);
    // The API's way in does not open pages, as the page's does not open the API.
    let token = house.tokens.mint("m-1", "GOV/TREASURY", &["maker"], 900).expect("set-up");
    assert_eq!(house.get("/desk/batches", &token).await.status, 303);
    let fresh = format!("Bearer {token}");
    let bearer = Request::get("/desk/batches").header("authorization", fresh);
    assert_eq!(house.send(bearer.body(Body::empty()).expect("set-up")).await.status, 303);
}

#[tokio::test]
async fn a_form_needs_the_token_that_was_made_for_this_session() {
    let house = house();
    let maker = house.token("m-1", "GOV/TREASURY", "maker");
    let shown = house.get("/desk/batches", &maker).await;
    let set = shown.set.iter().find(|line| line.starts_with("payments-form=")).expect("set-up");
    let csrf = set.split(['=', ';']).nth(1).expect("set-up");
    let post = |session: &str, csrf: &str| {
        Request::post("/desk/batches")
            .header("cookie", format!("desk={session}; payments-form={csrf}"))
            .header("referer", "http://desk.example/desk/batches?page=2")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf={csrf}&batch=7")))
            .expect("set-up")
    };
    let closed = house.send(post(&maker, csrf)).await;
    assert_eq!((closed.status, closed.text.as_str()), (200, "officer:GOV/TREASURY/m-1 closes 7"));
    let next = house.token("m-2", "GOV/TREASURY", "maker");
    assert_eq!(house.send(post(&next, csrf)).await.status, 403, "made for somebody else");
    let late = house.send(post("", csrf)).await;
    assert_eq!(
        (late.status, late.location.as_str()),
        (303, "/desk/sign-in?next=%2Fdesk%2Fbatches%3Fpage%3D2")
    );
}

#[tokio::test]
async fn home_knows_what_is_open_to_whom() {
    let house = house();
    let open = async |id: &str, member: &str, role: &str| {
        house.get("/desk", &house.token(id, member, role)).await.text
    };
    assert_eq!(open("m-1", "GOV/TREASURY", "maker").await, "/desk/batches");
    assert_eq!(open("m-1", "GOV/MSP", "maker").await, "/desk/elsewhere");
    assert_eq!(open("a-1", "GOV/TREASURY", "auditor").await, "/desk/trail");
    assert_eq!(open("x-1", "GOV/CRO", "maker").await, "");
}
