//! What a bench has measured, kept as lines of JSON for the table at the end of `make bench`.

use std::fmt::Write;

/// The figures of one bench.
pub(crate) struct Figures {
    file: &'static str,
    bench: &'static str,
    lines: String,
}

impl Figures {
    /// For a file of this name and a part of the table with this title.
    pub(crate) fn new(file: &'static str, bench: &'static str) -> Self {
        Self { file, bench, lines: String::new() }
    }

    /// Notes a figure. `spread` says how far it goes up and down, in words.
    pub(crate) fn note(&mut self, what: &str, figure: f64, unit: &str, spread: &str) {
        let line = serde_json::json!({
            "bench": self.bench, "what": what, "figure": figure, "unit": unit, "spread": spread,
        });
        // Writing into a String cannot fail.
        let _ = writeln!(self.lines, "{line}");
    }

    /// Leaves them in the folder that `BENCH` names, if it does.
    pub(crate) fn keep(&self) -> std::io::Result<()> {
        let Some(folder) = std::env::var_os("BENCH") else { return Ok(()) };
        let folder = std::path::PathBuf::from(folder);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(self.file).with_extension("jsonl"), &self.lines)
    }
}
