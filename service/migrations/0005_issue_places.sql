-- Lists, counts and searches of issues that take as long with many issues as with few.

-- Where an issue stands: 2 open or being retried, 1 muted, 0 resolved.
ALTER TABLE issue ADD COLUMN standing INTEGER NOT NULL
    GENERATED ALWAYS AS (CASE state WHEN 'resolved' THEN 0 WHEN 'muted' THEN 1 ELSE 2 END) VIRTUAL;
-- Lists are read newest first, by `seq`: it is new whenever `first_seen` is, so that an issue that comes back
-- comes back at the top.
ALTER TABLE issue ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
UPDATE issue SET seq = id;
-- Both in one number, so that the issues of one standing are a range of places, in their order.
ALTER TABLE issue ADD COLUMN place INTEGER NOT NULL
    GENERATED ALWAYS AS (standing * 1099511627776 + seq) VIRTUAL;

DROP INDEX issue_current;
DROP INDEX issue_current_by_severity;
DROP INDEX issue_current_by_cause;
DROP INDEX issue_by_state;
DROP INDEX issue_by_cause;
DROP INDEX issue_causes;
CREATE UNIQUE INDEX issue_by_seq ON issue (seq);
CREATE INDEX issue_by_place ON issue (place);
CREATE INDEX issue_by_cause ON issue (cause, place);
CREATE INDEX issue_retrying ON issue (place) WHERE state = 'retrying';
-- A cause's first and last time, without looking at all of its issues.
CREATE INDEX issue_cause_first ON issue (cause, first_seen) WHERE state <> 'resolved';
CREATE INDEX issue_cause_last ON issue (cause, last_seen) WHERE state <> 'resolved';

-- How many issues there are, kept by triggers: what is counted here need not be counted when it is read.
CREATE TABLE issue_count (
    cause    TEXT NOT NULL,
    standing INTEGER NOT NULL,
    severity TEXT NOT NULL,
    issues   INTEGER NOT NULL,
    PRIMARY KEY (cause, standing, severity)
) STRICT, WITHOUT ROWID;
INSERT INTO issue_count (cause, standing, severity, issues)
    SELECT cause, standing, severity, count(*) FROM issue GROUP BY 1, 2, 3;

CREATE TRIGGER issue_inserted_counted AFTER INSERT ON issue BEGIN
    INSERT INTO issue_count (cause, standing, severity, issues) VALUES (NEW.cause, NEW.standing, NEW.severity, 1)
        ON CONFLICT (cause, standing, severity) DO UPDATE SET issues = issues + 1;
END;

CREATE TRIGGER issue_deleted_counted AFTER DELETE ON issue BEGIN
    UPDATE issue_count SET issues = issues - 1
        WHERE cause = OLD.cause AND standing = OLD.standing AND severity = OLD.severity;
    DELETE FROM issue_count
        WHERE cause = OLD.cause AND standing = OLD.standing AND severity = OLD.severity AND issues = 0;
END;

CREATE TRIGGER issue_updated_counted AFTER UPDATE OF cause, state, severity ON issue
WHEN OLD.cause <> NEW.cause OR OLD.standing <> NEW.standing OR OLD.severity <> NEW.severity BEGIN
    UPDATE issue_count SET issues = issues - 1
        WHERE cause = OLD.cause AND standing = OLD.standing AND severity = OLD.severity;
    DELETE FROM issue_count
        WHERE cause = OLD.cause AND standing = OLD.standing AND severity = OLD.severity AND issues = 0;
    INSERT INTO issue_count (cause, standing, severity, issues) VALUES (NEW.cause, NEW.standing, NEW.severity, 1)
        ON CONFLICT (cause, standing, severity) DO UPDATE SET issues = issues + 1;
END;

-- What issues say, in threes of characters, by place. `lower` knows the same letters as LIKE: those of ASCII. The
-- two signs at each end make every character the first one of a three, which a search for fewer goes by.
CREATE VIRTUAL TABLE issue_text USING fts5 (
    name, message, code, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
CREATE VIRTUAL TABLE issue_term USING fts5vocab (issue_text, instance);
INSERT INTO issue_text (rowid, name, message, code)
    SELECT place, lower(name) || char(1, 1), lower(message) || char(1, 1), lower(code) || char(1, 1)
    FROM issue ORDER BY place;

CREATE TRIGGER issue_inserted_searched AFTER INSERT ON issue BEGIN
    INSERT INTO issue_text (rowid, name, message, code) VALUES
        (NEW.place, lower(NEW.name) || char(1, 1), lower(NEW.message) || char(1, 1), lower(NEW.code) || char(1, 1));
END;

CREATE TRIGGER issue_deleted_searched AFTER DELETE ON issue BEGIN
    INSERT INTO issue_text (issue_text, rowid, name, message, code) VALUES ('delete',
        OLD.place, lower(OLD.name) || char(1, 1), lower(OLD.message) || char(1, 1), lower(OLD.code) || char(1, 1));
END;

CREATE TRIGGER issue_updated_searched AFTER UPDATE OF state, seq, name, message, code ON issue
WHEN OLD.place <> NEW.place OR OLD.name <> NEW.name OR OLD.message <> NEW.message OR OLD.code <> NEW.code BEGIN
    INSERT INTO issue_text (issue_text, rowid, name, message, code) VALUES ('delete',
        OLD.place, lower(OLD.name) || char(1, 1), lower(OLD.message) || char(1, 1), lower(OLD.code) || char(1, 1));
    INSERT INTO issue_text (rowid, name, message, code) VALUES
        (NEW.place, lower(NEW.name) || char(1, 1), lower(NEW.message) || char(1, 1), lower(NEW.code) || char(1, 1));
END;

-- How many records are linked, by type, and how many messages are saved ('email'), kept likewise.
CREATE TABLE mirrored_count (
    record_type TEXT PRIMARY KEY NOT NULL,
    records     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO mirrored_count (record_type, records) VALUES
    ('contact', (SELECT count(*) FROM link WHERE record_type = 'contact')),
    ('event', (SELECT count(*) FROM link WHERE record_type = 'event')),
    ('task', (SELECT count(*) FROM link WHERE record_type = 'task')),
    ('email', (SELECT count(*) FROM saved_message));

CREATE TRIGGER link_inserted AFTER INSERT ON link BEGIN
    UPDATE mirrored_count SET records = records + 1 WHERE record_type = NEW.record_type;
END;
CREATE TRIGGER link_deleted AFTER DELETE ON link BEGIN
    UPDATE mirrored_count SET records = records - 1 WHERE record_type = OLD.record_type;
END;
CREATE TRIGGER saved_message_inserted AFTER INSERT ON saved_message BEGIN
    UPDATE mirrored_count SET records = records + 1 WHERE record_type = 'email';
END;
CREATE TRIGGER saved_message_deleted AFTER DELETE ON saved_message BEGIN
    UPDATE mirrored_count SET records = records - 1 WHERE record_type = 'email';
END;
-- Events are counted by their time, which passes.
CREATE INDEX link_events_in_scope ON link (scope_until) WHERE record_type = 'event';
