//! A drawing as SVG text.

use std::fmt::Write;

use super::palette::Colour;
use super::picture::{Anchor, Look, Mark, Picture, Point, Type};

/// Where the drawing will stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Inside a page that has the colours as CSS variables, light or dark.
    Page,
    /// A file of its own, on white paper.
    Paper,
}

/// The whole `<svg>` element, with title and description for screen readers.
#[must_use]
pub fn write(picture: &Picture, ground: Ground) -> String {
    let (id, wide, high) = (&picture.id, units(picture.width), units(picture.height));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {wide} {high}\" \
         width=\"{wide}\" height=\"{high}\" aria-labelledby=\"{id}-t {id}-d\" \
         font-family=\"system-ui, 'Noto Sans', 'Segoe UI', Roboto, Arial, sans-serif\">\n\
         <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n",
        escape(&picture.title),
        escape(&picture.description),
    );
    if ground == Ground::Paper {
        let _ = writeln!(out, "<rect width=\"{wide}\" height=\"{high}\" fill=\"#ffffff\"/>");
    }
    for mark in &picture.marks {
        let line = match mark {
            Mark::Shape { points, closed, look } => shape(points, *closed, *look, ground),
            Mark::Circle { centre, radius, look } => {
                let (x, y, r) = (units(centre.0), units(centre.1), units(*radius));
                format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{}/>", paint(*look, ground))
            }
            Mark::Text { at, words, style } => text(*at, words, *style, ground),
        };
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str("</svg>\n");
    out
}

fn shape(points: &[Point], closed: bool, look: Look, ground: Ground) -> String {
    let pairs: Vec<String> =
        points.iter().map(|(x, y)| format!("{} {}", units(*x), units(*y))).collect();
    let close = if closed { "Z" } else { "" };
    format!("<path d=\"M{}{close}\"{}/>", pairs.join("L"), paint(look, ground))
}

fn text(at: Point, words: &str, style: Type, ground: Ground) -> String {
    let anchor = match style.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = if style.bold { " font-weight=\"650\"" } else { "" };
    format!(
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor}{weight} fill=\"{}\">{}</text>",
        units(at.0),
        units(at.1),
        units(style.size),
        colour(style.colour, ground),
        escape(words),
    )
}

fn paint(look: Look, ground: Ground) -> String {
    let mut out = match look.fill {
        Some(fill) => format!(" fill=\"{}\"", colour(fill, ground)),
        None => " fill=\"none\"".to_owned(),
    };
    if look.faint {
        out.push_str(" fill-opacity=\"0.25\"");
    }
    if let Some(stroke) = look.stroke {
        let (stroke, width) = (colour(stroke, ground), units(look.width));
        let _ =
            write!(out, " stroke=\"{stroke}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"");
    }
    if look.dashed {
        out.push_str(" stroke-dasharray=\"5 3\"");
    }
    out
}

fn colour(colour: Colour, ground: Ground) -> String {
    let plain = Colour::hex(colour.light());
    match ground {
        Ground::Page => format!("var(--{},{plain})", colour.name()),
        Ground::Paper => plain,
    }
}

/// Tenths as a decimal number: 125 is `12.5`.
fn units(tenths: i32) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.abs() / 10, tenths.abs() % 10);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// Text as XML wants it; letters that XML forbids are left out.
#[must_use]
pub fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped() {
        let mut picture = Picture::new("p", "A & B", 100, 100);
        picture.description = "<script>".to_owned();
        picture.text((0, 0), "x < \"y\"\u{1}", Type::LABEL);
        let svg = write(&picture, Ground::Page);
        assert!(svg.contains("<title id=\"p-t\">A &amp; B</title>"), "{svg}");
        assert!(svg.contains("&lt;script&gt;") && svg.contains(">x &lt; &quot;y&quot;</text>"));
    }

    #[test]
    fn tenths_are_written_as_short_as_they_go() {
        assert_eq!([units(125), units(-5), units(40), units(0)], ["12.5", "-0.5", "4", "0"]);
    }

    #[test]
    fn paper_has_plain_colours() {
        let mut picture = Picture::new("p", "t", 100, 100);
        picture.rect((0, 0), (10, 10), Look::fill(Colour::Accent));
        assert!(write(&picture, Ground::Page).contains("var(--accent,#0b5f58)"));
        assert!(!write(&picture, Ground::Paper).contains("var("));
    }
}
