//! Reads a JSON text (RFC 8259) into a tree. A reader that knows fractions, types and places weighs four times as much in
//! the wasm; what is JSON, and what is in it, both say alike: the tests hold it against serde_json.

use crate::decode::{DecodeError, Json};

/// Deeper texts are nobody's answer, and would take the stack.
const DEPTH: u8 = 127;
/// A number with a point further to the right than this is as large as numbers get.
const LONGEST: usize = 400;

pub(crate) fn read(text: &str) -> Result<Json, DecodeError> {
    let mut reader = Reader { text, at: 0 };
    let json = reader.value(DEPTH)?;
    reader.space();
    if reader.at == text.len() { Ok(json) } else { Err(DecodeError) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// The next byte; nothing that JSON knows where the text has ended.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    /// Takes this byte, if it comes next.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == byte;
        self.at += usize::from(is_next);
        is_next
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u8) -> Result<Json, DecodeError> {
        self.space();
        match self.peek() {
            b'"' => self.string().map(Json::Text),
            b'-' | b'0'..=b'9' => self.number().map(Json::Number),
            b'{' => {
                let mut fields = Vec::new();
                self.each(depth, b'}', |reader, depth| {
                    reader.space();
                    let name = reader.string()?;
                    reader.space();
                    if !reader.takes(b':') {
                        return Err(DecodeError);
                    }
                    fields.push((name, reader.value(depth)?));
                    Ok(())
                })?;
                Ok(Json::Object(fields))
            }
            b'[' => {
                let mut items = Vec::new();
                self.each(depth, b']', |reader, depth| {
                    items.push(reader.value(depth)?);
                    Ok(())
                })?;
                Ok(Json::List(items))
            }
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Json, DecodeError> {
        let words =
            [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))];
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = words.into_iter().find(|(word, _)| rest.starts_with(word));
        let (word, json) = found.ok_or(DecodeError)?;
        self.at += word.len();
        Ok(json)
    }

    /// Reads what stands between two brackets, parted by commas.
    fn each(
        &mut self,
        depth: u8,
        end: u8,
        mut read: impl FnMut(&mut Self, u8) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let depth = depth.checked_sub(1).ok_or(DecodeError)?;
        self.at += 1;
        self.space();
        if self.takes(end) {
            return Ok(());
        }
        loop {
            read(self, depth)?;
            self.space();
            if self.takes(end) {
                return Ok(());
            }
            if !self.takes(b',') {
                return Err(DecodeError);
            }
        }
    }

    fn string(&mut self) -> Result<String, DecodeError> {
        if !self.takes(b'"') {
            return Err(DecodeError);
        }
        let mut string = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | ..b' ') {
                self.at += 1;
            }
            string.push_str(self.text.get(start..self.at).ok_or(DecodeError)?);
            match self.next() {
                b'"' => return Ok(string),
                b'\\' => string.push(self.escaped()?),
                _ => return Err(DecodeError),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, DecodeError> {
        Ok(match self.next() {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            sign @ (b'"' | b'\\' | b'/') => char::from(sign),
            b'u' => {
                let mut code = self.four_digits()?;
                // A sign beyond the first 65,536 is written as two.
                if let 0xd800..0xdc00 = code {
                    let is_pair = self.takes(b'\\') && self.takes(b'u');
                    let low = if is_pair { self.four_digits()? } else { 0 };
                    if !(0xdc00..0xe000).contains(&low) {
                        return Err(DecodeError);
                    }
                    code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                }
                char::from_u32(code).ok_or(DecodeError)?
            }
            _ => return Err(DecodeError),
        })
    }

    fn four_digits(&mut self) -> Result<u32, DecodeError> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + char::from(self.next()).to_digit(16).ok_or(DecodeError)?;
        }
        Ok(code)
    }

    /// A whole number: what stands behind the point is cut, and what is too large is as large as can be.
    fn number(&mut self) -> Result<i64, DecodeError> {
        let is_negative = self.takes(b'-');
        let start = self.at;
        if !self.takes(b'0') {
            self.digits()?;
        }
        let mut point = self.at - start;
        if self.takes(b'.') {
            self.digits()?;
        }
        let end = self.at;
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            let is_left = self.takes(b'-');
            if !is_left {
                self.takes(b'+');
            }
            let start = self.at;
            self.digits()?;
            let places = self.written(start, self.at).fold(0, |places: usize, digit| {
                places.saturating_mul(10).saturating_add(digit as usize)
            });
            point =
                if is_left { point.saturating_sub(places) } else { point.saturating_add(places) };
        }
        let digits = self.written(start, end).chain(std::iter::repeat(0));
        // Below nothing there is one number more than above.
        let below = digits.take(point.min(LONGEST)).fold(0, |number: i64, digit| {
            number.saturating_mul(10).saturating_sub(i64::from(digit))
        });
        Ok(if is_negative { below } else { below.saturating_neg() })
    }

    /// Passes over digits, of which there has to be one.
    fn digits(&mut self) -> Result<(), DecodeError> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(DecodeError) }
    }

    /// The digits that stand between two places.
    fn written(&self, start: usize, end: usize) -> impl Iterator<Item = u8> {
        let bytes = self.text.as_bytes().get(start..end).unwrap_or_default();
        bytes.iter().filter(|byte| byte.is_ascii_digit()).map(|digit| digit - b'0')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// What serde_json makes of a text.
    fn judged(text: &str) -> Option<Json> {
        fn tree(value: Value) -> Json {
            match value {
                Value::Null => Json::Null,
                Value::Bool(value) => Json::Bool(value),
                Value::Number(number) => Json::Number(match (number.as_i64(), number.as_u64()) {
                    (Some(number), _) => number,
                    (None, Some(_)) => i64::MAX,
                    (None, None) => number.as_f64().unwrap_or_default() as i64,
                }),
                Value::String(text) => Json::Text(text),
                Value::Array(items) => Json::List(items.into_iter().map(tree).collect()),
                Value::Object(fields) => Json::Object(
                    fields.into_iter().map(|(name, value)| (name, tree(value))).collect(),
                ),
            }
        }
        serde_json::from_str(text).ok().map(tree)
    }

    /// Its maps are in the order of the names, and know each name once.
    fn sorted(json: Json) -> Json {
        match json {
            Json::List(items) => Json::List(items.into_iter().map(sorted).collect()),
            Json::Object(fields) => {
                let mut by_name = std::collections::BTreeMap::new();
                by_name.extend(fields.into_iter().map(|(name, value)| (name, sorted(value))));
                Json::Object(by_name.into_iter().collect())
            }
            other => other,
        }
    }

    /// Alike but for the last digits of numbers that serde_json reads by way of a fraction, which has 53 bits.
    fn nearly(one: &Json, other: &Json) -> bool {
        match (one, other) {
            (Json::Number(one), Json::Number(other)) => {
                one.abs_diff(*other) <= other.unsigned_abs() >> 51
            }
            (Json::List(one), Json::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(a, b)| nearly(a, b))
            }
            (Json::Object(one), Json::Object(other)) => {
                let alike = |((name, a), (other, b)): (&(String, Json), &(String, Json))| {
                    name == other && nearly(a, b)
                };
                one.len() == other.len() && one.iter().zip(other).all(alike)
            }
            _ => one == other,
        }
    }

    /// Spoiling makes long fractions and exponents of numbers. One that is too large for a fraction is none to serde_json;
    /// here it is as large as can be.
    fn is_nearly_alike(text: &str) -> Result<(), TestCaseError> {
        let error = serde_json::from_str::<Value>(text).err().map(|error| error.to_string());
        if error.is_some_and(|error| error.starts_with("number out of range")) {
            return Ok(());
        }
        let (here, there) = (read(text).ok().map(sorted), judged(text).map(sorted));
        let alike = match (&here, &there) {
            (Some(here), Some(there)) => nearly(here, there),
            (here, there) => here.is_none() && there.is_none(),
        };
        prop_assert!(alike, "{text}: {here:?}, {there:?}");
        Ok(())
    }

    fn is_alike(text: &str) -> Result<(), TestCaseError> {
        prop_assert_eq!(read(text).ok().map(sorted), judged(text).map(sorted), "{}", text);
        Ok(())
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in value()) {
            is_alike(&value.to_string())?;
            is_alike(&serde_json::to_string_pretty(&value).unwrap_or_default())?;
        }

        #[test]
        fn a_text_that_was_spoilt_is_judged_alike(
            value in value(), at: prop::sample::Index, length in 0_usize..3, instead in "[-+.,:{}\\[\\]\"\\\\ue0-9a-fDd \\n\u{1}]{0,3}",
        ) {
            let text = value.to_string();
            let signs: Vec<char> = text.chars().collect();
            let start = at.index(signs.len());
            let (before, rest) = signs.split_at(start);
            let rest = rest.get(length..).unwrap_or_default();
            let spoilt: String = before.iter().copied().chain(instead.chars()).chain(rest.iter().copied()).collect();
            is_nearly_alike(&spoilt)?;
        }

        #[test]
        fn signs_of_json_in_any_order_are_judged_alike(text in r#"([\[\]{}:, ]|"a"|"\\u[dD][89c-f]0[0-9]"|"\\ud83d\\ude0[0-9]"|true|null|-?[0-9]{1,3}(\.[0-9]{1,2})?([eE][-+]?[0-9])?){0,8}"#) {
            is_alike(&text)?;
        }
    }

    #[test]
    fn nesting_has_an_end() {
        for depth in 1..=300 {
            let text = ["[".repeat(depth), "]".repeat(depth)].concat();
            assert_eq!(
                read(&text).is_ok(),
                serde_json::from_str::<Value>(&text).is_ok(),
                "{depth}"
            );
        }
    }

    #[test]
    fn numbers_are_cut_and_bounded() {
        let number = |text| match read(text) {
            Ok(Json::Number(number)) => Some(number),
            _ => None,
        };
        assert_eq!(number("1.99"), Some(1));
        assert_eq!(number("-1.99"), Some(-1));
        assert_eq!(number("12.5e1"), Some(125));
        assert_eq!(number("12e-1"), Some(1));
        assert_eq!(number("-0"), Some(0));
        assert_eq!(number("9223372036854775808"), Some(i64::MAX));
        assert_eq!(number("-9223372036854775809"), Some(i64::MIN));
        assert_eq!(number("1e99999999999999999999"), Some(i64::MAX));
        assert_eq!(number("1e-99999999999999999999"), Some(0));
        for text in ["01", "1.", ".5", "-", "+1", "1e", "1e+", "0x1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
