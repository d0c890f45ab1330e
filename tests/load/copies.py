"""More manuscripts for measuring lists: the oldest one in review, copied in the database with older ids. Texts and ledger are left out, for
a list does not look at them, and the node whose database this is is thrown away afterwards."""

import sqlite3
import subprocess

YEAR = 31_536_000_000
"""Copies are older than what they are copied from, by a year of milliseconds at most."""


def columns(names, special, alias):
    return ", ".join(special.get(name, f"{alias}.{name}") for name in names)


def on_sqlite(path, wanted):
    """Copies until there are so many manuscripts; how many there are."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    have = connection.execute("SELECT COUNT(*) FROM manuscripts").fetchone()[0]
    if have < wanted:
        copy_on_sqlite(connection, have, wanted)
    connection.close()
    return max(have, wanted)


def copy_on_sqlite(connection, have, wanted):
    connection.create_function("bytes", 1, bytes.fromhex, deterministic=True)
    names = {table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")] for table in ("manuscripts", "authors")}
    first = connection.execute("SELECT hex(MIN(id)) FROM manuscripts WHERE stage = 'review'").fetchone()[0]
    millis = int(first[:12], 16) - YEAR
    identity = f"bytes(printf('%012X7%03X8%03X%012X', {millis} + k.i, k.i % 4096, k.i % 4096, k.i))"
    special = {"id": identity, "number": "printf('0000-%07d', k.i)"}
    # In parts, so that the node's own writer comes to its turn.
    for start in range(have, wanted, 20_000):
        count = f"WITH RECURSIVE k(i) AS (SELECT {start} UNION ALL SELECT i + 1 FROM k WHERE i + 1 < {min(start + 20_000, wanted)})"
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            f"{count} INSERT INTO manuscripts SELECT {columns(names['manuscripts'], special, 'm')} FROM k, manuscripts m WHERE m.id = ?",
            (bytes.fromhex(first),),
        )
        connection.execute(
            f"{count} INSERT INTO authors SELECT {columns(names['authors'], {'manuscript_id': identity}, 'a')} FROM k, authors a WHERE a.manuscript_id = ?",
            (bytes.fromhex(first),),
        )
        connection.execute("COMMIT")


def on_postgres(url, wanted):
    """The same on PostgreSQL."""
    ask = lambda words: subprocess.run(["psql", "-qAtX", "-d", url, "-c", words], check=True, capture_output=True, text=True).stdout.strip()
    have = int(ask("SELECT COUNT(*) FROM manuscripts"))
    if have >= wanted:
        return have
    names = {
        table: ask(f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum").split()
        for table in ("manuscripts", "authors")
    }
    first = ask("SELECT id FROM manuscripts WHERE stage = 'review' ORDER BY id LIMIT 1")
    millis = int(first.replace("-", "")[:12], 16) - YEAR
    digits = lambda value, length: f"lpad(to_hex({value}), {length}, '0')"
    identity = f"({digits(f'{millis} + k.i', 12)} || '7' || {digits('k.i % 4096', 3)} || '8' || {digits('k.i % 4096', 3)} || {digits('k.i', 12)})::uuid"
    special = {"id": identity, "number": "'0000-' || lpad(k.i::text, 7, '0')"}
    count = f"generate_series({have}::bigint, {wanted - 1}::bigint) AS k(i)"
    ask(f"INSERT INTO manuscripts SELECT {columns(names['manuscripts'], special, 'm')} FROM {count}, manuscripts m WHERE m.id = '{first}'")
    ask(f"INSERT INTO authors SELECT {columns(names['authors'], {'manuscript_id': identity}, 'a')} FROM {count}, authors a WHERE a.manuscript_id = '{first}'")
    ask("ANALYZE manuscripts")
    ask("ANALYZE authors")
    return wanted
