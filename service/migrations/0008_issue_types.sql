-- How many issues are open or being retried, by record type, kept by triggers like the counts by cause.
CREATE TABLE issue_type_count (
    record_type TEXT PRIMARY KEY NOT NULL,
    issues      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO issue_type_count (record_type, issues)
    SELECT record_type, count(*) FROM issue WHERE place >= 2 * 1099511627776 GROUP BY record_type;

CREATE TRIGGER issue_inserted_typed AFTER INSERT ON issue WHEN NEW.standing = 2 BEGIN
    INSERT INTO issue_type_count (record_type, issues) VALUES (NEW.record_type, 1)
        ON CONFLICT (record_type) DO UPDATE SET issues = issues + 1;
END;

CREATE TRIGGER issue_deleted_typed AFTER DELETE ON issue WHEN OLD.standing = 2 BEGIN
    UPDATE issue_type_count SET issues = issues - 1 WHERE record_type = OLD.record_type;
END;

CREATE TRIGGER issue_updated_typed AFTER UPDATE OF record_type, state ON issue
WHEN OLD.record_type <> NEW.record_type OR OLD.standing <> NEW.standing BEGIN
    UPDATE issue_type_count SET issues = issues - 1 WHERE record_type = OLD.record_type AND OLD.standing = 2;
    INSERT INTO issue_type_count (record_type, issues) SELECT NEW.record_type, 1 WHERE NEW.standing = 2
        ON CONFLICT (record_type) DO UPDATE SET issues = issues + 1;
END;
