-- Where each issue stands, and the group that it belongs to: its code, and for a refused value its field.

ALTER TABLE issue ADD COLUMN state TEXT NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'retrying', 'resolved', 'muted'));
ALTER TABLE issue ADD COLUMN cause TEXT NOT NULL DEFAULT '';
UPDATE issue SET
    state = CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END,
    cause = code || coalesce(':' || json_extract(fields, '$[0]'), '');

-- Lists are read newest first, by `id`. What is open is asked for most.
DROP INDEX issue_open;
CREATE INDEX issue_current ON issue (id) WHERE state IN ('open', 'retrying');
CREATE INDEX issue_current_by_severity ON issue (severity) WHERE state IN ('open', 'retrying');
CREATE INDEX issue_current_by_cause ON issue (cause, id) WHERE state IN ('open', 'retrying');
CREATE INDEX issue_by_state ON issue (state, id);
CREATE INDEX issue_by_cause ON issue (cause, id);
-- Holds all that counting the causes needs.
CREATE INDEX issue_causes ON issue (cause, severity, state, first_seen, last_seen) WHERE state <> 'resolved';
