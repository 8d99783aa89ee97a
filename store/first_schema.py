"""The tables, indexes and search of the first release: never change them, add a step to ``store.migrations``."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE environments ( -- What a model ran in. A replay is equal where this is equal.
    hash TEXT PRIMARY KEY, -- SHA-256 of the column environment.
    environment TEXT NOT NULL -- JSON: versions, device, dtype, threads, fingerprint of the weights.
)""",
    """CREATE TABLE runs ( -- One row for each request and all that became of it. The row is the queue, too.
    number INTEGER PRIMARY KEY, -- Order of arrival: 1 is the first run of this database.
    id TEXT NOT NULL UNIQUE, -- Name of the run everywhere outside: 32 hex characters, impossible to guess.
    parent TEXT REFERENCES runs(id) ON DELETE SET NULL, -- The run this one repeats or varies.
    action TEXT NOT NULL, -- What was asked for: generate, ask, describe or speak.
    actor TEXT NOT NULL, -- Who asked: name of an account, or of a guest.
    role TEXT NOT NULL, -- Role of the actor at that time.
    model TEXT NOT NULL, -- Model that serves the run, a row of models.yaml.
    lane TEXT NOT NULL, -- Queue it waits in; empty if refused before one was chosen.
    source TEXT NOT NULL, -- Where it came from: page, api, rest or mcp.
    prompt TEXT NOT NULL, -- The words of the person: prompt, question or text to speak.
    status TEXT NOT NULL, -- queued, running, saving; done, blocked, denied, failed, cancelled, interrupted.
    code TEXT NOT NULL DEFAULT '', -- Why it did not end well, as a stable word for scripts; empty if it did.
    message TEXT NOT NULL DEFAULT '', -- The same as a sentence for people.
    answer TEXT NOT NULL DEFAULT '', -- The answer of the model, whole.
    sound TEXT NOT NULL DEFAULT '', -- Name of the kept sound, or empty.
    queued TEXT NOT NULL, -- When it was asked for.
    started TEXT, -- When its latest attempt started.
    finished TEXT, -- When it became final; empty as long as it is not.
    seconds REAL, -- Time from started to finished.
    attempt INTEGER NOT NULL DEFAULT 0, -- How often it was started. A crash gives one more try.
    turn INTEGER, -- Number of its latest start among all starts; keeps the queue fair between people.
    boot TEXT NOT NULL DEFAULT '', -- The start of the program that works, or last worked, on it.
    ticket TEXT NOT NULL DEFAULT '', -- Id a remote service gave it, so that it is looked up and never made twice.
    environment TEXT REFERENCES environments(hash), -- What it ran in.
    request TEXT NOT NULL, -- JSON: the whole request with seeds and model resolved, enough to run it again.
    facts TEXT NOT NULL DEFAULT '{}' -- JSON: what explains the result, such as the resolved prompt and timings.
)""",
    """CREATE TABLE images ( -- Pictures that runs made, in the order of their seeds.
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE, -- The run that made it.
    position INTEGER NOT NULL, -- Place in the result, from 0; blocked pictures keep theirs.
    sha256 TEXT NOT NULL, -- SHA-256 of the kept file; empty if blocked, since blocked pictures are not kept.
    pixels_sha256 TEXT NOT NULL, -- SHA-256 before the record was written into the file: equal pictures share it.
    seed INTEGER, -- Makes it again; empty where the model gives none.
    uri TEXT NOT NULL, -- Path of the file inside the data folder; empty if blocked.
    width INTEGER NOT NULL, -- Pixels.
    height INTEGER NOT NULL, -- Pixels.
    blocked TEXT NOT NULL DEFAULT '', -- Why it is not shown, as a sentence; empty if it is.
    PRIMARY KEY (run, position)
)""",
    """CREATE TABLE uploads ( -- Pictures that requests brought along.
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE, -- The run whose request brought it.
    sha256 TEXT NOT NULL, -- SHA-256 of the kept file.
    PRIMARY KEY (run, sha256)
)""",
    """CREATE TABLE findings ( -- What the safety rules said about runs.
    number INTEGER PRIMARY KEY, -- Order in which they were written.
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE, -- The run they are about.
    rule TEXT NOT NULL, -- Name of the rule and its version.
    category TEXT NOT NULL, -- Category of the moderation taxonomy, such as violence.
    score REAL NOT NULL, -- How sure the rule is, from 0 to 1, in its own unit.
    threshold REAL NOT NULL, -- Score from which the verdict holds.
    verdict TEXT NOT NULL, -- allow, review or block.
    reason TEXT NOT NULL, -- The sentence for the person, with what to change.
    evidence TEXT NOT NULL, -- What moved the rule: characters of the text, or the nearest concept.
    field TEXT NOT NULL, -- Name of the text it is about, or picture.
    span_start INTEGER, -- First character of the evidence in the text, from 0.
    span_end INTEGER -- Character after its last.
)""",
    """CREATE TABLE people ( -- Accounts.
    name TEXT PRIMARY KEY, -- Name of the person, unique whatever the case.
    role TEXT NOT NULL, -- Name of a role in roles.yaml.
    disabled INTEGER NOT NULL DEFAULT 0, -- 1 if the account is closed; it is anonymous then.
    password_hash TEXT NOT NULL, -- Salted hash of the password with its parameters.
    created TEXT NOT NULL -- When the account was made.
)""",
    """CREATE TABLE sessions ( -- Live sign-ins and API tokens.
    key_hash TEXT PRIMARY KEY, -- Hash of the secret; the secret itself is kept nowhere.
    kind TEXT NOT NULL CHECK (kind IN ('session', 'token')), -- session of a browser, or token of a script.
    name TEXT NOT NULL REFERENCES people(name) ON DELETE CASCADE, -- Whose it is.
    created TEXT NOT NULL, -- When it began.
    expires TEXT NOT NULL -- When it ends by itself.
)""",
)

INDEXES = (
    "CREATE INDEX runs_queued ON runs(queued)",
    "CREATE INDEX runs_actor ON runs(actor, queued)",
    "CREATE INDEX runs_status ON runs(status, queued)",
    "CREATE INDEX runs_action ON runs(action, queued)",
    "CREATE INDEX runs_turn ON runs(turn)",
    "CREATE INDEX runs_latest_turn ON runs(lane, actor, turn)",
    "CREATE INDEX runs_waiting ON runs(lane, actor, number) WHERE status = 'queued'",
    "CREATE INDEX runs_open ON runs(actor, number) WHERE status IN ('queued', 'running', 'saving')",
    "CREATE INDEX images_sha256 ON images(sha256)",
    "CREATE INDEX uploads_sha256 ON uploads(sha256)",
    "CREATE INDEX findings_run ON findings(run)",
    "CREATE UNIQUE INDEX people_name ON people(name COLLATE NOCASE)",
    "CREATE INDEX sessions_name ON sessions(name)",
)

# Letters, digits and signs such as emoji are words; accents do not matter. The triggers leave the index alone when only
# the state of a run changes, which is most of the time.
SEARCH = (
    """CREATE VIRTUAL TABLE runs_search USING fts5(prompt, answer, content='runs', content_rowid='number',
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co So'", prefix='1 2 3')""",
    """CREATE TRIGGER runs_search_insert AFTER INSERT ON runs BEGIN
    INSERT INTO runs_search(rowid, prompt, answer) VALUES (new.number, new.prompt, new.answer);
END""",
    """CREATE TRIGGER runs_search_delete AFTER DELETE ON runs BEGIN
    INSERT INTO runs_search(runs_search, rowid, prompt, answer)
    VALUES ('delete', old.number, old.prompt, old.answer);
END""",
    """CREATE TRIGGER runs_search_update AFTER UPDATE OF prompt, answer ON runs
WHEN old.prompt IS NOT new.prompt OR old.answer IS NOT new.answer BEGIN
    INSERT INTO runs_search(runs_search, rowid, prompt, answer)
    VALUES ('delete', old.number, old.prompt, old.answer);
    INSERT INTO runs_search(rowid, prompt, answer) VALUES (new.number, new.prompt, new.answer);
END""",
)
