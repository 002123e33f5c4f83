//! Our own texts in one language.

use ui::{Lang, Ui};

/// The block's texts.
pub const TEXTS: [(Lang, &str); 3] = [
    (Lang::EN, include_str!("../../texts/en.toml")),
    (Lang::FR, include_str!("../../texts/fr.toml")),
    (Lang::SW, include_str!("../../texts/sw.toml")),
];

/// Says things in one language.
#[derive(Clone)]
pub struct Speech {
    /// Its tag.
    pub language: String,
    lang: Lang,
    ui: Ui,
}

impl Speech {
    /// Speech in `language`; English where that is no language we have.
    pub fn new(ui: &Ui, language: &str) -> Self {
        let asked = Lang::parse(language).unwrap_or(Lang::EN);
        // A package may speak a language that our own texts do not.
        Self { language: asked.to_string(), lang: ui.choose(&[asked]), ui: ui.clone() }
    }

    /// A text with its `{names}` filled in.
    pub fn say(&self, key: &str, args: &[(&str, String)]) -> String {
        self.ui.text(self.lang, key, args)
    }

    /// A date as people write it.
    pub fn date(&self, written: &str) -> String {
        self.ui.format(self.lang).date(written)
    }
}
