//! Whom a call is about, on its way from the caller's sector to the provider's.
//!
//! Only the identity authority knows both pseudonyms of a person, and only the exchange of *its*
//! installation may ask it in the clear. A caller's node elsewhere gets the provider's pseudonym
//! signed by the identity authority and sealed to the provider's installation: it can pass it on
//! and cannot read it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use basis::Id;
use contracts::identity::{TRANSLATE, TranslateIn, TranslateOut};
use contracts::{
    CallContext, CallError, LegalBasis, Pseudonym, Refusal, RefusalReason, ServiceId, SubsystemId,
    WireError, WireRequest, WireResponse, call,
};
use credential::{EncAlg, KeyAlg, SigAlg, jwe, jws};
use serde::{Deserialize, Serialize};

use crate::exchange::Exchange;
use crate::model::{ServiceState, Snapshot};
use crate::policy::Grant;

/// Sealed pseudonyms are good for this long; a caller's node may use one again until then.
const SEALED_SECONDS: i64 = 600;
/// Entries of each cache.
const CACHE_MAX: usize = 10_000;
const SEALED_TYPE: &str = "msingi-subject+jwt";
const PURPOSE: &str = "pseudonym-translation";

/// A map that forgets everything when it is full. Pseudonyms do not change, so what it forgets is
/// only asked again.
#[derive(Debug)]
struct Bounded<K, V>(Mutex<HashMap<K, V>>);

impl<K: Hash + Eq, V: Clone> Bounded<K, V> {
    fn get(&self, key: &K) -> Option<V> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: K, value: V) {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= CACHE_MAX {
            map.clear();
        }
        map.insert(key, value);
    }
}

impl<K, V> Default for Bounded<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

/// Translations done already. In memory only.
#[derive(Debug, Default)]
pub(crate) struct Caches {
    /// (pseudonym, from sector, to sector), at the identity authority's installation.
    plain: Bounded<(Pseudonym, String, String), Pseudonym>,
    /// (pseudonym, client, service) to a sealed pseudonym and its end (Unix seconds), elsewhere.
    sealed: Bounded<(Pseudonym, SubsystemId, ServiceId), (String, i64)>,
}

/// How the subject travels to another installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Travelling {
    /// As it stands in the context; nobody, or readable where it arrives.
    Plain,
    /// Sealed for the provider's installation.
    Sealed(String),
}

/// What a sealed pseudonym says. Signed by the identity authority's member key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedSubject {
    pseudonym: Pseudonym,
    client: SubsystemId,
    service: ServiceId,
    exp: i64,
}

/// Asks the exchange of the identity authority to translate and seal. The sector translated from
/// is that of the asking subsystem, never one it names.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealIn {
    /// The person in the asking subsystem's sector.
    pub(crate) pseudonym: Pseudonym,
    /// The service that will be called.
    pub(crate) service: ServiceId,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealOut {
    sealed: String,
    exp: i64,
}

impl Exchange {
    /// The subject in the provider's sector, for a provider in this installation.
    pub(crate) async fn subject_here(
        &self,
        snapshot: &Snapshot,
        ctx: &CallContext,
        grant: &Grant,
    ) -> Result<Option<Pseudonym>, WireError> {
        let Some(subject) = ctx.subject else { return Ok(None) };
        if !grant.translates() {
            return Ok(Some(subject));
        }
        let translate = translate_service(snapshot)?;
        if snapshot.is_own(&translate.entry.id.member()) {
            let sectors = (grant.client_sector.as_str(), grant.provider_sector.as_str());
            return self.translate(&translate.entry.id, ctx, subject, sectors).await.map(Some);
        }
        // Caller and provider share this installation, the identity authority does not: what it
        // seals for the provider is opened right here.
        let sealed = self.sealed_subject(ctx, subject, &translate.entry.id).await?;
        self.open_sealed(snapshot, ctx, &sealed).map(Some).map_err(WireError::Refused)
    }

    /// How the subject travels to the provider's installation.
    pub(crate) async fn subject_there(
        &self,
        snapshot: &Snapshot,
        ctx: &CallContext,
        grant: &Grant,
        provider: &str,
    ) -> Result<Travelling, WireError> {
        let Some(subject) = ctx.subject else { return Ok(Travelling::Plain) };
        if !grant.translates() {
            return Ok(Travelling::Plain);
        }
        let translate = translate_service(snapshot)?;
        let host =
            snapshot.host_of(&translate.entry.id.member()).map(|host| host.entry.name.as_str());
        if host == Some(provider) {
            // The provider shares an installation with the identity authority, which translates on
            // arrival. One hop instead of two.
            return Ok(Travelling::Plain);
        }
        if host == Some(snapshot.own.as_str()) {
            let ask = SealIn { pseudonym: subject, service: ctx.service.clone() };
            return Ok(Travelling::Sealed(
                self.seal(snapshot, &translate.entry.id, ctx, &ask).await?.sealed,
            ));
        }
        self.sealed_subject(ctx, subject, &translate.entry.id).await.map(Travelling::Sealed)
    }

    /// Opens a sealed pseudonym that arrived with a call. It must be the identity authority's word
    /// for exactly this client and service, and not too old.
    pub(crate) fn open_sealed(
        &self,
        snapshot: &Snapshot,
        ctx: &CallContext,
        sealed: &str,
    ) -> Result<Pseudonym, Refusal> {
        let refuse = |detail: String| Refusal::new(RefusalReason::NotAuthentic, detail);
        let translate = translate_service(snapshot)?;
        let keys = std::slice::from_ref(&self.0.seal);
        let opened = jwe::decrypt(sealed, keys, &[KeyAlg::EcdhEs], &[EncAlg::A256Gcm])
            .map_err(|error| refuse(format!("the sealed subject does not open here: {error}")))?;
        let authority = snapshot
            .members
            .get(&translate.entry.id.member())
            .and_then(|member| member.verify.as_ref());
        let Some(authority) = authority else {
            return Err(refuse("the identity authority's key is not usable".to_owned()));
        };
        let token = String::from_utf8(opened.plaintext)
            .map_err(|_| refuse("the sealed subject is no token".to_owned()))?;
        let verified = jws::verify(&token, std::slice::from_ref(authority), &[SigAlg::Es256])
            .map_err(|error| {
                refuse(format!("the sealed subject is not the identity authority's: {error}"))
            })?;
        if !verified.header.has_type(SEALED_TYPE) {
            return Err(refuse("the sealed subject is another kind of token".to_owned()));
        }
        let subject: SealedSubject = serde_json::from_slice(&verified.payload)
            .map_err(|_| refuse("the sealed subject is not readable".to_owned()))?;
        if subject.client != ctx.client || subject.service != ctx.service {
            return Err(refuse("the sealed subject was made for another call".to_owned()));
        }
        if subject.exp <= self.unix_now() {
            return Err(refuse("the sealed subject has expired; ask for a new one".to_owned()));
        }
        Ok(subject.pseudonym)
    }

    /// Answers [`SealIn`] of another installation. The access right to the translation service was
    /// checked on arrival; here it is also asked whether the client may call the service at all.
    pub(crate) async fn answer_seal(
        &self,
        snapshot: &Snapshot,
        ctx: &CallContext,
        body: &[u8],
    ) -> Result<WireResponse, WireError> {
        let ask: SealIn = serde_json::from_slice(body).map_err(|error| {
            WireError::Malformed(format!("a request to translate is not readable: {error}"))
        })?;
        let may_call = snapshot
            .services
            .get(&ask.service)
            .and_then(|service| service.clients.get(&ctx.client))
            .is_some_and(|client| client.right);
        if !may_call {
            let detail = format!(
                "{} may not call {}, so no pseudonym is given for it",
                ctx.client, ask.service
            );
            return Err(Refusal::new(RefusalReason::NoAccessRight, detail).into());
        }
        let out = self.seal(snapshot, &ctx.service, ctx, &ask).await?;
        let body =
            serde_json::to_vec(&out).map_err(|error| WireError::Internal(error.to_string()))?;
        let mut response = http::Response::new(body.into());
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        Ok(response)
    }

    /// A sealed pseudonym from the identity authority's installation, or from the cache.
    async fn sealed_subject(
        &self,
        ctx: &CallContext,
        subject: Pseudonym,
        translate: &ServiceId,
    ) -> Result<String, WireError> {
        let key = (subject, ctx.client.clone(), ctx.service.clone());
        // Half its life must be left, so that it does not expire on the way.
        let enough = self.unix_now() + SEALED_SECONDS / 2;
        if let Some((sealed, _)) = self.0.caches.sealed.get(&key).filter(|(_, exp)| *exp > enough) {
            return Ok(sealed);
        }
        let mut ask = self.follow_up(ctx, ctx.client.clone(), translate.clone(), PURPOSE);
        ask.subject = None;
        let body = SealIn { pseudonym: subject, service: ctx.service.clone() };
        let request = call::post("/", &body, None).map_err(broken)?;
        let response = Box::pin(self.carry(ask, request)).await?;
        let out: SealOut = read(&response)?;
        self.0.caches.sealed.put(key, (out.sealed.clone(), out.exp));
        Ok(out.sealed)
    }

    /// Translates and seals, at the identity authority's installation.
    async fn seal(
        &self,
        snapshot: &Snapshot,
        translate: &ServiceId,
        ctx: &CallContext,
        ask: &SealIn,
    ) -> Result<SealOut, WireError> {
        let unknown = || {
            Refusal::new(
                RefusalReason::UnknownService,
                format!("{} is not in the directory", ask.service),
            )
        };
        let from = snapshot.sector_of(&ctx.client).ok_or_else(unknown)?;
        let to = snapshot.sector_of(&ask.service.subsystem()).ok_or_else(unknown)?;
        let provider = snapshot.host_of(&ask.service.member()).ok_or_else(unknown)?;
        let pseudonym = self.translate(translate, ctx, ask.pseudonym, (from, to)).await?;
        let exp = self.unix_now() + SEALED_SECONDS;
        let claims = SealedSubject {
            pseudonym,
            client: ctx.client.clone(),
            service: ask.service.clone(),
            exp,
        };
        let internal = |error: credential::JoseError| {
            WireError::Internal(format!("the subject cannot be sealed: {error}"))
        };
        let key = self
            .member_key(&translate.member())
            .map_err(|error| WireError::Internal(error.to_string()))?;
        let payload =
            serde_json::to_vec(&claims).map_err(|error| WireError::Internal(error.to_string()))?;
        let token = jws::sign(&*key, &[("typ", SEALED_TYPE.into())], &payload).map_err(internal)?;
        let extra = [("cty", "JWT".into())];
        let sealed = jwe::encrypt(
            &provider.entry.seal_key,
            KeyAlg::EcdhEs,
            EncAlg::A256Gcm,
            &extra,
            token.as_bytes(),
        );
        Ok(SealOut { sealed: sealed.map_err(internal)?, exp })
    }

    /// Asks the identity block, which runs in this installation. Part of the hop it is done for,
    /// so it has no hop row of its own.
    async fn translate(
        &self,
        service: &ServiceId,
        ctx: &CallContext,
        pseudonym: Pseudonym,
        (from, to): (&str, &str),
    ) -> Result<Pseudonym, WireError> {
        let key = (pseudonym, from.to_owned(), to.to_owned());
        if let Some(known) = self.0.caches.plain.get(&key) {
            return Ok(known);
        }
        let body = TranslateIn { from: from.to_owned(), to: to.to_owned(), pseudonym };
        let request: WireRequest = call::post("/", &body, None).map_err(broken)?;
        let mut ask = self.follow_up(ctx, ctx.client.clone(), service.clone(), PURPOSE);
        ask.client_sector = Some(from.to_owned());
        ask.subject = None;
        let response = self.0.local.dispatch(ask, request, self.0.config.body_limit_bytes).await?;
        let out: TranslateOut = read(&response)?;
        self.0.caches.plain.put(key, out.pseudonym);
        Ok(out.pseudonym)
    }

    /// The context of a call the exchange makes itself because of another one.
    pub(crate) fn follow_up(
        &self,
        ctx: &CallContext,
        client: SubsystemId,
        service: ServiceId,
        purpose: &str,
    ) -> CallContext {
        let basis = LegalBasis::law("exchange");
        let mut next = CallContext::new(
            client,
            service,
            purpose,
            basis,
            ctx.correlation,
            self.0.ctx.clock.now(),
        );
        next.subject = ctx.subject;
        next.case.clone_from(&ctx.case);
        next
    }

    pub(crate) fn unix_now(&self) -> i64 {
        self.0.ctx.clock.now().micros().div_euclid(1_000_000)
    }

    pub(crate) fn mint(&self) -> Id {
        Id::mint(&self.0.ctx.clock, &self.0.ctx.rng)
    }
}

fn translate_service(snapshot: &Snapshot) -> Result<&ServiceState, Refusal> {
    snapshot.service_of_kind(TRANSLATE).ok_or_else(|| {
        let detail = format!("no service in the directory has the kind `{TRANSLATE}`, so no pseudonym can cross sectors");
        Refusal::new(RefusalReason::SubjectUnknown, detail)
    })
}

fn read<T: serde::de::DeserializeOwned>(response: &WireResponse) -> Result<T, WireError> {
    if response.status() == http::StatusCode::NOT_FOUND {
        let detail = "the identity authority does not know this pseudonym in the caller's sector";
        return Err(Refusal::new(RefusalReason::SubjectUnknown, detail).into());
    }
    if !response.status().is_success() {
        return Err(broken(call::error_of(response)));
    }
    serde_json::from_slice(response.body())
        .map_err(|_| broken(CallError::Unreadable("a translation".to_owned())))
}

fn broken(error: CallError) -> WireError {
    match error {
        CallError::Wire(error) => error,
        other => WireError::Internal(format!("pseudonym translation: {other}")),
    }
}
