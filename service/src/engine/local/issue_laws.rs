//! Laws of the tables that triggers keep beside the issues: whatever happens to issues, the counts are those that
//! counting gives, and a search gives what comparing every issue with the text gives.

use super::issue_list::{begin_retrying, causes, mute, page};
use super::issue_search::like;
use super::issues::{end_retrying, open, resolve_others, resolve_retried, seen};
use super::refusal::{DUPLICATES_DETECTED, INVALID_EMAIL_ADDRESS, Refused, UNABLE_TO_LOCK_ROW};
use super::tally::{Failure, Lane};
use crate::engine::{IssueQuery, PageQuery};
use crate::store::Store;
use proptest::prelude::*;
use proptest::sample::select;
use sqlx::sqlite::SqliteConnection;
use sync_api::{IssueState, Operation, RetryRequest, Severity, Timestamp};

const CODES: [&str; 3] = [DUPLICATES_DETECTED, INVALID_EMAIL_ADDRESS, UNABLE_TO_LOCK_ROW];
const NAMES: [&str; 7] =
    ["", "a", "Ana Reed", "ana_reed 50%", "O'Hara \"Bo\" \\", "Zoë ÜNAL", "zq zq zq"];
const MESSAGES: [&str; 4] =
    ["", "Email: invalid email address: a@", "Zu lang: 50 % zuviel", "日本語の名前"];

#[derive(Clone, Debug)]
enum Act {
    Seen { record: u8, code: usize, name: &'static str, message: &'static str, severe: bool },
    Mute { place: usize, muted: bool },
    Retry(Option<&'static str>),
    EndRetrying,
    ResolveOthers,
    ResolveRetried,
    Forget,
}

fn act() -> impl Strategy<Value = Act> {
    let seen = (0..8_u8, 0..CODES.len(), select(&NAMES[..]), select(&MESSAGES[..]), any::<bool>())
        .prop_map(|(record, code, name, message, severe)| Act::Seen {
            record,
            code,
            name,
            message,
            severe,
        });
    prop_oneof![
        8 => seen,
        3 => (0..8_usize, any::<bool>()).prop_map(|(place, muted)| Act::Mute { place, muted }),
        1 => proptest::option::of(select(&CODES[..])).prop_map(Act::Retry),
        1 => Just(Act::EndRetrying),
        1 => Just(Act::ResolveOthers),
        1 => Just(Act::ResolveRetried),
        1 => Just(Act::Forget),
    ]
}

/// A piece of what issues say, in any case, or signs that mean something to LIKE or to the index.
fn text() -> impl Strategy<Value = String> {
    let said: Vec<&str> = NAMES.iter().chain(&MESSAGES).chain(&CODES).copied().collect();
    let piece = (select(said), 0..20_usize, 1..8_usize, any::<bool>()).prop_map(
        |(said, from, length, upper)| {
            let piece: String = said.chars().skip(from).take(length).collect();
            if upper { piece.to_uppercase() } else { piece }
        },
    );
    prop_oneof![3 => piece, 1 => "[aenzqZ0%_\"'* ëË\\\\日:@]{1,4}"]
        .prop_filter("a text has at least one character", |text| !text.is_empty())
}

async fn carry_out(connection: &mut SqliteConnection, act: &Act, at: i64) {
    let now = Timestamp::from_millis(at);
    match *act {
        Act::Seen { record, code, name, message, severe } => {
            let mut refused = Refused::new(CODES[code], Vec::new(), message);
            if severe {
                refused.severity = Severity::Severe;
            }
            let failure = Failure {
                lane: if record % 2 == 0 { Lane::ContactToCrm } else { Lane::EventToCrm },
                record: format!("contacts/{record}.vcf"),
                name: name.to_owned(),
                operation: Operation::Created,
                refused,
            };
            seen(connection, &failure, at, now).await.unwrap();
        }
        Act::Mute { place, muted } => {
            let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM issue ORDER BY id")
                .fetch_all(&mut *connection)
                .await
                .unwrap();
            if let Some(id) = ids.get(place) {
                mute(connection, *id, muted).await.unwrap();
            }
        }
        Act::Retry(cause) => {
            let request = match cause {
                Some(cause) => RetryRequest::Cause(cause.to_owned()),
                None => RetryRequest::All(true),
            };
            begin_retrying(connection, &request).await.unwrap();
        }
        Act::EndRetrying => end_retrying(connection).await.unwrap(),
        // What was seen in the last three acts was met by this session.
        Act::ResolveOthers => {
            sqlx::query("UPDATE issue SET last_session = ?1 WHERE last_session >= ?1 - 30")
                .bind(at)
                .execute(&mut *connection)
                .await
                .unwrap();
            resolve_others(connection, at, now).await.unwrap();
        }
        Act::ResolveRetried => {
            let retried: Vec<i64> =
                sqlx::query_scalar("SELECT id FROM issue WHERE state = 'retrying'")
                    .fetch_all(&mut *connection)
                    .await
                    .unwrap();
            for id in retried {
                resolve_retried(connection, id, at, now).await.unwrap();
            }
        }
        Act::Forget => {
            sqlx::query("DELETE FROM issue WHERE id IN (SELECT id FROM issue WHERE resolved_at IS NOT NULL LIMIT 2)")
                .execute(connection)
                .await
                .unwrap();
        }
    }
}

/// Counting all issues, and counting what is in the table.
async fn check_counts(store: &Store) {
    type Count = (String, i64, String, i64);
    let counts = |query| sqlx::query_as::<_, Count>(query).fetch_all(store.pool());
    let kept = counts("SELECT cause, standing, severity, issues FROM issue_count ORDER BY 1, 2, 3");
    let counted = counts(
        "SELECT cause, CASE state WHEN 'resolved' THEN 0 WHEN 'muted' THEN 1 ELSE 2 END, severity, count(*)
         FROM issue GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    );
    assert_eq!(kept.await.unwrap(), counted.await.unwrap());

    let told = open(store).await.unwrap();
    let told = told.types.into_iter().map(|one| (one.record_type.as_str().to_owned(), one.count));
    let counted: Vec<(String, i64)> = sqlx::query_as(
        "SELECT record_type, count(*) AS issues FROM issue WHERE state IN ('open', 'retrying')
         GROUP BY 1 ORDER BY issues DESC, record_type",
    )
    .fetch_all(store.pool())
    .await
    .unwrap();
    let counted = counted.into_iter().map(|(name, count)| (name, u64::try_from(count).unwrap()));
    assert_eq!(told.collect::<Vec<_>>(), counted.collect::<Vec<_>>());
}

async fn check_causes(store: &Store) {
    type Cause = (String, i64, i64, i64, i64);
    let counted: Vec<Cause> = sqlx::query_as(
        "SELECT cause, count(*) FILTER (WHERE state <> 'muted') AS open,
             count(*) FILTER (WHERE state = 'muted'), min(first_seen), max(last_seen)
         FROM issue WHERE state <> 'resolved' GROUP BY cause ORDER BY open DESC, cause",
    )
    .fetch_all(store.pool())
    .await
    .unwrap();
    let told: Vec<Cause> = causes(store)
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|cause| {
            let number = |count: u64| i64::try_from(count).unwrap();
            let (first, last) = (cause.first_seen.millis(), cause.last_seen.millis());
            (cause.cause, number(cause.open), number(cause.muted), first, last)
        })
        .collect();
    assert_eq!(told, counted);
}

/// All pages of a list, and what comparing every issue gives.
async fn check_list(store: &Store, query: &IssueQuery, limit: u32) {
    let mut listed = Vec::new();
    let mut page_query = PageQuery { cursor: None, limit };
    loop {
        let query = IssueQuery { page: page_query.clone(), ..query.clone() };
        let part = page(store, &query).await.unwrap();
        assert!(part.items.len() <= usize::try_from(limit).unwrap());
        listed.extend(part.items.into_iter().map(|issue| issue.id.as_str().to_owned()));
        match part.next_cursor {
            Some(cursor) => page_query.cursor = Some(cursor),
            None => break,
        }
    }
    let text = query.text.as_deref().map(like);
    let compared: Vec<String> = sqlx::query_scalar(
        "SELECT printf('i-%06d', id) FROM issue
         WHERE coalesce(state = ?1, state IN ('open', 'retrying')) AND (?2 IS NULL OR cause = ?2)
             AND (?3 IS NULL OR name LIKE ?3 ESCAPE '\\' OR message LIKE ?3 ESCAPE '\\' OR code LIKE ?3 ESCAPE '\\')
         ORDER BY seq DESC",
    )
    .bind(query.state.as_ref().map(|state| state.as_str().to_owned()))
    .bind(&query.cause)
    .bind(text)
    .fetch_all(store.pool())
    .await
    .unwrap();
    assert_eq!(listed, compared, "{query:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_and_searches_agree_with_the_issues(
        acts in proptest::collection::vec(act(), 1..40),
        texts in proptest::collection::vec(text(), 12),
        state in select(vec![None, Some(IssueState::Open), Some(IssueState::Retrying),
            Some(IssueState::Muted), Some(IssueState::Resolved)]),
        limit in 1..4_u32,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("sync.db")).await.unwrap();
            for (at, act) in (1..).zip(&acts) {
                let mut tx = store.write().await.unwrap();
                carry_out(&mut tx, act, at * 10).await;
                tx.commit().await.unwrap();
                check_counts(&store).await;
            }
            check_causes(&store).await;
            let with_text = texts.iter().map(Some).chain([None]);
            for text in with_text {
                for cause in [None, Some(CODES[0].to_owned())] {
                    let query = IssueQuery { text: text.cloned(), cause, state: state.clone(), ..IssueQuery::default() };
                    check_list(&store, &query, limit).await;
                }
            }
            store.close().await;
        });
    }
}
