//! Messages a peer should not believe. The wire format is written out by hand here, so that the
//! exchange is tested against its description and not against itself.

use std::sync::Arc;

use basis::{Id, Rng};
use contracts::{CallContext, WIRE_VERSION};
use credential::{base64url, jws};
use http::{HeaderMap, HeaderName};
use kernel::db::DbError;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use testkit::on_each_engine;

use crate::fixture::*;
use crate::remote::{Country, country};

/// A client that believes any server: here the server is what is tested.
#[derive(Debug)]
struct Gullible;

impl ServerCertVerifier for Gullible {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::ED25519]
    }
}

async fn setting(site: &Site, name: &'static str) -> Vec<u8> {
    let read = site.ctx.db.read(move |tx| {
        Box::pin(async move {
            tx.one("SELECT value FROM setting WHERE name = $1", &[name.into()]).await?.get("value")
        })
    });
    let text: Result<String, DbError> = read.await;
    base64url::decode(&text.unwrap(), name).unwrap()
}

/// An HTTPS client with the TLS identity of an installation, or none.
async fn client(of: Option<&Site>) -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Gullible));
    let config = match of {
        None => builder.with_no_client_auth(),
        Some(site) => {
            let certificate = CertificateDer::from(setting(site, "certificate").await);
            let key = site.ctx.keys.pkcs8("exchange:tls").unwrap().to_vec();
            builder
                .with_client_auth_cert(vec![certificate], PrivateKeyDer::Pkcs8(key.into()))
                .unwrap()
        }
    };
    reqwest::Client::builder().tls_backend_preconfigured(config).build().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())
}

/// A call as its sender would send it; the tests bend one thing each.
struct Message {
    version: u16,
    id: Id,
    context: Vec<u8>,
    path: &'static str,
    body: &'static str,
    signer: &'static str,
}

impl Message {
    fn good(country: &Country) -> Self {
        let site = &country.frontline;
        let ctx: CallContext =
            site.call(BENEFITS, RECORDS, "benefit-eligibility", law()).about(person("social"));
        Self {
            version: WIRE_VERSION,
            id: Id::mint(&site.ctx.clock, &site.ctx.rng),
            context: ctx.to_json(),
            path: "/search?x=1",
            body: "body",
            signer: "member:TB/GOV/MSP",
        }
    }

    fn headers(&self, site: &Site) -> HeaderMap {
        let text = format!(
            "msingi-wire-request/1\nmessage:{}\ncontext:{}\nmethod:POST\npath:{}\ncontent-type:text/plain\nbody:{}\n",
            self.id,
            sha256(&self.context),
            self.path,
            sha256(self.body.as_bytes()),
        );
        let key = site.ctx.keys.signing_key(self.signer).unwrap();
        let signature = jws::sign_detached(&*key, &[], text.as_bytes()).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("msingi-wire-version", self.version.to_string()),
            ("msingi-message", self.id.to_string()),
            ("msingi-context", base64url::encode(&self.context)),
            ("msingi-method", "POST".to_owned()),
            ("msingi-path", self.path.to_owned()),
            ("msingi-signature", signature),
            ("msingi-h-content-type", "text/plain".to_owned()),
        ] {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        headers
    }
}

struct Sender {
    client: reqwest::Client,
    url: String,
}

impl Sender {
    async fn new(country: &Country, identity: Option<&Site>) -> Self {
        let snapshot = country.registrar.exchange.snapshot();
        let url = format!("{}/wire/v1/call", snapshot.installations["registrar"].entry.address);
        Self { client: client(identity).await, url }
    }

    /// Status, slug of the exchange's own error (if it is one) and detail or body.
    async fn send(&self, headers: HeaderMap, body: &'static str) -> (u16, String, String) {
        let response =
            self.client.post(&self.url).headers(headers).body(body).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let slug = headers
            .get("msingi-wire-error")
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let text = response.text().await.unwrap();
        (status, slug, text)
    }
}

#[tokio::test]
async fn the_wire_format_is_as_described() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let sender = Sender::new(&country, Some(&country.frontline)).await;
        let message = Message::good(&country);
        let (status, slug, text) =
            sender.send(message.headers(&country.frontline), message.body).await;
        assert_eq!((status, slug.as_str()), (200, ""), "{text}");
        assert_eq!(read(text.as_bytes())["subject"], serde_json::json!(person("population")));
    })
    .await;
}

#[tokio::test]
async fn what_was_altered_repeated_or_kept_too_long_is_refused() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let sender = Sender::new(&country, Some(&country.frontline)).await;
        let message = Message::good(&country);
        let headers = message.headers(&country.frontline);

        let (status, slug, _) = sender.send(headers.clone(), "Body").await;
        assert_eq!((status, slug.as_str()), (401, "not-authentic"), "the body was altered");
        for (name, value) in [
            ("msingi-path", "/search?x=2"),
            ("msingi-method", "PUT"),
            ("msingi-h-content-type", "text/html"),
            ("msingi-context", &base64url::encode(Message::good(&country).context)),
            ("msingi-message", &Message::good(&country).id.to_string()),
        ] {
            let mut bent = headers.clone();
            bent.insert(name, value.parse().unwrap());
            let (status, slug, _) = sender.send(bent, message.body).await;
            assert_eq!((status, slug.as_str()), (401, "not-authentic"), "{name} was altered");
        }
        let mut added = headers.clone();
        added.insert("msingi-h-idempotency-key", "k".parse().unwrap());
        assert_eq!(sender.send(added, message.body).await.1, "not-authentic", "a header was added");

        assert_eq!(sender.send(headers.clone(), message.body).await.0, 200);
        let (status, slug, _) = sender.send(headers, message.body).await;
        assert_eq!((status, slug.as_str()), (409, "replayed"));

        let old = Message::good(&country).headers(&country.frontline);
        store.time.advance_seconds(61);
        let (status, slug, text) = sender.send(old, "body").await;
        assert_eq!((status, slug.as_str()), (401, "not-authentic"));
        assert!(text.contains("clock"), "{text}");
        let hops = country.registrar.exchange.hops(None, 20, None, None).await.unwrap();
        assert_eq!(hops.len(), 1, "what the member did not send is not logged as its call");
    })
    .await;
}

#[tokio::test]
async fn a_replay_is_refused_after_a_restart_too() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let sender = Sender::new(&country, Some(&country.frontline)).await;
        let message = Message::good(&country);
        let headers = message.headers(&country.frontline);
        assert_eq!(sender.send(headers.clone(), message.body).await.0, 200);
        country.registrar.exchange.flush().await;
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/wire/v1/call", socket.local_addr().unwrap());
        let config = exchange::Config {
            installation: "registrar".to_owned(),
            ..exchange::Config::default()
        };
        let again = country.registrar.reopened(config).await;
        tokio::spawn(
            async move { again.serve_wire(socket, std::future::pending()).await.unwrap() },
        );
        let sender = Sender { client: client(Some(&country.frontline)).await, url };
        let (status, slug, _) = sender.send(headers, message.body).await;
        assert_eq!((status, slug.as_str()), (409, "replayed"));
    })
    .await;
}

#[tokio::test]
async fn nobody_speaks_for_a_member_they_do_not_host() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let message = Message::good(&country);
        // The treasury's connection, the ministry's true signature.
        let sender = Sender::new(&country, Some(&country.treasury)).await;
        let (status, slug, text) =
            sender.send(message.headers(&country.frontline), message.body).await;
        assert_eq!((status, slug.as_str()), (401, "not-authentic"));
        assert!(text.contains("is not hosted by installation treasury"), "{text}");
        // The right connection, another member's signature.
        let sender = Sender::new(&country, Some(&country.frontline)).await;
        let forged = Message { signer: "member:TB/COM/LAKESIDE", ..Message::good(&country) };
        assert_eq!(
            sender.send(forged.headers(&country.frontline), forged.body).await.1,
            "not-authentic"
        );
        // No certificate at all, for any route that needs one.
        let sender = Sender::new(&country, None).await;
        let (status, slug, text) =
            sender.send(message.headers(&country.frontline), message.body).await;
        assert_eq!((status, slug.as_str()), (401, "not-authentic"));
        assert!(text.contains("certificate"), "{text}");
        let base = sender.url.trim_end_matches("/call").to_owned();
        assert_eq!(
            sender.client.get(format!("{base}/directory")).send().await.unwrap().status(),
            401
        );
        assert_eq!(
            sender.client.put(format!("{base}/part")).body("x").send().await.unwrap().status(),
            401
        );
        assert_eq!(
            sender.client.post(format!("{base}/join")).body("x").send().await.unwrap().status(),
            403
        );
    })
    .await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_does_not_connect() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let stranger = Site::open(store, "exchange_x", "stranger", true, 8).await;
        let sender = Sender::new(&country, Some(&stranger)).await;
        let message = Message::good(&country);
        let outcome = sender
            .client
            .post(&sender.url)
            .headers(message.headers(&country.frontline))
            .body(message.body)
            .send()
            .await;
        assert!(outcome.is_err(), "the handshake itself fails");
    })
    .await;
}

#[tokio::test]
async fn a_newer_version_and_malformed_messages_get_one_clear_error_each() {
    on_each_engine(async |store| {
        let country = country(store).await;
        let sender = Sender::new(&country, Some(&country.frontline)).await;
        let newer = Message { version: WIRE_VERSION + 1, ..Message::good(&country) };
        let (status, slug, text) = sender.send(newer.headers(&country.frontline), newer.body).await;
        assert_eq!((status, slug.as_str()), (400, "wire-version"));
        assert!(
            text.contains(&format!("version {} is not spoken here", WIRE_VERSION + 1)),
            "{text}"
        );
        // A newer context inside an older frame.
        let mut message = Message::good(&country);
        let mut json: serde_json::Value = serde_json::from_slice(&message.context).unwrap();
        json["wire_version"] = (WIRE_VERSION + 1).into();
        json["hologram"] = true.into();
        message.context = serde_json::to_vec(&json).unwrap();
        assert_eq!(
            sender.send(message.headers(&country.frontline), message.body).await.1,
            "wire-version"
        );

        let good = Message::good(&country).headers(&country.frontline);
        for (name, value, wanted) in [
            ("msingi-wire-version", "one", "must be a number"),
            ("msingi-message", "7", "must be an id"),
            ("msingi-context", "%%%", "base64url"),
            ("msingi-context", "e30", "call context is not readable"),
            ("msingi-path", "no-slash", "begins with /"),
            ("msingi-method", "GE T", "HTTP method"),
        ] {
            let mut bent = good.clone();
            bent.insert(name, value.parse().unwrap());
            let (status, slug, text) = sender.send(bent, "body").await;
            assert_eq!((status, slug.as_str()), (400, "malformed-call"), "{name}: {text}");
            assert!(text.contains(wanted), "{name}: {text}");
        }
        for name in ["msingi-wire-version", "msingi-message", "msingi-context", "msingi-signature"]
        {
            let mut bent = good.clone();
            bent.remove(name);
            let (status, _, text) = sender.send(bent, "body").await;
            assert!(
                status == 400 && text.contains(&format!("the header {name} is missing")),
                "{text}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_sealed_subject_of_anyone_but_the_authority_is_refused() {
    on_each_engine(async |store| {
        let country = country(store).await;
        // The clinic's node knows the treasury's public key, as everyone does, and makes its own.
        let snapshot = country.frontline.exchange.snapshot();
        let recipient = &snapshot.installations["treasury"].entry.seal_key;
        let claims = serde_json::json!({
            "pseudonym": person("money"), "client": BENEFITS, "service": TRANSFERS, "exp": 4_000_000_000_i64,
        });
        let key = country.frontline.ctx.keys.signing_key("member:TB/GOV/MSP").unwrap();
        let typ = [("typ", "msingi-subject+jwt".into())];
        let token = jws::sign(&*key, &typ, &serde_json::to_vec(&claims).unwrap()).unwrap();
        let (alg, enc) = (credential::KeyAlg::EcdhEs, credential::EncAlg::A256Gcm);
        let sealed = credential::jwe::encrypt(recipient, alg, enc, &[], token.as_bytes()).unwrap();
        let site = &country.frontline;
        let context = site.call(BENEFITS, TRANSFERS, "benefit-payment", law()).to_json();
        let id = Id::mint(&site.ctx.clock, &Rng::seeded(99));
        let text = format!(
            "msingi-wire-request/1\nmessage:{id}\ncontext:{}\nsubject:{}\nmethod:GET\npath:/\nbody:{}\n",
            sha256(&context),
            sha256(sealed.as_bytes()),
            sha256(b""),
        );
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("msingi-wire-version", WIRE_VERSION.to_string()),
            ("msingi-message", id.to_string()),
            ("msingi-context", base64url::encode(&context)),
            ("msingi-method", "GET".to_owned()),
            ("msingi-path", "/".to_owned()),
            ("msingi-sealed-subject", sealed),
            ("msingi-signature", jws::sign_detached(&*key, &[], text.as_bytes()).unwrap()),
        ] {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        let address = &snapshot.installations["treasury"].entry.address;
        let url = format!("{address}/wire/v1/call");
        let sender = Sender { client: client(Some(site)).await, url };
        let (status, slug, text) = sender.send(headers, "").await;
        assert_eq!((status, slug.as_str()), (401, "not-authentic"), "{text}");
        assert!(text.contains("not the identity authority"), "{text}");
        let hops = country.treasury.exchange.hops(None, 5, None, None).await.unwrap();
        assert_eq!(hops[0].refusal.as_deref(), Some("not-authentic"), "the member did send this one: it is logged");
    })
    .await;
}
