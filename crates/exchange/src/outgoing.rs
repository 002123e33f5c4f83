//! The caller's end of a call to another installation: seal, sign, log, send, verify the answer.
//!
//! # Wire format, version 1
//! `POST {address}/wire/v1/call` over mutual TLS, the call's own body as body, and headers:
//!
//! | header | value |
//! |---|---|
//! | `msingi-wire-version` | `1`; N and N-1 are accepted |
//! | `msingi-message` | id of the message, a UUIDv7 not more than 60 s from the receiver's clock |
//! | `msingi-context` | base64url of the JSON of [`contracts::CallContext`] |
//! | `msingi-method`, `msingi-path` | method, and path with query below the service |
//! | `msingi-h-NAME` | the call's own headers, of those in [`crate::message::REQUEST_HEADERS`] |
//! | `msingi-sealed-subject` | JWE (ECDH-ES, A256GCM) for the receiver of a JWS by the identity authority |
//! | `msingi-signature` | detached JWS (ES256) by the calling member over [`Sent::text`] |
//!
//! The answer has the provider's status, its headers of [`ANSWER_HEADERS`], its body, and
//! `msingi-signature` by the provider's member over [`crate::message::Answered::text`]. An answer
//! with `msingi-wire-error` is the exchange's own: a problem document whose slug stands there.

use contracts::{Refusal, RefusalReason, WIRE_VERSION, WireError, WireResponse};
use credential::base64url;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::call::{Leg, answered};
use crate::exchange::Exchange;
use crate::hops::Direction;
use crate::message::{self, ANSWER_HEADERS, Sent, sha256, travelling};
use crate::model::Snapshot;
use crate::policy::Grant;
use crate::remote::{self, CALL_PATH, Limits, PeerRequest};
use crate::subject::Travelling;

impl Exchange {
    /// Delivers a call to the installation that hosts its provider.
    pub(crate) async fn deliver_remote(
        &self,
        snapshot: &Snapshot,
        mut leg: Leg,
        grant: Grant,
    ) -> Result<WireResponse, WireError> {
        let subject = leg.ctx.subject;
        leg.direction = Direction::Out;
        let provider = snapshot.members.get(&leg.ctx.service.member()).ok_or_else(|| {
            Refusal::new(
                RefusalReason::UnknownService,
                format!("nobody hosts {}", leg.ctx.service.member()),
            )
        })?;
        let host = provider.installation.entry.clone();
        let verify = provider.verify.clone().ok_or_else(|| {
            remote::unreachable(&host, "the directory has no usable key of the provider's member")
        })?;
        leg.peer = Some(host.name.clone());
        let sealed = match self.subject_there(snapshot, &leg.ctx, &grant, &host.name).await {
            Ok(Travelling::Plain) => None,
            Ok(Travelling::Sealed(sealed)) => {
                leg.ctx.subject = None;
                Some(sealed)
            }
            Err(WireError::Refused(refusal)) => return self.refused(leg, subject, refusal).await,
            Err(error) => return Err(error),
        };
        let headers = self.sign_request(&mut leg, sealed.as_deref())?;
        let own = self.own_certificate()?;
        self.0.hops.request(self.hop(&leg, subject, grant.agreement, None)).await?;
        let this = self.clone();
        // The message is out once it is sent: see it through and log the answer in any case.
        let work = tokio::spawn(async move {
            let config = &this.0.config;
            let limits = Limits {
                timeout_seconds: config.timeout_seconds,
                body_bytes: config.body_limit_bytes,
            };
            let service = leg.ctx.service.clone();
            let request = PeerRequest {
                method: Method::POST,
                path: CALL_PATH,
                headers,
                body: leg.body.clone(),
                service: Some(service.clone()),
            };
            let answer = this.0.peers.send(&own, &this.0.ctx.clock, &host, request, limits).await?;
            if let Some(error) = remote::error_of(&answer, &host, &service, config.timeout_seconds)
            {
                return Err(error);
            }
            let Some(signature) =
                answer.headers.get(&remote::SIGNATURE).and_then(|v| v.to_str().ok())
            else {
                return Err(remote::unreachable(
                    &host,
                    &format!("it answered {} without a signature", answer.status),
                ));
            };
            let signature = signature.to_owned();
            let mut response = http::Response::new(answer.body);
            *response.status_mut() = answer.status;
            *response.headers_mut() = travelling(&answer.headers, &ANSWER_HEADERS);
            let text = answered(&leg, &response).text();
            message::verify(&verify, &signature, &text)?;
            this.log_answer(&leg, response.status().as_u16(), &text, Some(signature)).await;
            Ok(response)
        });
        work.await.map_err(|_| WireError::Internal("the sending task ended early".to_owned()))?
    }

    /// Signs the request by the calling member's key. Sets the leg's digest to what is signed.
    fn sign_request(&self, leg: &mut Leg, sealed: Option<&str>) -> Result<HeaderMap, WireError> {
        let context = leg.ctx.to_json();
        let text =
            Sent { message: leg.id, context: &context, sealed, parts: &leg.parts, body: &leg.body }
                .text();
        leg.digest = sha256(&text);
        let key = self.member_key(&leg.ctx.client.member()).map_err(internal)?;
        let signature = message::sign(&*key, &text).map_err(internal)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &leg.parts.headers {
            headers.insert(remote::carried(name), value.clone());
        }
        let path = leg.parts.uri.path_and_query().map_or("/", |path| path.as_str());
        put(&mut headers, remote::VERSION, &WIRE_VERSION.to_string())?;
        put(&mut headers, remote::MESSAGE, &leg.id.to_string())?;
        put(&mut headers, remote::CONTEXT, &base64url::encode(&context))?;
        put(&mut headers, remote::METHOD, leg.parts.method.as_str())?;
        put(&mut headers, remote::PATH, path)?;
        put(&mut headers, remote::SIGNATURE, &signature)?;
        if let Some(sealed) = sealed {
            put(&mut headers, remote::SUBJECT, sealed)?;
        }
        Ok(headers)
    }
}

fn internal(error: impl std::error::Error) -> WireError {
    WireError::Internal(format!("the message cannot be signed: {error}"))
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), WireError> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| WireError::Malformed(format!("{name} cannot be sent")))?;
    headers.insert(name, value);
    Ok(())
}
