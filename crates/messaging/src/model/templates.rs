//! Templates: what the country writes to people, in each of its languages.

use minijinja::{Environment, UndefinedBehavior};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An SMS of three parts, the most that gateways take.
const SMS_CHARS_MAX: usize = 480;
const VALUE_CHARS_MAX: usize = 2_000;

/// How urgent messages of a template are, against others that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Somebody waits for it.
    High,
    /// The usual.
    #[default]
    Normal,
    /// Goes to thousands at once.
    Bulk,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    languages: Vec<String>,
    template: BTreeMap<String, Template>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    #[serde(default)]
    priority: Priority,
    #[serde(default)]
    values: BTreeSet<String>,
    texts: BTreeMap<String, Texts>,
}

/// One template in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    title: String,
    text: String,
    sms: String,
}

impl Texts {
    fn parts(&self) -> [(&'static str, &str); 3] {
        [("title", &self.title), ("text", &self.text), ("sms", &self.sms)]
    }
}

/// A country's templates, checked.
#[derive(Clone, Debug)]
pub struct Templates(Arc<Written>);

/// Why templates cannot be used. Each text names the entry to change.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is not TOML of this form.
    #[error("messages.toml: {0}")]
    Form(#[from] toml::de::Error),
    /// No language is named.
    #[error(
        "messages.toml: `languages` is empty: name the country's languages, the first of which stands in for others"
    )]
    NoLanguage,
    /// A template lacks a language.
    #[error(
        "messages.toml: template `{template}` lacks the language `{language}`: add [template.{template}.texts.{language}]"
    )]
    MissingLanguage {
        /// Which template.
        template: String,
        /// Which language.
        language: String,
    },
    /// A template has a language that the country has not.
    #[error(
        "messages.toml: template `{template}` has the language `{language}`, which is not among `languages`"
    )]
    StrangeLanguage {
        /// Which template.
        template: String,
        /// Which language.
        language: String,
    },
    /// A place that nobody fills.
    #[error(
        "messages.toml: `{part}` of template `{template}` in `{language}` has the place `{place}`, which is not among its `values`: correct it or add it there"
    )]
    UnknownPlace {
        /// Which template.
        template: String,
        /// Which language.
        language: String,
        /// `title`, `text` or `sms`.
        part: &'static str,
        /// The name in the braces.
        place: String,
    },
    /// The text cannot be read as a template, or filled.
    #[error("messages.toml: `{part}` of template `{template}` in `{language}`: {reason}")]
    Text {
        /// Which template.
        template: String,
        /// Which language.
        language: String,
        /// `title`, `text` or `sms`.
        part: &'static str,
        /// What is wrong.
        reason: String,
    },
}

/// Why a message cannot be made of a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The country has no such template.
    #[error("the country has no template of this name")]
    UnknownTemplate,
    /// A value is missing.
    #[error("the template has a place that no value fills")]
    MissingValue(String),
    /// A value is too long or holds control characters.
    #[error("a value cannot be printed")]
    Value(String),
    /// The template itself.
    #[error("the template cannot be filled")]
    Template,
}

impl RenderError {
    /// The field of the request.
    pub fn field(&self) -> String {
        match self {
            Self::UnknownTemplate | Self::Template => "template".to_owned(),
            Self::MissingValue(name) | Self::Value(name) => format!("values.{name}"),
        }
    }

    /// What to do.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::UnknownTemplate => "send the name of a template of the country's messages.toml",
            Self::MissingValue(_) => "send it; it may be empty",
            Self::Value(_) => "send at most 2,000 characters without control characters",
            Self::Template => "have the country's messages.toml corrected",
        }
    }
}

/// A message in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Language tag.
    pub language: String,
    /// One line.
    pub title: String,
    /// Paragraphs parted by an empty line.
    pub text: String,
    /// For an SMS.
    pub sms: String,
    /// How urgent it is.
    pub priority: Priority,
}

impl Templates {
    /// Reads and checks a country's `messages.toml`.
    ///
    /// # Errors
    /// [`TemplateError`], naming the entry.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let written: Written = toml::from_str(text)?;
        if written.languages.is_empty() {
            return Err(TemplateError::NoLanguage);
        }
        for (name, template) in &written.template {
            check_languages(name, template, &written.languages)?;
            for (language, texts) in &template.texts {
                for (part, source) in texts.parts() {
                    check_text(name, template, language, part, source)?;
                }
            }
        }
        Ok(Self(Arc::new(written)))
    }

    /// Fills a template for somebody who reads `language`, or the country's first where it is none of
    /// the country's.
    ///
    /// # Errors
    /// [`RenderError`].
    pub fn render(
        &self,
        name: &str,
        language: Option<&str>,
        values: &BTreeMap<String, String>,
    ) -> Result<Rendered, RenderError> {
        let template = self.0.template.get(name).ok_or(RenderError::UnknownTemplate)?;
        check_values(template, values)?;
        let language = self.language(language);
        let texts = template.texts.get(language).ok_or(RenderError::Template)?;
        let fill = |source: &str| fill(source, values).map_err(|_| RenderError::Template);
        Ok(Rendered {
            language: language.to_owned(),
            title: one_line(&fill(&texts.title)?),
            text: fill(&texts.text)?.trim().to_owned(),
            sms: cut(&one_line(&fill(&texts.sms)?)),
            priority: template.priority,
        })
    }

    /// `sw` for `sw` and `sw-TZ`; the first language for what the country does not have.
    fn language(&self, wanted: Option<&str>) -> &str {
        let primary = wanted.and_then(|tag| tag.split('-').next()).unwrap_or_default();
        let known = self.0.languages.iter().find(|known| known.eq_ignore_ascii_case(primary));
        known.or(self.0.languages.first()).map_or("", String::as_str)
    }
}

fn environment<'source>() -> Environment<'source> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}

fn fill(source: &str, values: &BTreeMap<String, String>) -> Result<String, minijinja::Error> {
    environment().render_named_str("message", source, minijinja::value::Serde(values))
}

fn check_languages(
    name: &str,
    template: &Template,
    languages: &[String],
) -> Result<(), TemplateError> {
    if let Some(missing) = languages.iter().find(|tag| !template.texts.contains_key(*tag)) {
        let (template, language) = (name.to_owned(), missing.clone());
        return Err(TemplateError::MissingLanguage { template, language });
    }
    match template.texts.keys().find(|tag| !languages.contains(tag)) {
        None => Ok(()),
        Some(strange) => {
            let (template, language) = (name.to_owned(), strange.clone());
            Err(TemplateError::StrangeLanguage { template, language })
        }
    }
}

fn check_text(
    name: &str,
    template: &Template,
    language: &str,
    part: &'static str,
    source: &str,
) -> Result<(), TemplateError> {
    let wrong = |reason: String| TemplateError::Text {
        template: name.to_owned(),
        language: language.to_owned(),
        part,
        reason,
    };
    let environment = environment();
    let parsed = environment.template_from_named_str(part, source);
    let places = parsed.map_err(|error| wrong(error.to_string()))?.undeclared_variables(false);
    if let Some(place) = places.into_iter().filter(|it| !template.values.contains(it)).min() {
        let (template, language) = (name.to_owned(), language.to_owned());
        return Err(TemplateError::UnknownPlace { template, language, part, place });
    }
    // Filled once, so that a filter that does not exist is found now and not by whoever is written to.
    let samples = template.values.iter().map(|value| (value.clone(), "x".to_owned())).collect();
    let filled = fill(source, &samples).map_err(|error| wrong(error.to_string()))?;
    if filled.trim().is_empty() {
        return Err(wrong("it is empty".to_owned()));
    }
    if part == "sms" && filled.chars().count() > SMS_CHARS_MAX {
        return Err(wrong(format!("an SMS has at most {SMS_CHARS_MAX} characters")));
    }
    Ok(())
}

/// What a template does not use is not looked at: a sender may have more to say than is printed.
fn check_values(template: &Template, values: &BTreeMap<String, String>) -> Result<(), RenderError> {
    for name in &template.values {
        let value = values.get(name).ok_or_else(|| RenderError::MissingValue(name.clone()))?;
        let control = value.chars().any(|c| c.is_control() && c != '\n');
        if control || value.chars().count() > VALUE_CHARS_MAX {
            return Err(RenderError::Value(name.clone()));
        }
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> String {
    if text.chars().count() <= SMS_CHARS_MAX {
        return text.to_owned();
    }
    text.chars().take(SMS_CHARS_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = include_str!("../../../../countries/demo/messages.toml");

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_demo_country_writes_in_three_languages() {
        let templates = Templates::parse(DEMO).expect("the demo's messages are right");
        let values = values(&[
            ("number", "CB-17"),
            ("service", "Child benefit"),
            ("amount", "KES 2,000.00"),
        ]);
        for (language, title) in [
            (Some("en"), "Your application CB-17 is approved"),
            (Some("sw"), "Ombi lako CB-17 limekubaliwa"),
            (Some("sw-TZ"), "Ombi lako CB-17 limekubaliwa"),
            (Some("fr"), "Votre demande CB-17 est acceptée"),
            (Some("de"), "Your application CB-17 is approved"),
            (None, "Your application CB-17 is approved"),
        ] {
            let rendered = templates.render("benefit-approved", language, &values).expect("fills");
            assert_eq!(rendered.title, title);
            assert!(rendered.text.contains("KES 2,000.00") && !rendered.text.contains('{'));
        }
    }

    #[test]
    fn a_slip_in_the_file_is_named() {
        let table = [
            ("languages = [\"en\"", "languages = [\"de\", \"en\"", "lacks the language `de`"),
            (", \"sw\"]", "]", "`sw`, which is not among"),
            ("{{ due }}", "{{ dew }}", "the place `dew`"),
            ("{{ number }}", "{{ number | shout }}", "shout"),
            ("{{ number }}", "{{ number ", "`title` of template"),
            ("priority = \"high\"", "priority = \"hihg\"", "hihg"),
            ("sms = ", "smss = ", "smss"),
        ];
        for (right, wrong, says) in table {
            let broken = DEMO.replacen(right, wrong, 1);
            assert_ne!(broken, DEMO, "{right} is there to be changed");
            let error = Templates::parse(&broken).expect_err(wrong).to_string();
            assert!(error.contains(says), "{error}");
        }
        let none = Templates::parse("languages = []\n[template]").expect_err("no language");
        assert!(matches!(none, TemplateError::NoLanguage));
    }

    #[test]
    fn what_cannot_be_filled_is_refused_with_the_field() {
        let templates = Templates::parse(DEMO).expect("right");
        let render = |name: &str, pairs: &[(&str, &str)]| {
            templates.render(name, None, &values(pairs)).expect_err("refused").field()
        };
        assert_eq!(render("benefit-aproved", &[]), "template");
        assert_eq!(render("payment-sent", &[("service", "x")]), "values.amount");
        let long = "x".repeat(2_001);
        assert_eq!(render("payment-sent", &[("service", "x"), ("amount", &long)]), "values.amount");
        let control = [("service", "x\u{7}"), ("amount", "1")];
        assert_eq!(render("payment-sent", &control), "values.service");
    }

    #[test]
    fn titles_and_sms_are_one_line_and_an_sms_ends() {
        let templates = Templates::parse(DEMO).expect("right");
        let long = format!("a\nb{}", "x".repeat(600));
        let values = values(&[("service", &long), ("amount", "1"), ("unused", "is not looked at")]);
        let rendered = templates.render("payment-sent", None, &values).expect("fills");
        assert!(!rendered.sms.contains('\n'));
        assert_eq!(rendered.sms.chars().count(), 480);
        assert!(rendered.sms.ends_with('…'));
        assert!(rendered.text.contains("a\nb"));
    }

    #[test]
    fn what_is_filled_in_is_never_read_as_a_template() {
        let templates = Templates::parse(DEMO).expect("right");
        let values = values(&[("service", "{{ amount }}"), ("amount", "<b>1</b> & 2")]);
        let rendered = templates.render("payment-sent", None, &values).expect("fills");
        assert!(rendered.sms.contains("{{ amount }}") && rendered.sms.contains("<b>1</b> & 2"));
    }
}
