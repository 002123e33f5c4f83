//! Officers' pages ("the desk"): who gets in, and the bar that leads from one block's pages to another's.
//!
//! A handler's signature is its policy, as with [`Officer`]: `desk: Desk<CloseBatch>` sends those who are not signed in
//! (or no longer) to the sign-in page and back, and answers everyone else without the permission with the page for that.
//! A form handler takes `Desk<P>` first and [`crate::Submitted`] last.
//!
//! # Invariants
//! - **The cookie opens pages only.** It holds a session, which is no token for the API; and the API reads `Authorization`
//!   alone, so no other site can have a browser call it.
//! - **A dismissed officer's session ends at the next click**, as does one that was signed out: [`DeskFrame`] asks.
//! - Nothing leads out of the desk: the place to go to after signing in is one below `/desk`.

use crate::visit::see_other;
use crate::{Account, Cookie, Lang, NavItem, Ui, Visit, form};
use axum::Extension;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use kernel::auth::{AuthState, Officer, OfficerClaims, OwnerMember, Permission};
use kernel::block::DeskEntry;
use std::sync::Arc;

/// The desk's home: what the officer may open.
pub const HOME: &str = "/desk";
/// Where officers sign in.
pub const SIGN_IN: &str = "/desk/sign-in";
/// Where the sign-out button posts to.
pub const SIGN_OUT: &str = "/desk/sign-out";

/// Longer addresses are not gone back to after signing in, bytes.
const NEXT_LENGTH_MAX: usize = 512;

/// The cookie that holds the session of an officer who signed in, the same for the pages of all blocks. `Strict`: whatever
/// another site begins, it is not sent along.
#[must_use]
pub fn cookie(secure: bool) -> Cookie {
    Cookie::strict("desk", secure)
}

/// A desk entry and the member whose officers it is for.
#[derive(Clone, Debug)]
pub struct DeskPlace {
    /// The entry.
    pub entry: DeskEntry,
    /// The member that runs the block.
    pub owner: OwnerMember,
}

/// Tells whether a session that is in order still stands: its officer has not been dismissed or signed out since.
pub type StillStands = dyn Fn(&OfficerClaims) -> bool + Send + Sync;

/// What all desk pages of an installation share. The composition root puts it on every block's router with
/// `router.layer(frame.layer())`; without it there is no bar, and sessions stand until they end.
#[derive(Clone)]
pub struct DeskFrame {
    places: Arc<[DeskPlace]>,
    stands: Arc<StillStands>,
}

impl DeskFrame {
    /// The places of all blocks, in the order of the bar.
    #[must_use]
    pub fn new(places: Vec<DeskPlace>, stands: Arc<StillStands>) -> Self {
        Self { places: places.into(), stands }
    }

    /// The layer that makes it reachable for the extractors below it.
    pub fn layer(&self) -> Extension<Self> {
        Extension(self.clone())
    }
}

/// An officer who is signed in at the desk, whatever they may do: for the home page alone. Others are sent to sign in.
pub struct SignedIn {
    /// The visit, with the desk's bar.
    pub visit: Visit,
    /// Who it is.
    pub claims: OfficerClaims,
    /// What they may open, in the order of the bar.
    pub places: Vec<DeskPlace>,
    auth: AuthState,
}

/// An officer on a page of the desk, who may do `P`. An extractor for any state that holds a [`Ui`].
pub struct Desk<P> {
    /// The visit, signed in and with the desk's bar, to answer with.
    pub visit: Visit,
    /// Who it is. The case is the handler's to set.
    pub officer: Officer<P>,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Ui: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let visit = Visit::of(Ui::from_ref(state), parts);
        let Some(auth) = parts.extensions.get::<AuthState>().cloned() else {
            tracing::error!("A desk page has no AuthState on its router");
            return Err(visit.failed(None));
        };
        let frame = parts.extensions.get::<DeskFrame>();
        let session = visit.cookie(&visit.ui.0.desk_cookie).unwrap_or_default();
        let claims = auth.verifier().verify_session(session).ok();
        let claims = claims.filter(|claims| frame.is_none_or(|frame| (frame.stands)(claims)));
        let Some(claims) = claims else { return Err(to_sign_in(parts)) };
        let all = frame.map(|frame| frame.places.iter()).unwrap_or_default();
        let open = all.filter(|place| auth.allows(&claims, place.entry.permission, &place.owner));
        let places: Vec<DeskPlace> = open.cloned().collect();
        let visit = visit.at_the_desk(&claims, &places);
        Ok(Self { visit, claims, places, auth })
    }
}

impl<P: Permission, S: Send + Sync> FromRequestParts<S> for Desk<P>
where
    Ui: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        let visit = signed_in.visit;
        let owner = parts.extensions.get::<OwnerMember>();
        match signed_in.auth.admit(signed_in.claims, owner) {
            Ok(officer) => Ok(Self { visit, officer }),
            Err(problem) if problem.status() == StatusCode::FORBIDDEN => Err(visit.refused()),
            Err(_) => Err(visit.failed(None)),
        }
    }
}

impl Visit {
    fn at_the_desk(mut self, claims: &OfficerClaims, places: &[DeskPlace]) -> Self {
        let home = NavItem {
            text: self.t("desk.home", &[]),
            href: HOME.to_owned(),
            current: self.path == HOME,
        };
        let item = |place: &DeskPlace| NavItem {
            text: in_language(place.entry.names, self.lang).to_owned(),
            href: place.entry.path.to_owned(),
            current: is_below(&self.path, place.entry.path),
        };
        self.nav = std::iter::once(home).chain(places.iter().map(item)).collect();
        let name = format!("{}/{}", claims.member, claims.sub);
        self.account = Some(Account { name, sign_out: SIGN_OUT.to_owned() });
        self.home = Some(HOME);
        self
    }

    /// Whether the desk's cookie came along. The browser sends it only with what a page of this site began, which is all
    /// that signing out asks for: its button stands on the pages of every block, under the token of each.
    #[must_use]
    pub fn may_sign_out(&self) -> bool {
        !form::comes_from_elsewhere(&self.headers) && self.cookie(&self.ui.0.desk_cookie).is_some()
    }
}

/// The text in a language, or in English.
#[must_use]
pub fn in_language<'t>(texts: &[(&str, &'t str)], lang: Lang) -> &'t str {
    let find = |code: &str| texts.iter().find(|(of, _)| *of == code).map(|(_, text)| *text);
    find(lang.as_str()).or_else(|| find("en")).unwrap_or_default()
}

/// The address to go to after signing in: one of the desk, or its home when `asked` is none.
#[must_use]
pub fn next(asked: &str) -> &str {
    let plain = asked.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let below = asked.strip_prefix(HOME).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('/') && !rest.starts_with("//") || rest.starts_with('?')
    });
    let signs = is_below(asked.split('?').next().unwrap_or_default(), SIGN_IN) || asked == SIGN_OUT;
    if plain && below && !signs && asked.len() <= NEXT_LENGTH_MAX { asked } else { HOME }
}

fn is_below(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// 303 to the sign-in page, which leads back: to this page, or from a form to the page it stood on.
fn to_sign_in(parts: &Parts) -> Response {
    let here = parts.uri.path_and_query().map_or(HOME, |here| here.as_str());
    let shown = matches!(parts.method, Method::GET | Method::HEAD);
    let back = if shown { here } else { path_of_referrer(&parts.headers) };
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("next", next(back)).finish();
    see_other(&format!("{SIGN_IN}?{query}"))
}

/// The path that `Referer` names. Its host is left out of account: only a path of ours is gone to.
fn path_of_referrer(headers: &HeaderMap) -> &str {
    let referrer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let after_scheme = referrer.and_then(|address| address.split_once("://")).map(|(_, rest)| rest);
    after_scheme.and_then(|rest| rest.find('/').map(|at| &rest[at..])).unwrap_or(HOME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_of_the_desk_are_gone_back_to() {
        for place in ["/desk", "/desk/batches", "/desk/batches?page=2", "/desk?x=1"] {
            assert_eq!(next(place), place);
        }
        let others = [
            "",
            "/",
            "/portal",
            "//evil.example/desk",
            "https://evil.example/desk",
            "/desktop",
            "/desk//evil.example",
            "/desk/\\evil",
            "/desk/a b",
            "/desk/\r\nx",
            "/desk/sign-in",
            "/desk/sign-in?next=/desk",
            "/desk/sign-out",
        ];
        for other in others {
            assert_eq!(next(other), HOME, "{other}");
        }
        let long = format!("/desk/{}", "a".repeat(NEXT_LENGTH_MAX));
        assert_eq!(next(&long), HOME);
    }

    #[test]
    fn texts_fall_back_to_english() {
        let texts = [("en", "Batches"), ("fr", "Lots")];
        assert_eq!(in_language(&texts, Lang::FR), "Lots");
        assert_eq!(in_language(&texts, Lang::SW), "Batches");
    }
}
