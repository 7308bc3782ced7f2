//! One message or meeting by the id that mail programs know it by: whether it is synced, and if not, why and when.
//!
//! What an answer costs: some look-ups in indexes and one `stat` of the item's own file; for a calendar file that
//! holds no event, that file once more; and for an id that no session has met, a look for what has just come, see
//! [`super::arrivals`]. None of it grows with the mailbox.

use super::Shared;
use super::arrivals::Arrived;
use super::calendar;
use super::crm_event;
use super::event::EventFields;
use super::event_file::{EventFile, NoEvent};
use super::history::session_id;
use super::issue_list::issue_id;
use super::item_standing::{Standing, deleted_in_crm, told, trouble, type_of};
use super::mailbox::{FileKind, Stamp, file_name};
use super::record_view::Place;
use super::refusal::{NOT_ONE_EVENT, Refused, no_matching_contact};
use crate::engine::{EngineFault, ItemQuery};
use crate::store::Store;
use sqlx::FromRow;
use sqlx::sqlite::SqliteConnection;
use std::io;
use sync_api::{Item, ItemState, RecordId, RecordLink, RecordType, Side, Timestamp};

/// A file with the item in it, as the last session left it.
#[derive(Debug, FromRow)]
struct Known {
    id: i64,
    name: String,
    path: String,
    #[sqlx(try_from = "String")]
    kind: FileKind,
    state: String,
    since: Option<i64>,
    /// Absent for one that is deleted already.
    session: Option<i64>,
    size: i64,
    mtime_ns: i64,
    inode: i64,
    refused: Option<String>,
    holds_until: Option<i64>,
    crm_id: Option<String>,
}

/// A message that was saved once.
#[derive(Debug, FromRow)]
struct Saved {
    email_id: String,
    path: String,
    session: Option<i64>,
    /// Absent when somebody has deleted it in the CRM.
    saved_at: Option<i64>,
    subject: Option<String>,
    item: Option<i64>,
    name: Option<String>,
}

/// A file compared with what is known of it.
enum FileNow {
    AsKnown,
    Changed(Timestamp),
    Gone,
}

impl Shared {
    /// The item, if anything is known of it.
    pub(super) async fn item(&self, query: &ItemQuery) -> Result<Option<Item>, EngineFault> {
        let found = match self.saved_message(query).await? {
            Some(saved) => Some(saved),
            None => match self.known(query).await? {
                Some(known) => self.item_of(known).await?,
                None => self.arrived(query).await?,
            },
        };
        let Some(item) = found else {
            return Ok(None);
        };
        let machine = self.machine.lock().await;
        Ok(Some(Item {
            next_run_at: machine.next_run_at(),
            stopped: machine.state.reason(),
            ..item
        }))
    }

    /// A message is saved once, and then its file does not matter any more.
    async fn saved_message(&self, query: &ItemQuery) -> Result<Option<Item>, EngineFault> {
        if !kinds(query).contains(&FileKind::Message) {
            return Ok(None);
        }
        let saved: Option<Saved> = sqlx::query_as(
            "SELECT m.email_id, m.path, s.id AS session, e.saved_at, e.subject, i.id AS item, i.name
             FROM saved_message m LEFT JOIN crm_email e ON e.id = m.email_id
             LEFT JOIN session s ON s.id = m.session
             LEFT JOIN mailbox_item i ON i.item_id = m.message_id AND i.path = m.path
             WHERE m.message_id = ?",
        )
        .bind(&query.id)
        .fetch_optional(self.store.pool())
        .await?;
        let Some(saved) = saved else {
            return Ok(None);
        };
        let standing = match saved.saved_at {
            Some(at) => Standing::synced(Some(Timestamp::from_millis(at))),
            None => Standing::not_synced(None, deleted_in_crm()),
        };
        let crm_id = saved.saved_at.map(|_| saved.email_id);
        Ok(Some(Item {
            session: crm_id
                .is_some()
                .then_some(saved.session)
                .flatten()
                .map(session_id)
                .transpose()?,
            links: saved.item.map(|id| links(id, crm_id.as_deref())).unwrap_or_default(),
            crm_id,
            ..standing.item(
                RecordType::Email,
                name(&[saved.name.as_deref(), saved.subject.as_deref()], &saved.path),
            )
        }))
    }

    /// Where several files hold it, the one that is linked, then the one that got furthest.
    async fn known(&self, query: &ItemQuery) -> Result<Option<Known>, sqlx::Error> {
        let kind = match kinds(query) {
            [] => return Ok(None),
            [kind] => Some(kind.as_str()),
            _ => None,
        };
        sqlx::query_as(
            "SELECT i.id, i.name, f.path, f.kind, f.state, f.since, s.id AS session, f.size, f.mtime_ns,
                 f.inode, f.refused, f.holds_until, l.crm_id
             FROM mailbox_item i CROSS JOIN mailbox_file f ON f.path = i.path
             LEFT JOIN link l ON l.path = f.path LEFT JOIN session s ON s.id = f.session
             WHERE i.item_id = ?1 AND (?2 IS NULL OR f.kind = ?2)
             ORDER BY l.crm_id IS NULL, CASE f.state WHEN 'synced' THEN 0 WHEN 'failed' THEN 1
                 WHEN 'waiting' THEN 2 WHEN 'skipped' THEN 3 ELSE 4 END, i.id LIMIT 1",
        )
        .bind(&query.id)
        .bind(kind)
        .fetch_optional(self.store.pool())
        .await
    }

    async fn item_of(&self, known: Known) -> Result<Option<Item>, EngineFault> {
        let now = self.file_now(&known).await?;
        if matches!((&now, known.kind), (FileNow::Gone, FileKind::Message)) {
            // Nobody has it any more, and the next session forgets it.
            return Ok(None);
        }
        let mut connection = self.store.pool().acquire().await?;
        let trouble =
            trouble(&mut connection, known.kind, &known.path, known.crm_id.as_deref()).await?;
        let standing = match now {
            FileNow::Gone => Standing::queued(None),
            FileNow::Changed(at) => Standing::queued(Some(at)),
            FileNow::AsKnown => match &trouble {
                Some(trouble) => trouble.standing(),
                None => self.untroubled(&mut connection, &known).await?,
            },
        };
        let written = matches!(standing.state, ItemState::Synced | ItemState::NotSynced);
        let session = known.session.filter(|_| written && trouble.is_none());
        Ok(Some(Item {
            issue: trouble.map(|trouble| issue_id(trouble.id)).transpose()?,
            links: links(known.id, known.crm_id.as_deref()),
            session: session.map(session_id).transpose()?,
            crm_id: known.crm_id,
            ..standing.item(type_of(known.kind), name(&[Some(&known.name)], &known.path))
        }))
    }

    /// How an item without an issue stands, whose file is as the last session left it.
    async fn untroubled(
        &self,
        connection: &mut SqliteConnection,
        known: &Known,
    ) -> Result<Standing, EngineFault> {
        let since = known.since.map(Timestamp::from_millis);
        Ok(match (known.state.as_str(), known.kind) {
            ("synced", FileKind::Event) => linked_event(connection, known).await?,
            ("waiting", FileKind::Event) => self.waiting_event(connection, known).await?,
            ("skipped", FileKind::Message) => {
                let reason = no_matching_contact();
                match somebody_is_known(connection, &known.path, &self.settings.user.email).await? {
                    true => Standing::queued(since),
                    false => Standing::not_synced(since, told("Nobody in it is a contact", reason)),
                }
            }
            ("skipped", FileKind::Event) => match self.other_than_event(&known.path).await? {
                Some(reason) => {
                    Standing::not_synced(since, told("Its file does not hold one event", reason))
                }
                None => Standing::queued(since),
            },
            // Its issue is gone, or the file that it repeats: the next session looks at it anew.
            _ => Standing::queued(None),
        })
    }

    /// An event outside the time that is mirrored.
    async fn waiting_event(
        &self,
        connection: &mut SqliteConnection,
        known: &Known,
    ) -> Result<Standing, EngineFault> {
        let now = self.clock.now();
        let since = known.since.map(Timestamp::from_millis);
        // What the next session would take: the same conditions as of files that it lets sleep.
        let wanted: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM link l
                 LEFT JOIN pin p ON p.record_type = 'event' AND p.crm_id = l.crm_id
                 LEFT JOIN event_window w ON w.crm_id = l.crm_id
                 WHERE l.path = ?1 AND (p.crm_id IS NOT NULL OR w.inside = 1 OR l.scope_until > ?2))",
        )
        .bind(&known.path)
        .bind(now.millis())
        .fetch_one(connection)
        .await?;
        if wanted || known.holds_until.is_none_or(|until| until <= now.millis()) {
            return Ok(Standing::queued(since));
        }
        let kept = known.refused.as_deref().unwrap_or_default();
        let fields = serde_json::from_str(kept)
            .ok()
            .and_then(|[fields, _]: [String; 2]| EventFields::from_json(&fields).ok());
        let Some(fields) = fields else {
            return Err(EngineFault(format!("{}: what is kept of it is damaged", known.path)));
        };
        // A series may have thousands of occurrences.
        let enters = tokio::task::spawn_blocking(move || calendar::enters_at(&fields, now)).await;
        let enters = enters.map_err(|cause| EngineFault(cause.to_string()))?;
        Ok(Standing::outside(since, enters))
    }

    /// Why a calendar file is left alone; `None` where it no longer is what it was.
    async fn other_than_event(&self, path: &str) -> Result<Option<Refused>, EngineFault> {
        let (mailbox, path) = (self.mailbox.clone(), path.to_owned());
        let read = tokio::task::spawn_blocking(move || mailbox.beginning(&path, FileKind::Event));
        let read = read.await.map_err(|cause| EngineFault(cause.to_string()))?;
        Ok(match read.map(|bytes| EventFile::parse(&bytes)) {
            Ok(Err(NoEvent::Other(reason))) => Some(reason),
            Ok(_) => None,
            // The mailbox is lost. What the last session found still holds.
            Err(_) => Some(Refused::new(
                NOT_ONE_EVENT,
                Vec::new(),
                "The file holds something else than one event.",
            )),
        })
    }

    async fn file_now(&self, known: &Known) -> Result<FileNow, EngineFault> {
        let (mailbox, path) = (self.mailbox.clone(), known.path.clone());
        let look = tokio::task::spawn_blocking(move || match mailbox.stamp(&path) {
            // Nothing may be concluded from what is missing in a mailbox that is lost.
            Ok(None) => mailbox.check().map(|()| None).map_err(io::Error::other),
            stamp => stamp,
        });
        let was = Stamp { size: known.size, mtime_ns: known.mtime_ns, inode: known.inode };
        Ok(match look.await.map_err(|cause| EngineFault(cause.to_string()))? {
            Ok(Some(stamp)) if stamp != was => FileNow::Changed(stamp.modified_at()),
            Ok(None) => FileNow::Gone,
            Ok(Some(_)) | Err(_) => FileNow::AsKnown,
        })
    }

    /// An item that no session has met.
    async fn arrived(&self, query: &ItemQuery) -> Result<Option<Item>, EngineFault> {
        let mut arrivals = self.arrivals.lock().await;
        for kind in kinds(query) {
            let found = arrivals.find(&self.store, &self.mailbox, *kind, &query.id).await;
            if let Some(Arrived { path, name: subject, at }) =
                found.map_err(|cause| EngineFault(cause.to_string()))?
            {
                let name = name(&[Some(&subject)], &path);
                return Ok(Some(Standing::queued(Some(at)).item(type_of(*kind), name)));
            }
        }
        Ok(None)
    }
}

fn kinds(query: &ItemQuery) -> &'static [FileKind] {
    match query.record_type {
        None => &[FileKind::Message, FileKind::Event],
        Some(RecordType::Email) => &[FileKind::Message],
        Some(RecordType::Event) => &[FileKind::Event],
        Some(_) => &[],
    }
}

/// The first of these names that says anything, or else the file's.
fn name(names: &[Option<&str>], path: &str) -> String {
    let named = names.iter().flatten().find(|name| !name.is_empty());
    named.map_or_else(|| file_name(path), |name| (*name).to_owned())
}

async fn linked_event(
    connection: &mut SqliteConnection,
    known: &Known,
) -> Result<Standing, sqlx::Error> {
    let Some(crm_id) = &known.crm_id else {
        return Ok(Standing::queued(None));
    };
    let (revision, hash): (i64, Vec<u8>) = sqlx::query_as(
        "SELECT crm_revision, crm_hash FROM link WHERE record_type = 'event' AND crm_id = ?",
    )
    .bind(crm_id)
    .fetch_one(&mut *connection)
    .await?;
    Ok(match crm_event::find(connection, crm_id).await? {
        Some(event) if event.revision == revision || event.fields.hash().as_slice() == hash => {
            Standing::synced(known.since.map(Timestamp::from_millis))
        }
        Some(event) => Standing::queued(Some(event.modified_at)),
        None => Standing::queued(None),
    })
}

/// Whether somebody in a message that was skipped has become a contact since.
async fn somebody_is_known(
    connection: &mut SqliteConnection,
    path: &str,
    own: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM waiting_address w
             JOIN crm_contact c ON lower(c.email) = w.address AND c.email <> ''
             WHERE w.path = ? AND w.address <> lower(?))",
    )
    .bind(path)
    .bind(own)
    .fetch_one(connection)
    .await
}

/// What stands for an item's record in the API.
fn record_id(id: i64) -> Option<RecordId> {
    RecordId::new(format!("m-{id:06}"))
}

fn links(id: i64, crm_id: Option<&str>) -> Vec<RecordLink> {
    [Some(Side::Email), crm_id.map(|_| Side::Crm)]
        .into_iter()
        .flatten()
        .map(|side| RecordLink { side, url: None, record: record_id(id) })
        .collect()
}

/// Where the record of an item is; only the very text that was given out stands for one.
pub(super) async fn place(store: &Store, id: &RecordId) -> Result<Option<Place>, sqlx::Error> {
    let number = id.as_str().strip_prefix("m-").and_then(|text| text.parse::<i64>().ok());
    let Some(number) = number.filter(|number| record_id(*number).as_ref() == Some(id)) else {
        return Ok(None);
    };
    #[derive(FromRow)]
    struct Row {
        name: String,
        path: String,
        #[sqlx(try_from = "String")]
        kind: FileKind,
        crm_id: Option<String>,
    }
    let row: Option<Row> = sqlx::query_as(
        "SELECT i.name, f.path, f.kind, coalesce(l.crm_id, s.email_id) AS crm_id
         FROM mailbox_item i CROSS JOIN mailbox_file f ON f.path = i.path
         LEFT JOIN link l ON l.path = f.path
         LEFT JOIN saved_message s ON f.kind = 'message' AND s.message_id = i.item_id
         WHERE i.id = ?",
    )
    .bind(number)
    .fetch_optional(store.pool())
    .await?;
    Ok(row.map(|row| Place {
        record_type: type_of(row.kind),
        name: name(&[Some(&row.name)], &row.path),
        path: Some(row.path),
        crm_id: row.crm_id,
    }))
}
