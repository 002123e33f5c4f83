//! The start page: for visitors what there is, for residents what waits for them.

use super::services::{Card, cards};
use super::{Resident, fail, find_session, reads};
use crate::model::reads::Read;
use crate::model::session::Session;
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use contracts::registration::ApplicationStatus;
use serde::Serialize;
use ui::Visit;
use ui::parts::{Entry, Task, Tone};

/// What `portal/home.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct HomePage {
    pub(super) name: String,
    pub(super) waiting: Vec<Task>,
    /// Whether something could not be asked, so that more may wait.
    pub(super) incomplete: bool,
    /// The newest look of somebody else at the resident's data; at most one.
    pub(super) newest: Vec<Entry>,
    /// Whether complaints can be made.
    pub(super) grievances: bool,
    /// Whether sign-ins are told.
    pub(super) sign_ins: bool,
}

/// What `portal/landing.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct LandingPage {
    pub(super) services: Vec<Card>,
}

/// `GET /portal`: what the portal is for, or what waits.
pub(super) async fn show_home(State(portal): State<Portal>, visit: Visit) -> Response {
    match find_session(&portal, &visit).await {
        Ok(Some(session)) => {
            let Resident { visit, session } = Resident::new(&portal, visit, session).await;
            let page = home_page(&portal, &visit, &session).await;
            visit.page("portal/home.html", page).respond()
        }
        Ok(None) => {
            let offers = portal.list_offers(visit.lang.as_str()).await.offers;
            let page = LandingPage { services: cards(&portal, &visit, &offers) };
            visit.page("portal/landing.html", page).respond()
        }
        Err(error) => fail(&visit, &error),
    }
}

async fn home_page(portal: &Portal, visit: &Visit, session: &Session) -> HomePage {
    let language = visit.lang.as_str();
    let (applications, consents, newest, unread) = tokio::join!(
        portal.list_applications(session, language),
        portal.list_consents(session, language),
        portal.list_reads(session, portal.read_sources(), None),
        portal.count_unread(session),
    );
    let task = |title: String, href: String, key: &str, tone: Tone| Task {
        title,
        href,
        hint: String::new(),
        tag: visit.t(key, &[]),
        tone,
    };
    let mut waiting = Vec::new();
    for entry in &applications.entries {
        let (key, tone) = match entry.status {
            ApplicationStatus::SentBack => ("status.sent-back", Tone::Warn),
            ApplicationStatus::Draft => ("status.draft", Tone::Plain),
            ApplicationStatus::Submitted => ("status.submitted", Tone::Info),
            _ => continue,
        };
        let href = super::applications::address(entry.id);
        waiting.push(task(entry.name.clone(), href, key, tone));
    }
    if let Some(n) = unread.filter(|n| *n > 0) {
        let title = visit.t("home.unread", &[("n", n.to_string())]);
        waiting.push(task(title, "/portal/messages".to_owned(), "task.new", Tone::Info));
    }
    let incomplete = consents.is_err() || !applications.missing.is_empty();
    for agreement in consents.unwrap_or_default().asked {
        let href = format!("/portal/consents/{}", agreement.agreement);
        waiting.push(task(agreement.title, href, "standing.asked", Tone::Warn));
    }
    // Neither what they looked at themselves nor that this portal let them in is news to somebody who is here.
    let news = |read: &&Read| !read.entry.self_read && read.entry.reader != portal.subsystem;
    let foreign = newest.reads.iter().find(news);
    HomePage {
        name: session.name.clone().unwrap_or_else(|| visit.t("account.unnamed", &[])),
        waiting,
        incomplete,
        newest: foreign.map(|read| reads::entry(portal, visit, read, &[])).into_iter().collect(),
        grievances: portal.takes_grievances(),
        sign_ins: portal.my_sign_ins.is_some(),
    }
}
