-- Who has signed in to the service, and what renews it. Nothing in here is a secret: renewals are hashes.

-- "SYNP" in ASCII: tells this database from a person's own and from those of other programs.
PRAGMA application_id = 1398361680;

CREATE TABLE person (
    -- SHA-256 over issuer and subject, in hexadecimal; also the name of the person's folder.
    id         TEXT PRIMARY KEY NOT NULL,
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- In lower case, as at the first sign-in: it names the mailbox, which does not change hands by itself.
    email      TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    UNIQUE (issuer, subject)
) STRICT;

-- What was signed in once and has been renewed since; all of it ends together.
CREATE TABLE family (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    person       TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX family_person ON family (person);

CREATE TABLE renewal (
    -- SHA-256 of the cookie's value.
    hash       BLOB PRIMARY KEY NOT NULL,
    family     INTEGER NOT NULL REFERENCES family (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    -- When it was exchanged for the next one; it is good until then.
    rotated_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX renewal_family ON renewal (family);
