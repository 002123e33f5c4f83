//! Where a sign-in page stands: before a relying party, or before our own pages.

use super::sign_in::with_request;
use super::{PASSKEYS, SIGN_IN, SIGN_IN_BY_PASSKEY, SIGN_INS};
use crate::model::client::origin;
use crate::model::device;
use crate::service::{Arrival, Asked, Target};
use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use std::convert::Infallible;
use ui::Visit;

/// Where one enters our own pages.
pub(super) const ENTER: &str = "/identity/enter";
/// The same by passkey.
pub(super) const ENTER_BY_PASSKEY: &str = "/identity/enter/passkey";

/// How the note of a relying party's request begins.
const PARTY: &str = "party ";

/// What a sign-in is for.
#[derive(Clone, Debug)]
pub(super) enum Door {
    Party(Box<Asked>),
    Own(OwnPage),
}

/// A page of ours that is for somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnPage {
    Passkeys,
    SignIns,
}

impl OwnPage {
    /// The page that a query names: `to=sign-ins`; any other is the first.
    pub(super) fn of(query: &str) -> Self {
        let named = query.split('&').any(|pair| pair == "to=sign-ins");
        if named { Self::SignIns } else { Self::Passkeys }
    }

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Passkeys => PASSKEYS,
            Self::SignIns => SIGN_INS,
        }
    }

    fn query(self) -> &'static str {
        match self {
            Self::Passkeys => "to=passkeys",
            Self::SignIns => "to=sign-ins",
        }
    }
}

impl Door {
    /// Where number and code go.
    pub(super) fn action(&self) -> String {
        match self {
            Self::Party(asked) => with_request(SIGN_IN, asked),
            Self::Own(page) => format!("{ENTER}?{}", page.query()),
        }
    }

    /// Where a passkey's answer goes.
    pub(super) fn passkey_action(&self) -> String {
        match self {
            Self::Party(asked) => with_request(SIGN_IN_BY_PASSKEY, asked),
            Self::Own(page) => format!("{ENTER_BY_PASSKEY}?{}", page.query()),
        }
    }

    /// Where one leaves for another provider.
    pub(super) fn leave_for(&self, provider: &str) -> String {
        match self {
            Self::Party(asked) => with_request(&format!("/identity/foreign/{provider}"), asked),
            Self::Own(page) => format!("/identity/foreign/{provider}/own?{}", page.query()),
        }
    }

    /// The door in few words, to be found again after a stay at another provider.
    pub(super) fn note(&self) -> String {
        match self {
            Self::Party(asked) => format!("{PARTY}{}", asked.parameters.query()),
            Self::Own(page) => page.query().to_owned(),
        }
    }

    /// The relying party's request in a [`Door::note`]; none where it is about a page of ours.
    pub(super) fn request_in(note: &str) -> Option<&str> {
        note.strip_prefix(PARTY)
    }

    /// Where the sign-in page itself is.
    pub(super) fn page(&self) -> String {
        match self {
            Self::Party(asked) => with_request("/authorize", asked),
            Self::Own(page) => page.path().to_owned(),
        }
    }

    /// Where the answer to the form may lead besides here.
    pub(super) fn leads_to(&self) -> Option<String> {
        match self {
            Self::Party(asked) => Some(origin(&asked.request.redirect_uri)),
            Self::Own(_) => None,
        }
    }

    /// Name of the relying party.
    pub(super) fn party(&self) -> Option<String> {
        match self {
            Self::Party(asked) => Some(asked.party.name.clone()),
            Self::Own(_) => None,
        }
    }

    pub(super) fn arrival(&self, visit: &Visit, came: &Came) -> Arrival {
        let target = match self {
            Self::Party(asked) => Target::Party(asked.clone()),
            Self::Own(_) => Target::Own,
        };
        let session = visit.session().map(str::to_owned);
        Arrival { target, session, device: came.device.clone() }
    }
}

/// What the browser's request says of itself.
#[derive(Clone, Debug)]
pub(super) struct Came {
    /// The host it asked.
    pub(super) host: String,
    /// Kind of browser and system.
    pub(super) device: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Came {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        Ok(Self {
            host: text(header::HOST).unwrap_or_default().to_owned(),
            device: device::coarse(text(header::USER_AGENT).unwrap_or_default()),
        })
    }
}
