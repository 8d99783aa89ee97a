"""The schema, as steps that are only ever added to. Never change a step that has been released: add another one.

The sentence behind each column stays in the file of the database itself (``sqlite_schema.sql``), and docs/schema.md is
generated from there. Sentence of a column added later: ``ALTER TABLE runs ADD COLUMN name /* Sentence. */ TEXT``.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from store.first_schema import INDEXES, SEARCH, TABLES
from store.runs import talks, unspaced

migrations = Migrations("show_and_tell")


@migrations()
def first_schema(db: Database) -> None:
    """Make the tables, their indexes and the search over prompts and answers."""
    for statement in (*TABLES, *INDEXES, *SEARCH):
        db.execute(statement)


@migrations()
def brought_pictures(db: Database) -> None:
    """Make the table of pictures that come before a question does, and find kept sounds by name."""
    db.execute("""CREATE TABLE brought ( -- Pictures people brought to ask about, refused ones too; of the last days.
    number INTEGER PRIMARY KEY, -- Order of arrival.
    actor TEXT NOT NULL, -- Who brought it: name of an account, or of a guest.
    role TEXT NOT NULL, -- Role of the actor at that time.
    sha256 TEXT NOT NULL, -- SHA-256 of the clean picture.
    at TEXT NOT NULL -- When.
)""")
    for statement in (
        "CREATE INDEX brought_actor ON brought(actor, at)",
        "CREATE INDEX brought_sha256 ON brought(sha256)",
        "CREATE INDEX runs_sound ON runs(sound) WHERE sound <> ''",
    ):
        db.execute(statement)


_HOLDS_UNSPACED = f"({{row}}prompt GLOB {unspaced.PATTERN} OR {{row}}answer GLOB {unspaced.PATTERN})"
_UNSPACED = (
    """CREATE TABLE unspaced ( -- Runs in a script without spaces, such as Chinese or Thai, as search reads them.
    number INTEGER PRIMARY KEY REFERENCES runs(number) ON DELETE CASCADE, -- The run.
    prompt TEXT, -- Its prompt with a space around each sign; empty until the program has put it into the index.
    answer TEXT -- Its answer in the same way.
)""",
    "CREATE INDEX unspaced_waiting ON unspaced(number) WHERE prompt IS NULL",
    """CREATE VIRTUAL TABLE unspaced_search USING fts5(prompt, answer, content='unspaced', content_rowid='number',
    tokenize="unicode61 remove_diacritics 2 categories 'L* M* N* Co So'")""",
    f"""CREATE TRIGGER unspaced_run_insert AFTER INSERT ON runs WHEN {_HOLDS_UNSPACED.format(row="new.")} BEGIN
    INSERT INTO unspaced(number) VALUES (new.number);
END""",  # noqa: S608 - our own words
    f"""CREATE TRIGGER unspaced_run_update AFTER UPDATE OF prompt, answer ON runs
WHEN old.prompt IS NOT new.prompt OR old.answer IS NOT new.answer BEGIN
    DELETE FROM unspaced WHERE number = old.number;
    INSERT INTO unspaced(number) SELECT new.number WHERE {_HOLDS_UNSPACED.format(row="new.")};
END""",  # noqa: S608 - our own words
    """CREATE TRIGGER unspaced_run_delete AFTER DELETE ON runs BEGIN
    DELETE FROM unspaced WHERE number = old.number;
END""",
    """CREATE TRIGGER unspaced_update AFTER UPDATE ON unspaced WHEN old.prompt IS NULL BEGIN
    INSERT INTO unspaced_search(rowid, prompt, answer) VALUES (new.number, new.prompt, new.answer);
END""",
    """CREATE TRIGGER unspaced_delete AFTER DELETE ON unspaced WHEN old.prompt IS NOT NULL BEGIN
    INSERT INTO unspaced_search(unspaced_search, rowid, prompt, answer)
    VALUES ('delete', old.number, old.prompt, old.answer);
END""",
)


@migrations()
def search_without_spaces(db: Database) -> None:
    """Make prompts and answers in scripts without spaces searchable, those of earlier runs too."""
    for statement in _UNSPACED:
        db.execute(statement)
    db.execute(f"INSERT INTO unspaced(number) SELECT number FROM runs WHERE {_HOLDS_UNSPACED.format(row='')}")  # noqa: S608 - our own words
    unspaced.index(db.conn)


@migrations()
def parties(db: Database) -> None:
    """Let the queue be fair between parties: visitors share by their address, since a name is easily thrown away."""
    for statement in (
        "ALTER TABLE runs ADD COLUMN party /* Who takes turns and has shares: an account, or the address of a visitor "
        "as a keyed hash. */ TEXT NOT NULL DEFAULT ''",
        "UPDATE runs SET party = actor",
        "DROP INDEX runs_waiting",
        "DROP INDEX runs_latest_turn",
        "CREATE INDEX runs_waiting ON runs(lane, party, number) WHERE status = 'queued'",
        "CREATE INDEX runs_latest_turn ON runs(lane, party, turn)",
        "CREATE INDEX runs_party ON runs(party, queued)",
        "CREATE INDEX runs_party_open ON runs(party) WHERE status IN ('queued', 'running', 'saving')",
    ):
        db.execute(statement)


_MEASURES = (
    """CREATE TABLE measures ( -- Numbers that runs measured: how sure an answer is, a score, a vote.
    number INTEGER PRIMARY KEY, -- Order within the database.
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE, -- The run that measured.
    position INTEGER NOT NULL DEFAULT 0, -- The picture of the run it is about, 0.. in the order of the seeds.
    name TEXT NOT NULL, -- What was measured, such as confidence.
    value REAL NOT NULL, -- The number.
    unit TEXT NOT NULL DEFAULT '', -- Its unit, such as probability.
    detail TEXT NOT NULL DEFAULT '{}' -- JSON: what explains it.
)""",
    "CREATE INDEX measures_run ON measures(run)",
    "CREATE INDEX measures_name ON measures(name)",
)


@migrations()
def measures(db: Database) -> None:
    """Make the one table of numbers that runs measure."""
    for statement in _MEASURES:
        db.execute(statement)


@migrations()
def findings_of_pictures(db: Database) -> None:
    """Let a finding name the made picture it is about."""
    db.execute(
        "ALTER TABLE findings ADD COLUMN position /* Place of the made picture it is about, from 0; empty for words "
        "and uploads. */ INTEGER"
    )


@migrations()
def talks_of_runs(db: Database) -> None:
    """Let runs name the talk they belong to, those of earlier programs too."""
    db.execute(
        "ALTER TABLE runs ADD COLUMN talk /* First run of the talk it belongs to, itself if it is the first; empty "
        "outside of talks. */ TEXT"
    )
    talks.fill(db.conn)
    for statement in (
        "CREATE INDEX runs_talk ON runs(talk, number) WHERE talk IS NOT NULL",
        "CREATE INDEX runs_talking ON runs(actor, number) WHERE talk IS NOT NULL AND source = 'page'",
    ):
        db.execute(statement)


@migrations()
def deletion(db: Database) -> None:
    """Let runs be deleted: what limits and statistics count stays in their rows."""
    for statement in (
        "ALTER TABLE runs ADD COLUMN deleted /* When its words, answer and pictures were deleted, and its id was "
        "replaced; empty if they are kept. */ TEXT",
        # Its children are found when it goes.
        "CREATE INDEX runs_parent ON runs(parent) WHERE parent IS NOT NULL",
        "CREATE INDEX runs_addresses ON runs(queued) WHERE deleted IS NOT NULL AND party <> actor",
        """CREATE TABLE leaving ( -- What deleted runs leave, until it is off the disk: a matter of a minute.
    kind TEXT NOT NULL, -- picture, sound, or words: what the search index still holds of them.
    name TEXT NOT NULL, -- Name of the kept file; it stays on the disk if another run refers to it.
    at TEXT NOT NULL, -- When the run was deleted.
    PRIMARY KEY (kind, name)
)""",
    ):
        db.execute(statement)
