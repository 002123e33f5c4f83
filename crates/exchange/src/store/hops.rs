//! The hop log: two append-only tables.

use basis::{Id, Timestamp};
use kernel::db::{ColumnType, DbError, Row, Table, Tx, Value};

use crate::flows::Passed;
use crate::hops::{Direction, Hop, HopAnswer, HopRow};

static HOP: Table = Table {
    name: "hop",
    columns: &[
        ("id", ColumnType::Bytes),
        ("direction", ColumnType::Text),
        ("recorded", ColumnType::Int),
        ("peer", ColumnType::Text),
        ("client", ColumnType::Text),
        ("service", ColumnType::Text),
        ("method", ColumnType::Text),
        ("purpose", ColumnType::Text),
        ("basis", ColumnType::Text),
        ("basis_reference", ColumnType::Text),
        ("agreement", ColumnType::Bytes),
        ("officer", ColumnType::Text),
        ("case_reference", ColumnType::Text),
        ("represented", ColumnType::Bytes),
        ("subject", ColumnType::Bytes),
        ("correlation", ColumnType::Bytes),
        ("digest", ColumnType::Bytes),
        ("signature", ColumnType::Text),
        ("refusal", ColumnType::Text),
    ],
};

static ANSWER: Table = Table {
    name: "hop_answer",
    columns: &[
        ("hop", ColumnType::Bytes),
        ("direction", ColumnType::Text),
        ("recorded", ColumnType::Int),
        ("status", ColumnType::Int),
        ("digest", ColumnType::Bytes),
        ("signature", ColumnType::Text),
    ],
};

/// Appends requests and answers in one go.
pub async fn append(tx: &mut Tx, hops: &[Hop], answers: &[HopAnswer]) -> Result<(), DbError> {
    if !hops.is_empty() {
        let values: Vec<Value> = hops.iter().flat_map(hop_values).collect();
        tx.append(&HOP, &values).await?;
    }
    if !answers.is_empty() {
        let values: Vec<Value> = answers.iter().flat_map(answer_values).collect();
        tx.append(&ANSWER, &values).await?;
    }
    Ok(())
}

/// Hops older than `before`, newest first, with their answers. `service` and `client` filter when
/// not empty, and so does `of`, the start of what is a member's: `TB/GOV/MSP/`.
pub async fn list(
    tx: &mut Tx,
    before: Id,
    limit: i64,
    service: &str,
    client: &str,
    of: &str,
) -> Result<Vec<HopRow>, DbError> {
    let sql = "SELECT hop.id, hop.direction, hop.recorded, hop.peer, hop.client, hop.service, hop.method, hop.purpose,
            hop.basis, hop.basis_reference, hop.agreement, hop.officer, hop.case_reference, hop.correlation, hop.refusal,
            hop_answer.status, hop_answer.recorded AS answered
        FROM hop LEFT JOIN hop_answer ON hop_answer.hop = hop.id AND hop_answer.direction = hop.direction
        WHERE hop.id < $1 AND ($3 = '' OR hop.service = $3) AND ($4 = '' OR hop.client = $4)
            AND ($5 = '' OR substr(hop.client, 1, $6) = $5 OR substr(hop.service, 1, $6) = $5)
        ORDER BY hop.id DESC, hop.direction LIMIT $2";
    let characters = i64::try_from(of.chars().count()).unwrap_or(i64::MAX);
    let args: [Value; 6] =
        [before.into(), limit.into(), service.into(), client.into(), of.into(), characters.into()];
    tx.all(sql, &args).await?.iter().map(hop_row).collect()
}

/// Ids of messages received since `from`, to refuse their repetition after a restart.
pub async fn received_since(tx: &mut Tx, from: Id) -> Result<Vec<Id>, DbError> {
    let rows =
        tx.all("SELECT id FROM hop WHERE id >= $1 AND direction = 'in'", &[from.into()]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// What passed between two ids, the newest first and at most `limit`: for counting.
pub async fn passed_between(
    tx: &mut Tx,
    from: Id,
    until: Id,
    limit: i64,
) -> Result<Vec<Passed>, DbError> {
    let sql = "SELECT hop.recorded, hop.direction, hop.service, hop.refusal, hop_answer.status, hop_answer.recorded AS answered
        FROM hop LEFT JOIN hop_answer ON hop_answer.hop = hop.id AND hop_answer.direction = hop.direction
        WHERE hop.id >= $1 AND hop.id < $2 ORDER BY hop.id DESC, hop.direction LIMIT $3";
    let rows = tx.all(sql, &[from.into(), until.into(), limit.into()]).await?;
    rows.iter().map(passed).collect()
}

fn passed(row: &Row) -> Result<Passed, DbError> {
    let status: Option<i64> = row.get("status")?;
    let answered: Option<Timestamp> = row.get("answered")?;
    Ok(Passed {
        at: row.get("recorded")?,
        direction: direction(row)?,
        service: row.get("service")?,
        refused: row.get::<Option<String>>("refusal")?.is_some(),
        answer: status.zip(answered),
    })
}

fn direction(row: &Row) -> Result<Direction, DbError> {
    let direction: String = row.get("direction")?;
    Direction::from_name(&direction).ok_or_else(|| DbError::Corrupt {
        column: "direction".to_owned(),
        expected: "local, out or in",
    })
}

fn hop_values(hop: &Hop) -> [Value; 19] {
    let ctx = &hop.ctx;
    [
        hop.id.into(),
        hop.direction.as_str().into(),
        hop.recorded.into(),
        hop.peer.clone().into(),
        ctx.client.as_ref().into(),
        ctx.service.as_ref().into(),
        hop.method.as_str().into(),
        ctx.purpose.as_str().into(),
        ctx.basis.kind().as_str().into(),
        ctx.basis.reference().into(),
        hop.agreement.into(),
        ctx.officer.clone().into(),
        ctx.case.clone().into(),
        hop.represented.into(),
        hop.subject.into(),
        ctx.correlation.into(),
        hop.digest.into(),
        hop.signature.clone().into(),
        hop.refusal.map(|reason| reason.slug()).into(),
    ]
}

fn answer_values(answer: &HopAnswer) -> [Value; 6] {
    [
        answer.hop.into(),
        answer.direction.as_str().into(),
        answer.recorded.into(),
        Value::Int(i64::from(answer.status)),
        answer.digest.into(),
        answer.signature.clone().into(),
    ]
}

fn hop_row(row: &Row) -> Result<HopRow, DbError> {
    Ok(HopRow {
        id: row.get("id")?,
        direction: direction(row)?,
        recorded: row.get("recorded")?,
        peer: row.get("peer")?,
        client: row.get("client")?,
        service: row.get("service")?,
        method: row.get("method")?,
        purpose: row.get("purpose")?,
        basis: row.get("basis")?,
        basis_reference: row.get("basis_reference")?,
        agreement: row.get("agreement")?,
        officer: row.get("officer")?,
        case: row.get("case_reference")?,
        correlation: row.get("correlation")?,
        refusal: row.get("refusal")?,
        status: row.get("status")?,
        answered: row.get::<Option<Timestamp>>("answered")?,
    })
}
