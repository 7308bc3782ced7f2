//! Where in a TOML file something is wrong, in one line: the line of the file itself is not told, since it
//! might hold a secret.

/// What is wrong, with the number of its line.
pub(crate) fn what(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map(|before| before.matches('\n').count() + 1);
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    match line {
        Some(line) => format!("line {line}: {message}"),
        None => message,
    }
}
