-- The connection to each side, and the sign-ins that lead to one.

CREATE TABLE connection (
    side              TEXT PRIMARY KEY NOT NULL CHECK (side IN ('crm', 'email')),
    kind              TEXT NOT NULL,
    domain            TEXT,
    -- The account as its owner knows it, and as the provider does.
    account           TEXT,
    account_id        TEXT,
    -- The provider that the secret is from.
    issuer            TEXT,
    status            TEXT NOT NULL CHECK (status IN ('connected', 'disconnected', 'unknown')),
    since             INTEGER NOT NULL,
    checked_at        INTEGER,
    -- Why it is not well: the API's reason, as JSON.
    cause             TEXT,
    -- When the access token, and the access itself, end, where that is known.
    access_expires_at INTEGER,
    expires_at        INTEGER,
    -- Tokens or credentials, encrypted with the service's key.
    secret            BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE authorization_request (
    id               TEXT PRIMARY KEY NOT NULL,
    side             TEXT NOT NULL CHECK (side IN ('crm', 'email')),
    intent           TEXT NOT NULL,
    kind             TEXT NOT NULL,
    domain           TEXT,
    -- The page that the sign-in window tells that it is done.
    origin           TEXT NOT NULL,
    issuer           TEXT NOT NULL,
    status           TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    expected_account TEXT,
    expected_id      TEXT,
    account          TEXT,
    cause            TEXT,
    -- SHA-256 of the state that the provider gives back, and whether it has been given back.
    state_hash       BLOB NOT NULL UNIQUE,
    state_used       INTEGER NOT NULL DEFAULT 0,
    -- The state and the PKCE verifier, encrypted; gone once it has ended.
    secret           BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX authorization_request_pending ON authorization_request (side) WHERE status = 'pending';
CREATE INDEX authorization_request_by_age ON authorization_request (created_at);

-- The demo sign-in: a stand-in for providers, on loopback only. What it has given out, as hashes.

CREATE TABLE demo_grant (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,
    account    TEXT NOT NULL,
    given_at   INTEGER NOT NULL,
    expires_at INTEGER,
    -- Why it has ended, in the words of an OAuth error.
    ended_by   TEXT
) STRICT;

CREATE TABLE demo_token (
    hash       BLOB PRIMARY KEY NOT NULL,
    grant_id   INTEGER NOT NULL REFERENCES demo_grant (id) ON DELETE CASCADE,
    use        TEXT NOT NULL CHECK (use IN ('access', 'refresh')),
    expires_at INTEGER,
    -- A refresh token that comes a second time was stolen, or its answer got lost.
    spent      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX demo_token_by_grant ON demo_token (grant_id);
