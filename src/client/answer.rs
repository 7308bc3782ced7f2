//! An answer as it came from the network, and its decoding.

use super::Failure;
use sync_api::decode::{Decode, decode};
use sync_api::{Problem, Timestamp};

/// An HTTP answer with what this client reads of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Content-Type`, or empty.
    pub content_type: String,
    /// When it asks to be tried again.
    pub retry_after: Option<RetryAfter>,
    /// `Date`: the service's clock.
    pub date: Option<Timestamp>,
    /// The text, at most [`Answer::MAX_BODY`] bytes of it.
    pub body: String,
}

/// `Retry-After`, RFC 9110 §10.2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds from now.
    Seconds(u32),
    /// At this moment by the service's clock.
    At(Timestamp),
}

/// Why there is no answer at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkError {
    /// No connection, or one that broke: the browser does not tell which.
    Unreachable,
    /// Nothing came in time.
    TimedOut,
    /// More came than an answer of this API can hold.
    TooLarge,
}

impl Answer {
    /// The longest text that an answer of this API can have, in bytes.
    pub const MAX_BODY: usize = 1_000_000;

    /// The answer's content, or why there is none. `now` counts `Retry-After` in seconds.
    pub fn decode<T: Decode>(&self, now: Timestamp) -> Result<T, Failure> {
        self.accept(now)?;
        if !self.is_json() {
            return Err(Failure::NotTheService);
        }
        decode(&self.body).map_err(|_| Failure::Unreadable)
    }

    /// Whether the answer grants what was asked, whatever its content.
    pub fn accept(&self, now: Timestamp) -> Result<(), Failure> {
        if (200..300).contains(&self.status) {
            // A page in its place is somebody else's: whether anything was done is not known.
            let is_own = self.body.is_empty() || self.is_json();
            return if is_own { Ok(()) } else { Err(Failure::NotTheService) };
        }
        let problem = self.problem();
        let retry_at =
            problem.as_ref().and_then(|problem| problem.retry_at).or_else(|| self.retry_at(now));
        Err(match (self.status, problem) {
            (401, _) => Failure::SignInRequired,
            (408 | 425 | 500.., _) => Failure::ServiceFailed { retry_at },
            (429, None) => Failure::Busy { retry_at },
            (_, Some(problem)) => Failure::Refused(Box::new(Problem { retry_at, ..problem })),
            (_, None) => Failure::NotTheService,
        })
    }

    /// What the provider is called that a refusal asks to sign in at.
    pub fn sign_in_at(&self) -> Option<String> {
        Some(self.problem()?.sign_in?.name)
    }

    fn problem(&self) -> Option<Problem> {
        self.is_json().then(|| decode(&self.body).ok()).flatten()
    }

    fn retry_at(&self, now: Timestamp) -> Option<Timestamp> {
        Some(match self.retry_after? {
            RetryAfter::Seconds(seconds) => now.plus_millis(i64::from(seconds) * 1000),
            RetryAfter::At(at) => at,
        })
    }

    fn is_json(&self) -> bool {
        let media_type = self.content_type.split(';').next().unwrap_or_default().trim();
        matches!(media_type, "application/json" | "application/problem+json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_api::{Code, IssueCounts};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        Answer { status, content_type: content_type.into(), body: body.into(), ..Answer::default() }
    }

    fn failure(answer: &Answer) -> Failure {
        answer.decode::<IssueCounts>(NOW).unwrap_err()
    }

    #[test]
    fn a_page_from_somebody_else_is_not_the_service() {
        let portal = answer(200, "text/html", "<h1>Welcome to the hotel</h1>");
        assert_eq!(failure(&portal), Failure::NotTheService);
        assert_eq!(failure(&answer(404, "text/html", "")), Failure::NotTheService);
    }

    #[test]
    fn a_page_in_place_of_a_commands_answer_grants_nothing() {
        let portal = answer(200, "text/html", "<h1>Welcome to the hotel</h1>");
        assert_eq!(portal.accept(NOW), Err(Failure::NotTheService));
        assert_eq!(answer(204, "", "").accept(NOW), Ok(()));
        assert_eq!(answer(202, "application/json", r#"{"session":"s-1"}"#).accept(NOW), Ok(()));
    }

    #[test]
    fn cut_json_is_unreadable() {
        let cut = answer(200, "application/json", r#"{"total":1,"lo"#);
        assert_eq!(failure(&cut), Failure::Unreadable);
    }

    #[test]
    fn refusals_keep_their_problem_and_when_to_try_again() {
        let body = r#"{"title":"Too soon","code":"too_soon","status":429}"#;
        let mut refused = answer(429, "application/problem+json", body);
        refused.retry_after = Some(RetryAfter::Seconds(30));
        match failure(&refused) {
            Failure::Refused(problem) => {
                assert_eq!(problem.code, Code::new("too_soon"));
                assert_eq!(problem.retry_at, Some(NOW.plus_millis(30_000)));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_failing_service_says_when_by_seconds_or_date() {
        let mut down = answer(503, "text/html", "<h1>Maintenance</h1>");
        let retry_at = |answer: &Answer| match failure(answer) {
            Failure::ServiceFailed { retry_at } => retry_at,
            other => panic!("{other:?}"),
        };
        assert_eq!(retry_at(&down), None);
        down.retry_after = Some(RetryAfter::Seconds(2));
        assert_eq!(retry_at(&down), Some(NOW.plus_millis(2_000)));
        let at = NOW.plus_millis(90_000);
        down.retry_after = Some(RetryAfter::At(at));
        assert_eq!(retry_at(&down), Some(at));
    }

    #[test]
    fn a_refused_token_means_signing_in_whatever_the_body_says() {
        assert_eq!(failure(&answer(401, "text/plain", "")), Failure::SignInRequired);
    }
}
