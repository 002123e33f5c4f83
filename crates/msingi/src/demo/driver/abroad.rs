//! Zawadi has an identity in the neighbouring country too, and signs in at home with it.

use super::cast::Cast;
use super::key;
use super::mother::{Mother, secret_of, until_known};
use crate::demo::client::{Browser, Desk, Page, StoryError, text, unexpected};
use crate::demo::screen::Screen;
use crate::demo::totp;
use crate::demo::world::{DESK_ABROAD, REGISTRAR_ABROAD, Site, World};
use basis::Clock;
use serde_json::json;

/// The neighbour's instance code.
const INSTANCE: &str = "JR";

/// Registers both sides with each other, ties her two identities together, and signs in with the
/// neighbour's alone.
pub async fn sign_in(
    cast: &Cast,
    world: &World,
    abroad: &Site,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let (vid, mut app) = enrol(cast, abroad, &world.registrar).await?;
    let portal = format!("{}/portal", world.registrar.base);
    let browser = Browser::without_cookies();
    let page = leave(&browser, &portal).await?;
    let page = identify(&browser, &page, &vid, &mut app).await?;
    if !page.html.contains("Jirani ID") {
        return Err(unexpected(
            "coming back",
            "a question who she is here",
            page.status,
            &page.html,
        ));
    }
    identify(&browser, &page, &mother.vid, &mut mother.app).await?;
    mother.reads.push("the portal gets her name, as she ties her two identities together");

    let browser = Browser::without_cookies();
    let page = leave(&browser, &portal).await?;
    let page = identify(&browser, &page, &vid, &mut app).await?;
    mother.reads.push("the portal gets her name, on the neighbour's word");
    if !page.url.as_str().starts_with(&portal) || !page.html.contains("Zawadi") {
        return Err(unexpected("signing in from abroad", "her page", page.status, &page.html));
    }
    screen.done(
        "She signs in with her identity of Jirani, the country beside",
        "GOV/NIA trusts its OpenID provider; tied to her own by number and code, once; the portal sees the same pseudonym, and that another country vouched",
    );
    mother.browser = browser;
    Ok(())
}

/// The officers of both countries do their part; her number and her authenticator there.
async fn enrol(cast: &Cast, abroad: &Site, home: &Site) -> Result<(String, totp::App), StoryError> {
    let registrar = REGISTRAR_ABROAD.arrive(abroad, INSTANCE).await?;
    let desk = DESK_ABROAD.arrive(abroad, INSTANCE).await?;
    trust_each_other(cast, &desk, abroad, home).await?;
    let entered = json!({
        "child": {"full": "Zawadi Tamba", "given": "Zawadi", "family": "Tamba"},
        "sex": "female", "born": "1996-08", "place": "JR-01-007",
    });
    let entered = registrar.post("/civil/births", &key(), &entered).await?;
    let enrolled = until_known(&desk, &text(&entered, "/registration")?).await?;
    let vid = text(&enrolled, "/vid")?.chars().filter(char::is_ascii_digit).collect();
    Ok((vid, totp::App::new(secret_of(&text(&enrolled, "/otpauth_uri")?)?)))
}

async fn trust_each_other(
    cast: &Cast,
    desk: &Desk,
    abroad: &Site,
    home: &Site,
) -> Result<(), StoryError> {
    let provider = json!({
        "id": "jirani", "issuer": abroad.base, "client_id": "tumbawe", "enabled": true,
        "names": {"en": "Jirani ID", "fr": "Identité de Jirani", "sw": "Kitambulisho cha Jirani"},
    });
    let ours = cast.steward.post("/identity/providers", &key(), &provider).await?;
    let keys = reqwest::get(format!("{}/identity/providers/jwks.json", home.base)).await?;
    let keys = crate::demo::client::json("our keys", keys).await?;
    let client = json!({
        "client_id": "tumbawe", "name": "Tumbawe ID", "subsystem": "JR/GOV/ID/tumbawe",
        "sector": "tumbawe", "redirect_uris": [ours["redirect_uri"]], "jwks": keys,
        "scopes": ["openid"],
    });
    desk.post("/identity/clients", &key(), &client).await?;
    Ok(())
}

/// From the portal's sign-in page to the neighbour's.
async fn leave(browser: &Browser, portal: &str) -> Result<Page, StoryError> {
    let page = browser.open(&format!("{portal}/sign-in?lang=en")).await?;
    let link = page.link("/identity/foreign/jirani")?;
    browser.open(link.as_str()).await
}

/// Number and code, where the page asks for them; then what the other side may know.
async fn identify(
    browser: &Browser,
    page: &Page,
    vid: &str,
    app: &mut totp::App,
) -> Result<Page, StoryError> {
    let code = app
        .use_code(Clock::system().now().unix_seconds())
        .ok_or_else(|| StoryError::Missing("a readable secret".to_owned()))?;
    let page = browser.submit(page, "", &[("number", vid), ("code", &code)]).await?;
    match page.html.contains("value=\"allow\"") {
        true => browser.submit(&page, "", &[("answer", "allow")]).await,
        false => Ok(page),
    }
}
