//! Sign-ins a second by number and one-time code: authorization request, code, tokens.
//!
//! Once through the block's use cases, as they stand behind the pages, and once through its router:
//! three HTTP requests with page, form and cookies, without a socket between. The relying party's own
//! work, a signed assertion for each exchange, is part of both.

use super::load::{Plan, closed_loop};
use super::people::{Town, Visitor, deps, query};
use super::report::{Aim, Figure};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use identity::model::number::Identifier;
use identity::service::{Arrival, Authorized, Credentials, Judged, SignedIn, Target};
use kernel::db::Storage;
use tower::ServiceExt;

/// Sign-ins a second that should be reached.
const AIM: u64 = 1_000;
/// Bytes that a page may have.
const PAGE_MAX: usize = 1 << 20;

type Failure = Box<dyn std::error::Error>;

/// Measures both ways.
///
/// # Errors
/// Whatever the block says; a refused sign-in is an error here.
pub async fn measure(storage: &Storage, plan: &Plan) -> Result<Vec<Figure>, Failure> {
    let town = Town::settle(storage).await?;
    let engine = town.ctx().db.engine();
    let mut figures = Vec::new();
    for callers in [1, 64] {
        let people = town.clone();
        let runs = closed_loop(plan, callers, move |_| by_use_cases(people.clone()));
        let name = format!("{engine}: sign-ins by use cases, {callers} callers");
        figures.push(figure(&name, callers, &runs.await.map_err(told)?));
    }
    let owner = town.ctx().owner.clone();
    let router = identity::block(town.ctx(), deps()?)?.into_router(owner);
    for callers in [1, 64] {
        let (people, router) = (town.clone(), router.clone());
        let runs = closed_loop(plan, callers, move |_| by_http(people.clone(), router.clone()));
        let name = format!("{engine}: sign-ins by HTTP, {callers} callers");
        figures.push(figure(&name, callers, &runs.await.map_err(told)?));
    }
    Ok(figures)
}

fn told(why: String) -> Failure {
    why.into()
}

fn figure(name: &str, callers: usize, runs: &[super::load::Run]) -> Figure {
    let figure = Figure::of_runs(name, "sign-ins/s", runs);
    match callers {
        1 => figure,
        _ => figure.with_aim(Aim::AtLeast(AIM)),
    }
}

async fn by_use_cases(town: Town) -> Result<u64, String> {
    let identity = town.identity();
    let failed = |error: identity::Error| error.to_string();
    let query = town.request();
    let Judged::Sound(asked) = identity.judge(&query).await.map_err(failed)? else {
        return Err("the request was refused".to_owned());
    };
    if identity.authorize(&asked, None).await.map_err(failed)? != Authorized::SignIn {
        return Err("the sign-in page was expected".to_owned());
    }
    let Visitor { vid, code } = town.next();
    let identifier = Identifier::parse(&vid).ok_or("the number is none")?;
    let credentials = Credentials { identifier, code, link: None };
    let arrival = Arrival { target: Target::Party(asked), session: None, device: String::new() };
    let SignedIn::In { location: Some(location), .. } =
        identity.sign_in(arrival, credentials).await.map_err(failed)?
    else {
        return Err("a sign-in was refused".to_owned());
    };
    let form = town.exchange_form(&location).map_err(failed)?;
    let tokens = identity.exchange(&form).await.map_err(|error| error.to_string())?;
    Ok(u64::from(!tokens.id_token.is_empty()))
}

async fn by_http(town: Town, router: Router) -> Result<u64, String> {
    let page = Request::get(format!("/authorize?{}", town.request()));
    let page = send(&router, page.body(Body::empty())).await?;
    let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"")?;
    let action = between(&page.body, "<form method=\"post\" action=\"", "\"")?
        .replace("&amp;", "&")
        .replace("&#x2f;", "/")
        .replace("&#x3d;", "=");
    let Visitor { vid, code } = town.next();
    let form = query(&[("csrf", csrf), ("number", &vid), ("code", &code)]);
    let answer = post(&router, &action, form, &cookies(&page.headers)).await?;
    let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.ok_or_else(|| format!("a sign-in was refused: {}", answer.status))?;
    let form = town.exchange_form(location).map_err(|error| error.to_string())?;
    let tokens = post(&router, "/oauth/token", form, "").await?;
    match tokens.status {
        StatusCode::OK => Ok(1),
        _ => Err(tokens.body),
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn post(router: &Router, path: &str, form: String, cookies: &str) -> Result<Answer, String> {
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(COOKIE, cookies);
    send(router, request.body(Body::from(form))).await
}

async fn send(router: &Router, request: http::Result<Request>) -> Result<Answer, String> {
    let request = request.map_err(|error| error.to_string())?;
    let Ok(answer) = router.clone().oneshot(request).await;
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, PAGE_MAX).await.map_err(|error| error.to_string())?;
    let body = String::from_utf8(body.to_vec()).map_err(|error| error.to_string())?;
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

/// What a browser sends back.
fn cookies(headers: &HeaderMap) -> String {
    let lines = headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs: Vec<&str> = lines.filter_map(|line| line.split(';').next()).collect();
    pairs.join("; ")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Result<&'a str, String> {
    let after = text.split_once(start).map(|(_, after)| after);
    let found = after.and_then(|after| after.split_once(end)).map(|(found, _)| found);
    found.ok_or_else(|| format!("a page without {start}"))
}
