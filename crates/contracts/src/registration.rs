//! What the registration block answers: the services a resident can apply for, and their own
//! applications. The portal shows it; texts come in the language asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use basis::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::call::{self, CallError};
use crate::context::CallContext;
use crate::wire::Wire;

/// Directory tag of a service that lists what can be applied for; see [`CATALOGUE`].
pub const KIND: &str = "e-services";

/// Service code of the catalogue. It is about nobody and takes no subject.
pub const CATALOGUE: &str = "catalogue";

/// Service code of a resident's own applications.
pub const MY_APPLICATIONS: &str = "my-applications";

/// A service that can be applied for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    /// Its code, e.g. `child-benefit`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// One sentence: what it is for.
    pub summary: String,
    /// Who may get it and what is needed, one plain sentence each.
    pub guide: Vec<String>,
    /// The law it rests on.
    pub law: String,
    /// What it costs, written for people: `KES 500.00`; none if it is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
    /// How long an answer takes at the most, in days.
    pub answer_days: u32,
}

/// How a field is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// A whole number.
    Number,
    /// A date, `2026-03-14`; `2026-03` and `2026` where the field allows it.
    Date,
    /// A telephone number.
    Phone,
    /// One of these.
    Choice {
        /// What can be chosen.
        options: Vec<FieldOption>,
    },
    /// Yes or no; the value is `true` or `false`.
    YesNo,
}

/// One answer that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldOption {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// Its name in the answers.
    pub name: String,
    /// The question.
    pub label: String,
    /// A sentence that helps to answer it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// How it is asked.
    pub input: FieldKind,
    /// True if it may be left empty.
    pub optional: bool,
    /// Where a prefilled answer comes from, in words: `Register of residents`. The answer cannot be
    /// changed here; a wrong one is corrected where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The answer so far, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// One page of a form: one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormStep {
    /// Its name in paths.
    pub name: String,
    /// The heading.
    pub title: String,
    /// The fields.
    pub fields: Vec<FormField>,
    /// True once its answers are complete and acceptable.
    pub done: bool,
}

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationStatus {
    /// Not sent yet.
    Draft,
    /// Sent; an officer will look at it.
    Submitted,
    /// Sent back with a question.
    SentBack,
    /// Granted.
    Approved,
    /// Refused.
    Rejected,
    /// Taken back by the applicant.
    Withdrawn,
}

/// One rule of the eligibility table, as it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleOutcome {
    /// The rule in a plain sentence with the applicant's own figures.
    pub says: String,
    /// True if it is met.
    pub met: bool,
    /// Where in the law.
    pub law: String,
}

/// A consent the application needs, because no law covers the read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentNeeded {
    /// The data agreement; the portal's page for it is `/portal/consents/{agreement}`.
    #[schema(value_type = String, format = "uuid")]
    pub agreement: Id,
    /// What it would be used for.
    pub purpose: String,
}

/// A step in the life of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationEvent {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What happened, in words.
    pub says: String,
}

/// An application in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationEntry {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The number people quote, e.g. `CB-2026-000117`; none for a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Code of the service.
    pub service: String,
    /// Name of the service.
    pub name: String,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub changed: Timestamp,
}

/// An application as the applicant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationView {
    /// As in lists.
    pub entry: ApplicationEntry,
    /// The form with the answers; fixed once sent.
    pub steps: Vec<FormStep>,
    /// Consents still missing before it can be sent.
    pub consents: Vec<ConsentNeeded>,
    /// How the rules come out with what is known, explained.
    pub rules: Vec<RuleOutcome>,
    /// What the officer asked or gave as reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// What was granted, in words: `KES 1500.00 a month to your account at Simu Money`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When an answer is due, once sent.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Its life so far, oldest first.
    pub history: Vec<ApplicationEvent>,
}

/// Starts an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartIn {
    /// Code of the service.
    pub service: String,
    /// The language that messages will come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Answers of one step, as text, by field name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersIn {
    /// The answers; an empty text takes one back.
    pub answers: BTreeMap<String, String>,
}

/// Asks the registration block.
#[derive(Clone)]
pub struct RegistrationClient {
    wire: Arc<dyn Wire>,
}

impl RegistrationClient {
    /// A client over this wire.
    pub fn new(wire: Arc<dyn Wire>) -> Self {
        Self { wire }
    }

    /// `GET /?language=` of [`CATALOGUE`].
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn catalogue(
        &self,
        ctx: CallContext,
        language: &str,
    ) -> Result<Vec<ServiceEntry>, CallError> {
        self.get(ctx, "/", language).await
    }

    /// `GET /?language=` of [`MY_APPLICATIONS`]: the subject's applications, newest first.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn list(
        &self,
        ctx: CallContext,
        language: &str,
    ) -> Result<Vec<ApplicationEntry>, CallError> {
        self.get(ctx, "/", language).await
    }

    /// `POST /?language=`: starts an application, or answers the draft of this service that exists.
    /// What registers know is filled in.
    ///
    /// # Errors
    /// 404 for an unknown service.
    pub async fn start(
        &self,
        ctx: CallContext,
        ask: &StartIn,
        language: &str,
    ) -> Result<ApplicationView, CallError> {
        self.post(ctx, "/", ask, language).await
    }

    /// `GET /{id}?language=`.
    ///
    /// # Errors
    /// 404 if the subject has no such application.
    pub async fn show(
        &self,
        ctx: CallContext,
        id: Id,
        language: &str,
    ) -> Result<ApplicationView, CallError> {
        self.get(ctx, &format!("/{id}"), language).await
    }

    /// `POST /{id}/steps/{step}?language=`: keeps the answers of one step. Wrong ones are kept too and
    /// come back with their error; nothing typed is lost.
    ///
    /// # Errors
    /// 404, or 409 once it was sent.
    pub async fn answer(
        &self,
        ctx: CallContext,
        id: Id,
        step: &str,
        ask: &AnswersIn,
        language: &str,
    ) -> Result<ApplicationView, CallError> {
        self.post(ctx, &format!("/{id}/steps/{step}"), ask, language).await
    }

    /// `POST /{id}/submit?language=`: sends it. Sent twice, it is sent once.
    ///
    /// # Errors
    /// 409 `incomplete` while answers or consents are missing.
    pub async fn submit(
        &self,
        ctx: CallContext,
        id: Id,
        language: &str,
    ) -> Result<ApplicationView, CallError> {
        self.post(ctx, &format!("/{id}/submit"), &Value::Null, language).await
    }

    /// `POST /{id}/withdraw?language=`: takes back what was not decided yet; a draft is deleted.
    ///
    /// # Errors
    /// 409 once it was decided.
    pub async fn withdraw(
        &self,
        ctx: CallContext,
        id: Id,
        language: &str,
    ) -> Result<ApplicationView, CallError> {
        self.post(ctx, &format!("/{id}/withdraw"), &Value::Null, language).await
    }

    async fn get<T: serde::de::DeserializeOwned>(
        &self,
        ctx: CallContext,
        path: &str,
        language: &str,
    ) -> Result<T, CallError> {
        let path = call::with_query(path, &[("language", Some(language.to_owned()))]);
        call::send(self.wire.as_ref(), ctx, call::get(&path)?).await
    }

    async fn post<B: Serialize, T: serde::de::DeserializeOwned>(
        &self,
        ctx: CallContext,
        path: &str,
        body: &B,
        language: &str,
    ) -> Result<T, CallError> {
        let path = call::with_query(path, &[("language", Some(language.to_owned()))]);
        call::send(self.wire.as_ref(), ctx, call::post(&path, body, None)?).await
    }
}
