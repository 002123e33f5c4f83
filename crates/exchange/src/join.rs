//! How an installation joins: one token from the hub's operator, one request, and it has its
//! certificate, the hub's key and the directory. And how both sides keep each other current.

use bytes::Bytes;
use contracts::{MemberId, WireError};
use credential::{Jwk, SigAlg, VerifyingKey, base64url, jws};
use http::{HeaderMap, Method, StatusCode};
use kernel::audit::Audit;
use kernel::problem::ProblemDocument;
use serde::{Deserialize, Serialize};

use crate::audit_events;
use crate::ca::{self, Ca};
use crate::directory::{not_joined, open_document};
use crate::error::ExchangeError;
use crate::exchange::{Exchange, TLS_KEY};
use crate::message::sha256;
use crate::model::{Installation, Names};
use crate::remote::{self, Limits, PeerAnswer, PeerRequest};
use crate::store::{self, settings, topology::JoinToken};
use crate::tls::{self, OwnCertificate};

/// Path of joining on the wire listener.
pub(crate) const JOIN_PATH: &str = "/wire/v1/join";
/// Path of the directory.
pub(crate) const DIRECTORY_PATH: &str = "/wire/v1/directory";
/// Path under which an installation publishes its part.
pub(crate) const PART_PATH: &str = "/wire/v1/part";

const JOIN_TYPE: &str = "msingi-join+jws";
/// A directory or certificate chain fits well into this.
const ANSWER_MAX: usize = 16 * 1024 * 1024;
const LIMITS: Limits = Limits { timeout_seconds: 20, body_bytes: ANSWER_MAX };

/// What a token holds besides the secret: where the hub is and how to know it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Invitation {
    hub: String,
    root: String,
    secret: String,
}

/// What an installation sends to join. Signed by the TLS key inside, which proves its possession.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JoinRequest {
    secret: String,
    address: String,
    tls_key: Jwk,
    sign_key: Jwk,
    seal_key: Jwk,
}

/// What it gets.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinAnswer {
    instance: String,
    installation: String,
    members: Vec<MemberId>,
    certificate: String,
    root: String,
    hub: Installation,
    directory: String,
}

impl Exchange {
    /// On the hub: makes root and own certificate on the first start.
    pub(crate) async fn prepare_hub(&self) -> Result<(), ExchangeError> {
        if !self.0.config.hub {
            return Ok(());
        }
        let read = self.0.ctx.db.read(|tx| Box::pin(settings::find(tx, settings::CERTIFICATE)));
        let certificate: Option<String> = read.await.map_err(ExchangeError::Db)?;
        if certificate.is_some() {
            return Ok(());
        }
        let (instance, now) = (self.0.ctx.instance.to_string(), self.0.ctx.clock.now());
        let ca = Ca::open(&self.0.ctx.keys, &instance)?;
        let root = base64url::encode(ca.root(now)?);
        let key = self.0.ctx.keys.signing_key(TLS_KEY)?.public_jwk();
        let own = base64url::encode(ca.issue(&instance, &self.0.config.installation, &key, now)?);
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                settings::put(tx, settings::ROOT, &root).await?;
                settings::put(tx, settings::CERTIFICATE, &own).await
            })
        });
        write.await.map_err(ExchangeError::Db)
    }

    /// On the hub: a one-time token with which the installation `name` can join and host
    /// `members`, for `valid_seconds`. Only its digest is kept.
    ///
    /// # Errors
    /// [`ExchangeError::Conflict`] elsewhere than on the hub, or if the hub has no address;
    /// [`ExchangeError::Invalid`] for bad input.
    pub async fn create_join_token(
        &self,
        actor: &str,
        name: &str,
        members: Vec<MemberId>,
        valid_seconds: i64,
    ) -> Result<String, ExchangeError> {
        let own = self.own_certificate_on_hub()?;
        self.check_join_token(name, &members)?;
        let secret: [u8; 32] = self.0.ctx.rng.bytes();
        let expires = self.0.ctx.clock.now().plus_seconds(valid_seconds);
        let token = JoinToken { installation: name.to_owned(), members, expires, used: None };
        let audit = Audit::new(&audit_events::JOIN_TOKEN_CREATED, actor, name);
        let digest = sha256(&secret);
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                store::topology::insert_token(tx, digest, &token).await?;
                tx.audit(audit).await
            })
        });
        write.await.map_err(ExchangeError::Db)?;
        let invitation = Invitation {
            hub: self.0.config.address.clone(),
            root: ca::fingerprint(&own.root),
            secret: base64url::encode(secret),
        };
        let json = serde_json::to_vec(&invitation).expect("an invitation is text");
        Ok(base64url::encode(json))
    }

    fn check_join_token(&self, name: &str, members: &[MemberId]) -> Result<(), ExchangeError> {
        if !contracts::ids::is_part(name) || name == self.0.config.installation {
            return Err(ExchangeError::invalid(
                "installation",
                "write a new name of 1 to 64 of A-Z a-z 0-9 - _ . + =",
            ));
        }
        if self.0.config.address.is_empty() {
            return Err(ExchangeError::Conflict(
                "this hub has no wire address: set exchange.address".to_owned(),
            ));
        }
        let snapshot = self.snapshot();
        let taken = |member: &MemberId| {
            let listed = snapshot.installations.values().find(|i| i.entry.members.contains(member));
            listed.is_some_and(|host| host.entry.name != name)
        };
        match members
            .iter()
            .find(|member| member.instance() != &*self.0.ctx.instance || taken(member))
        {
            Some(member) => Err(ExchangeError::invalid(
                "members",
                format!("{member} is of another instance or hosted elsewhere"),
            )),
            None => Ok(()),
        }
    }

    /// On the hub: answers a request to join.
    pub(crate) async fn accept_join(&self, signed: &str) -> Result<JoinAnswer, ExchangeError> {
        let own = self.own_certificate_on_hub()?;
        let request = open_join(signed)?;
        let secret = base64url::decode(&request.secret, "secret")
            .map_err(|_| ExchangeError::JoinRefused("the token is damaged; copy it whole"))?;
        let digest = sha256(&secret);
        let token = self.usable_token(digest).await?;
        let (instance, now) = (self.0.ctx.instance.to_string(), self.0.ctx.clock.now());
        let ca = Ca::open(&self.0.ctx.keys, &instance)?;
        let certificate = ca.issue(&instance, &token.installation, &request.tls_key, now)?;
        let entry = Installation {
            name: token.installation.clone(),
            address: request.address,
            fingerprint: ca::fingerprint(&certificate),
            sign_key: request.sign_key,
            seal_key: request.seal_key,
            members: token.members.clone(),
        };
        self.store_joined(digest, entry).await?;
        self.reload().await?;
        let (_, directory) = self.signed_directory().await?;
        let snapshot = self.snapshot();
        let hub = snapshot.installations.get(&snapshot.own).ok_or_else(not_joined)?.entry.clone();
        tracing::info!(installation = token.installation, "Joined");
        Ok(JoinAnswer {
            instance,
            installation: token.installation,
            members: token.members,
            certificate: base64url::encode(certificate),
            root: base64url::encode(&own.root),
            hub,
            directory,
        })
    }

    async fn usable_token(&self, digest: [u8; 32]) -> Result<JoinToken, ExchangeError> {
        let read = self.0.ctx.db.read(move |tx| Box::pin(store::topology::find_token(tx, digest)));
        let token: Option<JoinToken> = read.await.map_err(ExchangeError::Db)?;
        let token = token.ok_or(ExchangeError::JoinRefused("the token is not this hub's"))?;
        if token.used.is_some() {
            return Err(ExchangeError::JoinRefused(
                "the token was used before; ask the hub's operator for a new one",
            ));
        }
        if token.expires <= self.0.ctx.clock.now() {
            return Err(ExchangeError::JoinRefused(
                "the token has expired; ask the hub's operator for a new one",
            ));
        }
        Ok(token)
    }

    async fn store_joined(
        &self,
        digest: [u8; 32],
        entry: Installation,
    ) -> Result<(), ExchangeError> {
        let audit = Audit::new(&audit_events::INSTALLATION_JOINED, "exchange", &entry.name);
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                if !store::topology::use_token(tx, digest).await? {
                    return Err(ExchangeError::JoinRefused("the token was used a moment ago"));
                }
                // One that joins anew may have lost its counter with its database.
                store::topology::drop_part(tx, &entry.name).await?;
                store::topology::put_installation(tx, &entry).await?;
                settings::raise(tx, settings::DIRECTORY_VERSION).await?;
                tx.audit(audit).await.map_err(ExchangeError::Db)
            })
        });
        write.await
    }

    /// Joins by a token from the hub's operator: gets the certificate and the directory, and
    /// publishes what this installation already knows of its members.
    ///
    /// # Errors
    /// [`ExchangeError::Invalid`] for a token that cannot be read, [`ExchangeError::Peer`] if the
    /// hub cannot be reached, is not the one named in the token, or refuses.
    pub async fn join(&self, token: &str) -> Result<(), ExchangeError> {
        if self.0.config.hub {
            return Err(ExchangeError::Conflict("the hub does not join; it invites".to_owned()));
        }
        let invitation = open_invitation(token)?;
        let config = tls::join_config(&invitation.root, &self.0.ctx.clock)?;
        let client = remote::build(config).map_err(peer_failed)?;
        let body = self.signed_join(invitation.secret)?;
        let hub = self.hub_to_join(invitation.hub);
        let request = plain(Method::POST, JOIN_PATH, HeaderMap::new(), body.into());
        let answer = remote::send(&client, &hub, request, LIMITS).await.map_err(peer_failed)?;
        let answer = success(answer, "the hub")?;
        let answer: JoinAnswer = serde_json::from_slice(&answer.body).map_err(|error| {
            ExchangeError::Peer(format!("the hub's answer is not readable: {error}"))
        })?;
        self.store_own_join(answer, &invitation.root).await?;
        self.reload().await?;
        self.publish().await
    }

    fn signed_join(&self, secret: String) -> Result<String, ExchangeError> {
        let keys = &self.0.ctx.keys;
        let tls_key = keys.signing_key(TLS_KEY)?;
        let request = JoinRequest {
            secret,
            address: self.0.config.address.clone(),
            tls_key: tls_key.public_jwk(),
            sign_key: self.0.sign.public_jwk(),
            seal_key: self.0.seal.public_jwk(),
        };
        let payload = serde_json::to_vec(&request).expect("a request to join is text");
        Ok(jws::sign(&*tls_key, &[("typ", JOIN_TYPE.into())], &payload)?)
    }

    /// The hub as far as a token tells of it.
    fn hub_to_join(&self, address: String) -> Installation {
        Installation {
            name: "hub".to_owned(),
            address,
            fingerprint: String::new(),
            sign_key: self.0.sign.public_jwk(),
            seal_key: self.0.seal.public_jwk(),
            members: Vec::new(),
        }
    }

    async fn store_own_join(
        &self,
        answer: JoinAnswer,
        root_fingerprint: &str,
    ) -> Result<(), ExchangeError> {
        let root = base64url::decode(&answer.root, "root")?;
        if ca::fingerprint(&root) != root_fingerprint {
            return Err(ExchangeError::Peer(
                "the hub's root certificate is not the one in the token".to_owned(),
            ));
        }
        if answer.instance != *self.0.ctx.instance {
            let text = format!(
                "the hub is of instance {}, this installation of {}",
                answer.instance, self.0.ctx.instance
            );
            return Err(ExchangeError::Peer(text));
        }
        if answer.installation != self.0.config.installation {
            let text = format!(
                "the token is for installation {}, this one is {}: set installation.name",
                answer.installation, self.0.config.installation
            );
            return Err(ExchangeError::Peer(text));
        }
        open_document(&answer.hub, &answer.directory).map_err(ExchangeError::Peer)?;
        let hub = serde_json::to_string(&answer.hub).expect("an entry is text and lists");
        let audit = Audit::new(&audit_events::JOINED_HUB, "exchange", &answer.hub.name);
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(async move {
                settings::put(tx, settings::ROOT, &answer.root).await?;
                settings::put(tx, settings::CERTIFICATE, &answer.certificate).await?;
                settings::put(tx, settings::HUB, &hub).await?;
                settings::put(tx, settings::DIRECTORY, &answer.directory).await?;
                for member in &answer.members {
                    if !store::members::has_member(tx, member).await? {
                        store::members::put_member(tx, member, &Names::new()).await?;
                    }
                }
                settings::raise(tx, settings::PART_VERSION).await?;
                tx.audit(audit).await
            })
        });
        write.await.map_err(ExchangeError::Db)
    }

    /// Publishes the own part at the hub, if the hub does not have it yet.
    pub(crate) async fn publish(&self) -> Result<(), ExchangeError> {
        let Some(hub) = self.hub().await? else { return Ok(()) };
        let (version, signed) = self.signed_part().await?;
        let read = self.0.ctx.db.read(|tx| Box::pin(settings::counter(tx, settings::PUBLISHED)));
        let published: i64 = read.await.map_err(ExchangeError::Db)?;
        if published >= version {
            return Ok(());
        }
        let answer = self
            .ask_hub(&hub, plain(Method::PUT, PART_PATH, HeaderMap::new(), signed.into()))
            .await?;
        // A conflict means that the hub has this version or a later one: that is what is wanted.
        if answer.status != StatusCode::CONFLICT {
            success(answer, "the hub")?;
        }
        let write = self.0.ctx.db.write(move |tx| {
            Box::pin(
                async move { settings::put(tx, settings::PUBLISHED, &version.to_string()).await },
            )
        });
        write.await.map_err(ExchangeError::Db)
    }

    /// Fetches the directory from the hub, if the hub has a newer one.
    pub(crate) async fn fetch_directory(&self) -> Result<(), ExchangeError> {
        let hub = self.hub().await?.ok_or_else(not_joined)?;
        let mut headers = HeaderMap::new();
        headers.insert(http::header::IF_NONE_MATCH, etag(self.snapshot().version));
        let answer =
            self.ask_hub(&hub, plain(Method::GET, DIRECTORY_PATH, headers, Bytes::new())).await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(());
        }
        let answer = success(answer, "the hub")?;
        let signed = String::from_utf8(answer.body.to_vec())
            .map_err(|_| ExchangeError::Peer("the hub's directory is not text".to_owned()))?;
        self.accept_directory(signed).await
    }

    /// One round of keeping current: what is new here goes to the hub, what is new there comes.
    ///
    /// # Errors
    /// If the hub cannot be reached; the next round tries again.
    pub async fn synchronise(&self) -> Result<(), ExchangeError> {
        if self.0.config.hub || self.hub().await?.is_none() {
            return Ok(());
        }
        self.publish().await?;
        self.fetch_directory().await
    }

    async fn ask_hub(
        &self,
        hub: &Installation,
        request: PeerRequest,
    ) -> Result<PeerAnswer, ExchangeError> {
        let own = self.own_certificate().map_err(peer_failed)?;
        self.0.peers.send(&own, &self.0.ctx.clock, hub, request, LIMITS).await.map_err(peer_failed)
    }

    fn own_certificate_on_hub(&self) -> Result<std::sync::Arc<OwnCertificate>, ExchangeError> {
        if !self.0.config.hub {
            return Err(ExchangeError::Conflict("only the hub invites installations".to_owned()));
        }
        self.own_certificate().map_err(peer_failed)
    }
}

/// The entity tag of a version of the directory.
pub(crate) fn etag(version: i64) -> http::HeaderValue {
    http::HeaderValue::from_str(&format!("\"{version}\"")).expect("digits and quotes")
}

fn open_invitation(token: &str) -> Result<Invitation, ExchangeError> {
    let damaged = || {
        ExchangeError::invalid("token", "copy the token of the hub's operator whole, in one line")
    };
    let json = base64url::decode(token.trim(), "token").map_err(|_| damaged())?;
    serde_json::from_slice(&json).map_err(|_| damaged())
}

fn open_join(signed: &str) -> Result<JoinRequest, ExchangeError> {
    let refused =
        |_| ExchangeError::JoinRefused("the request is not signed by the TLS key it names");
    let payload = signed.split('.').nth(1).unwrap_or_default();
    let payload = base64url::decode(payload, "payload").map_err(refused)?;
    let request: JoinRequest = serde_json::from_slice(&payload).map_err(|_| {
        ExchangeError::JoinRefused(
            "the request to join is not readable; use the same version of msingi",
        )
    })?;
    let key = VerifyingKey::from_jwk(&request.tls_key).map_err(refused)?;
    let verified = jws::verify(signed, &[key], &[SigAlg::Es256]).map_err(refused)?;
    if !verified.header.has_type(JOIN_TYPE) {
        return Err(ExchangeError::JoinRefused("the request is another kind of message"));
    }
    Ok(request)
}

fn plain(method: Method, path: &'static str, headers: HeaderMap, body: Bytes) -> PeerRequest {
    PeerRequest { method, path, headers, body, service: None }
}

fn success(answer: PeerAnswer, who: &str) -> Result<PeerAnswer, ExchangeError> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    let document = serde_json::from_slice::<ProblemDocument>(&answer.body).ok();
    let detail = document.map(|d| d.detail.unwrap_or(d.title)).unwrap_or_default();
    Err(ExchangeError::Peer(format!("{who} answered {}: {detail}", answer.status.as_u16())))
}

fn peer_failed(error: WireError) -> ExchangeError {
    ExchangeError::Peer(error.to_string())
}

/// For how long a token may be valid at most, in seconds: a week.
pub const TOKEN_SECONDS_MAX: i64 = 7 * 86_400;

/// The end of a validity that begins now; refused if out of range.
pub(crate) fn check_token_seconds(seconds: i64) -> Result<i64, ExchangeError> {
    if (60..=TOKEN_SECONDS_MAX).contains(&seconds) {
        return Ok(seconds);
    }
    Err(ExchangeError::invalid("valid_seconds", format!("send 60 to {TOKEN_SECONDS_MAX}")))
}
