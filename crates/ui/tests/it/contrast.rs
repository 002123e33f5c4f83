//! Every pair of colours the stylesheet puts on each other, in light and in dark, against WCAG 2.2 success criteria 1.4.3
//! (text, 4.5) and 1.4.11 (edges of controls, 3).

use std::collections::BTreeMap;

const TEXT: f64 = 4.5;
const EDGE: f64 = 3.0;

const PAIRS: [(&str, &str, f64); 32] = [
    ("ink", "surface", 7.0),
    ("ink", "inset", 7.0),
    ("ink-2", "surface", TEXT),
    ("ink-2", "inset", TEXT),
    ("accent", "surface", TEXT),
    ("accent", "accent-soft", TEXT),
    ("accent-strong", "surface", TEXT),
    ("accent-strong", "accent-soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("ok", "ok-soft", TEXT),
    ("warn", "warn-soft", TEXT),
    ("bad", "bad-soft", TEXT),
    ("bad", "surface", TEXT),
    ("info", "info-soft", TEXT),
    ("ink", "info-soft", TEXT),
    ("ink", "ok-soft", TEXT),
    ("ink", "warn-soft", TEXT),
    ("ink", "bad-soft", TEXT),
    ("ink", "accent-soft", 7.0),
    ("ink-2", "accent-soft", TEXT),
    ("ink-2", "bad-soft", TEXT),
    ("ink-2", "ok-soft", TEXT),
    ("accent", "bad-soft", TEXT),
    ("accent", "inset", TEXT),
    ("accent", "info-soft", TEXT),
    ("accent", "warn-soft", TEXT),
    ("thread-2", "surface", EDGE),
    ("focus", "bad-soft", EDGE),
    ("edge", "surface", EDGE),
    ("focus", "surface", EDGE),
    ("focus", "inset", EDGE),
];

#[test]
fn colours_can_be_read() {
    let css = ui::assets::css().content();
    let light = tokens(css.split_once(":root {").unwrap().1);
    let dark_only = tokens(css.split_once("prefers-color-scheme: dark) {").unwrap().1);
    let mut dark = light.clone();
    dark.extend(dark_only);
    for (theme, colours) in [("light", light), ("dark", dark)] {
        for (front, back, least) in PAIRS {
            let ratio = contrast(colours[front], colours[back]);
            assert!(ratio >= least, "{theme}: {front} on {back} has {ratio:.2}, needs {least}");
        }
    }
}

#[test]
fn the_formula_is_that_of_wcag() {
    assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 0.01);
    assert!((contrast([0x76, 0x76, 0x76], [255, 255, 255]) - 4.54).abs() < 0.01);
}

/// `--name: #rrggbb;` up to the end of the rule.
fn tokens(css: &str) -> BTreeMap<&str, [u8; 3]> {
    let rule = css.split_once('}').expect("the rule ends").0;
    let pairs = rule.split(';').filter_map(|line| line.split_once("--")?.1.split_once(": #"));
    pairs.map(|(name, hex)| (name, rgb(hex))).collect()
}

fn rgb(hex: &str) -> [u8; 3] {
    [0, 2, 4].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("#rrggbb"))
}

#[expect(clippy::float_arithmetic, reason = "WCAG defines contrast by real numbers")]
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[expect(clippy::float_arithmetic, reason = "WCAG defines relative luminance by real numbers")]
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
