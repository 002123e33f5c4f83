//! Search keys of names.

use unicode_normalization::UnicodeNormalization;

/// A name, or what somebody typed to find one, as a search key: equal keys mean "the same but for how it was typed".
///
/// Lower case (Unicode), normal form C, one space between words, one kind of apostrophe and hyphen, because a telephone
/// types `Ng’ang’a` where an office keyboard types `Ng'ang'a`. Diacritics stay: `é` and `e` tell names apart in many
/// languages. The key is personal data as much as the name is: store it only sealed or as a blind index.
#[must_use]
pub fn fold(name: &str) -> String {
    let lower_case: String =
        name.nfc().collect::<String>().to_lowercase().chars().map(plain_mark).nfc().collect();
    let mut key = String::with_capacity(lower_case.len());
    for word in lower_case.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

/// One kind of apostrophe (quotation marks, modifier letters, accents standing alone) and one of hyphen.
fn plain_mark(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{02BB}' | '\u{02BC}' | '\u{0060}' | '\u{00B4}'
        | '\u{FF07}' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn the_key_forgets_only_how_it_was_typed() {
        for (a, b) in [
            ("WANJIRU  Ng'ang'a", "wanjiru ng\u{2019}ang\u{02BC}a"),
            ("Jose\u{301}", "JOSÉ"),
            ("Ann\u{00A0}Marie", "ann marie"),
            ("Jean\u{2011}Paul", "jean-paul"),
            ("ΣΟΦΟΣ", "σοφος"),
            ("ЖАННА", "жанна"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        for (a, b) in [("José", "Jose"), ("Ann Marie", "Annmarie"), ("Ng'ang'a", "Nganga")] {
            assert_ne!(fold(a), fold(b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn the_key_does_not_depend_on_the_case(text in "[a-zàéîõüñçłøšž ']{1,40}") {
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
