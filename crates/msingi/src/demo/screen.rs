//! What the demo prints.

use super::totp;
use crate::commands::say;
use basis::Clock;
use std::io::{IsTerminal, Write};

/// Prints the story step by step, with colour where somebody is looking.
pub struct Screen {
    silent: bool,
    colour: bool,
    step: usize,
    clock: Clock,
    /// Monotonic microseconds.
    began: i64,
}

impl Screen {
    /// A screen for standard output.
    #[must_use]
    pub fn stdout() -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let clock = Clock::system();
        Self { silent: false, colour, step: 0, began: clock.monotonic_micros(), clock }
    }

    /// A screen that shows nothing, for tests.
    #[must_use]
    pub fn silent() -> Self {
        Self { silent: true, ..Self::stdout() }
    }

    /// The heading.
    pub fn title(&self, title: &str, below: &str) {
        say(format!("\n  {}\n  {}\n", self.bold(title), self.soft(below)));
    }

    /// Begins a step.
    pub fn begin(&mut self) {
        self.began = self.clock.monotonic_micros();
    }

    /// Ends a step: what happened, and who did it on what ground.
    pub fn done(&mut self, what: &str, who: &str) {
        self.step += 1;
        if self.silent {
            return;
        }
        let time = (self.clock.monotonic_micros() - self.began) / 1_000;
        let mark = if self.colour { "\u{1b}[32m✓\u{1b}[0m" } else { "✓" };
        say(format!(
            "  {mark} {:>2}  {} {}",
            self.step,
            self.bold(what),
            self.soft(&format!("{time} ms"))
        ));
        for line in who.lines() {
            say(format!("        {}", self.soft(line)));
        }
    }

    /// How far a step has come, on one line that is written over; only where somebody is looking.
    pub fn progress(&self, what: &str, done: i64, of: i64) {
        const WIDTH: i64 = 32;
        if self.silent || of <= 0 || !std::io::stdout().is_terminal() {
            return;
        }
        let filled = usize::try_from((done * WIDTH / of).clamp(0, WIDTH)).unwrap_or_default();
        let bar = format!("{}{}", "━".repeat(filled), " ".repeat(32 - filled));
        write_over(&format!("     {bar} {}", self.soft(&format!("{done} of {of} {what}"))));
    }

    /// Takes the line of [`Screen::progress`] away.
    pub fn clear_progress(&self) {
        if !self.silent && std::io::stdout().is_terminal() {
            write_over("");
        }
    }

    /// A line of the closing part.
    pub fn line(&self, label: &str, text: &str) {
        say(format!("  {:<22}{text}", label));
    }

    /// Rewrites the last line with the apps' one-time codes of the moment; only where somebody is
    /// looking.
    pub fn codes(&self, apps: &[(String, String)], unix_seconds: i64) {
        if !std::io::stdout().is_terminal() {
            return;
        }
        let codes = apps.iter().filter_map(|(who, secret)| {
            Some(format!("{who} {}", self.bold(&totp::code(secret, unix_seconds)?)))
        });
        let codes: Vec<String> = codes.collect();
        let left = self.soft(&format!("for {} s", 30 - unix_seconds % 30));
        write_over(&format!("  Codes  {}  {left}", codes.join("  ")));
    }

    /// An empty line.
    pub fn gap(&self) {
        say("");
    }

    fn bold(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn soft(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Writes over the line that the cursor is in.
fn write_over(line: &str) {
    let line = format!("\r\u{1b}[2K{line}");
    // A terminal that went away ends the demo by its signal, not here.
    let _ = std::io::stdout().write_all(line.as_bytes()).and_then(|()| std::io::stdout().flush());
}
