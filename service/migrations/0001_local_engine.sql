-- Everything that the local engine and the API layer keep, in one database, so that a record's change and its link commit together.

-- "SYNC": tells this program's databases from others.
PRAGMA application_id = 1398361667;

-- The CRM. Other programs may write these tables too: what they change is found by `revision`.

CREATE TABLE crm_contact (
    id           TEXT PRIMARY KEY NOT NULL,
    first_name   TEXT NOT NULL DEFAULT '',
    last_name    TEXT NOT NULL DEFAULT '',
    email        TEXT NOT NULL DEFAULT '',
    phone        TEXT NOT NULL DEFAULT '',
    mobile_phone TEXT NOT NULL DEFAULT '',
    title        TEXT NOT NULL DEFAULT '',
    company      TEXT NOT NULL DEFAULT '',
    street       TEXT NOT NULL DEFAULT '',
    city         TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL DEFAULT '',
    postal_code  TEXT NOT NULL DEFAULT '',
    country      TEXT NOT NULL DEFAULT '',
    description  TEXT NOT NULL DEFAULT '',
    -- Milliseconds since 1970.
    created_at   INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    modified_at  INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    -- Grows with every change of any contact.
    revision     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX crm_contact_by_email ON crm_contact (lower(email)) WHERE email <> '';
CREATE INDEX crm_contact_by_name ON crm_contact (last_name, first_name);

CREATE TABLE crm_revision (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;
INSERT INTO crm_revision (id, value) VALUES (1, 0);

CREATE TRIGGER crm_contact_inserted AFTER INSERT ON crm_contact BEGIN
    UPDATE crm_revision SET value = value + 1;
    UPDATE crm_contact SET revision = (SELECT value FROM crm_revision) WHERE id = NEW.id;
END;

-- A writer that leaves `modified_at` alone gets the time of the database's clock.
CREATE TRIGGER crm_contact_updated AFTER UPDATE OF
    first_name, last_name, email, phone, mobile_phone, title, company,
    street, city, state, postal_code, country, description
ON crm_contact BEGIN
    UPDATE crm_revision SET value = value + 1;
    UPDATE crm_contact SET
        revision = (SELECT value FROM crm_revision),
        modified_at = CASE WHEN NEW.modified_at = OLD.modified_at
            THEN CAST(unixepoch('subsec') * 1000 AS INTEGER) ELSE NEW.modified_at END
    WHERE id = NEW.id;
END;

CREATE TABLE crm_email (
    id             TEXT PRIMARY KEY NOT NULL,
    message_id     TEXT NOT NULL,
    subject        TEXT NOT NULL,
    from_address   TEXT NOT NULL,
    -- JSON arrays of addresses.
    to_addresses   TEXT NOT NULL,
    cc_addresses   TEXT NOT NULL,
    sent_at        INTEGER NOT NULL,
    body           TEXT NOT NULL,
    body_truncated INTEGER NOT NULL,
    saved_at       INTEGER NOT NULL
) STRICT;

CREATE TABLE crm_email_contact (
    email_id   TEXT NOT NULL REFERENCES crm_email (id) ON DELETE CASCADE,
    contact_id TEXT NOT NULL REFERENCES crm_contact (id) ON DELETE CASCADE,
    PRIMARY KEY (email_id, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX crm_email_contact_by_contact ON crm_email_contact (contact_id);

-- The mailbox as it was last seen.

CREATE TABLE mailbox_file (
    -- Under the mailbox folder, parts separated by '/'.
    path         TEXT PRIMARY KEY NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('contact', 'message')),
    size         INTEGER NOT NULL,
    mtime_ns     INTEGER NOT NULL,
    inode        INTEGER NOT NULL,
    -- 1: changed so shortly before it was read that a later change could look the same.
    racy         INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('synced', 'failed', 'skipped', 'duplicate')),
    -- What a refused contact holds, as JSON: it is offered again without reading the file.
    refused      TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX mailbox_file_by_state ON mailbox_file (kind, state) WHERE state <> 'synced';

-- Which file is which CRM contact, and how both were when they were last the same.
CREATE TABLE link (
    crm_id       TEXT PRIMARY KEY NOT NULL,
    path         TEXT NOT NULL UNIQUE,
    uid          TEXT NOT NULL,
    -- Hashes of the mapped fields, as each side holds them.
    mail_hash    BLOB NOT NULL,
    crm_hash     BLOB NOT NULL,
    crm_revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A write to the mailbox that is about to happen: what a killed process left is settled by it.
CREATE TABLE mailbox_intent (
    crm_id       TEXT PRIMARY KEY NOT NULL,
    operation    TEXT NOT NULL CHECK (operation IN ('created', 'updated', 'deleted')),
    path         TEXT NOT NULL,
    uid          TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    mail_hash    BLOB NOT NULL,
    crm_hash     BLOB NOT NULL,
    crm_revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages that were saved, even when somebody has deleted them in the CRM since.
CREATE TABLE saved_message (
    message_id TEXT PRIMARY KEY NOT NULL,
    email_id   TEXT NOT NULL,
    -- The file that it was saved from; another one with the same Message-ID is a duplicate.
    path       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The addresses in messages that were skipped because no contact has any of them.
CREATE TABLE waiting_address (
    address TEXT NOT NULL,
    path    TEXT NOT NULL REFERENCES mailbox_file (path) ON DELETE CASCADE,
    PRIMARY KEY (address, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_address_by_path ON waiting_address (path);

-- Sessions and what they met.

CREATE TABLE session (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    trigger        TEXT NOT NULL,
    started_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    outcome        TEXT,
    code           TEXT,
    error_source   TEXT,
    error_category TEXT,
    error_code     TEXT,
    error_message  TEXT,
    scope_total    INTEGER NOT NULL,
    scope_limit    INTEGER NOT NULL,
    changes        INTEGER NOT NULL DEFAULT 0,
    failures       INTEGER NOT NULL DEFAULT 0,
    skips          INTEGER NOT NULL DEFAULT 0,
    conflicts      INTEGER NOT NULL DEFAULT 0,
    duplicates     INTEGER NOT NULL DEFAULT 0,
    confirmations  INTEGER NOT NULL DEFAULT 0,
    files_read     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX session_by_start ON session (started_at);
CREATE INDEX session_by_outcome ON session (outcome, id);
CREATE INDEX session_running ON session (id) WHERE ended_at IS NULL;

CREATE TABLE session_count (
    session     INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    record_type TEXT NOT NULL,
    direction   TEXT NOT NULL,
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    deleted     INTEGER NOT NULL,
    skipped     INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    PRIMARY KEY (session, record_type, direction)
) STRICT, WITHOUT ROWID;

CREATE TABLE session_record (
    id          INTEGER PRIMARY KEY,
    session     INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    record_type TEXT NOT NULL,
    direction   TEXT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('failed', 'skipped')),
    name        TEXT NOT NULL,
    code        TEXT NOT NULL,
    message     TEXT NOT NULL,
    -- A JSON array of the CRM's field names.
    fields      TEXT NOT NULL,
    severity    TEXT
) STRICT;
CREATE INDEX session_record_by_session ON session_record (session, outcome, id);

CREATE TABLE issue (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    record_type  TEXT NOT NULL,
    direction    TEXT NOT NULL,
    -- The file's path, or the CRM's id.
    record       TEXT NOT NULL,
    name         TEXT NOT NULL,
    operation    TEXT NOT NULL,
    severity     TEXT NOT NULL,
    code         TEXT NOT NULL,
    message      TEXT NOT NULL,
    fields       TEXT NOT NULL,
    first_seen   INTEGER NOT NULL,
    last_seen    INTEGER NOT NULL,
    occurrences  INTEGER NOT NULL,
    last_session INTEGER NOT NULL,
    resolved_at  INTEGER,
    UNIQUE (record_type, direction, record)
) STRICT;
CREATE INDEX issue_open ON issue (severity) WHERE resolved_at IS NULL;

-- The engine.

CREATE TABLE engine_state (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    mode           TEXT NOT NULL CHECK (mode IN ('enabled', 'paused', 'disabled')),
    since          INTEGER NOT NULL,
    paused_until   INTEGER,
    -- Why it is disabled: a stable code, what happened, and whether access was lost.
    disabled_code  TEXT,
    disabled_by    TEXT,
    lost_access    INTEGER NOT NULL DEFAULT 0,
    next_run_at    INTEGER,
    quiet_sessions INTEGER NOT NULL DEFAULT 0,
    failed_sessions INTEGER NOT NULL DEFAULT 0,
    -- Waiting messages were last matched with contacts up to this revision of the CRM.
    matched_revision INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE activity (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    -- 'person' or 'engine'.
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT
) STRICT;

-- The API layer.

CREATE TABLE idempotency (
    key         TEXT PRIMARY KEY NOT NULL,
    fingerprint BLOB NOT NULL,
    begun_at    INTEGER NOT NULL,
    -- The run of the program that carries the command out.
    run         BLOB NOT NULL,
    status      INTEGER,
    body        BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (begun_at);
