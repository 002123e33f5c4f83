//! Just enough of Rust's lexical grammar to tell code, comments and string literals apart.
//!
//! Source: The Rust Reference, "Lexical structure". A parser would be a heavy dependency for
//! checks that look at words; macros and types are deliberately not understood.

use std::ops::Range;

/// A Rust file split into what rules look at. Offsets are bytes of the original text.
pub(super) struct RustText {
    /// The text with comments, string contents and character literals blanked, byte for byte.
    pub(super) code: String,
    /// Every string literal, in order.
    pub(super) strings: Vec<Literal>,
    /// The bodies of items under `#[cfg(test)]`.
    pub(super) tests: Vec<Range<usize>>,
}

/// The content of a string literal, escapes left as written.
pub(super) struct Literal {
    pub(super) at: usize,
    pub(super) text: String,
}

impl RustText {
    /// Splits a file. Broken Rust gives a broken split, never a failure: the compiler reports it.
    pub(super) fn scan(source: &str) -> RustText {
        let mut scan = Scan {
            source,
            bytes: source.as_bytes(),
            at: 0,
            code: source.as_bytes().to_vec(),
            strings: Vec::new(),
        };
        while scan.at < scan.bytes.len() {
            scan.step();
        }
        let code = String::from_utf8(scan.code).expect("whole literals are blanked with spaces");
        let tests = test_regions(&code);
        RustText { code, strings: scan.strings, tests }
    }

    /// Whether the offset lies in code that only tests compile.
    pub(super) fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|region| region.contains(&at))
    }
}

struct Scan<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    code: Vec<u8>,
    strings: Vec<Literal>,
}

impl Scan<'_> {
    fn step(&mut self) {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(b"//") {
            return self.blank_to(self.find(b"\n", self.at));
        }
        if rest.starts_with(b"/*") {
            return self.blank_to(self.end_of_block_comment());
        }
        if let Some(hashes) = self.raw_string_hashes() {
            return self.raw_string(hashes);
        }
        match rest[0] {
            b'"' => self.string(),
            b'\'' => self.quote(),
            _ => self.at += 1,
        }
    }

    /// The number of `#` if a raw string starts here with `r`.
    fn raw_string_hashes(&self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        if rest[0] != b'r' {
            return None;
        }
        // `b` and `c` are prefixes of the same literal; any other letter makes `r` part of a name.
        let before = self.bytes[..self.at].last().copied().unwrap_or(b' ');
        if is_word(before) && !matches!(before, b'b' | b'c') {
            return None;
        }
        let hashes = rest[1..].iter().take_while(|b| **b == b'#').count();
        (rest.get(1 + hashes) == Some(&b'"')).then_some(hashes)
    }

    fn raw_string(&mut self, hashes: usize) {
        let start = self.at + 1 + hashes + 1;
        let closing = format!("\"{}", "#".repeat(hashes));
        let end = self.find(closing.as_bytes(), start);
        self.keep_literal(start, end);
        self.at = (end + closing.len()).min(self.bytes.len());
    }

    fn string(&mut self) {
        let start = self.at + 1;
        let mut end = start;
        while end < self.bytes.len() && self.bytes[end] != b'"' {
            end += if self.bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = end.min(self.bytes.len());
        self.keep_literal(start, end);
        self.at = (end + 1).min(self.bytes.len());
    }

    /// A character literal is blanked; a lifetime is left alone.
    fn quote(&mut self) {
        let rest = &self.source[self.at + 1..];
        let mut chars = rest.chars();
        let Some(first) = chars.next() else {
            self.at += 1;
            return;
        };
        if first == '\\' {
            // Skip the escaped character, which may itself be a quote.
            let end = self.find(b"'", self.at + 3);
            return self.blank_to((end + 1).min(self.bytes.len()));
        }
        if chars.next() == Some('\'') {
            return self.blank_to(self.at + 1 + first.len_utf8() + 1);
        }
        self.at += 1;
    }

    fn end_of_block_comment(&self) -> usize {
        let mut depth = 0_usize;
        let mut at = self.at;
        while at < self.bytes.len() {
            let rest = &self.bytes[at..];
            if rest.starts_with(b"/*") {
                depth += 1;
                at += 2;
            } else if rest.starts_with(b"*/") {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            } else {
                at += 1;
            }
        }
        at
    }

    fn keep_literal(&mut self, start: usize, end: usize) {
        let text = self.source.get(start..end).unwrap_or_default().to_owned();
        self.strings.push(Literal { at: start, text });
        self.blank(start..end);
    }

    fn blank_to(&mut self, end: usize) {
        self.blank(self.at..end);
        self.at = end;
    }

    fn blank(&mut self, range: Range<usize>) {
        for byte in &mut self.code[range] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }

    fn find(&self, needle: &[u8], from: usize) -> usize {
        let tail = self.bytes.get(from..).unwrap_or_default();
        let found = tail.windows(needle.len()).position(|w| w == needle);
        found.map_or(self.bytes.len(), |offset| from + offset)
    }
}

fn test_regions(code: &str) -> Vec<Range<usize>> {
    let mut regions = Vec::new();
    for (at, _) in code.match_indices("#[cfg(test)]") {
        let Some(offset) = code[at..].find(['{', ';']) else {
            continue;
        };
        let open = at + offset;
        if code.as_bytes()[open] == b'{' {
            regions.push(at..close_of(code, open));
        }
    }
    regions
}

/// The offset just behind the bracket that closes the one at `open`, or the end of the text.
pub(super) fn close_of(code: &str, open: usize) -> usize {
    let bytes = code.as_bytes();
    let opening = bytes[open];
    let closing = match opening {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    };
    let mut depth = 0_usize;
    for (offset, byte) in bytes[open..].iter().enumerate() {
        if *byte == opening {
            depth += 1;
        } else if *byte == closing {
            depth -= 1;
            if depth == 0 {
                return open + offset + 1;
            }
        }
    }
    bytes.len()
}

/// Offsets of `needle` in `code` where it is not part of a longer name.
pub(super) fn find_words(code: &str, needle: &str) -> Vec<usize> {
    let bytes = code.as_bytes();
    let starts_as_word = needle.bytes().next().is_some_and(is_word);
    let ends_as_word = needle.bytes().last().is_some_and(is_word);
    let stands_alone = |at: usize| {
        let end = at + needle.len();
        let glued_before = starts_as_word && at > 0 && is_word(bytes[at - 1]);
        let glued_after = ends_as_word && bytes.get(end).copied().is_some_and(is_word);
        !glued_before && !glued_after
    };
    let found = code.match_indices(needle).map(|(at, _)| at);
    found.filter(|at| stands_alone(*at)).collect()
}

/// Whether the byte may be part of a Rust or SQL name.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(source: &str) -> Vec<String> {
        let scanned = RustText::scan(source);
        assert_eq!(scanned.code.len(), source.len(), "offsets must not move");
        scanned.strings.into_iter().map(|s| s.text).collect()
    }

    #[test]
    fn strings_are_told_from_code_comments_and_characters() {
        assert_eq!(strings(r#"let a = "one"; // "two""#), ["one"]);
        assert_eq!(strings(r##"f(r#"a "quoted" b"#, "c")"##), ["a \"quoted\" b", "c"]);
        assert_eq!(strings(r#"let q = '"'; let e = '\''; g("x")"#), ["x"]);
        assert_eq!(strings(r#"fn f<'a>(s: &'a str) { g("y") }"#), ["y"]);
        assert_eq!(strings(r#"/* "no" /* nested "no" */ "no" */ "yes""#), ["yes"]);
        assert_eq!(strings(r#"let b = b"bytes"; let s = "a\"b";"#), ["bytes", r#"a\"b"#]);
        assert_eq!(strings(r#"let r#type = var"tail";"#), ["tail"]);
        assert_eq!(strings(r#"let c = 'é'; let s = "é";"#), ["é"]);
        assert_eq!(strings(r#"open "never closed"#), ["never closed"]);
    }

    #[test]
    fn blanked_code_keeps_lines_and_names() {
        let source = "let a = \"x\n y\"; // now()\ncall();\n";
        let scanned = RustText::scan(source);
        assert_eq!(scanned.code.lines().count(), 3);
        assert!(scanned.code.contains("call();"));
        assert!(!scanned.code.contains("now()"));
    }

    #[test]
    fn test_modules_are_known() {
        let source =
            "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() { if a { b } }\n}\nfn h() {}";
        let scanned = RustText::scan(source);
        let at = |name: &str| source.find(name).expect("planted above");
        assert!(scanned.is_test(at("g()")));
        assert!(!scanned.is_test(at("f()")));
        assert!(!scanned.is_test(at("h()")));
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(find_words("wire_version rewire wire", "wire"), [20]);
        assert_eq!(find_words("a.call(x)", ".call("), [1]);
    }
}
