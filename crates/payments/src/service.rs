//! Use cases. What the ledger must know is asked outside of transactions: it has one of its own for each batch.

mod batches;
mod beneficiaries;
mod engine;
mod parts;
mod planning;
mod reconciliation;
mod reports;
mod sending;

pub use batches::Decider;
pub use parts::Part;
pub use reconciliation::Counts;

use crate::Deps;
use crate::crash::Crash;
use crate::error::Error;
use crate::events::ACCOUNT_OPENED;
use crate::model::{Account, AccountKind, Ask, Order, PayTo, reason};
use crate::rails::Rails;
use crate::store;
use basis::{Currency, Id, Timestamp};
use contracts::payments::TransferOut;
use contracts::reads::attempt::Attempt;
use contracts::reads::store as read_log;
use contracts::reads::{ReadEntry, ReadLog, ReadLogQuery};
use contracts::{LegalBasis, Pseudonym, SubsystemId, Wire};
use kernel::audit::Audit;
use kernel::block::Ctx;
use kernel::db::{Db, DbError, Tx};
use kernel::fields::Fields;
use ledger::{AccountState, Entry, Ledger, Line, Opening, Outcome, Totals, Verdict};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Entries of a statement in one answer at the most.
pub const STATEMENT_ENTRIES_MAX: usize = 100;

/// The payments block's use cases. Cheap to clone; the state of every handler.
#[derive(Clone)]
pub struct Payments {
    db: Db,
    fields: Fields,
    subsystem: SubsystemId,
    wire: Arc<dyn Wire>,
    rails: Arc<dyn Rails>,
    crash: Crash,
    /// Who this process is to others that might work batches off.
    holder: Arc<str>,
    // Started with the first use, since a block is built without waiting. One for all clones: two writers of one ledger
    // are safe and slow.
    ledger: Arc<OnceCell<Ledger>>,
}

/// The officer who looks at an account.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The officer's id at the member.
    pub officer: String,
    /// The case worked on.
    pub case: Option<String>,
}

/// A line of a statement with the order's reference.
#[derive(Clone, Debug)]
pub struct StatementLine {
    /// From the ledger.
    pub entry: Entry,
    /// From the order; none for a transfer that was not ordered here.
    pub reference: Option<String>,
}

impl Payments {
    /// The use cases over a block's context.
    #[must_use]
    pub fn new(ctx: &Ctx, deps: Deps) -> Self {
        Self {
            db: ctx.db.clone(),
            fields: ctx.fields.clone(),
            subsystem: deps.subsystem,
            wire: deps.wire,
            rails: deps.rails,
            crash: Crash::new(ctx.sandbox),
            holder: Arc::from(Id::mint(&ctx.clock, &ctx.rng).to_string()),
            ledger: Arc::default(),
        }
    }

    /// The ledger, started if it is not.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn ledger(&self) -> Result<&Ledger, Error> {
        Ok(self.ledger.get_or_try_init(|| Ledger::start(self.db.clone())).await?)
    }

    /// Opens an account of a member. Asked again with the same id, it answers as the first time.
    ///
    /// # Errors
    /// [`Error::OpensByItself`]; [`Error::AccountDiffers`] when the id is used for another account.
    pub async fn open_account(&self, actor: String, account: Account) -> Result<Account, Error> {
        if matches!(account.kind, AccountKind::Person | AccountKind::Clearing) {
            return Err(Error::OpensByItself);
        }
        // The ledger first: an account that can be ordered upon must be there. What a crash leaves in between is an empty
        // account of the ledger, which the retry finds.
        if !self.ledger().await?.open_account(account.in_ledger()).await?.is_open() {
            return Err(Error::AccountDiffers);
        }
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let asked = Account { opened: tx.now(), ..account };
                    if let Some(known) = store::find_account(tx, asked.id).await? {
                        return if known.is_same(&asked) {
                            Ok(known)
                        } else {
                            Err(Error::AccountDiffers)
                        };
                    }
                    insert_account(tx, &asked, actor).await?;
                    Ok(asked)
                })
            })
            .await
    }

    /// Makes a payment. Asked again with the same id, it moves nothing and answers as the first time.
    ///
    /// # Errors
    /// [`Error::Unpayable`], [`Error::OrderAccountUnknown`], [`Error::OrderDiffers`]; [`Error::Ledger`] when it is not known
    /// whether the money moved.
    pub async fn make_transfer(&self, ask: Ask) -> Result<TransferOut, Error> {
        let (order, credit) = self.write_order(Arc::new(ask)).await?;
        let ledger = self.ledger().await?;
        if credit.kind == AccountKind::Person {
            // Each time, since a crash may have come between the order and the opening.
            let opening = ledger.open_account(credit.in_ledger()).await?;
            debug_assert!(matches!(opening, Opening::Opened | Opening::Exists));
        }
        match ledger.transfer(order.transfer()).await? {
            Outcome::ExistsWithDifferent(_) => Err(Error::OrderDiffers),
            Outcome::Posted
            | Outcome::Exists
            | Outcome::Refused(_)
            | Outcome::AlreadyRefused(_) => self.answer(order.id).await,
        }
    }

    /// What became of a payment that `member` ordered.
    ///
    /// # Errors
    /// [`Error::OrderUnknown`].
    pub async fn transfer(&self, member: &str, id: Id) -> Result<TransferOut, Error> {
        let order: Option<Order> =
            self.db.read(move |tx| Box::pin(store::find_order(tx, id))).await.map_err(db)?;
        if order.is_none_or(|order| order.ground.member != member) {
            return Err(Error::OrderUnknown);
        }
        self.answer(id).await
    }

    /// An account and what stands in it. A look at a person's account goes to their read log first.
    ///
    /// # Errors
    /// [`Error::AccountUnknown`].
    pub async fn account(&self, reader: Reader, id: Id) -> Result<(Account, AccountState), Error> {
        let account = self.look_at(reader, id, "balance").await?;
        let state = self.ledger().await?.account(id).await?;
        // A person's first payment may be between its order and the ledger.
        let empty = AccountState {
            account: account.in_ledger(),
            balance: ledger::Balance::default(),
            closed: false,
        };
        Ok((account, state.unwrap_or(empty)))
    }

    /// The lines of an account after a position of the log, oldest first. A look at a person's account goes to their read
    /// log first.
    ///
    /// # Errors
    /// [`Error::AccountUnknown`].
    pub async fn statement(
        &self,
        reader: Reader,
        id: Id,
        after: i64,
        limit: usize,
    ) -> Result<(Account, Vec<StatementLine>), Error> {
        let account = self.look_at(reader, id, "statement").await?;
        let limit = limit.clamp(1, STATEMENT_ENTRIES_MAX);
        let entries = self.ledger().await?.statement(id, after, limit).await?;
        let lines: Result<Vec<StatementLine>, DbError> =
            self.db.read(move |tx| Box::pin(with_references(tx, entries))).await;
        Ok((account, lines?))
    }

    /// The trial balance, one line a currency.
    ///
    /// # Errors
    /// When the ledger or the database cannot answer.
    pub async fn trial_balance(&self) -> Result<Vec<(Currency, Totals)>, Error> {
        let totals = self.ledger().await?.totals().await?;
        let currencies: Vec<Currency> =
            self.db.read(|tx| Box::pin(store::currencies(tx))).await.map_err(db)?;
        let named = totals.into_iter().filter_map(|sum| {
            let of = |currency: &&Currency| crate::model::ledger_of(**currency) == sum.ledger;
            currencies.iter().find(of).map(|currency| (*currency, sum))
        });
        Ok(named.collect())
    }

    /// Who looked at this person's accounts.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn read_log(
        &self,
        subject: Pseudonym,
        query: ReadLogQuery,
    ) -> Result<ReadLog, Error> {
        let fields = self.fields.clone();
        let read = self.db.read(move |tx| {
            Box::pin(async move { read_log::list(tx, &fields, subject, &query).await })
        });
        Ok(read.await?)
    }

    /// Writes down that somebody was refused who asked about the subject.
    ///
    /// # Errors
    /// What the database and the key store say.
    pub async fn note_attempt(&self, subject: Pseudonym, attempt: Attempt) -> Result<(), Error> {
        let fields = self.fields.clone();
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let entry = attempt.entry(tx.now());
                read_log::insert(tx, &fields, subject, &entry).await
            })
        });
        Ok(write.await?)
    }

    /// Writes the order down, or finds it again.
    async fn write_order(&self, ask: Arc<Ask>) -> Result<(Order, Account), Error> {
        let mut written = self.try_write_order(ask.clone()).await;
        // Somebody wrote the same order, or the person's first, in the same moment: it stands now.
        if matches!(&written, Err(Error::Db(error)) if error.is_unique_violation()) {
            written = self.try_write_order(ask).await;
        }
        written
    }

    async fn try_write_order(&self, ask: Arc<Ask>) -> Result<(Order, Account), Error> {
        self.db.write(move |tx| Box::pin(async move { write_order(tx, &ask).await })).await
    }

    /// What the ledger's log says about an order.
    async fn answer(&self, id: Id) -> Result<TransferOut, Error> {
        let line: Option<Line> = self.ledger().await?.find(id).await?;
        let (posted, reason, posted_at): (_, _, Option<Timestamp>) = match line {
            Some(Line { verdict: Verdict::Posted, recorded, .. }) => (true, None, Some(recorded)),
            Some(Line { verdict: Verdict::Refused(refusal), .. }) => {
                (false, Some(reason(refusal)), None)
            }
            // The order stands, but the process ended before the ledger was asked.
            None => (false, Some("not-submitted"), None),
        };
        Ok(TransferOut { id, posted, reason: reason.map(str::to_owned), posted_at })
    }

    /// 16 bytes that follow from a text and this block's key.
    fn digest(&self, label: &str, text: &str) -> Result<[u8; 16], Error> {
        Ok(*id_of(&self.fields.blind_index(label, text)?).as_bytes())
    }

    async fn look_at(&self, reader: Reader, id: Id, field: &'static str) -> Result<Account, Error> {
        let found: Option<(Account, Option<Pseudonym>)> =
            self.db.read(move |tx| Box::pin(account_and_holder(tx, id))).await.map_err(db)?;
        let (account, holder) = found.ok_or(Error::AccountUnknown)?;
        if let Some(subject) = holder {
            let entry = read_entry(self.subsystem.clone(), reader, field, self.db.clock().now());
            let fields = self.fields.clone();
            let write = self.db.write(move |tx| {
                Box::pin(async move { read_log::insert(tx, &fields, subject, &entry).await })
            });
            write.await?;
        }
        Ok(account)
    }
}

/// An id of a digest's first bits, in the form of a UUID of one's own making (RFC 9562, version 8).
fn id_of(digest: &[u8; 32]) -> Id {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Id::from_bytes(bytes)
}

async fn account_and_holder(
    tx: &mut Tx,
    id: Id,
) -> Result<Option<(Account, Option<Pseudonym>)>, DbError> {
    let Some(account) = store::find_account(tx, id).await? else { return Ok(None) };
    let holder = match account.kind {
        AccountKind::Person => store::find_holder(tx, id).await?,
        AccountKind::Source | AccountKind::Programme | AccountKind::Clearing => None,
    };
    Ok(Some((account, holder)))
}

async fn write_order(tx: &mut Tx, ask: &Ask) -> Result<(Order, Account), Error> {
    let payee = match ask.credit {
        PayTo::Account(id) => Some(id),
        PayTo::Person(subject) => store::find_payee(tx, subject, ask.amount.currency()).await?,
    };
    if let Some(order) = store::find_order(tx, ask.id).await? {
        if !order.is_same(ask, payee) {
            return Err(Error::OrderDiffers);
        }
        let credit = store::find_account(tx, order.credit).await?;
        return Ok((order, credit.ok_or(Error::OrderAccountUnknown("credit"))?));
    }
    let debit =
        store::find_account(tx, ask.debit).await?.ok_or(Error::OrderAccountUnknown("debit"))?;
    let credit = match (payee, ask.credit) {
        (Some(id), _) => {
            store::find_account(tx, id).await?.ok_or(Error::OrderAccountUnknown("credit"))?
        }
        (None, _) => Account {
            id: tx.mint(),
            kind: AccountKind::Person,
            currency: ask.amount.currency(),
            owner: None,
            opened: tx.now(),
        },
    };
    let order = Order::decide(ask, &debit, &credit, tx.now())?;
    if payee.is_none()
        && let PayTo::Person(subject) = ask.credit
    {
        insert_account(tx, &credit, ask.ground.actor.clone()).await?;
        store::insert_payee(tx, subject, &credit).await?;
    }
    store::insert_order(tx, &order).await?;
    Ok((order, credit))
}

async fn insert_account(tx: &mut Tx, account: &Account, actor: String) -> Result<(), DbError> {
    store::insert_account(tx, account).await?;
    let detail = json!({ "kind": account.kind.name(), "currency": account.currency, "owner": account.owner });
    tx.audit(Audit::new(&ACCOUNT_OPENED, actor, account.id).with(detail)).await
}

async fn with_references(tx: &mut Tx, entries: Vec<Entry>) -> Result<Vec<StatementLine>, DbError> {
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        let order = store::find_order(tx, entry.transfer.id).await?;
        lines.push(StatementLine { entry, reference: order.map(|order| order.reference) });
    }
    Ok(lines)
}

/// An officer's look at an account of this block, as the person finds it in their read log.
fn read_entry(system: SubsystemId, reader: Reader, field: &str, at: Timestamp) -> ReadEntry {
    let basis = LegalBasis::law("account administration by the member that runs the ledger");
    ReadEntry {
        at,
        reader: system,
        officer: Some(reader.officer),
        case: reader.case,
        purpose: "account-administration".to_owned(),
        basis: basis.kind(),
        basis_reference: basis.reference(),
        fields: vec![field.to_owned()],
        self_read: false,
        refused: None,
    }
}

fn db(error: DbError) -> Error {
    error.into()
}
