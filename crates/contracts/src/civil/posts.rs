//! Posts that register births without a link to the registrar, under a delegation of numbers and time;
//! and how they hand in what they registered.

use std::sync::Arc;

use basis::{Id, PartialDate, PersonName, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::wire::Wire;

/// Service code of the registrar's block that takes what posts registered.
pub const POST_REGISTRATIONS: &str = "post-registrations";

/// Purpose of every call of a post.
pub const PURPOSE: &str = "post-registration";

/// Most registrations of one page.
pub const PAGE_MAX: usize = 50;

/// The keys that delegations are signed with. A post keeps them, so that it can check a delegation
/// that reaches it on paper or a stick.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DelegationKeys {
    /// JSON Web Keys.
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<serde_json::Value>,
}

/// A birth as a post registered it.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostRegistration {
    /// Made by the post; the same for ever.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
    /// Number on the certificate the post gave out.
    pub number: String,
    /// The child's name.
    #[schema(value_type = Object)]
    pub child: PersonName,
    /// The child's sex as in a birth record.
    pub sex: String,
    /// When the child was born.
    #[schema(value_type = String)]
    pub born: PartialDate,
    /// Code of the place of birth.
    pub place: String,
    /// The mother's name as declared.
    #[schema(value_type = Option<Object>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother: Option<PersonName>,
    /// The number the mother showed. The registrar resolves it and does not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother_vid: Option<String>,
    /// The officer at the post.
    pub officer: String,
    /// When the post wrote it.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
}

/// Shows which registration it is, and nothing of what it says.
impl std::fmt::Debug for PostRegistration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PostRegistration({})", self.registration)
    }
}

/// Registrations under one delegation, in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostPage {
    /// The signed delegation.
    pub delegation: String,
    /// 1 to [`PAGE_MAX`].
    pub registrations: Vec<PostRegistration>,
}

/// What became of a registration of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PostOutcome {
    /// It is in the register.
    Accepted,
    /// An officer of the registrar looks at it.
    Conflict,
    /// It is the same birth as one that was in the register.
    Merged,
    /// It is not in the register.
    Rejected,
}

impl PostOutcome {
    /// The word used in JSON and tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Conflict => "conflict",
            Self::Merged => "merged",
            Self::Rejected => "rejected",
        }
    }
}

impl std::str::FromStr for PostOutcome {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Accepted, Self::Conflict, Self::Merged, Self::Rejected];
        let found = all.into_iter().find(|outcome| outcome.as_str() == text);
        found.ok_or_else(|| "`accepted`, `conflict`, `merged` or `rejected`".to_owned())
    }
}

/// What became of one registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostResult {
    /// The registration.
    #[schema(value_type = String, format = "uuid")]
    pub registration: Id,
    /// Where it stands.
    pub outcome: PostOutcome,
    /// The number it has in the register, where that is another one than the post gave out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Why an officer has to look at it: codes, without personal data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// Results in the order of what was asked about. What the registrar does not know is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostResults {
    /// One for each.
    pub results: Vec<PostResult>,
}

/// Asks where registrations stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomesIn {
    /// 1 to [`PAGE_MAX`].
    #[schema(value_type = Vec<String>)]
    pub registrations: Vec<Id>,
}

/// Asks the registrar as one of its posts.
#[derive(Clone)]
pub struct PostClient {
    wire: Arc<dyn Wire>,
}

impl PostClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `GET /keys`: the keys that delegations are signed with.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn keys(&self, ctx: CallContext) -> Result<DelegationKeys, CallError> {
        call::send(self.wire.as_ref(), ctx, call::get("/keys")?).await
    }

    /// `POST /`: hands registrations in. Sent again, each is answered as it stands now.
    ///
    /// # Errors
    /// 400 for a delegation that the registrar did not sign or that is another post's. What it does not
    /// cover is no error: it becomes a conflict, so that no birth is lost.
    pub async fn hand_in(
        &self,
        ctx: CallContext,
        page: &PostPage,
    ) -> Result<PostResults, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/", page, None)?).await
    }

    /// `POST /outcomes`: where registrations stand that were handed in before.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn outcomes(
        &self,
        ctx: CallContext,
        ask: &OutcomesIn,
    ) -> Result<PostResults, CallError> {
        call::send(self.wire.as_ref(), ctx, call::post("/outcomes", ask, None)?).await
    }
}
