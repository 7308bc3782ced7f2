-- Events and tasks in the CRM, and links for every type of record.
-- The time is taken by a function that old versions of SQLite know too: other programs may bring their own.

CREATE TABLE crm_event (
    id          TEXT PRIMARY KEY NOT NULL,
    subject     TEXT NOT NULL DEFAULT '',
    location    TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    -- RFC 5545's DATE-TIME without a zone, 20261124T093000; its DATE, 20261124, when it lasts all day.
    -- The end of an all-day event is the day after its last one.
    starts_at   TEXT NOT NULL DEFAULT '',
    ends_at     TEXT NOT NULL DEFAULT '',
    -- 'UTC', the zone's name, or nothing for a time that is the same on every clock.
    time_zone   TEXT NOT NULL DEFAULT '',
    all_day     INTEGER NOT NULL DEFAULT 0 CHECK (all_day IN (0, 1)),
    -- RFC 5545's RRULE, RDATE and EXDATE, one a line; and the occurrences that differ, as VEVENTs.
    recurrence  TEXT NOT NULL DEFAULT '',
    overrides   TEXT NOT NULL DEFAULT '',
    uid         TEXT NOT NULL DEFAULT '',
    created_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    modified_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    revision    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX crm_event_by_start ON crm_event (subject, starts_at);
CREATE INDEX crm_event_by_uid ON crm_event (uid) WHERE uid <> '';

CREATE TRIGGER crm_event_inserted AFTER INSERT ON crm_event BEGIN
    UPDATE crm_revision SET value = value + 1;
    UPDATE crm_event SET revision = (SELECT value FROM crm_revision) WHERE id = NEW.id;
END;

CREATE TRIGGER crm_event_updated AFTER UPDATE OF
    subject, location, description, starts_at, ends_at, time_zone, all_day, recurrence, overrides
ON crm_event BEGIN
    UPDATE crm_revision SET value = value + 1;
    UPDATE crm_event SET
        revision = (SELECT value FROM crm_revision),
        modified_at = CASE WHEN NEW.modified_at = OLD.modified_at
            THEN CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) ELSE NEW.modified_at END
    WHERE id = NEW.id;
END;

CREATE TABLE crm_task (
    id           TEXT PRIMARY KEY NOT NULL,
    subject      TEXT NOT NULL DEFAULT '',
    -- 2026-11-24, or nothing.
    due_on       TEXT NOT NULL DEFAULT '',
    status       TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
    completed_at INTEGER,
    priority     TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('high', 'normal', 'low')),
    description  TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    modified_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    revision     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TRIGGER crm_task_inserted AFTER INSERT ON crm_task BEGIN
    UPDATE crm_revision SET value = value + 1;
    UPDATE crm_task SET revision = (SELECT value FROM crm_revision) WHERE id = NEW.id;
END;

CREATE TRIGGER crm_task_updated AFTER UPDATE OF
    subject, due_on, status, completed_at, priority, description
ON crm_task BEGIN
    UPDATE crm_revision SET value = value + 1;
    UPDATE crm_task SET
        revision = (SELECT value FROM crm_revision),
        modified_at = CASE WHEN NEW.modified_at = OLD.modified_at
            THEN CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) ELSE NEW.modified_at END
    WHERE id = NEW.id;
END;

-- Records that are always in scope.
CREATE TABLE pin (
    record_type TEXT NOT NULL CHECK (record_type IN ('contact', 'event', 'task')),
    crm_id      TEXT NOT NULL,
    PRIMARY KEY (record_type, crm_id)
) STRICT, WITHOUT ROWID;

-- Whether an event of the CRM has an occurrence in the window, and from when until when that holds.
CREATE TABLE event_window (
    crm_id      TEXT PRIMARY KEY NOT NULL,
    revision    INTEGER NOT NULL,
    inside      INTEGER NOT NULL,
    holds_from  INTEGER NOT NULL,
    holds_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- SQLite cannot change a CHECK: the tables are made anew. Dropping `mailbox_file` would take along
-- what refers to it, so that is put aside first.

CREATE TABLE waiting_address_kept (address TEXT NOT NULL, path TEXT NOT NULL) STRICT;
INSERT INTO waiting_address_kept SELECT address, path FROM waiting_address;
DROP TABLE waiting_address;

CREATE TABLE mailbox_file_new (
    path         TEXT PRIMARY KEY NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('contact', 'event', 'task', 'message')),
    size         INTEGER NOT NULL,
    mtime_ns     INTEGER NOT NULL,
    inode        INTEGER NOT NULL,
    racy         INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    -- 'waiting': an event outside the window.
    state        TEXT NOT NULL CHECK (state IN ('synced', 'failed', 'skipped', 'duplicate', 'waiting')),
    -- What a record that was not taken holds, as JSON: it is offered again without reading the file.
    refused      TEXT,
    -- From when until when a waiting event need not be looked at.
    holds_from   INTEGER,
    holds_until  INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO mailbox_file_new
    (path, kind, size, mtime_ns, inode, racy, content_hash, state, refused)
    SELECT path, kind, size, mtime_ns, inode, racy, content_hash, state, refused FROM mailbox_file;
DROP TABLE mailbox_file;
ALTER TABLE mailbox_file_new RENAME TO mailbox_file;
CREATE INDEX mailbox_file_by_state ON mailbox_file (kind, state) WHERE state <> 'synced';

CREATE TABLE waiting_address (
    address TEXT NOT NULL,
    path    TEXT NOT NULL REFERENCES mailbox_file (path) ON DELETE CASCADE,
    PRIMARY KEY (address, path)
) STRICT, WITHOUT ROWID;
INSERT INTO waiting_address (address, path) SELECT address, path FROM waiting_address_kept;
DROP TABLE waiting_address_kept;
CREATE INDEX waiting_address_by_path ON waiting_address (path);

CREATE TABLE link_new (
    record_type  TEXT NOT NULL,
    crm_id       TEXT NOT NULL,
    path         TEXT NOT NULL UNIQUE,
    uid          TEXT NOT NULL,
    mail_hash    BLOB NOT NULL,
    crm_hash     BLOB NOT NULL,
    crm_revision INTEGER NOT NULL,
    -- Until when it is in the window as it was last agreed on; contacts and tasks have none.
    scope_until  INTEGER NOT NULL,
    PRIMARY KEY (record_type, crm_id)
) STRICT, WITHOUT ROWID;
INSERT INTO link_new (record_type, crm_id, path, uid, mail_hash, crm_hash, crm_revision, scope_until)
    SELECT 'contact', crm_id, path, uid, mail_hash, crm_hash, crm_revision, 9223372036854775807 FROM link;
DROP TABLE link;
ALTER TABLE link_new RENAME TO link;
CREATE INDEX link_by_uid ON link (record_type, uid) WHERE uid <> '';

CREATE TABLE mailbox_intent_new (
    record_type  TEXT NOT NULL,
    crm_id       TEXT NOT NULL,
    operation    TEXT NOT NULL CHECK (operation IN ('created', 'updated', 'deleted')),
    path         TEXT NOT NULL,
    uid          TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    mail_hash    BLOB NOT NULL,
    crm_hash     BLOB NOT NULL,
    crm_revision INTEGER NOT NULL,
    scope_until  INTEGER NOT NULL,
    PRIMARY KEY (record_type, crm_id)
) STRICT, WITHOUT ROWID;
INSERT INTO mailbox_intent_new
    (record_type, crm_id, operation, path, uid, content_hash, mail_hash, crm_hash, crm_revision, scope_until)
    SELECT 'contact', crm_id, operation, path, uid, content_hash, mail_hash, crm_hash, crm_revision,
        9223372036854775807 FROM mailbox_intent;
DROP TABLE mailbox_intent;
ALTER TABLE mailbox_intent_new RENAME TO mailbox_intent;
