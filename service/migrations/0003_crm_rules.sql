-- What the CRM's administrator decides: rules, locks, accounts and settings. These tables are meant to be
-- edited by hand, so they take what is wrong, too: it is refused when a record meets it.

CREATE TABLE crm_validation_rule (
    id          INTEGER PRIMARY KEY,
    record_type TEXT NOT NULL DEFAULT 'contact',
    name        TEXT NOT NULL UNIQUE,
    active      INTEGER NOT NULL DEFAULT 1,
    -- The CRM's name of the field, such as Title.
    field       TEXT NOT NULL,
    -- is_empty, longer_than, matches, not_matches, equals or not_one_of: a record for which it holds is refused.
    condition   TEXT NOT NULL,
    -- A number of characters, a regular expression, a text, or a JSON array of texts.
    argument    TEXT NOT NULL DEFAULT '',
    message     TEXT NOT NULL
) STRICT;

CREATE TABLE crm_lock (
    record_type TEXT NOT NULL DEFAULT 'contact',
    crm_id      TEXT NOT NULL,
    -- 'locked' by an approval until somebody removes the row; 'saving' while another program saves the record.
    kind        TEXT NOT NULL DEFAULT 'locked' CHECK (kind IN ('locked', 'saving')),
    reason      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (record_type, crm_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE crm_account (
    name TEXT PRIMARY KEY NOT NULL COLLATE NOCASE
) STRICT, WITHOUT ROWID;

-- 'company_must_exist' is on when its value is 'on'.
CREATE TABLE crm_setting (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Calls of the CRM, by the hour since 1970 in which they were made.
CREATE TABLE crm_call (
    hour  INTEGER PRIMARY KEY,
    calls INTEGER NOT NULL
) STRICT;

-- Sessions in a row that ended because the CRM's allowance was used up.
ALTER TABLE engine_state ADD COLUMN throttled_sessions INTEGER NOT NULL DEFAULT 0;

-- Which session it was about, the reason's code, and until when a pause lasts.
ALTER TABLE activity ADD COLUMN session INTEGER;
ALTER TABLE activity ADD COLUMN code TEXT;
ALTER TABLE activity ADD COLUMN until INTEGER;
CREATE INDEX activity_by_time ON activity (at);

CREATE INDEX issue_resolved ON issue (resolved_at) WHERE resolved_at IS NOT NULL;
