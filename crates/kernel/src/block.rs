//! What a building block hands to the composition root, and what it gets from it.
//!
//! A [`Block`] is a plain list: nothing registers itself. Everything that can be asked about a block without running it
//! (routes, permissions, events, retention) can be read from the value, and tests and generated documents do.

use crate::auth::OwnerMember;
use crate::db::Db;
use crate::fields::Fields;
use crate::http::Json;
use crate::keys::KeyStore;
use crate::pages::Pages;
use crate::problem::Problem;
use axum::Router;
use basis::{Clock, Rng};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Method;
use http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use utoipa::PartialSchema;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, OpenApi};
use utoipa_axum::router::OpenApiRouter;

pub use crate::audit::AuditEvent;
pub use crate::auth::PermissionRow;
pub use crate::db::Migration;
pub use crate::retention::{Retention, RetentionClass};

/// Name of the security scheme of officers' tokens in OpenAPI documents: `security(("officer" = []))`.
pub const OFFICER_SCHEME: &str = "officer";

/// What a block is built from. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    /// The block's own database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub rng: Rng,
    /// The installation's keys.
    pub keys: Arc<KeyStore>,
    /// The block's field encryption.
    pub fields: Fields,
    /// The country's instance code, as `TB`.
    pub instance: Arc<str>,
    /// The member that runs the block here.
    pub owner: OwnerMember,
    /// Base URL of the installation's public listener, without a slash at the end.
    pub issuer: Arc<str>,
    /// Whether conveniences of the sandbox are allowed.
    pub sandbox: bool,
}

/// Why a job's run failed; logged, and the job runs again at its next time.
pub type JobError = Box<dyn std::error::Error + Send + Sync>;

/// The function of a job.
pub type JobRun = Arc<dyn Fn(Ctx) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// Work that a block does by itself, again and again.
#[derive(Clone)]
pub struct Job {
    /// Name within the block, snake_case: `deliver_outbox`.
    pub name: &'static str,
    /// Seconds between the end of a run and the start of the next.
    pub every_seconds: u64,
    /// One run. Must be safe to repeat.
    pub run: JobRun,
}

impl Job {
    /// A job from an async function or closure.
    pub fn new<F, R>(name: &'static str, every_seconds: u64, run: F) -> Self
    where
        F: Fn(Ctx) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        Self { name, every_seconds, run: Arc::new(move |ctx| Box::pin(run(ctx))) }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({} every {} s)", self.name, self.every_seconds)
    }
}

/// A service that the block offers through the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceOffer {
    /// The last part of the service's identifier: `births`.
    pub code: &'static str,
    /// Path under which the block's API router serves it, without a slash at the end: `/civil/births`.
    pub prefix: &'static str,
}

/// Events of other blocks that this block is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// As the producing block names it: `civil.birth.registered`.
    pub topic: &'static str,
    /// Path of this block's API that takes it by POST.
    pub path: &'static str,
}

/// A place of the officers' desk: where its home and its bar lead those who may go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeskEntry {
    /// Path of the first page: `/desk/batches`.
    pub path: &'static str,
    /// Short name by language code, English among them: `("en", "Batches")`.
    pub names: &'static [(&'static str, &'static str)],
    /// One sentence on what is done there, by language code.
    pub about: &'static [(&'static str, &'static str)],
    /// The permission that the pages ask for.
    pub permission: &'static str,
}

/// A building block, ready to be mounted.
pub struct Block {
    /// Short name: crate, database and metrics label. `consent`.
    pub name: &'static str,
    /// Name for people: `Consent`.
    pub title: &'static str,
    /// GovStack building block and specification version: `("bb-consent", "2.0.0")`.
    pub govstack: Option<(&'static str, &'static str)>,
    /// The block's own migrations, in order; the kernel's run before them.
    pub migrations: &'static [Migration],
    /// The API; every route through `utoipa_axum::routes!`, paths as served, from the root.
    pub api: OpenApiRouter,
    /// Pages and routes outside of the OpenAPI document.
    pub pages: Pages,
    /// What it adds to the officers' desk.
    pub desk: Vec<DeskEntry>,
    /// Work in the background.
    pub jobs: Vec<Job>,
    /// The audit events that it may write.
    pub audit_events: &'static [AuditEvent],
    /// Its permissions and the roles that carry them.
    pub permissions: &'static [PermissionRow],
    /// The kinds of records it keeps.
    pub retention: &'static [Retention],
    /// What it offers through the exchange.
    pub services: Vec<ServiceOffer>,
    /// What it is told about.
    pub consumes: Vec<Subscription>,
}

impl Block {
    /// A block with a name and nothing else; set the fields that apply.
    #[must_use]
    pub fn new(name: &'static str, title: &'static str) -> Self {
        Self {
            name,
            title,
            govstack: None,
            migrations: &[],
            api: OpenApiRouter::default(),
            pages: Pages::new(),
            desk: Vec::new(),
            jobs: Vec::new(),
            audit_events: &[],
            permissions: &[],
            retention: &[],
            services: Vec::new(),
            consumes: Vec::new(),
        }
    }

    /// Every route with its method, API first, as the authorisation table lists them.
    #[must_use]
    pub fn routes(&self) -> Vec<(Method, String)> {
        let paths = &self.api.get_openapi().paths.paths;
        let api = paths
            .iter()
            .flat_map(|(path, item)| methods(item).map(|method| (method, path.clone())));
        api.chain(self.pages.routes().iter().cloned()).collect()
    }

    /// The OpenAPI document of the block's API, with the schema of problems and the officers' security scheme.
    #[must_use]
    pub fn openapi(&self) -> OpenApi {
        let mut api = self.api.get_openapi().clone();
        api.info = InfoBuilder::new().title(self.title).version(env!("CARGO_PKG_VERSION")).build();
        let components = api.components.get_or_insert_with(Components::new);
        components.schemas.insert("Problem".to_owned(), Problem::schema());
        components.schemas.insert("FieldError".to_owned(), crate::problem::FieldError::schema());
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("A token of an officer of the member that runs this block"))
            .build();
        components.add_security_scheme(OFFICER_SCHEME, SecurityScheme::Http(scheme));
        api
    }

    /// API and pages as one router, with the owner member put on it. Everything else of the block is lost; read it before.
    pub fn into_router(self, owner: OwnerMember) -> Router {
        let (api, _) = self.api.split_for_parts();
        api.merge(self.pages.into_router()).layer(axum::Extension(owner))
    }

    /// The block's entry in `/.well-known/dpi-component`.
    #[must_use]
    pub fn component(&self, operator: &OwnerMember, mandate: Option<String>) -> Component {
        let (bb, version) = self.govstack.unzip();
        Component {
            id: self.name.to_owned(),
            title: self.title.to_owned(),
            building_block: bb.map(str::to_owned),
            specification_version: version.map(str::to_owned),
            operator: operator.0.to_string(),
            mandate,
            openapi: format!("/{}/openapi.json", self.name),
            health: "/health".to_owned(),
        }
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("name", &self.name)
            .field("routes", &self.routes())
            .finish_non_exhaustive()
    }
}

fn methods(item: &PathItem) -> impl Iterator<Item = Method> {
    let all = [
        (&item.get, Method::GET),
        (&item.put, Method::PUT),
        (&item.post, Method::POST),
        (&item.delete, Method::DELETE),
        (&item.options, Method::OPTIONS),
        (&item.head, Method::HEAD),
        (&item.patch, Method::PATCH),
        (&item.trace, Method::TRACE),
    ];
    all.into_iter().filter(|(operation, _)| operation.is_some()).map(|(_, method)| method)
}

/// One component of an installation, as `/.well-known/dpi-component` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Short name of the block.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// GovStack building block, as `bb-consent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub building_block: Option<String>,
    /// Version of the building block's specification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specification_version: Option<String>,
    /// The member that runs it, `CLASS/MEMBER`.
    pub operator: String,
    /// The law or decision that it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate: Option<String>,
    /// Path of its OpenAPI document.
    pub openapi: String,
    /// Path of its health check.
    pub health: String,
}

/// The routes for `/.well-known/dpi-component` (all components served here) and each component's
/// `/<id>/openapi.json`.
#[must_use]
pub fn component_routes(components: Vec<(Component, OpenApi)>) -> Pages {
    let list: Vec<&Component> = components.iter().map(|(component, _)| component).collect();
    let list = serde_json::json!({ "components": list });
    let mut pages =
        Pages::new().get("/.well-known/dpi-component", async move || Json(list.clone()));
    for (component, api) in components {
        // As text: a tree of the same content takes five times the memory, for as long as the program runs.
        let api = Bytes::from(serde_json::to_vec(&api).expect("an OpenAPI document is JSON"));
        let answer = async move || ([(CONTENT_TYPE, "application/json")], api.clone());
        pages = pages.get(&component.openapi, answer);
    }
    pages
}
