//! E-mail by SMTP.

use crate::model::delivery::{Attempt, Letter, reason};
use basis::Id;
use contracts::messaging::DeliveryStatus;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(20);

/// The server that takes e-mail, and whose name stands under it.
#[derive(Clone)]
pub struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a server cannot be used. None of the texts shows the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The URL cannot be read.
    #[error(
        "messaging.smtp_url: {0}; write smtps://user:password@host, or smtp://host:587?tls=required"
    )]
    Url(String),
    /// Messages would go over the network in the clear.
    #[error(
        "messaging.smtp_url: outside of a sandbox e-mail is handed over encrypted: write smtps://, or add ?tls=required; a server on 127.0.0.1 may do without"
    )]
    InTheClear,
    /// The sender is no address.
    #[error(
        "messaging.smtp_from: write the address that e-mail comes from, as `Name <name@example.org>`"
    )]
    From,
}

impl Mail {
    /// The server at `url`, for e-mail that comes from `from`.
    ///
    /// # Errors
    /// [`MailError`], naming the key of the configuration.
    pub fn new(url: &str, from: &str, sandbox: bool) -> Result<Self, MailError> {
        let from: Mailbox = from.parse().map_err(|_| MailError::From)?;
        if !sandbox && !is_protected(url) {
            return Err(MailError::InTheClear);
        }
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| MailError::Url(error.to_string()))?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Self { server, from })
    }

    /// Hands a letter over. The same id gives the same `Message-ID`, by which a server or a reader can
    /// tell a letter that came twice.
    pub(crate) async fn send(&self, id: Id, letter: &Letter) -> Attempt {
        let Ok(message) = self.message(id, letter) else {
            return Attempt::Refused(reason::REFUSED);
        };
        match self.server.send(message).await {
            Ok(_) => Attempt::Taken(DeliveryStatus::Sent),
            Err(error) => {
                // What a server says may repeat the address.
                let status = error.status().map(|code| code.to_string()).unwrap_or_default();
                tracing::info!(delivery = %id, status, "The SMTP server did not take a message");
                of_server(&error)
            }
        }
    }

    fn message(&self, id: Id, letter: &Letter) -> Result<Message, Box<dyn std::error::Error>> {
        let to = Mailbox::new(None, letter.to.parse()?);
        let message_id = format!("<{id}@{}>", self.from.email.domain());
        let message = Message::builder()
            .message_id(Some(message_id))
            .from(self.from.clone())
            .to(to)
            .subject(&letter.title)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())?;
        Ok(message)
    }
}

/// True for an e-mail address.
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// Codes that say that we may not use the server: the operator's matter, and perhaps put right soon.
const OURS_TO_MEND: [u16; 4] = [530, 534, 535, 538];

/// A server that will never take a letter says so with a code of its own (RFC 5321, 4.2.1: 5yz).
fn of_server(error: &smtp::Error) -> Attempt {
    let code = error.status().map(u16::from);
    match error.is_permanent() && !code.is_some_and(|code| OURS_TO_MEND.contains(&code)) {
        true => Attempt::Refused(reason::REFUSED),
        false => Attempt::Later,
    }
}

fn is_protected(url: &str) -> bool {
    let after = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = after.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    url.starts_with("smtps://") || url.contains("tls=required") || host == "127.0.0.1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_of_a_sandbox_e_mail_is_encrypted() {
        let from = "Messages <messages@example.org>";
        for (url, fine) in [
            ("smtps://user:secret@mail.example.org", true),
            ("smtp://mail.example.org:587?tls=required", true),
            ("smtp://127.0.0.1:25", true),
            ("smtp://mail.example.org", false),
            ("smtp://127.0.0.1:25@mail.example.org", false),
            ("smtp://mail.example.org?tls=opportunistic", false),
        ] {
            assert_eq!(Mail::new(url, from, false).is_ok(), fine, "{url}");
            assert!(Mail::new(url, from, true).is_ok(), "{url} in a sandbox");
        }
    }

    #[test]
    fn a_slip_in_the_configuration_names_the_key() {
        let error = |url: &str, from: &str| {
            Mail::new(url, from, true).map(drop).expect_err("refused").to_string()
        };
        let wrong = error("https://mail.example.org", "messages@example.org");
        assert!(wrong.contains("messaging.smtp_url") && !wrong.contains("mail.example.org"));
        assert!(error("smtp://127.0.0.1", "nobody").contains("messaging.smtp_from"));
    }

    #[test]
    fn addresses_are_told_from_other_text() {
        assert!(is_address("zawadi@example.org"));
        for text in ["zawadi", "a@b@c", "zawadi@example.org\r\nBcc: x@y.z", ""] {
            assert!(!is_address(text), "{text}");
        }
    }
}
