//! Content lines of an iCalendar file (RFC 5545 §3.1): where each is in the text, taken apart, and
//! written anew.

use std::ops::Range;

/// How long a line may be, in bytes.
const LONGEST_LINE: usize = 75;

/// A content line with its continuation lines.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its bytes in the file, with the line's end.
    pub(super) bytes: Range<usize>,
    /// In capitals.
    pub(super) name: String,
    /// How many components it is in.
    pub(super) depth: usize,
}

/// The lines of a text, in which every component must be whole.
pub(super) fn lines_of(text: &str) -> Result<Vec<Line>, &'static str> {
    let mut lines: Vec<Line> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for bytes in line_ranges(text) {
        let (name, _, value) = split(&unfold(&text[bytes.clone()]));
        let name = name.trim_start_matches('\u{feff}').to_ascii_uppercase();
        let value = value.trim().to_ascii_uppercase();
        if name == "END" && open.pop() != Some(value.clone()) {
            return Err("The calendar has an end that fits no beginning.");
        }
        let depth = open.len();
        if name == "BEGIN" {
            open.push(value);
        }
        lines.push(Line { bytes, name, depth });
    }
    match open.is_empty() {
        true => Ok(lines),
        false => Err("The calendar has no end: the file is cut off."),
    }
}

/// Where the lines of a text are, each with its continuation lines and its end.
pub(super) fn line_ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let mut to = next_line(text, from);
        while text[to..].starts_with([' ', '\t']) {
            to = next_line(text, to);
        }
        let line = from..to;
        from = to;
        (!line.is_empty()).then_some(line)
    })
}

fn next_line(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |at| from + at + 1)
}

pub(super) fn unfold(line: &str) -> String {
    let line = line.trim_end_matches(['\r', '\n']);
    if line.contains('\n') {
        line.replace("\r\n ", "").replace("\r\n\t", "").replace("\n ", "").replace("\n\t", "")
    } else {
        line.to_owned()
    }
}

/// RFC 5545 §3.1: no line is longer than 75 bytes, and none ends within a character.
pub(super) fn fold(out: &mut String, line: &str, end: &str) {
    let mut room = LONGEST_LINE;
    for letter in line.chars() {
        if letter.len_utf8() > room {
            out.push_str(end);
            out.push(' ');
            room = LONGEST_LINE - 1;
        }
        room -= letter.len_utf8();
        out.push(letter);
    }
    out.push_str(end);
}

/// Name, parameters and value; a colon in quotes is none.
pub(super) fn split(line: &str) -> (String, String, String) {
    let name_end = line.find([';', ':']).unwrap_or(line.len());
    let (name, rest) = line.split_at(name_end);
    let mut quoted = false;
    let colon = rest.char_indices().find_map(|(at, letter)| {
        quoted ^= letter == '"';
        (letter == ':' && !quoted).then_some(at)
    });
    match colon {
        Some(at) => (name.to_owned(), rest[..at].to_owned(), rest[at + 1..].to_owned()),
        None => (name.to_owned(), rest.to_owned(), String::new()),
    }
}

/// The parameters by themselves, without their semicolons.
fn params(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(move |letter| {
        quoted ^= letter == '"';
        letter == ';' && !quoted
    })
    .filter(|part| !part.is_empty())
    .collect()
}

pub(super) fn param(text: &str, name: &str) -> Option<String> {
    params(text).into_iter().find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

pub(super) fn without(text: &str, names: &[&str]) -> String {
    let mut kept = String::new();
    for part in params(text) {
        let key = part.split('=').next().unwrap_or_default().trim();
        if !names.iter().any(|name| key.eq_ignore_ascii_case(name)) {
            kept.push(';');
            kept.push_str(part);
        }
    }
    kept
}

pub(super) fn one_line(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

pub(super) fn param_value(text: &str) -> String {
    let text: String =
        text.chars().filter(|letter| !letter.is_control() && *letter != '"').collect();
    if text.contains([':', ';', ',']) { format!("\"{text}\"") } else { text }
}

/// RFC 5545 §3.3.11.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() && letter != '\t' => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            letter => plain.push(letter),
        }
    }
    plain
}
