//! The query of a request's address.

/// A path with its parameters, percent-encoded (RFC 3986 §2); those without a value are left out.
pub(crate) fn with_query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut address = path.to_owned();
    let mut mark = '?';
    for (name, value) in parameters {
        let Some(value) = value else { continue };
        address.push(mark);
        address.push_str(name);
        address.push('=');
        encode(&mut address, value);
        mark = '&';
    }
    address
}

/// Writes a text as a part of an address.
pub(crate) fn encode(address: &mut String, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                address.push(char::from(byte));
            }
            _ => address.extend(['%', digit(byte >> 4), digit(byte & 0xf)]),
        }
    }
}

/// The parameters of a query, decoded. What is no UTF-8 is left out.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, String)> {
    query.split('&').filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let mut bytes = Vec::new();
        let mut rest = value.as_bytes();
        while let [first, after @ ..] = rest {
            let digit = |place: usize| char::from(*after.get(place)?).to_digit(16);
            (bytes, rest) = match (first, digit(0), digit(1)) {
                (b'%', Some(high), Some(low)) => {
                    bytes.push((high * 16 + low) as u8);
                    (bytes, &after[2..])
                }
                _ => {
                    bytes.push(*first);
                    (bytes, after)
                }
            };
        }
        Some((name, String::from_utf8(bytes).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn values_are_encoded_and_missing_ones_left_out() {
        let query = [("outcome", Some("failed")), ("cursor", None), ("q", Some("a b&c=ü"))];
        assert_eq!(with_query("/x", &query), "/x?outcome=failed&q=a%20b%26c%3D%C3%BC");
        assert_eq!(with_query("/x", &[("cursor", None)]), "/x");
    }
}
