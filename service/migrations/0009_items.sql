-- Messages and meetings by the ids that mail programs know them by.

-- Which file holds which of them. A calendar's file may hold several.
CREATE TABLE mailbox_item (
    -- Names the record in the API; never given twice.
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    -- A Message-ID without its angle brackets, or a UID.
    item_id TEXT NOT NULL,
    path    TEXT NOT NULL REFERENCES mailbox_file (path) ON DELETE CASCADE,
    -- Its subject.
    name    TEXT NOT NULL,
    UNIQUE (item_id, path)
) STRICT;
CREATE INDEX mailbox_item_by_path ON mailbox_item (path);

-- When a file got its state or its content, and by which session. Nobody knows for what was there before.
ALTER TABLE mailbox_file ADD COLUMN since INTEGER;
ALTER TABLE mailbox_file ADD COLUMN session INTEGER;
ALTER TABLE saved_message ADD COLUMN session INTEGER;

INSERT INTO mailbox_item (item_id, path, name)
    SELECT s.message_id, s.path, coalesce(e.subject, '') FROM saved_message s
    JOIN mailbox_file f ON f.path = s.path LEFT JOIN crm_email e ON e.id = s.email_id;
INSERT INTO mailbox_item (item_id, path, name)
    SELECT l.uid, l.path, coalesce(e.subject, '') FROM link l
    JOIN mailbox_file f ON f.path = l.path LEFT JOIN crm_event e ON e.id = l.crm_id
    WHERE l.record_type = 'event' AND l.uid <> '';
-- The ids of others are in their files only: the next session reads those once more.
UPDATE mailbox_file SET racy = 1
    WHERE kind IN ('event', 'message') AND path NOT IN (SELECT path FROM mailbox_item);
