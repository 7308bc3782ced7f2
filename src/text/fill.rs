//! Filling the blanks of a pattern: `{name}` stands for a value.

/// Puts the values into the pattern. A blank without a value stays as it is, so that a mistake in
/// a table is seen and not swallowed; braces inside values are left alone.
pub(super) fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let (before, from_open) = rest.split_at(open);
        filled.push_str(before);
        let Some(close) = from_open.find('}') else {
            rest = from_open;
            break;
        };
        let (blank, after) = from_open.split_at(close + 1);
        let name = &blank[1..close];
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => filled.push_str(&apart(value)),
            None => filled.push_str(blank),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// A text that could turn the words around it – it is written from right to left, or says so – as one that stands apart
/// from them: between an isolate's signs, and without any of its own (Unicode Standard Annex 9).
#[inline(never)]
pub fn apart(text: &str) -> String {
    let is_sign = |sign: char| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // Signs, and the blocks of scripts that run from right to left, with what lies between.
    let turns = |sign: char| {
        is_sign(sign)
            || matches!(sign, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}' | '\u{10800}'..='\u{1efff}')
    };
    let isolated = text.contains(turns);
    let mut apart = String::with_capacity(text.len() + 6);
    if isolated {
        apart.push('\u{2068}');
    }
    apart.extend(text.chars().filter(|sign| !is_sign(*sign)));
    if isolated {
        apart.push('\u{2069}');
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::{apart, fill};

    #[test]
    fn no_value_turns_the_words_around_it() {
        assert_eq!(fill("of {x}, 3", &[("x", "دانا")]), "of \u{2068}دانا\u{2069}, 3");
        assert_eq!(
            apart("a\u{202e}b\u{2069}c"),
            "\u{2068}abc\u{2069}",
            "nothing leaves the isolate"
        );
        for plain in ["", "Björn 日本 🙂", "a{b}"] {
            assert_eq!(apart(plain), plain);
        }
    }

    #[test]
    fn blanks_are_filled_wherever_they_stand() {
        let values = [("n", "3"), ("name", "{n}")];
        assert_eq!(fill("{n} of {name}.", &values), "3 of {n}.");
        assert_eq!(fill("nothing", &values), "nothing");
        assert_eq!(fill("{other} {n", &values), "{other} {n");
    }
}
