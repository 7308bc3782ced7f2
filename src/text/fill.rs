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
        let value = values.iter().find(|(key, _)| *key == name);
        filled.push_str(value.map_or(blank, |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn blanks_are_filled_wherever_they_stand() {
        let values = [("n", "3"), ("name", "{n}")];
        assert_eq!(fill("{n} of {name}.", &values), "3 of {n}.");
        assert_eq!(fill("nothing", &values), "nothing");
        assert_eq!(fill("{other} {n", &values), "{other} {n");
    }
}
