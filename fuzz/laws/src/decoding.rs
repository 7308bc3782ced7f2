//! The decoders: no text makes one panic, and what one has read can be written, and is then read as the same, by the
//! panel and by a service alike.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use sync_api::decode::{Decode, Json, decode};
use sync_api::*;
use sync_sidebar::client::{Answer, RetryAfter};

const NOW: Timestamp = Timestamp::from_millis(1_795_424_400_000);

/// Every answer, event and refusal of the API; and every request, as a service reads it.
pub fn decoding(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    as_answer(text);
    as_request(text);
    let _ = Timestamp::parse(text);
    let Ok(json) = Json::parse(text) else { return };
    stays::<Access>(&json);
    stays::<Activity>(&json);
    stays::<Authorization>(&json);
    stays::<Connection>(&json);
    stays::<Heartbeat>(&json);
    stays::<Issue>(&json);
    stays::<IssueCauses>(&json);
    stays::<IssueCounts>(&json);
    stays::<Item>(&json);
    stays::<Me>(&json);
    stays::<Page<Activity>>(&json);
    stays::<Page<Connection>>(&json);
    stays::<Page<Issue>>(&json);
    stays::<Page<RecordOutcome>>(&json);
    stays::<Page<SessionSummary>>(&json);
    stays::<Problem>(&json);
    stays::<Progress>(&json);
    stays::<RecordView>(&json);
    stays::<SessionDetails>(&json);
    stays::<SessionSummary>(&json);
    stays::<SignIn>(&json);
    stays::<SupportReport>(&json);
    stays::<SyncStatus>(&json);
    stays::<Timestamp>(&json);
}

/// What was read, written and read again is the same.
fn stays<T: Decode + Serialize + DeserializeOwned + PartialEq + Debug>(json: &Json) {
    let Ok(value) = T::decode(json) else { return };
    let written = serde_json::to_string(&value)
        .unwrap_or_else(|error| panic!("{value:?} cannot be written: {error}"));
    let again = decode::<T>(&written);
    assert_eq!(again.as_ref(), Ok(&value), "the panel reads {written} in another way");
    match serde_json::from_str::<T>(&written) {
        Ok(again) => assert_eq!(again, value, "a service reads {written} in another way"),
        Err(error) => panic!("a service cannot read {written}: {error}"),
    }
}

/// Whatever a text comes with, it is the status or there is a reason why not.
fn as_answer(text: &str) {
    for (status, content_type) in [
        (200, "application/json"),
        (200, "text/html"),
        (401, "application/problem+json"),
        (409, "application/problem+json"),
        (429, "application/problem+json; charset=utf-8"),
        (503, "application/problem+json"),
    ] {
        let retry_after = Some(RetryAfter::Seconds(u32::MAX));
        let answer = Answer {
            status,
            content_type: content_type.into(),
            retry_after,
            body: text.into(),
            ..Answer::default()
        };
        let came = answer.decode::<SyncStatus>(NOW);
        assert!(came.is_err() || (status == 200 && content_type == "application/json"));
        let _ = (came.map_err(|failure| failure.retry_at()), answer.sign_in_at());
    }
}

/// What the panel writes by hand is read as what was meant.
fn as_request(text: &str) {
    fn arrives<T: DeserializeOwned + PartialEq + Debug>(text: &str, encode: fn(&T) -> String) {
        let Ok(request) = serde_json::from_str::<T>(text) else { return };
        let written = encode(&request);
        match serde_json::from_str::<T>(&written) {
            Ok(again) => assert_eq!(again, request, "{written}"),
            Err(error) => panic!("{written}: {error}"),
        }
    }
    arrives::<AuthorizeRequest>(text, AuthorizeRequest::encode);
    arrives::<Credentials>(text, Credentials::encode);
    arrives::<Grant>(text, Grant::encode);
    arrives::<PauseRequest>(text, PauseRequest::encode);
    arrives::<RetryRequest>(text, RetryRequest::encode);
    arrives::<SignInRequest>(text, SignInRequest::encode);
}
