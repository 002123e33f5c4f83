//! The inbox.

use super::{Resident, fail, system_name};
use crate::service::Portal;
use axum::extract::State;
use axum::response::Response;
use basis::Id;
use contracts::messaging::InboxMessage;
use kernel::http::Path;
use kernel::problem::Problem;
use serde::Serialize;
use ui::Visit;

/// A message in the list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) from: String,
    pub(super) at: String,
    pub(super) read: bool,
    /// Language tag of the title.
    pub(super) language: String,
}

/// What `portal/messages.html` shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct MessagesPage {
    pub(super) messages: Vec<Row>,
}

/// What `portal/message.html` shows.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MessagePage {
    pub(super) title: String,
    pub(super) from: String,
    pub(super) at: String,
    pub(super) paragraphs: Vec<String>,
    /// Language tag of the text, which need not be that of the page.
    pub(super) language: String,
}

/// `GET /portal/messages`.
pub(super) async fn list_messages(State(portal): State<Portal>, resident: Resident) -> Response {
    let visit = &resident.visit;
    match portal.find_inbox(&resident.session).await {
        Ok(inbox) => {
            let row = |message: &InboxMessage| row(&portal, visit, message);
            let page = MessagesPage { messages: inbox.messages.iter().map(row).collect() };
            visit.page("portal/messages.html", page).respond()
        }
        Err(error) => fail(visit, &error),
    }
}

/// `GET /portal/messages/{message}`: opens it, after which it counts as read.
pub(super) async fn open_message(
    State(portal): State<Portal>,
    id: Result<Path<Id>, Problem>,
    mut resident: Resident,
) -> Response {
    let Ok(Path(id)) = id else { return resident.visit.not_found() };
    match portal.open_message(&resident.session, id).await {
        Ok(message) => {
            // The bar was made before the message was opened.
            resident.count_messages(&portal).await;
            let visit = &resident.visit;
            let paragraphs = message.text.split("\n\n").map(str::trim);
            let page = MessagePage {
                from: system_name(&portal, &message.from, visit.lang),
                at: message.at.to_string(),
                paragraphs: paragraphs.filter(|text| !text.is_empty()).map(str::to_owned).collect(),
                title: message.title,
                language: message.language,
            };
            visit.page("portal/message.html", page).respond()
        }
        Err(error) => fail(&resident.visit, &error),
    }
}

fn row(portal: &Portal, visit: &Visit, message: &InboxMessage) -> Row {
    Row {
        title: message.title.clone(),
        href: format!("/portal/messages/{}", message.id),
        from: system_name(portal, &message.from, visit.lang),
        at: message.at.to_string(),
        read: message.read,
        language: message.language.clone(),
    }
}
