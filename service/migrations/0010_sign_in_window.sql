-- Whether the window of a sign-in is one that a browser's extension has opened; any other one ends with a page to read.
ALTER TABLE authorization_request ADD COLUMN opened_by_extension INTEGER NOT NULL DEFAULT 0;
