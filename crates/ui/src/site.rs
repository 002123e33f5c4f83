//! What a block's pages have in common: templates, texts, cookies, and who operates the site.

use crate::{Cookie, Lang, csrf::Csrf, format::Format, texts::Texts, texts::TextsError};
use basis::Rng;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Output, State, TemplateSource, UndefinedBehavior, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

/// Our own templates, by the name others extend and import them by.
const TEMPLATES: [(&str, &str); 4] = [
    ("shell.html", include_str!("../templates/shell.html")),
    ("components.html", include_str!("../templates/components.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("gallery.html", include_str!("../templates/gallery.html")),
];

/// Our own texts, which the pages of all blocks share.
pub(crate) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let mut texts = Texts::default();
    let catalogues = [
        (Lang::EN, include_str!("../texts/en.toml")),
        (Lang::FR, include_str!("../texts/fr.toml")),
        (Lang::SW, include_str!("../texts/sw.toml")),
    ];
    for (lang, catalogue) in catalogues {
        texts.add(lang, catalogue).expect("our own texts are well-formed, which tests see to");
    }
    texts
});

/// Who operates the pages, and under what circumstances.
#[derive(Clone, Debug)]
pub struct Site {
    /// What stands beside the mark, such as "Tumbawe services".
    pub service: String,
    /// The member that operates the installation, named in the footer.
    pub operator: String,
    /// Where the mark links to.
    pub home: String,
    /// Whether everything here is invented, which every page then says.
    pub sandbox: bool,
    /// Whether the site is reached over https: cookies are then `Secure` and the browser is told to stay with https.
    pub secure: bool,
    /// How far the country's clocks are ahead of UTC, minutes.
    pub utc_offset_minutes: i32,
}

/// The pages of one block. Cheap to clone.
#[derive(Clone)]
pub struct Ui(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) site: Site,
    pub(crate) env: Environment<'static>,
    pub(crate) sources: Arc<BTreeMap<&'static str, &'static str>>,
    pub(crate) texts: Arc<Texts>,
    /// `t`, `date`, `datetime` and so on, bound to each language.
    pub(crate) helpers: BTreeMap<Lang, Value>,
    pub(crate) csrf: Csrf,
    pub(crate) csrf_cookie: Cookie,
    pub(crate) lang_cookie: Cookie,
    pub(crate) session_cookie: Cookie,
    pub(crate) desk_cookie: Cookie,
}

/// Gathers what a block's pages need. See [`Ui::builder`].
pub struct UiBuilder {
    block: &'static str,
    site: Site,
    env: Environment<'static>,
    sources: BTreeMap<&'static str, &'static str>,
    texts: Texts,
    csrf: Csrf,
}

impl Ui {
    /// Starts the pages of `block` (its name prefixes the cookies, as several blocks may share a host). `csrf_key` is
    /// secret, and the same in every process that serves these pages.
    #[must_use]
    pub fn builder(block: &'static str, site: Site, csrf_key: &[u8; 32], rng: Rng) -> UiBuilder {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_auto_escape_callback(|_| AutoEscape::Html);
        env.set_formatter(print_escaped);
        env.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .expect("delimiters are the default"),
        );
        let csrf = Csrf::new(csrf_key, rng);
        let texts = Texts::extending(&TEXTS);
        UiBuilder { block, site, env, sources: TEMPLATES.into(), texts, csrf }
    }

    /// Who operates the pages.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// The cookie that holds the block's session; the token against forged forms is bound to its value.
    #[must_use]
    pub fn session_cookie(&self) -> &Cookie {
        &self.0.session_cookie
    }

    /// A text in `lang`, its `{names}` filled in; with an argument `n`, the plural form.
    #[must_use]
    pub fn text(&self, lang: Lang, key: &str, args: &[(&str, String)]) -> String {
        self.0.texts.say(lang, key, args)
    }

    /// Dates and amounts in `lang`.
    #[must_use]
    pub fn format(&self, lang: Lang) -> Format<'_> {
        Format::new(&self.0.texts, lang, self.0.site.utc_offset_minutes)
    }

    /// The first of `wanted` that we have, or English.
    #[must_use]
    pub fn choose(&self, wanted: &[Lang]) -> Lang {
        let known = |lang: &&Lang| self.0.helpers.contains_key(lang);
        wanted.iter().find(known).copied().unwrap_or(Lang::EN)
    }
}

impl UiBuilder {
    /// Adds templates by name (`consent/form.html`); one of the same name is replaced. Each is parsed when a page first
    /// asks for it: most pages of a block are not looked at for days. [`Ui::check`] finds those that do not parse.
    #[must_use]
    pub fn templates(mut self, templates: &[(&'static str, &'static str)]) -> Self {
        self.sources.extend(templates.iter().copied());
        self
    }

    /// Adds text catalogues (TOML); a key that is there already is replaced.
    ///
    /// # Errors
    /// [`TextsError`] naming the language and the place.
    pub fn texts(mut self, catalogues: &[(Lang, &str)]) -> Result<Self, TextsError> {
        for (lang, catalogue) in catalogues {
            self.texts.add(*lang, catalogue)?;
        }
        Ok(self)
    }

    /// The finished pages.
    #[must_use]
    pub fn build(mut self) -> Ui {
        let sources = Arc::new(self.sources);
        let known = sources.clone();
        self.env
            .set_loader(move |name| Ok(known.get(name).map(|source| TemplateSource::new(*source))));
        let texts = Arc::new(self.texts);
        let offset = self.site.utc_offset_minutes;
        let helpers = texts
            .languages()
            .into_iter()
            .map(|lang| (lang, helpers(&texts, lang, offset)))
            .collect();
        let cookie = |name: &str| Cookie::new(&format!("{}-{name}", self.block), self.site.secure);
        Ui(Arc::new(Inner {
            csrf_cookie: cookie("form"),
            session_cookie: cookie("session"),
            desk_cookie: crate::desk::cookie(self.site.secure),
            lang_cookie: Cookie::new("lang", self.site.secure),
            csrf: self.csrf,
            site: self.site,
            env: self.env,
            sources,
            texts,
            helpers,
        }))
    }
}

/// What every template may call. Context values rather than filters, because a macro sees the context it was imported in
/// but not the state it is called from.
fn helpers(texts: &Arc<Texts>, lang: Lang, offset: i32) -> Value {
    let say = texts.clone();
    let t = move |key: &str, args: Kwargs| -> Result<String, minijinja::Error> {
        let mut given = Vec::new();
        for name in args.args() {
            given.push((name, args.get::<Value>(name)?.to_string()));
        }
        args.assert_all_used()?;
        Ok(say.say(lang, key, &given))
    };
    let of = texts.clone();
    let date = move |written: &str| Format::new(&of, lang, offset).date(written);
    let of = texts.clone();
    let datetime = move |written: &str| Format::new(&of, lang, offset).datetime(written);
    let of = texts.clone();
    let time = move |written: &str| Format::new(&of, lang, offset).time(written);
    let of = texts.clone();
    let money = move |money: &Value| -> Result<String, minijinja::Error> {
        let part = |name| money.get_attr(name).map(|value| value.to_string());
        Ok(Format::new(&of, lang, offset).money(&part("amount")?, &part("currency")?))
    };
    minijinja::context! {
        t => Value::from_function(t),
        date => Value::from_function(date),
        datetime => Value::from_function(datetime),
        time => Value::from_function(time),
        money => Value::from_function(money),
        zone => Format::new(texts, lang, offset).zone(),
    }
}

/// HTML escaping as minijinja's own, but it leaves `/` alone, which needs none and stands in every link.
fn print_escaped(
    out: &mut Output<'_>,
    _: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let text = value.to_string();
    if value.is_safe() {
        out.write_str(&text)?;
        return Ok(());
    }
    Ok(escape(out, &text)?)
}

fn escape(out: &mut Output<'_>, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (plain, from_special) = rest.split_at(at);
        out.write_str(plain)?;
        out.write_str(match from_special.as_bytes()[0] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &from_special[1..];
    }
    out.write_str(rest)
}
