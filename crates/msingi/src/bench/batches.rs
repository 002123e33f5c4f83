//! Bulk payments: a programme registers where people are paid, sends a batch part by part, and the
//! engine posts it and hands it to two providers, which answer at once and keep nothing.
//!
//! Everything goes as it does in an installation, JSON included, except the exchange's hop.

use super::cpu;
use super::report::{Aim, Figure, grouped};
use super::stage::context;
use basis::{Clock, Id, Money, Rng};
use bytes::Bytes;
use contracts::batches::{
    BATCHES, BENEFICIARIES, BatchIn, BatchStatus, BatchesClient, BeneficiaryIn, Instruction,
    PART_LINES_MAX,
};
use contracts::payments::{Payee, TransferIn};
use contracts::rails::{CREDIT_TRANSFERS, CreditTransfersIn, RailResult, RailResults, RailStatus};
use contracts::{
    CallContext, LegalBasis, MemberId, Pseudonym, SubsystemId, Wire, WireError, WireRequest,
    WireResponse,
};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use kernel::block::{Ctx, Job};
use kernel::db::Storage;
use payments::{Account, AccountKind, Deps, Payments, Rail, Rails};
use std::sync::Arc;
use tower::ServiceExt;

/// Instructions a second, from the first part to the last answer, that should be reached.
const AIM: u64 = 20_000;
/// Registrations under way at once: as many as an exchange would carry.
const CALLERS: usize = 256;
/// Parts under way at once.
const PARTS: usize = 2;
const PAYMENTS: &str = "BM/GOV/KEEPER/payments";
const PROGRAMME: &str = "BM/GOV/READER/desk";
const PROVIDERS: [&str; 2] = ["BM/COM/ONE", "BM/COM/TWO"];
/// What each instruction pays, in minor units.
const MINOR: i64 = 1_250;

type Failure = Box<dyn std::error::Error>;

/// Pays a batch of so many instructions.
///
/// # Errors
/// Whatever stops it, or a batch that does not come to a good end.
pub async fn measure(
    storage: &Storage,
    instructions: usize,
    clock: &Clock,
) -> Result<Vec<Figure>, Failure> {
    let ctx = context(storage, "batches", payments::MIGRATIONS).await?;
    let stage = Stage::open(ctx)?;
    let debit = stage.fund(i64::try_from(instructions)? * MINOR).await?;
    let begun = clock.monotonic_micros();
    stage.register(instructions).await?;
    let registered = clock.monotonic_micros();
    let id = stage.send(instructions, debit).await?;
    let taken = clock.monotonic_micros();
    stage.work().await?;
    let paid = clock.monotonic_micros();
    let shown = stage.client.show(stage.officer("maker", BATCHES)?, id).await?;
    if shown.status != BatchStatus::Done || shown.tally.paid != i64::try_from(instructions)? {
        return Err(format!("the batch came to no good end: {shown:?}").into());
    }
    let rate =
        |micros: i64| instructions as u64 * 1_000_000 / u64::try_from(micros).unwrap_or(1).max(1);
    let engine = stage.ctx.db.engine();
    let count = grouped(instructions as u64);
    let memory = cpu::peak_kib(std::process::id()).unwrap_or(0).div_ceil(1_024);
    let note = format!(
        "taken at {}/s, posted and paid at {}/s; at most {memory} MiB in RAM",
        grouped(rate(taken - registered)),
        grouped(rate(paid - taken)),
    );
    Ok(vec![
        Figure::of(
            &format!("{engine}: beneficiaries, {CALLERS} callers"),
            "registrations/s",
            vec![rate(registered - begun)],
        ),
        Figure::of(
            &format!("{engine}: batch of {count}"),
            "instructions/s",
            vec![rate(paid - registered)],
        )
        .with_aim(Aim::AtLeast(AIM))
        .with_note(note),
    ])
}

/// The payments block, and a programme that uses it.
struct Stage {
    ctx: Ctx,
    payments: Payments,
    jobs: Vec<Job>,
    wire: Arc<dyn Wire>,
    client: BatchesClient,
}

impl Stage {
    fn open(ctx: Ctx) -> Result<Self, Failure> {
        let subsystem: SubsystemId = PAYMENTS.parse()?;
        let site = ui::Site {
            service: "Bench".to_owned(),
            operator: "Bench".to_owned(),
            home: "/".to_owned(),
            sandbox: true,
            secure: false,
            utc_offset_minutes: 0,
        };
        let deps = Deps { wire: Arc::new(Answers), subsystem, rails: Arc::new(Both), site };
        let block = payments::block(&ctx, deps.clone())?;
        let jobs = block.jobs.clone();
        let router = block.into_router(ctx.owner.clone());
        let wire: Arc<dyn Wire> = Arc::new(Local { router });
        let client = BatchesClient::new(wire.clone());
        Ok(Self { payments: Payments::new(&ctx, deps), ctx, jobs, wire, client })
    }

    /// An account of the programme that holds the money.
    async fn fund(&self, minor: i64) -> Result<Id, Failure> {
        let currency = "KES".parse()?;
        let owners = [(AccountKind::Source, "GOV/KEEPER"), (AccountKind::Programme, "GOV/READER")];
        let mut ids = Vec::new();
        for (kind, owner) in owners {
            let id = Id::mint(&self.ctx.clock, &self.ctx.rng);
            let (owner, opened) = (Some(owner.to_owned()), self.ctx.clock.now());
            let account = Account { id, kind, currency, owner, opened };
            self.payments.open_account("system:bench".to_owned(), account).await?;
            ids.push(id);
        }
        let context = self.context("BM/GOV/KEEPER/treasury", contracts::payments::TRANSFERS)?;
        let ask = TransferIn {
            id: Id::mint(&self.ctx.clock, &self.ctx.rng),
            debit: ids[0].to_string(),
            credit: Payee::Account { account: ids[1].to_string() },
            amount: Money::from_minor(minor, currency),
            reference: "budget".to_owned(),
        };
        let client = contracts::payments::PaymentsClient::new(self.wire.clone());
        client.transfer(context, &ask).await?;
        Ok(ids[1])
    }

    async fn register(&self, count: usize) -> Result<(), Failure> {
        let rng = Rng::seeded(7);
        let asks = (0..count).map(|n| {
            let provider = PROVIDERS[n % 2].parse();
            let context = self.context(PROGRAMME, BENEFICIARIES);
            let subject = Pseudonym::random(&rng);
            let client = self.client.clone();
            async move {
                let (token, account) = (token(n), format!("BM{n:018}"));
                let ask = BeneficiaryIn { token, provider: provider?, account };
                client.register(context?.about(subject), &ask).await.map_err(Failure::from)
            }
        });
        stream::iter(asks).buffer_unordered(CALLERS).try_collect::<()>().await
    }

    /// Opens, fills, closes and approves a batch.
    async fn send(&self, count: usize, debit: Id) -> Result<Id, Failure> {
        let id = Id::mint(&self.ctx.clock, &self.ctx.rng);
        let instructions = i64::try_from(count)?;
        let total = Money::from_minor(instructions * MINOR, "KES".parse()?);
        let title = "Bench".to_owned();
        let ask = BatchIn { id, debit: debit.to_string(), title, count: instructions, total };
        self.client.open(self.officer("maker", BATCHES)?, &ask).await?;
        let parts = (0..count).step_by(PART_LINES_MAX).map(|first| {
            let context = self.officer("maker", BATCHES);
            let lines: Vec<Instruction> =
                (first..count.min(first + PART_LINES_MAX)).map(|n| self.instruction(n)).collect();
            let client = self.client.clone();
            async move {
                let part = client.add(context?, id, &lines).await?;
                match part.refused.first() {
                    None => Ok(()),
                    Some(line) => Err(Failure::from(format!("a line was refused: {line:?}"))),
                }
            }
        });
        stream::iter(parts).buffer_unordered(PARTS).try_collect::<()>().await?;
        self.client.close(self.officer("maker", BATCHES)?, id).await?;
        self.client.approve(self.officer("checker", BATCHES)?, id).await?;
        Ok(id)
    }

    fn instruction(&self, n: usize) -> Instruction {
        let id = Id::mint(&self.ctx.clock, &self.ctx.rng);
        let reference = "Child benefit, March 2026".to_owned();
        Instruction { id, payee: token(n), minor: MINOR, reference }
    }

    /// Runs the engine until all is done.
    async fn work(&self) -> Result<(), Failure> {
        let job = self.jobs.iter().find(|job| job.name == "pay_batches");
        let job = job.ok_or("the payments block has no engine")?;
        (job.run)(self.ctx.clone()).await.map_err(|error| error.to_string().into())
    }

    fn officer(&self, officer: &str, service: &str) -> Result<CallContext, Failure> {
        Ok(self.context(PROGRAMME, service)?.by_officer(officer, None))
    }

    fn context(&self, client: &str, service: &str) -> Result<CallContext, Failure> {
        let service = PAYMENTS.parse::<SubsystemId>()?.service(service)?;
        let correlation = Id::mint(&self.ctx.clock, &self.ctx.rng);
        let basis = LegalBasis::law("law of the bench");
        let at = self.ctx.clock.now();
        Ok(CallContext::new(client.parse()?, service, "measurement", basis, correlation, at))
    }
}

/// The token of the nth person.
fn token(n: usize) -> Id {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&(n as u64).to_be_bytes());
    Id::from_bytes(bytes)
}

/// Both providers, and nobody else.
struct Both;

impl Rails for Both {
    fn find(&self, provider: &MemberId) -> Option<Rail> {
        let service = provider.subsystem("accounts").and_then(|own| own.service(CREDIT_TRANSFERS));
        let basis = LegalBasis::Contract { reference: "contract of the bench".to_owned() };
        Some(Rail { service: service.ok()?, purpose: "measurement".to_owned(), basis })
    }
}

/// The way to the block's own router.
struct Local {
    router: axum::Router,
}

impl Wire for Local {
    fn call(
        &self,
        ctx: CallContext,
        req: WireRequest,
    ) -> BoxFuture<'_, Result<WireResponse, WireError>> {
        Box::pin(async move {
            let failed = |error: &dyn std::fmt::Display| WireError::Internal(error.to_string());
            let (mut parts, body) = req.into_parts();
            let code = ctx.service.code();
            let path =
                format!("/payments/exchange/{code}{}", parts.uri.path().trim_end_matches('/'));
            parts.uri = path.parse().map_err(|error: http::uri::InvalidUri| failed(&error))?;
            parts.extensions.insert(ctx);
            let request = http::Request::from_parts(parts, axum::body::Body::from(body));
            let Ok(answer) = self.router.clone().oneshot(request).await;
            let (parts, body) = answer.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await;
            Ok(http::Response::from_parts(parts, body.map_err(|error| failed(&error))?))
        })
    }
}

/// Providers that book everything at once.
struct Answers;

impl Wire for Answers {
    fn call(
        &self,
        _: CallContext,
        req: WireRequest,
    ) -> BoxFuture<'_, Result<WireResponse, WireError>> {
        Box::pin(async move {
            let failed = |error: serde_json::Error| WireError::Internal(error.to_string());
            let asked: CreditTransfersIn = serde_json::from_slice(req.body()).map_err(failed)?;
            let booked =
                |id| RailResult { id, status: RailStatus::Booked, reason: None, booked_at: None };
            let results = asked.transfers.iter().map(|transfer| booked(transfer.id)).collect();
            let body = serde_json::to_vec(&RailResults { results }).map_err(failed)?;
            Ok(http::Response::new(Bytes::from(body)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody notices otherwise that a benchmark has stopped running.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_small_batch_comes_to_its_end() {
        crate::install_cryptography();
        let unique = Id::mint(&Clock::system(), &Rng::system());
        let folder = std::env::temp_dir().join(format!("msingi-bench-{unique}"));
        std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
        let storage = Storage::Sqlite { directory: folder.clone(), cache_kib: 1_024 };
        let found = measure(&storage, 300, &Clock::system()).await;
        std::fs::remove_dir_all(&folder).expect("it can be removed");
        assert!(!found.expect("it runs").is_empty());
    }
}
