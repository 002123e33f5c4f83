//! The seam every call between blocks passes. The exchange implements it in process and over
//! mutual TLS, with the same checks and log entries; tests script it.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::StatusCode;
use kernel::problem::Problem;
use serde::{Deserialize, Serialize};

use crate::context::{CallContext, ContextError};
use crate::ids::ServiceId;

/// A request to a service. Its URI is the path below the service (`/`, `/{id}?as_of=...`).
pub type WireRequest = http::Request<Bytes>;

/// The provider's answer, whatever its status.
pub type WireResponse = http::Response<Bytes>;

/// Carries a call to the service its context names.
///
/// `Ok` is the provider's own answer, be it 200 or 404. `Err` means the exchange did not deliver
/// one: the caller was refused, or the provider could not be reached.
pub trait Wire: Send + Sync {
    /// Makes the call. Never to be called inside a database transaction.
    fn call(
        &self,
        ctx: CallContext,
        req: WireRequest,
    ) -> BoxFuture<'_, Result<WireResponse, WireError>>;
}

/// Why the exchange refuses a call. Each has one slug, used in problem documents, in the hop log
/// and in metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReason {
    /// The calling subsystem is not in the directory.
    UnknownClient,
    /// The service is not in the directory.
    UnknownService,
    /// The provider has switched the service off.
    ServiceDisabled,
    /// The provider has not let this subsystem call this service.
    NoAccessRight,
    /// No agreement covers this client, service, purpose and legal basis.
    NoAgreement,
    /// An agreement covers the call but is suspended, not yet or no longer valid.
    AgreementNotInForce,
    /// The person has not consented, or has withdrawn.
    ConsentMissing,
    /// The consent block could not be asked; without its word nothing is given out.
    ConsentUnverified,
    /// The call rests on consent or self-access but names no person.
    SubjectMissing,
    /// The person is not known in the caller's sector.
    SubjectUnknown,
    /// The officer does not hold the permission to call for this member.
    OfficerNotPermitted,
    /// The agreement lets an officer ask for a case about the person only, and there is none: none
    /// was named, or whoever keeps the cases does not say that it stands.
    CaseNotStanding,
    /// The message did not come from the member it names, was altered, or is too old.
    NotAuthentic,
    /// The same message was received before.
    Replayed,
}

impl RefusalReason {
    /// All reasons, for tables and documentation.
    pub const ALL: [Self; 14] = [
        Self::UnknownClient,
        Self::UnknownService,
        Self::ServiceDisabled,
        Self::NoAccessRight,
        Self::NoAgreement,
        Self::AgreementNotInForce,
        Self::ConsentMissing,
        Self::ConsentUnverified,
        Self::SubjectMissing,
        Self::SubjectUnknown,
        Self::OfficerNotPermitted,
        Self::CaseNotStanding,
        Self::NotAuthentic,
        Self::Replayed,
    ];

    /// The stable name.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::UnknownClient => "unknown-client",
            Self::UnknownService => "unknown-service",
            Self::ServiceDisabled => "service-disabled",
            Self::NoAccessRight => "no-access-right",
            Self::NoAgreement => "no-agreement",
            Self::AgreementNotInForce => "agreement-not-in-force",
            Self::ConsentMissing => "consent-missing",
            Self::ConsentUnverified => "consent-unverified",
            Self::SubjectMissing => "subject-missing",
            Self::SubjectUnknown => "subject-unknown",
            Self::OfficerNotPermitted => "officer-not-permitted",
            Self::CaseNotStanding => "case-not-standing",
            Self::NotAuthentic => "not-authentic",
            Self::Replayed => "replayed",
        }
    }

    /// The reason with this slug, if there is one.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.slug() == slug)
    }

    /// HTTP status of a refusal.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::UnknownService => StatusCode::NOT_FOUND,
            Self::SubjectMissing => StatusCode::BAD_REQUEST,
            Self::NotAuthentic => StatusCode::UNAUTHORIZED,
            Self::Replayed => StatusCode::CONFLICT,
            Self::ServiceDisabled | Self::ConsentUnverified => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// One line for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::UnknownClient => "The calling subsystem is not in the directory",
            Self::UnknownService => "The service is not in the directory",
            Self::ServiceDisabled => "The provider has switched the service off",
            Self::NoAccessRight => {
                "The provider has not granted this subsystem access to the service"
            }
            Self::NoAgreement => {
                "No agreement covers this client, service, purpose and legal basis"
            }
            Self::AgreementNotInForce => "The agreement is suspended or not valid now",
            Self::ConsentMissing => "The person has not consented, or has withdrawn the consent",
            Self::ConsentUnverified => "The consent could not be verified",
            Self::SubjectMissing => "This legal basis needs a person the call is about",
            Self::SubjectUnknown => "The person is not known in the caller's sector",
            Self::OfficerNotPermitted => "The officer may not call for this member",
            Self::CaseNotStanding => "The officer works on no case about this person",
            Self::NotAuthentic => "The message is not authentic",
            Self::Replayed => "The message was received before",
        }
    }
}

/// A call the exchange did not let through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", .reason.title())]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// What exactly, and the remedy. No personal data.
    pub detail: String,
}

impl Refusal {
    /// A refusal with its detail.
    pub fn new(reason: RefusalReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// Why no answer of the provider came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The exchange refused, here or at the provider's end.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The context or the request is malformed; the text names the field.
    #[error("the call is malformed: {0}")]
    Malformed(String),
    /// The two ends do not speak a common wire version.
    #[error("{0}")]
    Version(String),
    /// The service is in the directory, but its block does not run on the installation named.
    #[error("service {service} is not running: {remedy}")]
    NotBound {
        /// The service called.
        service: ServiceId,
        /// What the operator should do.
        remedy: String,
    },
    /// The peer installation does not answer.
    #[error("installation {installation} cannot be reached: {cause}")]
    Unreachable {
        /// Name of the peer in the directory.
        installation: String,
        /// What failed, without addresses of persons.
        cause: String,
    },
    /// The peer installation showed another certificate than the directory names, or ours was
    /// not accepted.
    #[error("installation {installation} is not who the directory says: {cause}")]
    PeerCertificate {
        /// Name of the peer in the directory.
        installation: String,
        /// What is wrong and the remedy.
        cause: String,
    },
    /// No answer in time. The provider may or may not have done the work: retry with the same
    /// idempotency key.
    #[error("no answer from {service} within {seconds} s")]
    Timeout {
        /// The service called.
        service: ServiceId,
        /// The limit that passed.
        seconds: u64,
    },
    /// Body beyond the limit.
    #[error("the body is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// A fault of this installation (database, key store). The cause is in its log.
    #[error("the exchange failed: {0}")]
    Internal(String),
}

impl WireError {
    /// Slug, status and title of each kind, in one table.
    fn kind(&self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::Refused(r) => (r.reason.slug(), r.reason.status(), r.reason.title()),
            Self::Malformed(_) => {
                ("malformed-call", StatusCode::BAD_REQUEST, "The call is malformed")
            }
            Self::Version(_) => {
                ("wire-version", StatusCode::BAD_REQUEST, "The wire version is not spoken here")
            }
            Self::NotBound { .. } => {
                ("service-not-running", StatusCode::BAD_GATEWAY, "The service is not running")
            }
            Self::Unreachable { .. } => (
                "peer-unreachable",
                StatusCode::BAD_GATEWAY,
                "The provider's installation cannot be reached",
            ),
            Self::PeerCertificate { .. } => (
                "peer-certificate",
                StatusCode::BAD_GATEWAY,
                "The provider's installation is not who it should be",
            ),
            Self::Timeout { .. } => {
                ("timeout", StatusCode::GATEWAY_TIMEOUT, "The provider did not answer in time")
            }
            Self::TooLarge { .. } => {
                ("body-too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large")
            }
            Self::Internal(_) => {
                ("internal", StatusCode::INTERNAL_SERVER_ERROR, "The exchange failed")
            }
        }
    }

    /// The stable name of the error.
    pub fn slug(&self) -> &'static str {
        self.kind().0
    }

    /// HTTP status of the error.
    pub fn status(&self) -> StatusCode {
        self.kind().1
    }

    /// The refusal's reason, if it is one.
    pub fn refusal(&self) -> Option<RefusalReason> {
        match self {
            Self::Refused(refusal) => Some(refusal.reason),
            _ => None,
        }
    }

    /// True if the same call may succeed later without anyone changing a right or a request.
    pub fn is_transient(&self) -> bool {
        if self.refusal() == Some(RefusalReason::ConsentUnverified) {
            return true;
        }
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Timeout { .. }
                | Self::NotBound { .. }
                | Self::Internal(_)
        )
    }
}

impl From<ContextError> for WireError {
    fn from(error: ContextError) -> Self {
        match error {
            ContextError::Version { .. } => Self::Version(error.to_string()),
            other => Self::Malformed(other.to_string()),
        }
    }
}

impl From<WireError> for Problem {
    fn from(error: WireError) -> Self {
        let (slug, status, title) = error.kind();
        let detail = match error {
            WireError::Refused(refusal) => refusal.detail,
            other => other.to_string(),
        };
        Problem::new(status, slug, title).detail(detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_come_back() {
        for reason in RefusalReason::ALL {
            assert_eq!(RefusalReason::from_slug(reason.slug()), Some(reason));
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(json, format!("\"{}\"", reason.slug()), "serde and slug must agree");
        }
        assert_eq!(RefusalReason::from_slug("whim"), None);
    }

    #[test]
    fn a_newer_version_is_its_own_error() {
        let error: WireError = ContextError::Version { found: 9 }.into();
        assert_eq!(error.slug(), "wire-version");
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
        assert!(error.to_string().contains('9'));
    }
}
