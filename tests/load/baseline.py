"""What the same disk does without us: one-row commits of SQLite, and pgbench with equal rows on PostgreSQL."""

import os
import re
import sqlite3
import subprocess
import tempfile
import time

ROW = 6_000
"""Bytes of a row: a manuscript of 2,000 Chinese characters."""


def sqlite_commits(folder, seconds):
    """Durable commits of one row per second: WAL, synchronous=FULL."""
    path = os.path.join(folder, "raw.db")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows (id BLOB PRIMARY KEY, body BLOB) STRICT")
    body, count, started = os.urandom(ROW), 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        connection.execute("INSERT INTO rows VALUES (?, ?)", (count.to_bytes(16, "big"), body))
        count += 1
    rate = count / (time.perf_counter() - started)
    connection.close()
    for end in ("", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.remove(path + end)
    return rate


def pgbench(url, seconds, clients):
    """Transactions per second of one 6 KB row and two small ones, by number of clients."""
    run = lambda *words: subprocess.run(words, check=True, capture_output=True, text=True).stdout
    make = "CREATE TABLE raw_a (id uuid PRIMARY KEY, body bytea); CREATE TABLE raw_b (id uuid PRIMARY KEY, a uuid, at timestamptz); CREATE TABLE raw_c (LIKE raw_b INCLUDING ALL)"
    run("psql", "-q", "-d", url, "-c", make)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        body = "00" * ROW
        script.write(
            "BEGIN;\n"
            f"INSERT INTO raw_a VALUES (gen_random_uuid(), '\\\\x{body}');\n"
            "INSERT INTO raw_b VALUES (gen_random_uuid(), gen_random_uuid(), now());\n"
            "INSERT INTO raw_c VALUES (gen_random_uuid(), gen_random_uuid(), now());\n"
            "COMMIT;\n"
        )
        script.flush()
        os.chmod(script.name, 0o644)
        rates = {}
        for number in clients:
            said = run("pgbench", "-n", "-M", "prepared", "-f", script.name, "-c", str(number), "-j", "2", "-T", str(seconds), url)
            rates[number] = float(re.search(r"tps = ([\d.]+)", said).group(1))
    run("psql", "-q", "-d", url, "-c", "DROP TABLE raw_a, raw_b, raw_c")
    return rates


if __name__ == "__main__":
    print("sqlite", sqlite_commits("/var/tmp", 3))
