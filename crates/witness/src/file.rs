//! Signed checkpoints in files outside the database.

use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// One line of a checkpoint file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointLine {
    /// The checkpoint as a compact JWS (RFC 7515) of the installation's audit key.
    pub jws: String,
}

/// The file of one block's checkpoints: one JSON line each, only ever appended to.
#[derive(Clone, Debug)]
pub struct CheckpointFile {
    path: PathBuf,
}

impl CheckpointFile {
    /// The file for `block` in `directory`, which is created when the first line is written.
    #[must_use]
    pub fn new(directory: &std::path::Path, block: &str) -> Self {
        Self { path: directory.join(format!("{block}.jsonl")) }
    }

    /// All lines, one after the other; a torn one (a crash while it was written) is left out.
    ///
    /// # Errors
    /// What the file system says.
    pub fn lines(&self) -> io::Result<impl Iterator<Item = io::Result<CheckpointLine>>> {
        let lines = self.open()?.map(|file| BufReader::new(file).split(b'\n'));
        Ok(lines.into_iter().flatten().filter_map(|line| line.map(|line| read(&line)).transpose()))
    }

    /// The last line that is whole.
    ///
    /// # Errors
    /// What the file system says.
    pub fn last(&self) -> io::Result<Option<CheckpointLine>> {
        let all = |_: &CheckpointLine| true;
        Ok(self.end(all)?.pop())
    }

    /// The last line that is `known` and those after it; all lines if none is. Reads no more of the file's end than that
    /// takes: it grows for years, and is asked for all the time.
    ///
    /// # Errors
    /// What the file system says.
    pub fn end(&self, known: impl Fn(&CheckpointLine) -> bool) -> io::Result<Vec<CheckpointLine>> {
        let Some(mut file) = self.open()? else { return Ok(Vec::new()) };
        let size = file.metadata()?.len();
        let mut piece = 8 * 1024;
        loop {
            let from = size.saturating_sub(piece);
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(from))?;
            file.read_to_end(&mut bytes)?;
            // A line whose beginning is not in the piece is no JSON, and falls out with the torn ones.
            let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').filter_map(read).collect();
            let found = lines.iter().rposition(&known);
            if found.is_some() || from == 0 {
                return Ok(lines.split_off(found.unwrap_or(0)));
            }
            piece *= 4;
        }
    }

    /// Adds a line and waits until it is on disk.
    ///
    /// # Errors
    /// What the file system says.
    pub fn append(&self, line: &CheckpointLine) -> io::Result<()> {
        if let Some(directory) = self.path.parent() {
            fs::create_dir_all(directory)?;
        }
        let mut file: File =
            OpenOptions::new().create(true).read(true).append(true).open(&self.path)?;
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        if is_torn(&mut file)? {
            text.insert(0, '\n');
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    fn open(&self) -> io::Result<Option<File>> {
        match File::open(&self.path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A line, unless it is torn or empty.
fn read(line: &[u8]) -> Option<CheckpointLine> {
    serde_json::from_slice(line).ok()
}

/// Whether the file ends within a line.
fn is_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> CheckpointLine {
        CheckpointLine { jws: text.to_owned() }
    }

    #[test]
    fn a_torn_line_costs_neither_the_one_before_nor_the_one_after() {
        let folder =
            std::env::temp_dir().join(format!("msingi-checkpoints-{}", std::process::id()));
        let file = CheckpointFile::new(&folder, "civil");
        assert_eq!(file.last().unwrap(), None);
        assert_eq!(file.lines().unwrap().count(), 0);
        let long = line(&"x".repeat(100_000));
        file.append(&line("first")).unwrap();
        file.append(&long).unwrap();
        assert_eq!(file.last().unwrap(), Some(long.clone()));
        let mut torn = OpenOptions::new().append(true).open(folder.join("civil.jsonl")).unwrap();
        torn.write_all(br#"{"jws":"tor"#).unwrap();
        assert_eq!(file.last().unwrap(), Some(long.clone()));
        file.append(&line("next")).unwrap();
        assert_eq!(file.last().unwrap(), Some(line("next")));
        let all: Vec<_> = file.lines().unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(all, [line("first"), long.clone(), line("next")]);
        assert_eq!(file.end(|known| *known == long).unwrap(), [long, line("next")]);
        assert_eq!(file.end(|_| false).unwrap(), all);
        fs::remove_dir_all(folder).unwrap();
    }
}
