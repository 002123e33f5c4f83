//! Finds SQL: migration files, and string literals that read like statements.

use super::source::{Literal, RustText, close_of, find_words, is_word};
use super::tree::{File, Tree};

/// A piece of SQL, ready for looking at words: upper case, comments and quoted text blanked.
pub(super) struct Sql<'t> {
    file: &'t File,
    at: usize,
    pub(super) text: String,
}

impl<'t> Sql<'t> {
    /// The file it stands in.
    pub(super) fn file(&self) -> &'t File {
        self.file
    }

    /// A finding at an offset of this piece.
    pub(super) fn finding(&self, offset: usize, what: impl Into<String>) -> super::Finding {
        self.file.finding(self.at + offset, what)
    }

    /// Offsets where the words stand by themselves.
    pub(super) fn find(&self, words: &str) -> Vec<usize> {
        find_words(&self.text, words)
    }

    /// The bracketed column list of each `CREATE TABLE`, as pieces between commas.
    pub(super) fn columns(&self) -> Vec<(usize, &str)> {
        let mut columns = Vec::new();
        for at in self.find("CREATE TABLE") {
            let Some(offset) = self.text[at..].find('(') else {
                continue;
            };
            let open = at + offset;
            let close = close_of(&self.text, open).saturating_sub(1).max(open + 1);
            columns.extend(split_top_level(&self.text, open + 1, close));
        }
        for at in self.find("ADD COLUMN") {
            let start = at + "ADD COLUMN".len();
            let end = self.text[start..].find([';', ',']).map_or(self.text.len(), |n| start + n);
            columns.push((start, &self.text[start..end]));
        }
        columns
    }

    fn new(file: &'t File, at: usize, text: &str) -> Sql<'t> {
        Sql { file, at, text: plain(text) }
    }
}

/// Every piece of SQL in the tree: `.sql` files, statements in literals, and the fragments that a
/// store puts together.
pub(super) fn all(tree: &Tree) -> Vec<Sql<'_>> {
    let files = tree.files.iter().filter(|file| file.path.ends_with(".sql"));
    let mut found: Vec<Sql<'_>> = files.map(|file| Sql::new(file, 0, &file.text)).collect();
    for (file, rust) in tree.product() {
        let in_store = file.is_layer("store");
        let literals = rust.strings.iter();
        let sql = literals.filter(|literal| {
            is_statement(&literal.text) || (in_store && is_fragment(&literal.text))
        });
        found.extend(sql.map(|literal| Sql::new(file, literal.at, &literal.text)));
    }
    found
}

/// The statements among a file's literals that are compiled into the product.
pub(super) fn statements(rust: &RustText) -> impl Iterator<Item = &Literal> {
    let literals = rust.strings.iter().filter(|literal| !rust.is_test(literal.at));
    literals.filter(|literal| is_statement(&literal.text))
}

/// Whether a literal starts like a statement. Sentences start with one capital letter, SQL with
/// all or none, which keeps "Select a language" out.
fn is_statement(text: &str) -> bool {
    let text = text.trim_start_matches(['\\', '\n', ' ']);
    let first: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let one_case = first == first.to_ascii_uppercase() || first == first.to_ascii_lowercase();
    let plain = plain(text);
    let mut words = plain.split_ascii_whitespace();
    let (verb, object) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    one_case
        && match verb {
            "SELECT" => first == "SELECT" || !find_words(&plain, "FROM").is_empty(),
            "INSERT" => object == "INTO" || object == "OR",
            "DELETE" => object == "FROM",
            "UPDATE" => !find_words(&plain, "SET").is_empty(),
            "WITH" => plain.contains("AS ("),
            "CREATE" | "ALTER" | "DROP" => {
                let objects = ["TABLE", "INDEX", "UNIQUE", "SCHEMA", "VIEW", "TRIGGER", "SEQUENCE"];
                objects.contains(&object)
            }
            _ => false,
        }
}

/// Whether a literal continues a statement.
fn is_fragment(text: &str) -> bool {
    let first = text.split_ascii_whitespace().next().unwrap_or_default();
    let clauses = ["AND", "OR", "WHERE", "FROM", "JOIN", "ORDER", "LIMIT", "FOR", "ON", "SET"];
    clauses.contains(&first)
}

/// Upper case, with comments, quoted text and Rust's escapes blanked; offsets do not move.
fn plain(text: &str) -> String {
    let mut bytes = text.to_ascii_uppercase().into_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'-', Some(b'-')) => end_of(&bytes, b'\n', at + 2),
            (b'\'', _) => end_of(&bytes, b'\'', at + 1) + 1,
            // `\n` and `\` before a line break, as a literal writes them; `\"` stays a quote
            (b'\\', Some(b'N' | b'\n')) => at + 2,
            _ => {
                at += 1;
                continue;
            }
        };
        let end = end.min(bytes.len());
        let blank = bytes[at..end].iter_mut().filter(|byte| **byte != b'\n');
        blank.for_each(|byte| *byte = b' ');
        at = end;
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn end_of(bytes: &[u8], stop: u8, from: usize) -> usize {
    let tail = bytes.get(from..).unwrap_or_default();
    let found = tail.iter().position(|byte| *byte == stop);
    found.map_or(bytes.len(), |offset| from + offset)
}

fn split_top_level(text: &str, start: usize, end: usize) -> Vec<(usize, &str)> {
    let mut pieces = Vec::new();
    let mut depth = 0_i32;
    let mut from = start;
    for (offset, byte) in text[start..end].bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' if depth == 0 => {
                pieces.push((from, &text[from..start + offset]));
                from = start + offset + 1;
            }
            _ => {}
        }
    }
    pieces.push((from, &text[from..end]));
    pieces
}

/// The words of a piece, with the offset of the first.
pub(super) fn words(piece: &str) -> (usize, Vec<&str>) {
    let lead = piece.len() - piece.trim_start().len();
    let words = piece.split(|c: char| !c.is_ascii() || !is_word(c as u8));
    (lead, words.filter(|word| !word.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_from_sentences() {
        let yes = [
            "SELECT 1",
            "select id from person where id = $1",
            "\\\n    INSERT INTO person (id) VALUES ($1)",
            "UPDATE person SET name = $1",
            "WITH open AS (SELECT 1) SELECT 2",
            "CREATE TABLE person (id BYTEA)",
        ];
        let no = [
            "Select a person from the list",
            "select one",
            "update failed",
            "UPDATE",
            "with love",
            "create a grant",
            "selected",
            "",
        ];
        for text in yes {
            assert!(is_statement(text), "{text}");
        }
        for text in no {
            assert!(!is_statement(text), "{text}");
        }
    }

    #[test]
    fn comments_and_quoted_text_are_blanked() {
        let text = "select 'now()' -- now()\nfrom x";
        let plain = plain(text);
        assert_eq!(plain.len(), text.len());
        assert!(!plain.contains("NOW"));
        assert!(plain.ends_with("FROM X"));
    }
}
