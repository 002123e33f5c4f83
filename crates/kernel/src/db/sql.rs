//! Two small rewritings that let one SQL text serve both engines.

/// Rewrites `$1` to `?1` outside of string literals.
///
/// SQLite numbers `$N` by first appearance, so `SELECT $2, $1` would silently swap its
/// parameters; `?N` is numbered as written.
pub(super) fn positional(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut quoted = false;
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\'' {
            quoted = !quoted;
        }
        let numbered = character == '$' && characters.peek().is_some_and(char::is_ascii_digit);
        out.push(if numbered && !quoted { '?' } else { character });
    }
    out
}

/// The statements of a migration file, without comments. Our DDL has no `;` or `--` inside literals.
pub(super) fn statements(file: &str) -> Vec<String> {
    let bare: Vec<&str> = file.lines().map(|line| line.split("--").next().unwrap_or("")).collect();
    let bare = bare.join("\n");
    bare.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// PostgreSQL's DDL as SQLite spells it.
///
/// STRICT, because a plain SQLite column turns an overflowing integer silently into a float;
/// WITHOUT ROWID, because every table has a primary key and one tree is cheaper than two.
pub(super) fn sqlite_ddl(statement: &str) -> String {
    let words = |text: &str| {
        text.replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB").replace("BOOLEAN", "INTEGER")
    };
    if statement.trim_start().starts_with("CREATE TABLE") {
        return format!("{} STRICT, WITHOUT ROWID", words(statement));
    }
    words(statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_as_written() {
        assert_eq!(positional("SELECT $2, $1, '$3'"), "SELECT ?2, ?1, '$3'");
    }

    #[test]
    fn migration_files_are_split_and_stripped() {
        let file = "-- a table\nCREATE TABLE a (id BYTEA PRIMARY KEY, -- the id\n n BIGINT);\n\nCREATE INDEX i ON a (n);\n";
        let parts = statements(file);
        assert_eq!(parts.len(), 2);
        assert!(sqlite_ddl(&parts[0]).ends_with("n INTEGER) STRICT, WITHOUT ROWID"));
        assert_eq!(sqlite_ddl(&parts[1]), "CREATE INDEX i ON a (n)");
    }
}
