//! What the demo prints.

use crate::commands::say;
use std::io::IsTerminal;
use std::time::Instant;

/// Prints the story step by step, with colour where somebody is looking.
pub struct Screen {
    colour: bool,
    step: usize,
    began: Instant,
}

impl Screen {
    /// A screen for standard output.
    #[must_use]
    pub fn new() -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { colour, step: 0, began: Instant::now() }
    }

    /// The heading.
    pub fn title(&self, title: &str, below: &str) {
        say(format!("\n  {}\n  {}\n", self.bold(title), self.soft(below)));
    }

    /// Begins a step.
    pub fn begin(&mut self) {
        self.began = Instant::now();
    }

    /// Ends a step: what happened, and who did it on what ground.
    pub fn done(&mut self, what: &str, who: &str) {
        self.step += 1;
        let time = self.began.elapsed().as_millis();
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

    /// A line of the closing part.
    pub fn line(&self, label: &str, text: &str) {
        say(format!("  {:<22}{text}", label));
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
