//! The cookie that renews a sign-in. Scripts cannot read it, no other host can set it, and it is kept
//! apart for each site that embeds the panel (CHIPS), so that it also works where third-party cookies are blocked.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use crate::connection::Secret;

/// Its name. With this prefix browsers take it over TLS alone, and from this very host for all its paths: no sibling under
/// the same domain can plant one (draft-ietf-httpbis-rfc6265bis §4.1.3.2).
const NAME: &str = "__Host-sync-renewal";

/// As many are looked at; more is nobody's doing but a forger's.
const LOOKED_AT: usize = 4;

/// Every value that a request shows: there are several where a browser keeps one with and one without a partition.
pub(super) fn shown(headers: &HeaderMap) -> Vec<Secret> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .filter(|cookie| cookie.name() == NAME)
        .map(|cookie| Secret::new(cookie.value()))
        .take(LOOKED_AT)
        .collect()
}

/// The header that gives a browser the next one.
pub(super) fn set(renewal: &Secret, life: Duration) -> Option<HeaderValue> {
    header(renewal.to_send(), life)
}

/// The header that takes it away.
pub(super) fn cleared() -> Option<HeaderValue> {
    header("", Duration::ZERO)
}

fn header(value: &str, life: Duration) -> Option<HeaderValue> {
    let seconds = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
    let cookie = Cookie::build((NAME, value))
        .http_only(true)
        .secure(true)
        .same_site(SameSite::None)
        .partitioned(true)
        .path("/")
        .max_age(cookie::time::Duration::seconds(seconds));
    let mut header = HeaderValue::from_str(&cookie.build().to_string()).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_script_reads_it_and_no_other_host_sets_it() {
        let header = set(&Secret::new("r3newal"), Duration::from_secs(60)).unwrap();
        let text = header.to_str().unwrap();
        let mut parts: Vec<&str> = text.split("; ").collect();
        assert_eq!(parts.remove(0), "__Host-sync-renewal=r3newal");
        parts.sort_unstable();
        let expected =
            ["HttpOnly", "Max-Age=60", "Partitioned", "Path=/", "SameSite=None", "Secure"];
        assert_eq!(parts, expected);
        assert!(!format!("{header:?}").contains("r3newal"));
        assert!(cleared().unwrap().to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn it_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=b; __Host-sync-renewal=one; c".parse().unwrap());
        headers.append("cookie", "__Host-sync-renewal=two; sync-renewal=three".parse().unwrap());
        assert_eq!(shown(&headers), [Secret::new("one"), Secret::new("two")]);
        assert!(shown(&HeaderMap::new()).is_empty());
    }
}
