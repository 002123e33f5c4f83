use axum::Router;
use axum::body::Body;
use axum::extract::FromRef;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use axum::routing::get;
use basis::Rng;
use http_body_util::BodyExt;
use tower::ServiceExt;
use ui::{Lang, Site, Submitted, Ui, Visit, assets, gallery, see_other};

#[derive(Clone)]
struct App(Ui);

impl FromRef<App> for Ui {
    fn from_ref(app: &App) -> Self {
        app.0.clone()
    }
}

fn site() -> Site {
    Site {
        service: "Tumbawe services".to_owned(),
        operator: "National Identity Authority".to_owned(),
        home: "/".to_owned(),
        sandbox: true,
        secure: false,
        utc_offset_minutes: 180,
    }
}

fn ui(site: Site) -> Ui {
    Ui::builder("test", site, &[7; 32], Rng::seeded(1)).build()
}

fn app(site: Site) -> Router {
    async fn taken(form: Submitted) -> axum::response::Response {
        if form.fields.text("name").is_empty() {
            return form.visit.not_found();
        }
        see_other("/done")
    }
    async fn broken(visit: Visit) -> axum::response::Response {
        visit.page("error.html", ()).respond()
    }
    Router::new()
        .route("/gallery", get(gallery::gallery).post(taken))
        .route("/broken", get(broken))
        .with_state(App(ui(site)))
        .merge(assets::router())
}

async fn ask(app: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response: Response<Body> = app.clone().oneshot(request).await.expect("set-up");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("set-up").to_bytes();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).expect("set-up"))
}

fn page(uri: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = headers
        .iter()
        .fold(Request::get(uri), |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).expect("set-up")
}

fn form(body: String, headers: &[(&str, &str)]) -> Request<Body> {
    let request =
        Request::post("/gallery").header("content-type", "application/x-www-form-urlencoded");
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::from(body)).expect("set-up")
}

/// The cookie a browser would send back, and the token in the page's forms.
async fn token(app: &Router, headers: &[(&str, &str)]) -> (String, String) {
    let (_, sent, html) = ask(app, page("/gallery", headers)).await;
    let cookie = sent.get(header::SET_COOKIE).expect("set-up").to_str().expect("set-up");
    let token = html
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .expect("set-up")
        .split('"')
        .next()
        .expect("set-up");
    (cookie.split(';').next().expect("set-up").to_owned(), token.to_owned())
}

#[test]
fn every_page_in_every_language() {
    for sandbox in [true, false] {
        let flaws = ui(Site { sandbox, ..site() }).check(&[]);
        assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    }
}

#[test]
fn a_check_that_finds_nothing_would_be_no_check() {
    let broken = Ui::builder("test", site(), &[7; 32], Rng::seeded(1));
    let broken = broken.templates(&[
        ("a.html", "{{ t('no.such') }}{{ nowhere }}"),
        ("b.html", "<h1>"),
        ("c.html", "{% if %}"),
    ]);
    let broken = broken.texts(&[(Lang::FR, "only = \"ici\"")]).unwrap().build();
    let samples = [ui::Sample::new("a.html", ()), ui::Sample::new("c.html", ())];
    let flaws = broken.check(&samples).join("\n");
    for expected in [
        "a.html: no text `no.such`",
        "undefined value",
        "b.html: no sample",
        "c.html in en: syntax error",
        "`only` is not in English",
    ] {
        assert!(flaws.contains(expected), "{expected} not in:\n{flaws}");
    }
}

#[tokio::test]
async fn language_by_query_then_cookie_then_header() {
    let app = app(site());
    let says = async |uri: &str, headers: &[(&str, &str)], expected: &str| {
        let (status, sent, html) = ask(&app, page(uri, headers)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            html.contains(&format!("<html lang=\"{expected}\" dir=\"ltr\">")),
            "{uri} {headers:?}"
        );
        assert_eq!(sent[header::CONTENT_LANGUAGE], expected);
        sent
    };
    says("/gallery", &[], "en").await;
    says("/gallery", &[("accept-language", "de, sw;q=0.9, en;q=0.1")], "sw").await;
    says("/gallery", &[("accept-language", "sw"), ("cookie", "lang=fr")], "fr").await;
    let sent = says("/gallery?page=2&lang=sw", &[("cookie", "lang=fr")], "sw").await;
    let cookies: Vec<_> =
        sent.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
    assert!(cookies.iter().any(|line| line.starts_with("lang=sw; ")), "{cookies:?}");
    says("/gallery?lang=xx", &[("cookie", "lang=fr")], "fr").await;
    let (_, _, html) = ask(&app, page("/gallery?page=2&lang=sw&x=%22%3E", &[])).await;
    assert!(
        html.contains("href=\"/gallery?lang=fr&amp;page=2&amp;x=%22%3E\""),
        "the query is kept"
    );
}

#[tokio::test]
async fn headers_of_a_page() {
    let (_, sent, html) = ask(&app(site()), page("/gallery", &[])).await;
    assert_eq!(sent[header::CACHE_CONTROL], "no-store");
    assert_eq!(sent[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let policy = sent[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert!(sent.get(header::STRICT_TRANSPORT_SECURITY).is_none());
    assert!(html.contains("Sandbox."));

    let (status, sent, html) =
        ask(&app(Site { secure: true, sandbox: false, ..site() }), page("/gallery", &[])).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "the gallery is for sandboxes");
    assert!(sent.get(header::STRICT_TRANSPORT_SECURITY).is_some());
    let cookie = sent[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-test-form=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(!html.contains("Sandbox"));
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_nothing_else_is_there() {
    let app = app(site());
    let (status, sent, body) = ask(&app, page(assets::css().path(), &[])).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, assets::css().content()));
    assert_eq!(sent[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    for missing in ["/assets/0000000000000000.css", "/assets/..%2fCargo.toml"] {
        assert_eq!(ask(&app, page(missing, &[])).await.0, StatusCode::NOT_FOUND, "{missing}");
    }
}

#[tokio::test]
async fn a_form_needs_its_token() {
    let app = app(site());
    let (cookie, token) = token(&app, &[]).await;
    let status =
        async |body: String, headers: &[(&str, &str)]| ask(&app, form(body, headers)).await.0;
    let good = format!("name=Asha&csrf={token}");

    assert_eq!(status(good.clone(), &[("cookie", &cookie)]).await, StatusCode::SEE_OTHER);
    assert_eq!(status(good.clone(), &[]).await, StatusCode::FORBIDDEN, "no cookie");
    assert_eq!(
        status("name=Asha".to_owned(), &[("cookie", &cookie)]).await,
        StatusCode::FORBIDDEN,
        "no token"
    );
    let other = format!("{cookie}; test-session=stolen");
    assert_eq!(
        status(good.clone(), &[("cookie", &other)]).await,
        StatusCode::FORBIDDEN,
        "another session"
    );
    let elsewhere = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(status(good.clone(), &elsewhere).await, StatusCode::FORBIDDEN, "from another site");
    let here = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(status(good, &here).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_token_lasts_for_its_session_only() {
    let app = app(site());
    let (cookie, first) = token(&app, &[("cookie", "test-session=a")]).await;
    let held = format!("{cookie}; test-session=a");
    let (_, sent, html) = ask(&app, page("/gallery", &[("cookie", &held)])).await;
    assert!(html.contains(&first), "a second tab has the same token");
    assert!(sent.get(header::SET_COOKIE).is_none());
    let (_, second) = token(&app, &[("cookie", &format!("{cookie}; test-session=b"))]).await;
    assert_ne!(first, second, "a new session has a new token");
}

#[tokio::test]
async fn bad_forms_get_one_clear_page_each() {
    let app = app(site());
    let long = format!("name={}", "a".repeat(70_000));
    let (status, _, html) = ask(&app, form(long, &[])).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(html.contains("more than we can take"));
    let json = Request::post("/gallery")
        .header("content-type", "application/json")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(ask(&app, json).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_broken_template_is_our_fault_and_says_so() {
    let (status, _, html) = ask(&app(site()), page("/broken", &[("accept-language", "fr")])).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(html.contains("Une erreur s’est produite de notre côté"), "{html}");
    assert!(!html.contains("undefined"), "no inner workings: {html}");
}

#[test]
fn what_visitors_write_is_escaped() {
    let broken = Ui::builder("test", site(), &[7; 32], Rng::seeded(1));
    let source = "{% extends 'shell.html' %}{% block main %}<h1>{{ t('shell.operated-by', operator=name) }}</h1>{{ c.tag(name) }}{% endblock %}";
    let ui = broken.templates(&[("a.html", source)]).build();
    let (parts, ()) = Request::get("/").body(()).unwrap().into_parts();
    let context = std::collections::BTreeMap::from([("name", "<script>alert('1')</script>")]);
    let html = Visit::of(ui, &parts).page("a.html", context).html().unwrap();
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(html.matches("&lt;script&gt;").count(), 2);
}
