//! Licence expressions as crates write them.
//!
//! Source: SPDX specification 2.3, annex D, plus the old `MIT/Apache-2.0` spelling of cargo.

/// Whether the expression can be satisfied with allowed licences alone. `WITH` binds to the
/// licence before it, `AND` before `OR`. What cannot be read is refused.
pub(super) fn is_satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut parser = Parser { words: spaced.split_ascii_whitespace().collect(), at: 0, allowed };
    let satisfied = parser.either();
    satisfied && parser.at == parser.words.len()
}

struct Parser<'e> {
    words: Vec<&'e str>,
    at: usize,
    allowed: &'e dyn Fn(&str) -> bool,
}

impl<'e> Parser<'e> {
    fn either(&mut self) -> bool {
        let mut satisfied = self.both();
        while self.take("OR") {
            // no short circuit: the right side must be read too
            satisfied |= self.both();
        }
        satisfied
    }

    fn both(&mut self) -> bool {
        let mut satisfied = self.licence();
        while self.take("AND") {
            satisfied &= self.licence();
        }
        satisfied
    }

    fn licence(&mut self) -> bool {
        if self.take("(") {
            let satisfied = self.either();
            return self.take(")") && satisfied;
        }
        let Some(name) = self.next() else {
            return false;
        };
        if !self.take("WITH") {
            return (self.allowed)(name);
        }
        let exception = self.next().unwrap_or_default();
        (self.allowed)(&format!("{name} WITH {exception}"))
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> Option<&'e str> {
        let word = self.words.get(self.at).copied();
        self.at += usize::from(word.is_some());
        word
    }
}

#[cfg(test)]
mod tests {
    use super::is_satisfied;

    fn check(expression: &str, expected: bool) {
        let allowed = |name: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&name);
        assert_eq!(is_satisfied(expression, &allowed), expected, "{expression}");
    }

    #[test]
    fn expressions_are_read() {
        check("MIT", true);
        check("GPL-3.0-only", false);
        check("MIT OR GPL-3.0-only", true);
        check("GPL-3.0-only/MIT", true);
        check("MIT AND GPL-3.0-only", false);
        check("(MIT OR GPL-3.0-only) AND ISC", true);
        check("GPL-3.0-only AND ISC OR MIT", true);
        check("Apache-2.0 WITH LLVM-exception", true);
        check("Apache-2.0", false);
        check("(MIT", false);
        check("MIT ISC", false);
        check("", false);
    }
}
