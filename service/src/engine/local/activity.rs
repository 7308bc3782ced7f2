//! The activity as it is read: who did what, newest first.

use super::history::session_id;
use super::issue_list::{before, page_of};
use crate::engine::{EngineFault, ListError, PageQuery};
use crate::store::Store;
use sync_api::{Activity, ActivityAction, Actor, Code, Page, Timestamp};

#[derive(Debug, sqlx::FromRow)]
struct ActivityRow {
    id: i64,
    at: i64,
    actor: String,
    action: String,
    session: Option<i64>,
    code: Option<String>,
    until: Option<i64>,
    detail: Option<String>,
}

/// A page of the activity. `person` is the name of whoever the mailbox belongs to.
pub(super) async fn page(
    store: &Store,
    query: &PageQuery,
    person: &str,
) -> Result<Page<Activity>, ListError> {
    let rows: Vec<ActivityRow> = sqlx::query_as(
        "SELECT id, at, actor, action, session, code, until, detail FROM activity
         WHERE id < ? ORDER BY id DESC LIMIT ?",
    )
    .bind(before(query)?)
    .bind(i64::from(query.limit.clamp(1, 200)) + 1)
    .fetch_all(store.pool())
    .await
    .map_err(EngineFault::from)?;
    let entry = |row: ActivityRow| {
        let actor = Actor::from(row.actor);
        Ok(Activity {
            at: Timestamp::from_millis(row.at),
            actor_name: (actor == Actor::Person).then(|| person.to_owned()),
            actor,
            action: ActivityAction::from(row.action),
            session: row.session.map(session_id).transpose()?,
            code: row.code.map(Code::new),
            until: row.until.map(Timestamp::from_millis),
            detail: row.detail,
        })
    };
    Ok(page_of(rows, query.limit, |row| row.id, entry)?)
}
