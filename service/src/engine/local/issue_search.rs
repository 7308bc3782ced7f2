//! How a text is found in issues without looking at each: by an index of all that they say, in threes of
//! characters. What the index gives is compared with the text once more: it may give too much, never too little.

use sqlx::sqlite::SqliteConnection;

/// A text with at least so many characters is found by its threes.
const THREE: usize = 3;
/// The most threes that a shorter text is found by.
const TERMS: i64 = 1_000;

/// Where the issues with a text are to be looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Places {
    /// No issue has it.
    Nowhere,
    /// Those that this query of `issue_text` gives.
    Matching(String),
    /// Anywhere: it may begin nearly every word.
    Anywhere,
}

/// Whether it takes more than one look into the index to find the text.
pub(super) fn is_short(text: &str) -> bool {
    text.chars().count() < THREE
}

/// Finds out where issues with the text are, which has at least one character.
pub(super) async fn places(
    connection: &mut SqliteConnection,
    text: &str,
) -> Result<Places, sqlx::Error> {
    // SQLite compares texts up to a NUL, and no file or rule has one in a name or a message.
    if text.contains('\0') {
        return Ok(Places::Nowhere);
    }
    let text = text.to_ascii_lowercase();
    if !is_short(&text) {
        return Ok(Places::Matching(phrase(&text)));
    }
    let terms = terms(connection, &text).await?;
    Ok(match i64::try_from(terms.len()) {
        Ok(0) => Places::Nowhere,
        Ok(count) if count <= TERMS => {
            let phrases: Vec<String> = terms.iter().map(|term| phrase(term)).collect();
            Places::Matching(phrases.join(" OR "))
        }
        _ => Places::Anywhere,
    })
}

/// A string of FTS5's query language.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The threes that begin so. Each is looked up from the one before, so that it does not matter how often
/// any of them occurs.
async fn terms(connection: &mut SqliteConnection, begin: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "WITH RECURSIVE known (term) AS (
             SELECT (SELECT term FROM issue_term WHERE term >= ?1 LIMIT 1)
             UNION ALL
             SELECT (SELECT v.term FROM issue_term v WHERE v.term >= known.term || char(1) LIMIT 1)
             FROM known WHERE substr(known.term, 1, length(?1)) = ?1
         )
         SELECT term FROM known WHERE substr(term, 1, length(?1)) = ?1 LIMIT ?2",
    )
    .bind(begin)
    .bind(TERMS + 1)
    .fetch_all(connection)
    .await
}

/// A pattern of LIKE that finds the text anywhere, whatever signs are in it.
pub(super) fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_takes_every_sign_as_it_is() {
        assert_eq!(like(r"50%_\x"), r"%50\%\_\\x%");
        assert_eq!(phrase(r#"a"b OR c*"#), r#""a""b OR c*""#);
    }
}
