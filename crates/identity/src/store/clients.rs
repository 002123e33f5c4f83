//! Table `relying_party`.

use crate::model::claims::Claim;
use crate::model::client::{RelyingParty, UserinfoFormat};
use crate::model::request::Scope;
use crate::model::response_alg::ResponseAlg;
use contracts::SubsystemId;
use credential::JwkSet;
use kernel::db::{DbError, Row, Tx, Value};

const COLUMNS_UNREADABLE: &str = "what was stored";

/// Adds a relying party, or replaces what is known of it; answers whether it is new.
pub async fn put(tx: &mut Tx, party: &RelyingParty) -> Result<bool, DbError> {
    let known = find(tx, &party.id).await?.is_some();
    let sql = "INSERT INTO relying_party
            (id, name, subsystem, sector, redirect_uris, jwks, scopes, userinfo, id_token_alg,
             userinfo_alg, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, subsystem = excluded.subsystem,
            sector = excluded.sector, redirect_uris = excluded.redirect_uris, jwks = excluded.jwks,
            scopes = excluded.scopes, userinfo = excluded.userinfo,
            id_token_alg = excluded.id_token_alg, userinfo_alg = excluded.userinfo_alg";
    let scopes: Vec<&str> = party.scopes.iter().map(|scope| scope.name()).collect();
    let args: [Value; 11] = [
        party.id.as_str().into(),
        party.name.as_str().into(),
        party.subsystem.to_string().into(),
        party.sector.as_str().into(),
        json(&party.redirect_uris).into(),
        json(&party.jwks).into(),
        scopes.join(" ").into(),
        party.userinfo.name().into(),
        party.id_token_alg.name().into(),
        party.userinfo_alg.name().into(),
        tx.now().into(),
    ];
    tx.exec(sql, &args).await?;
    Ok(!known)
}

/// One relying party.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<RelyingParty>, DbError> {
    let sql = "SELECT id, name, subsystem, sector, redirect_uris, jwks, scopes, userinfo,
            id_token_alg, userinfo_alg
        FROM relying_party WHERE id = $1";
    tx.opt(sql, &[id.into()]).await?.as_ref().map(from_row).transpose()
}

fn from_row(row: &Row) -> Result<RelyingParty, DbError> {
    let subsystem: String = row.get("subsystem")?;
    let redirect_uris: String = row.get("redirect_uris")?;
    let jwks: String = row.get("jwks")?;
    let scopes: String = row.get("scopes")?;
    let userinfo: String = row.get("userinfo")?;
    Ok(RelyingParty {
        id: row.get("id")?,
        name: row.get("name")?,
        subsystem: subsystem.parse::<SubsystemId>().map_err(|_| corrupt("subsystem"))?,
        sector: row.get("sector")?,
        redirect_uris: serde_json::from_str(&redirect_uris)
            .map_err(|_| corrupt("redirect_uris"))?,
        jwks: JwkSet::from_json(jwks.as_bytes()).map_err(|_| corrupt("jwks"))?,
        scopes: scopes.split(' ').filter_map(Scope::from_name).collect(),
        userinfo: UserinfoFormat::from_name(&userinfo).ok_or_else(|| corrupt("userinfo"))?,
        id_token_alg: response_alg(row, "id_token_alg")?,
        userinfo_alg: response_alg(row, "userinfo_alg")?,
    })
}

fn response_alg(row: &Row, column: &'static str) -> Result<ResponseAlg, DbError> {
    let name: String = row.get(column)?;
    ResponseAlg::from_name(&name).ok_or_else(|| corrupt(column))
}

/// The claims in a column.
pub(super) fn claims(row: &Row) -> Result<Vec<Claim>, DbError> {
    row.get::<String>("claims").map(|list| Claim::from_list(&list))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("lists of text and public keys are JSON")
}

fn corrupt(column: &str) -> DbError {
    DbError::Corrupt { column: column.to_owned(), expected: COLUMNS_UNREADABLE }
}
