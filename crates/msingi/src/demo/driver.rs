//! The story, told over HTTP: an officer's desk, a resident's browser, nothing else. It imports no
//! block, so that it can do only what anyone could.

use super::client::{Browser, Desk, Page, StoryError, json, text, unexpected};
use super::screen::Screen;
use super::totp;
use super::world::{AUDITOR, CASEWORKER, DESK, NURSE, REGISTRAR, STEWARD, TREASURER, World};
use basis::{Clock, Id, Rng};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// The country's instance code.
const INSTANCE: &str = "TB";
/// Where resident records are read.
const RECORDS: &str = "/exchange/r1/TB/GOV/NIA/residents/records";
/// Where persons are looked up.
const RESOLVE: &str = "/exchange/r1/TB/GOV/NIA/identity/persons/resolve";

/// What the story leaves behind, for whoever wants to explore or to check.
pub struct Told {
    /// The number the mother signs in with.
    pub vid: String,
    /// The secret in her authenticator app (base32).
    pub totp_secret: String,
    /// Her browser, still signed in to the portal.
    pub browser: Browser,
    /// Reads shown on her page.
    pub reads: usize,
    /// Reads that the story made, which must be the same number.
    pub reads_made: usize,
    /// Rows of audit trails that another installation compared; none in one process.
    pub audit_rows: Option<i64>,
    /// The sum of all postings, which must be zero: `0.00`.
    pub sum_of_postings: String,
}

/// Everybody at their desk.
struct Cast {
    registrar: Desk,
    desk: Desk,
    steward: Desk,
    caseworker: Desk,
    nurse: Desk,
    treasurer: Desk,
    auditor: Desk,
}

/// The mother, as she knows herself.
struct Mother {
    vid: String,
    secret: String,
    browser: Browser,
    /// Every read of facts about her that the story has made, in words.
    reads: Vec<&'static str>,
}

/// Tells the whole story.
///
/// # Errors
/// The first [`StoryError`]: the story stops where it goes wrong.
pub async fn tell(world: &World, screen: &mut Screen) -> Result<Told, StoryError> {
    screen.begin();
    let cast = cast(world).await?;
    prepare(&cast, world).await?;
    screen.done("Seven officers sign in with keys of their own", "each at their own institution; the portal, the register of residents and a data agreement are set up");

    let mut mother = mother(&cast, screen).await?;
    birth(&cast, &mut mother, screen).await?;
    sign_in(world, &mut mother, screen).await?;
    resident_record(&cast, &mut mother, screen).await?;
    let subject = ministry_reads(&cast, &mut mother, screen).await?;
    consent_story(&cast, world, &mut mother, screen).await?;
    let sum_of_postings = transfer(&cast, &subject, screen).await?;
    let reads = tracker(world, &mother, screen).await?;
    let audit_rows = match world.witnessed {
        true => Some(audit(&cast, screen).await?),
        false => None,
    };
    Ok(Told {
        reads_made: mother.reads.len(),
        vid: mother.vid,
        totp_secret: mother.secret,
        browser: mother.browser,
        reads,
        audit_rows,
        sum_of_postings,
    })
}

async fn cast(world: &World) -> Result<Cast, StoryError> {
    Ok(Cast {
        registrar: REGISTRAR.arrive(&world.registrar, INSTANCE).await?,
        desk: DESK.arrive(&world.registrar, INSTANCE).await?,
        steward: STEWARD.arrive(&world.registrar, INSTANCE).await?,
        caseworker: CASEWORKER.arrive(&world.frontline, INSTANCE).await?,
        nurse: NURSE.arrive(&world.frontline, INSTANCE).await?,
        treasurer: TREASURER.arrive(&world.treasury, INSTANCE).await?,
        auditor: AUDITOR.arrive(&world.treasury, INSTANCE).await?,
    })
}

/// What stands before the story begins.
async fn prepare(cast: &Cast, world: &World) -> Result<(), StoryError> {
    let base = &world.registrar.base;
    let keys =
        json("the portal's keys", reqwest::get(format!("{base}/portal/jwks.json")).await?).await?;
    let portal = json!({
        "client_id": "portal", "name": "Tumbawe portal", "subsystem": "TB/GOV/NIA/portal", "sector": "portal",
        "redirect_uris": [format!("{base}/portal/sign-in/callback")], "jwks": keys, "scopes": ["openid", "profile"],
    });
    cast.steward.post("/identity/clients", &key(), &portal).await?;
    let register = json!({
        "code": "residents", "about": "person", "owner": "Register of residents, National Identity Authority",
        "names": {"en": "Register of residents", "fr": "Registre des résidents", "sw": "Daftari la wakazi"},
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
            "required": ["name", "district"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "x-personal": true},
                "district": {"type": "string", "x-personal": true},
                "household": {"type": "integer", "minimum": 1, "x-personal": true},
                "phone": {"type": "string", "x-personal": true},
            },
        },
    });
    cast.steward.post("/registry/registers", &key(), &register).await?;
    cast.steward
        .post("/registry/registers/residents/versions/1/publish", &key(), &json!({}))
        .await?;
    Ok(())
}

/// The mother was born long ago; her registration is entered from the paper book.
async fn mother(cast: &Cast, screen: &mut Screen) -> Result<Mother, StoryError> {
    screen.begin();
    let born = json!({
        "child": {"full": "Zawadi Tamba", "given": "Zawadi", "family": "Tamba"},
        "sex": "female", "born": "1996-08", "place": "TB-03-114",
    });
    let registered = cast.registrar.post("/civil/births", &key(), &born).await?;
    let registration = text(&registered, "/registration")?;
    let enrolled = until_known(cast, &registration).await?;
    let vid: String = text(&enrolled, "/vid")?.chars().filter(char::is_ascii_digit).collect();
    let secret = secret_of(&text(&enrolled, "/otpauth_uri")?)?;
    screen.done(
        "Zawadi Tamba gets an identity and an authenticator",
        "GOV/CRO enters her birth from the paper book: August 1996, the day is unknown\nGOV/NIA follows the registration under the Identity Act, s.5, and enrols her app",
    );
    let reads = vec!["the identity authority reads her registration to know that she exists"];
    Ok(Mother { vid, secret, browser: Browser::without_cookies(), reads })
}

/// Enrols an authenticator for whoever the registration is about, once the identity authority knows
/// them: the registrar's event needs a moment to arrive.
async fn until_known(cast: &Cast, registration: &str) -> Result<Value, StoryError> {
    const TRIES: usize = 100;
    let ask = json!({"system": "civil", "value": registration});
    for _ in 0..TRIES {
        let request = cast.desk.request(Method::POST, "/identity/authenticators/totp").json(&ask);
        let answer = request.send().await?;
        if answer.status() != StatusCode::NOT_FOUND {
            return json("enrolling an authenticator", answer).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(StoryError::Missing("the identity authority did not hear of the registration".to_owned()))
}

/// The child's birth, and the identity that follows from it.
async fn birth(cast: &Cast, mother: &mut Mother, screen: &mut Screen) -> Result<(), StoryError> {
    screen.begin();
    let born = json!({
        "child": {"full": "Neema"}, "sex": "female", "born": "2026-03-14", "place": "TB-03-114",
        "mother": {"full": "Zawadi Tamba"}, "mother_vid": mother.vid,
    });
    let registered = cast.registrar.post("/civil/births", &key(), &born).await?;
    mother.reads.push("the registrar asks who shows her number");
    let number = text(&registered, "/number")?;
    screen.done(
        "Neema's birth is registered",
        &format!(
            "GOV/CRO, officer r-17, Births and Deaths Registration Act, s.3; certificate {number}"
        ),
    );

    screen.begin();
    const TRIES: usize = 100;
    for _ in 0..TRIES {
        let report = cast.steward.post("/identity/reconciliation", &key(), &json!({})).await?;
        let run = |field: &str| report.pointer(&format!("/run/{field}")).and_then(Value::as_i64);
        let open = report.pointer("/open").and_then(Value::as_i64);
        if run("listed") == Some(2) && run("pending") == Some(0) && open == Some(0) {
            screen.done("An identity follows from it", "GOV/NIA, by the registrar's event; reconciliation of 2 registrations with 2 persons finds no difference");
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(StoryError::Missing("registrations and persons do not agree".to_owned()))
}

async fn sign_in(
    world: &World,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let browser = &mother.browser;
    let page = browser.open(&format!("{}/portal/sign-in", world.registrar.base)).await?;
    let now = Clock::system().now().unix_seconds();
    let code = totp::code(&mother.secret, now)
        .ok_or_else(|| StoryError::Missing("a readable secret".to_owned()))?;
    let page = browser.submit(&page, "", &[("number", &mother.vid), ("code", &code)]).await?;
    let page = match page.html.contains("value=\"allow\"") {
        true => browser.submit(&page, "", &[("answer", "allow")]).await?,
        false => page,
    };
    mother.reads.push("the portal gets her name, as she allowed");
    if page.url.path() != "/portal" {
        return Err(unexpected("signing in", "the portal", page.status, &page.html));
    }
    screen.done("She signs in to the portal", "OpenID Connect: authorization code with PKCE, private_key_jwt, one-time code; the portal learns only its own pseudonym");
    Ok(())
}

async fn resident_record(
    cast: &Cast,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let record = json!({
        "subject": {"vid": mother.vid},
        "data": {"name": "Zawadi Tamba", "district": "Lake East", "household": 4, "phone": "+000 55 0114"},
        "reason": "registered at the desk",
    });
    cast.desk.post("/registry/registers/residents/records", &key(), &record).await?;
    mother.reads.push("the register asks who shows her number");
    screen.done("Her resident record is entered", "GOV/NIA, officer d-4; under a pseudonym of the register's own sector, encrypted under her key");
    Ok(())
}

/// Headers of a call through the exchange.
fn call<'a>(
    purpose: &'a str,
    basis: &'a str,
    case: &'a str,
    client: &'a str,
) -> [(&'static str, &'a str); 4] {
    [
        ("msingi-client", client),
        ("msingi-purpose", purpose),
        ("msingi-legal-basis", basis),
        ("msingi-case", case),
    ]
}

/// Asks who shows this number; answers the pseudonym of the caller's own sector.
async fn resolve(
    desk: &Desk,
    vid: &str,
    headers: &[(&'static str, &str)],
) -> Result<String, StoryError> {
    let mut request =
        desk.request(Method::POST, RESOLVE).json(&json!({"system": "VID", "value": vid}));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    text(&json("resolving a VID", request.send().await?).await?, "/pseudonym")
}

async fn read(
    desk: &Desk,
    subject: &str,
    headers: &[(&'static str, &str)],
) -> Result<reqwest::Response, StoryError> {
    let mut request = desk.request(Method::GET, RECORDS).header("msingi-subject", subject);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(request.send().await?)
}

async fn ministry_reads(
    cast: &Cast,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<String, StoryError> {
    screen.begin();
    let headers = call(
        "benefit-eligibility",
        "law:Social Protection Act, s.4",
        "CB-2026-0117",
        "TB/GOV/MSP/benefits",
    );
    let subject = resolve(&cast.caseworker, &mother.vid, &headers).await?;
    let record =
        json("the ministry's read", read(&cast.caseworker, &subject, &headers).await?).await?;
    if record.pointer("/data/phone").is_some() || record.pointer("/data/household").is_none() {
        return Err(StoryError::Missing(format!("the agreed fields and no others: {record}")));
    }
    mother
        .reads
        .extend(["the ministry asks who shows her number", "the ministry reads her record"]);
    screen.done("A ministry reads her record on a legal basis", "GOV/MSP, officer b-7, case CB-2026-0117, Social Protection Act, s.4; the agreement gives name, district, household and not her phone");
    Ok(subject)
}

/// The clinic reads on consent; she withdraws; the next call is refused. Answers how many reads of
/// her data the story has made so far.
async fn consent_story(
    cast: &Cast,
    world: &World,
    mother: &mut Mother,
    screen: &mut Screen,
) -> Result<(), StoryError> {
    screen.begin();
    let agreement = publish_agreement(cast).await?;
    let page = format!("{}/portal/consents/{agreement}", world.registrar.base);
    let offer = mother.browser.open(&page).await?;
    let given = mother.browser.submit(&offer, &agreement, &[("answer", "give")]).await?;
    screen.done(
        "She lets the clinic see name and phone",
        "on the portal, in plain words: who, what, why, how long; a sealed record is kept",
    );

    screen.begin();
    let basis = format!("consent:{agreement}");
    let law = call("treatment", "law:Health Services Act, s.9", "V-88", "TB/COM/LAKESIDE/patients");
    let subject = resolve(&cast.nurse, &mother.vid, &law).await?;
    let headers = call("treatment", &basis, "V-88", "TB/COM/LAKESIDE/patients");
    let record = json("the clinic's read", read(&cast.nurse, &subject, &headers).await?).await?;
    let phone = text(&record, "/data/phone")?;
    mother.reads.extend(["the clinic asks who shows her number", "the clinic reads her record"]);
    screen.done(
        "The clinic reads on her consent",
        &format!("COM/LAKESIDE, officer n-3, visit V-88; phone {phone}, no district, no household"),
    );

    screen.begin();
    let page = mother.browser.open(given.url.as_str()).await?;
    withdraw(mother, &page).await?;
    let refused = read(&cast.nurse, &subject, &headers).await?;
    let (status, body) = (refused.status(), refused.text().await?);
    if status != StatusCode::FORBIDDEN || !body.contains("consent-missing") {
        return Err(unexpected("a read after withdrawal", "403 consent-missing", status, &body));
    }
    screen.done(
        "She withdraws; the clinic's next call is refused",
        "at once, by the exchange of whoever holds the data",
    );
    Ok(())
}

async fn withdraw(mother: &Mother, page: &Page) -> Result<(), StoryError> {
    let done = mother.browser.submit(page, "/withdraw", &[]).await?;
    match done.status.is_success() {
        true => Ok(()),
        false => Err(unexpected("withdrawing", "a page", done.status, &done.html)),
    }
}

async fn publish_agreement(cast: &Cast) -> Result<String, StoryError> {
    let draft = json!({
        "version": "1.0.0", "lawful_basis": "consent", "dpia": "Lakeside DPIA 2026/2", "data_use": "data_using_service",
        "purpose": "to reach you about your treatment and your child's check-ups",
        "purpose_in": {
            "fr": "vous joindre pour vos soins et les visites de votre enfant",
            "sw": "kuwasiliana nawe kuhusu matibabu yako na ya mtoto wako",
        },
        "controller": {"id": "TB/COM/LAKESIDE", "name": "Lakeside Clinic", "url": "https://lakeside.example"},
        "attributes": [
            {"name": "name", "sensitivity": "low", "category": "identity"},
            {"name": "phone", "sensitivity": "medium", "category": "contact"},
        ],
        "scope": {"service": "TB/GOV/NIA/residents/records", "clients": ["TB/COM/LAKESIDE/patients"], "purpose": "treatment"},
        "valid_days": 365,
    });
    let made = cast.steward.post("/consent/agreements", &key(), &draft).await?;
    let id = text(&made, "/id")?;
    cast.steward.post(&format!("/consent/agreements/{id}/publish"), &key(), &json!({})).await?;
    Ok(id)
}

/// Money for the ministry's programme, and from it to the mother. Answers the sum of all postings.
async fn transfer(cast: &Cast, subject: &str, screen: &mut Screen) -> Result<String, StoryError> {
    screen.begin();
    let (source, programme) = (key(), key());
    for (id, kind, owner) in
        [(&source, "source", "GOV/TREASURY"), (&programme, "programme", "GOV/MSP")]
    {
        let account = json!({"id": id, "kind": kind, "currency": "KES", "owner": owner});
        cast.treasurer.post("/payments/accounts", id, &account).await?;
    }
    let budget = json!({"debit": source, "credit": programme, "amount": {"amount": "100000.00", "currency": "KES"}, "reference": "budget release 2026/3"});
    posted(&cast.treasurer.post("/payments/transfers", &key(), &budget).await?)?;
    let id = key();
    let benefit = json!({
        "id": id, "debit": programme, "credit": {"kind": "subject"},
        "amount": {"amount": "1500.00", "currency": "KES"}, "reference": "CB-2026-0117",
    });
    let mut request =
        cast.caseworker.request(Method::POST, "/exchange/r1/TB/GOV/TREASURY/payments/transfers");
    for (name, value) in call(
        "benefit-payment",
        "law:Social Protection Act, s.4",
        "CB-2026-0117",
        "TB/GOV/MSP/benefits",
    ) {
        request = request.header(name, value);
    }
    let request =
        request.header("msingi-subject", subject).header("idempotency-key", &id).json(&benefit);
    posted(&json("paying the benefit", request.send().await?).await?)?;
    let totals = cast.treasurer.get("/payments/trial-balance").await?;
    let sum = text(&totals, "/ledgers/0/sum_of_postings/amount")?;
    screen.done(
        "KES 1500.00 reach her account",
        &format!(
            "GOV/MSP orders, GOV/TREASURY posts, double entry; the sum of all postings is {sum}"
        ),
    );
    Ok(sum)
}

fn posted(answer: &Value) -> Result<(), StoryError> {
    match answer.pointer("/posted").and_then(Value::as_bool) {
        Some(true) => Ok(()),
        _ => Err(StoryError::Missing(format!("a posted transfer: {answer}"))),
    }
}

/// Her own page: every read of her data, once.
async fn tracker(world: &World, mother: &Mother, screen: &mut Screen) -> Result<usize, StoryError> {
    screen.begin();
    let page = mother.browser.open(&format!("{}/portal/reads", world.registrar.base)).await?;
    let reads = page.html.matches("<article").count();
    if page.html.contains("notice warn") {
        return Err(StoryError::Missing("all sources of the page".to_owned()));
    }
    screen.done(
        &format!("She sees who used her data: {reads} reads"),
        "each once, with officer, case, purpose and law; every register answers for itself",
    );
    Ok(reads)
}

/// Another institution compares every audit trail with what was stated before.
async fn audit(cast: &Cast, screen: &mut Screen) -> Result<i64, StoryError> {
    screen.begin();
    const TRIES: usize = 300;
    let mut last = Value::Null;
    for _ in 0..TRIES {
        last = cast.auditor.post("/witness/checks", &key(), &json!({})).await?;
        let reports = last.as_array().cloned().unwrap_or_default();
        if let Some(bad) = reports
            .iter()
            .find(|report| report["findings"].as_array().is_none_or(|f| !f.is_empty()))
        {
            return Err(StoryError::Missing(format!("an untouched audit trail: {bad}")));
        }
        let rows_of = |report: &Value| report["rows"].as_i64().unwrap_or(0);
        let rows: i64 = reports.iter().map(rows_of).sum();
        // The other installations state their trails within seconds of the auditor's joining.
        if reports.iter().any(|report| report["block"] == "identity" && rows_of(report) > 0) {
            let text = format!(
                "{rows} rows of {} trails compared with what their installations stated before",
                reports.len()
            );
            screen.done("The auditor finds every audit trail as it was", &text);
            return Ok(rows);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(StoryError::Missing(format!("witnessed audit trails: {last}")))
}

fn secret_of(uri: &str) -> Result<String, StoryError> {
    let query = uri.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let secret = query.split('&').find_map(|pair| pair.strip_prefix("secret="));
    secret
        .map(str::to_owned)
        .ok_or_else(|| StoryError::Missing("a secret in the otpauth URI".to_owned()))
}

/// A new idempotency key.
fn key() -> String {
    Id::mint(&Clock::system(), &Rng::system()).to_string()
}

/// A relying party that is not ours, for outside clients to sign in with.
pub struct OutsideClient {
    /// Its `client_id`.
    pub id: &'static str,
    /// Its private key as a JWK.
    pub key: Value,
    /// Where it takes the code.
    pub redirect_uri: &'static str,
}

/// Registers a relying party with a fresh key, as its owner would ask the identity authority to.
///
/// # Errors
/// [`StoryError`].
pub async fn outside_client(world: &World) -> Result<OutsideClient, StoryError> {
    let broken = |error: credential::JoseError| StoryError::Missing(error.to_string());
    let key = credential::SigningKey::generate_es256().map_err(broken)?;
    let client = OutsideClient {
        id: "outside",
        key: private_jwk(&key)?,
        redirect_uri: "http://127.0.0.1:9/callback",
    };
    let steward = STEWARD.arrive(&world.registrar, INSTANCE).await?;
    let registration = json!({
        "client_id": client.id, "name": "An outside service", "subsystem": "TB/GOV/MSP/benefits", "sector": "social",
        "redirect_uris": [client.redirect_uri], "jwks": {"keys": [key.public_jwk()]}, "scopes": ["openid", "profile"],
    });
    steward.post("/identity/clients", &self::key(), &registration).await?;
    Ok(client)
}

/// The private key as a JWK (RFC 7518 section 6.2.2). Our library gives private keys out as PKCS#8
/// only; RFC 5915's ECPrivateKey begins with version 1 and the 32 bytes of the key.
fn private_jwk(key: &credential::SigningKey) -> Result<Value, StoryError> {
    const BEFORE: [u8; 5] = [0x02, 0x01, 0x01, 0x04, 0x20];
    let pkcs8 = key.to_pkcs8().map_err(|error| StoryError::Missing(error.to_string()))?;
    let start = pkcs8.windows(BEFORE.len()).position(|window| window == BEFORE);
    let secret = start.and_then(|start| pkcs8.get(start + BEFORE.len()..start + BEFORE.len() + 32));
    let secret =
        secret.ok_or_else(|| StoryError::Missing("the key inside its PKCS#8 form".to_owned()))?;
    let mut jwk = serde_json::to_value(key.public_jwk())
        .map_err(|error| StoryError::Missing(error.to_string()))?;
    jwk["d"] = Value::String(credential::base64url::encode(secret));
    Ok(jwk)
}
