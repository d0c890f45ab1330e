"""What the program's own rows allow: the rows of one submission, copied in bare SQL on today's schema, many acts a transaction. Nobody asks
for rights, computes a digest or renders a letter, so no program that writes these rows is faster. The node must be stopped."""

import os
import re
import sqlite3
import subprocess
import tempfile
import time

ACTS = 32
"""Acts in a transaction."""

OWN = {
    "ledger_entries": {"id": "entry", "chain_id": "manuscript", "leaf": "leaf"},
    "manuscripts": {"id": "manuscript", "text_id": "text", "number": "number"},
    "texts": {"id": "text", "manuscript_id": "manuscript"},
    "authors": {"manuscript_id": "manuscript"},
    "letters": {"id": "letter", "entry_id": "entry", "manuscript_id": "manuscript", "subject_id": "manuscript"},
    "ledger_heads": {"chain_id": "manuscript", "entry_id": "entry"},
}
"""Tables of a submission in the order of their keys, and the columns that are each act's own; all others are copied."""

OF_ONE = {
    "ledger_entries": "id = (SELECT entry_id FROM letters ORDER BY id DESC LIMIT 1)",
    "manuscripts": "id = (SELECT manuscript_id FROM letters ORDER BY id DESC LIMIT 1)",
    "texts": "manuscript_id = (SELECT manuscript_id FROM letters ORDER BY id DESC LIMIT 1)",
    "authors": "manuscript_id = (SELECT manuscript_id FROM letters ORDER BY id DESC LIMIT 1)",
    "letters": "entry_id = (SELECT entry_id FROM letters ORDER BY id DESC LIMIT 1)",
    "ledger_heads": "chain_id = (SELECT manuscript_id FROM letters ORDER BY id DESC LIMIT 1)",
}
"""Which rows are those of the submission."""


def time_ordered_id(number):
    """An id of version 7: what comes later stands to the right in every index."""
    head = (int(time.time() * 1000) << 16 | 0x7000 | number & 0xFFF).to_bytes(8, "big")
    return head + (0x8000000000000000 | int.from_bytes(os.urandom(8), "big") >> 2).to_bytes(8, "big")


def on_sqlite(path, seconds):
    """Submissions a second."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-32000")
    tables = []
    for table, own in OWN.items():
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {OF_ONE[table]}").fetchall()
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        tables.append((insert, [own.get(column) for column in columns], rows))
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        connection.execute("BEGIN IMMEDIATE")
        acts = [act(count + number) for number in range(ACTS)]
        for insert, own, rows in tables:
            fresh = lambda one, row: tuple(
                value if name is None else time_ordered_id(count) if name == "letter" else one[name] for name, value in zip(own, row)
            )
            connection.executemany(insert, [fresh(one, row) for one in acts for row in rows])
        connection.execute("UPDATE counters SET value = value + ?", (ACTS,))
        connection.execute("COMMIT")
        count += ACTS
    rate = count / (time.perf_counter() - started)
    connection.close()
    return rate


def act(number):
    ids = {name: time_ordered_id(number) for name in ("entry", "manuscript", "text")}
    return ids | {"leaf": os.urandom(32), "number": f"bound-{number}"}


def on_postgres(url, seconds, clients=(1, 2, 4)):
    """Submissions a second, at the best number of clients."""
    run = lambda *words: subprocess.run(words, check=True, capture_output=True, text=True).stdout
    query = lambda sql: run("psql", "-qAt", "-d", url, "-c", sql).split()
    run("psql", "-q", "-d", url, "-c", "CREATE SEQUENCE bound_number; CREATE TABLE bound_acts (n int)")
    fresh_id = (
        "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' "
        "|| substr(md5(random()::text), 1, 15))::uuid"
    )
    parts = [
        f"WITH acts AS MATERIALIZED (SELECT {fresh_id} AS entry, {fresh_id} AS manuscript, {fresh_id} AS text, "
        f"sha256(random()::text::bytea) AS leaf, 'bound-' || nextval('bound_number') AS number FROM generate_series(1, {ACTS}))"
    ]
    for table, own in OWN.items():
        columns = query(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'")
        values = [f"t.{name}" if name not in own else fresh_id if own[name] == "letter" else f"acts.{own[name]}" for name in columns]
        run("psql", "-q", "-d", url, "-c", f"CREATE TABLE bound_{table} AS SELECT * FROM {table} WHERE {OF_ONE[table]}")
        parts.append(f"i_{table} AS (INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM acts, bound_{table} t)")
    statement = ", ".join(parts) + f" UPDATE counters SET value = value + {ACTS};"
    rates = []
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(statement + "\n")
        script.flush()
        os.chmod(script.name, 0o644)
        for number in clients:
            said = run("pgbench", "-n", "-M", "prepared", "-f", script.name, "-c", str(number), "-j", "2", "-T", str(seconds), url)
            rates.append(float(re.search(r"tps = ([\d.]+)", said).group(1)) * ACTS)
    return max(rates)
