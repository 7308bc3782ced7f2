//! What fuzzing has found worth keeping goes through the same laws with every run of the tests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use sync_laws::LAWS;

/// Far more than a file of the corpora takes in an unoptimised build, and far less than an endless loop.
const LONGEST: Duration = Duration::from_secs(20);

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn names_in(folder: &Path) -> Vec<String> {
    let files =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn replay(target: &str) {
    let law = LAWS.iter().find(|(name, _)| *name == target).unwrap().1;
    let folder = fuzz().join("corpus").join(target);
    let names = names_in(&folder);
    assert!(names.len() >= 10, "the corpus of {target} has gone");
    for name in names {
        let began = Instant::now();
        eprintln!("{target}/{name}");
        law(&fs::read(folder.join(name)).unwrap());
        assert!(began.elapsed() < LONGEST, "it took {:?}", began.elapsed());
    }
}

#[test]
fn event_stream() {
    replay("event_stream");
}

#[test]
fn decoding() {
    replay("decoding");
}

#[test]
fn fragment() {
    replay("fragment");
}

#[test]
fn contact_file() {
    replay("contact_file");
}

#[test]
fn event_file() {
    replay("event_file");
}

#[test]
fn message_file() {
    replay("message_file");
}

/// A law that no target tries, or a corpus that no test goes through, would look like one that holds.
#[test]
fn every_law_has_its_target_its_corpus_and_its_words() {
    let mut laws: Vec<String> = LAWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    laws.sort();
    assert_eq!(names_in(&fuzz().join("corpus")), laws);
    assert_eq!(names_in(&fuzz().join("dictionaries")), laws);
    let targets: Vec<String> = laws.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names_in(&fuzz().join("fuzz_targets")), targets);
}
