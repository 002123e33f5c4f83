//! The API: for officers of the member that runs the ledger, and for members through the exchange.

mod batches;
mod treasury;

pub use batches::{EXCHANGE_BATCHES, EXCHANGE_BENEFICIARIES};
pub use treasury::{EXCHANGE_RAIL_RESULTS, ReadBatch, Reconcile};

use crate::error::Error;
use crate::model::{Account, AccountKind, Ask, CODE_MEMBER, CODE_OFFICER, Ground, PayTo, decimal};
use crate::service::{Payments, Reader, STATEMENT_ENTRIES_MAX, StatementLine};
use axum::extract::{FromRequestParts, State};
use basis::{Currency, Id, Money, Timestamp};
use contracts::Caller;
use contracts::payments::{Payee, TransferIn, TransferOut};
use contracts::reads::attempt::Attempt;
use contracts::reads::{ReadLog, ReadLogQuery};
use http::StatusCode;
use http::request::Parts;
use kernel::auth::{Officer, Permission};
use kernel::http::{Created, Json, Path, Query};
use kernel::problem::Problem;
use ledger::{AccountState, Side};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where the exchange finds transfers.
pub const EXCHANGE_TRANSFERS: &str = "/payments/exchange/transfers";
/// Where the exchange finds persons' read logs.
pub const EXCHANGE_READ_LOG: &str = "/payments/exchange/read-log";

/// May open accounts.
pub struct OpenAccount;
impl Permission for OpenAccount {
    const NAME: &'static str = "payments.account.open";
}

/// May move money out of the member's own accounts.
pub struct MakeTransfer;
impl Permission for MakeTransfer {
    const NAME: &'static str = "payments.transfer.make";
}

/// May look at accounts and what became of transfers.
pub struct ReadAccount;
impl Permission for ReadAccount {
    const NAME: &'static str = "payments.account.read";
}

/// May see the trial balance.
pub struct ReadTotals;
impl Permission for ReadTotals {
    const NAME: &'static str = "payments.totals.read";
}

/// The API over these use cases.
pub fn api(payments: Payments) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(open_account))
        .routes(routes!(show_account))
        .routes(routes!(show_statement))
        .routes(routes!(make_transfer))
        .routes(routes!(show_transfer))
        .routes(routes!(show_trial_balance))
        .routes(routes!(take_transfer))
        .routes(routes!(tell_transfer))
        .routes(routes!(tell_read_log))
        .merge(batches::api())
        .merge(treasury::api())
        .routes(routes!(note_attempt))
        .with_state(payments)
}

/// Asks for an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountIn {
    /// The account's number: made and kept by the caller before asking; the same again answers as the first time.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// `source` or `programme`; a person's account opens with the first payment to them.
    pub kind: AccountKind,
    /// ISO 4217.
    #[schema(value_type = String, example = "KES")]
    pub currency: Currency,
    /// The member that may debit it, `CLASS/MEMBER`; the officer's own if absent.
    #[serde(default)]
    #[schema(example = "GOV/MSP")]
    pub owner: Option<String>,
}

/// A sum of money of any size.
#[derive(Debug, Serialize, ToSchema)]
pub struct SumOut {
    /// Decimal, all decimals written.
    #[schema(example = "12.50")]
    pub amount: String,
    /// ISO 4217.
    #[schema(value_type = String, example = "KES")]
    pub currency: Currency,
}

impl SumOut {
    fn new(minor: i128, currency: Currency) -> Self {
        Self { amount: decimal(minor, currency), currency }
    }
}

/// An account and what stands in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountOut {
    /// Its number.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// What it is for.
    pub kind: AccountKind,
    /// The member that may debit it; none for a person's account.
    pub owner: Option<String>,
    /// What stands in it: credits less debits.
    pub balance: SumOut,
    /// All that left.
    pub debits: SumOut,
    /// All that came in.
    pub credits: SumOut,
    /// True if it takes no more transfers.
    pub closed: bool,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
}

impl AccountOut {
    fn new(account: Account, state: &AccountState) -> Self {
        let sum = |minor| SumOut::new(minor, account.currency);
        Self {
            id: account.id,
            kind: account.kind,
            balance: sum(state.balance.net()),
            debits: sum(state.balance.debits),
            credits: sum(state.balance.credits),
            closed: state.closed,
            opened: account.opened,
            owner: account.owner,
        }
    }
}

/// Asks for a transfer between two accounts. Its id is the `Idempotency-Key`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficerTransferIn {
    /// The account the money leaves: one of the officer's member.
    #[schema(value_type = String, format = "uuid")]
    pub debit: Id,
    /// The account it reaches.
    #[schema(value_type = String, format = "uuid")]
    pub credit: Id,
    /// How much, above zero.
    #[schema(value_type = Object, example = json!({"amount": "12.50", "currency": "KES"}))]
    pub amount: Money,
    /// Printed on statements, 1 to 140 characters. No personal data.
    pub reference: String,
}

/// Which way money went.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SideOut {
    /// It left the account.
    Debit,
    /// It came in.
    Credit,
}

/// One line of a statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryOut {
    /// Its place in the ledger's log; ask for the next page after the last one.
    pub position: i64,
    /// The transfer.
    #[schema(value_type = String, format = "uuid")]
    pub transfer: Id,
    /// Which way.
    pub side: SideOut,
    /// The account on the other side.
    #[schema(value_type = String, format = "uuid")]
    pub counterparty: Id,
    /// How much.
    pub amount: SumOut,
    /// What stood in the account after it.
    pub balance: SumOut,
    /// As ordered.
    pub reference: Option<String>,
    /// When it was ordered.
    #[schema(value_type = String, format = DateTime)]
    pub occurred: Timestamp,
    /// When the ledger recorded it.
    #[schema(value_type = String, format = DateTime)]
    pub recorded: Timestamp,
}

impl EntryOut {
    fn new(line: StatementLine, currency: Currency) -> Self {
        let StatementLine { entry, reference } = line;
        let transfer = entry.transfer;
        let (side, counterparty) = match entry.side {
            Side::Debit => (SideOut::Debit, transfer.credit),
            Side::Credit => (SideOut::Credit, transfer.debit),
        };
        Self {
            position: entry.position,
            transfer: transfer.id,
            side,
            counterparty,
            amount: SumOut::new(i128::from(transfer.amount), currency),
            balance: SumOut::new(entry.after.net(), currency),
            reference,
            occurred: transfer.occurred,
            recorded: entry.recorded,
        }
    }
}

/// A page of an account's statement, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementOut {
    /// The lines.
    pub entries: Vec<EntryOut>,
}

/// Which page of a statement.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// Lines after this position only; 0, the start, if absent.
    #[serde(default)]
    pub after: i64,
    /// How many, 1 to 100; 100 if absent.
    pub limit: Option<u16>,
}

/// All accounts of one currency together.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotalsOut {
    /// ISO 4217.
    #[schema(value_type = String, example = "KES")]
    pub currency: Currency,
    /// How many accounts.
    pub accounts: u64,
    /// Sum of all debits.
    pub debits: SumOut,
    /// Sum of all credits.
    pub credits: SumOut,
    /// Credits less debits of all accounts: zero, or money was made or lost.
    pub sum_of_postings: SumOut,
}

/// The trial balance.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalanceOut {
    /// One line a currency.
    pub ledgers: Vec<TotalsOut>,
}

/// The `Idempotency-Key` header of a transfer: its id, made and kept by the caller before asking.
pub struct TransferKey(Id);

impl<S: Send + Sync> FromRequestParts<S> for TransferKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let sent = parts.headers.get(contracts::call::IDEMPOTENCY_KEY);
        let id = sent.and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
        id.map(Self).ok_or_else(|| {
            Problem::bad_request("A transfer needs an id that outlives the connection.").field(
                contracts::call::IDEMPOTENCY_KEY,
                "send a UUID that you made and stored before asking, and the same one when you ask again",
            )
        })
    }
}

/// Opens an account.
#[utoipa::path(post, path = "/payments/accounts", tag = "payments", security(("officer" = [])),
    request_body = AccountIn, responses((status = 201, body = AccountOut), Problem))]
async fn open_account(
    State(payments): State<Payments>,
    officer: Officer<OpenAccount>,
    Json(asked): Json<AccountIn>,
) -> Result<Created<AccountOut>, Problem> {
    let AccountIn { id, kind, currency, owner } = asked;
    let owner = Some(checked_member(owner.unwrap_or_else(|| officer.member.clone()))?);
    let account = Account { id, kind, currency, owner, opened: Timestamp::EPOCH };
    let account = payments.open_account(officer.actor(), account).await?;
    let (account, state) = payments.account(reader(&officer), account.id).await?;
    let location = format!("/payments/accounts/{}", account.id);
    Ok(Created { location, body: AccountOut::new(account, &state) })
}

/// Shows an account and its balance.
#[utoipa::path(get, path = "/payments/accounts/{id}", tag = "payments", security(("officer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = AccountOut), Problem))]
async fn show_account(
    State(payments): State<Payments>,
    officer: Officer<ReadAccount>,
    Path(id): Path<Id>,
) -> Result<Json<AccountOut>, Problem> {
    let (account, state) = payments.account(reader(&officer), id).await?;
    Ok(Json(AccountOut::new(account, &state)))
}

/// Shows what went in and out of an account.
#[utoipa::path(get, path = "/payments/accounts/{id}/statement", tag = "payments", security(("officer" = [])),
    params(("id" = String, Path), StatementQuery), responses((status = 200, body = StatementOut), Problem))]
async fn show_statement(
    State(payments): State<Payments>,
    officer: Officer<ReadAccount>,
    Path(id): Path<Id>,
    Query(query): Query<StatementQuery>,
) -> Result<Json<StatementOut>, Problem> {
    let limit = query.limit.map_or(STATEMENT_ENTRIES_MAX, usize::from);
    let (account, lines) = payments.statement(reader(&officer), id, query.after, limit).await?;
    let entries = lines.into_iter().map(|line| EntryOut::new(line, account.currency)).collect();
    Ok(Json(StatementOut { entries }))
}

/// Moves money between two accounts, once.
#[utoipa::path(post, path = "/payments/transfers", tag = "payments", security(("officer" = [])),
    params(("Idempotency-Key" = String, Header, description = "The transfer's id")),
    request_body = OfficerTransferIn, responses((status = 200, body = TransferOut), Problem))]
async fn make_transfer(
    State(payments): State<Payments>,
    officer: Officer<MakeTransfer>,
    TransferKey(id): TransferKey,
    Json(asked): Json<OfficerTransferIn>,
) -> Result<Json<TransferOut>, Problem> {
    let OfficerTransferIn { debit, credit, amount, reference } = asked;
    let ground = Ground {
        actor: officer.actor(),
        member: officer.member,
        case: officer.case,
        purpose: MakeTransfer::NAME.to_owned(),
        basis: "own-account".to_owned(),
        code: CODE_OFFICER,
    };
    let ask = Ask { id, debit, credit: PayTo::Account(credit), amount, reference, ground };
    Ok(Json(payments.make_transfer(ask).await?))
}

/// Shows what became of a transfer of the officer's member.
#[utoipa::path(get, path = "/payments/transfers/{id}", tag = "payments", security(("officer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = TransferOut), Problem))]
async fn show_transfer(
    State(payments): State<Payments>,
    officer: Officer<ReadAccount>,
    Path(id): Path<Id>,
) -> Result<Json<TransferOut>, Problem> {
    Ok(Json(payments.transfer(&officer.member, id).await?))
}

/// Shows the trial balance: the sum of all postings is zero in each currency.
#[utoipa::path(get, path = "/payments/trial-balance", tag = "payments", security(("officer" = [])),
    responses((status = 200, body = TrialBalanceOut), Problem))]
async fn show_trial_balance(
    State(payments): State<Payments>,
    _officer: Officer<ReadTotals>,
) -> Result<Json<TrialBalanceOut>, Problem> {
    let totals = payments.trial_balance().await?;
    let ledgers = totals.into_iter().map(|(currency, sum)| TotalsOut {
        currency,
        accounts: sum.accounts,
        debits: SumOut::new(sum.debits, currency),
        credits: SumOut::new(sum.credits, currency),
        sum_of_postings: SumOut::new(sum.sum_of_postings(), currency),
    });
    Ok(Json(TrialBalanceOut { ledgers: ledgers.collect() }))
}

/// Takes a transfer that a member asks for through the exchange.
#[utoipa::path(post, path = "/payments/exchange/transfers", tag = "exchange",
    params(("Idempotency-Key" = String, Header, description = "The transfer's id")),
    request_body = TransferIn, responses((status = 200, body = TransferOut), Problem))]
async fn take_transfer(
    State(payments): State<Payments>,
    caller: Caller,
    TransferKey(key): TransferKey,
    Json(asked): Json<TransferIn>,
) -> Result<Json<TransferOut>, Problem> {
    if asked.id != key {
        return Err(Error::KeyDiffers.into());
    }
    let credit = match &asked.credit {
        Payee::Subject => PayTo::Person(caller.subject()?),
        Payee::Account { account } => PayTo::Account(account_number(account, "credit.account")?),
    };
    let debit = account_number(&asked.debit, "debit")?;
    let TransferIn { id, amount, reference, .. } = asked;
    let ask = Ask { id, debit, credit, amount, reference, ground: ground(&caller) };
    Ok(Json(payments.make_transfer(ask).await?))
}

/// Tells a member what became of its transfer.
#[utoipa::path(get, path = "/payments/exchange/transfers/{id}", tag = "exchange",
    params(("id" = String, Path)), responses((status = 200, body = TransferOut), Problem))]
async fn tell_transfer(
    State(payments): State<Payments>,
    Caller(context): Caller,
    Path(id): Path<Id>,
) -> Result<Json<TransferOut>, Problem> {
    Ok(Json(payments.transfer(context.client.member().local(), id).await?))
}

/// Tells who looked at the accounts of the person the call is about.
#[utoipa::path(get, path = "/payments/exchange/read-log", tag = "exchange",
    params(("before" = Option<String>, Query), ("limit" = Option<u16>, Query)),
    responses((status = 200, body = ReadLog), Problem))]
async fn tell_read_log(
    State(payments): State<Payments>,
    caller: Caller,
    Query(query): Query<ReadLogQuery>,
) -> Result<Json<ReadLog>, Problem> {
    Ok(Json(payments.read_log(caller.subject()?, query).await?))
}

/// Notes an attempt that the exchange refused, for the read log of whom it was about.
#[utoipa::path(post, path = "/payments/exchange/read-log/attempts", tag = "exchange",
    responses((status = 204, description = "Noted"), Problem))]
async fn note_attempt(
    State(payments): State<Payments>,
    attempt: Attempt,
) -> Result<StatusCode, Problem> {
    payments.note_attempt(attempt.subject()?, attempt).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn ground(Caller(context): &Caller) -> Ground {
    let actor = match &context.officer {
        Some(officer) => format!("officer:{}/{officer}", context.client.member().local()),
        None => format!("system:{}", context.client),
    };
    Ground {
        member: context.client.member().local().to_owned(),
        actor,
        case: context.case.clone(),
        purpose: context.purpose.clone(),
        basis: context.basis.to_string(),
        code: CODE_MEMBER,
    }
}

fn reader<P: Permission>(officer: &Officer<P>) -> Reader {
    Reader { officer: officer.id.clone(), case: officer.case.clone() }
}

fn account_number(text: &str, field: &'static str) -> Result<Id, Problem> {
    text.parse().map_err(|_| Error::OrderAccountUnknown(field).into())
}

fn checked_member(member: String) -> Result<String, Problem> {
    let mut parts = member.split('/');
    let fits = parts.by_ref().take(2).filter(|part| contracts::ids::is_part(part)).count() == 2;
    if fits && parts.next().is_none() {
        return Ok(member);
    }
    Err(Problem::bad_request("The owner is not a member.")
        .field("owner", "send CLASS/MEMBER, such as GOV/MSP"))
}
