"""The two databases, for filling them quickly: rows as lists with ids as bytes and times as microseconds."""

import contextlib
import datetime
import sqlite3
import subprocess

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MARKS = ("statistics_marks", "statistics_facts", "statistics_counters", "statistics_channels")
"""What the program counts anew by itself."""


def of(url):
    return Sqlite(url.removeprefix("sqlite://")) if url.startswith("sqlite://") else Postgres(url)


class Engine:
    @staticmethod
    def year(micros):
        return (EPOCH + datetime.timedelta(microseconds=micros)).year


class Sqlite(Engine):
    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=60)
        self.connection.executescript("PRAGMA foreign_keys=OFF; PRAGMA cache_size=-500000; PRAGMA temp_store=MEMORY;")

    def read(self, table, columns):
        return self.connection.execute(f"SELECT {', '.join(name for name, _ in columns)} FROM {table}").fetchall()

    def write(self, table, columns, rows):
        names = ", ".join(name for name, _ in columns)
        self.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)

    @contextlib.contextmanager
    def filling(self, tables):
        """Without triggers and indexes, which are made again in the end, and without a log."""
        ask = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        found = [row for row in self.connection.execute(ask + f" AND tbl_name IN ({', '.join('?' * len(tables))})", tables)]
        self.connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        for kind, name, _ in found:
            self.connection.execute(f"DROP {kind} {name}")
        self.connection.execute("BEGIN")
        yield
        self.connection.execute("COMMIT")
        for _, _, sql in sorted(found, key=lambda row: row[0]):
            self.connection.execute(sql)
        for table in MARKS:
            with contextlib.suppress(sqlite3.OperationalError):
                self.connection.execute(f"DELETE FROM {table}")
        self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA wal_checkpoint(TRUNCATE);")


class Postgres(Engine):
    def __init__(self, url):
        self.url, self.copying = url, {}

    def ask(self, words):
        command = ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-c", "SET timezone = 'UTC'", "-c", words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def read(self, table, columns):
        names = ", ".join(name for name, _ in columns)
        lines = self.ask(f"COPY (SELECT {names} FROM {table}) TO STDOUT").split("\n")
        return [[decoded(kind, value) for value, (_, kind) in zip(line.split("\t"), columns)] for line in lines if line]

    def take(self, source, tables):
        """Moves all that there is from another database."""
        tables = {name: columns for name, columns in tables.items() if name not in MARKS}
        self.ask(f"SET session_replication_role = replica; TRUNCATE {', '.join(tables)}")
        for name, columns in tables.items():
            self.write(name, columns, source.read(name, columns))
        self.finish()

    def finish(self):
        for table, process in self.copying.items():
            process.stdin.write("\\.\n")
            process.stdin.close()
            if process.wait():
                raise SystemExit(f"{table}: psql failed")
        self.copying = {}

    def write(self, table, columns, rows):
        if table not in self.copying:
            command = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", self.url]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, encoding="utf-8")
            process.stdin.write("SET timezone = 'UTC'; SET session_replication_role = replica;\n")
            process.stdin.write(f"COPY {table} ({', '.join(name for name, _ in columns)}) FROM STDIN;\n")
            self.copying[table] = process
        lines = ("\t".join(encoded(kind, value) for value, (_, kind) in zip(row, columns)) for row in rows)
        self.copying[table].stdin.write("".join(line + "\n" for line in lines))

    @contextlib.contextmanager
    def filling(self, tables):
        """Without indexes that no constraint needs; `session_replication_role` leaves out triggers and foreign keys."""
        named = ", ".join(f"'{table}'" for table in tables)
        ask = ("SELECT indexname || E'\\x1f' || indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename IN "
               f"({named}) AND indexname NOT IN (SELECT conname FROM pg_constraint)")
        found = [line.split("\x1f") for line in self.ask(ask).split("\n") if line]
        for name, _ in found:
            self.ask(f"DROP INDEX {name}")
        yield
        self.finish()
        for _, definition in found:
            self.ask(definition)
        for table in MARKS:
            with contextlib.suppress(subprocess.CalledProcessError):
                self.ask(f"DELETE FROM {table}")
        self.ask("ANALYZE")


def decoded(kind, value):
    if value == "\\N":
        return None
    if kind == "uuid":
        return bytes.fromhex(value.replace("-", ""))
    if kind == "time":
        text = value.replace("+00", "+00:00")
        return (datetime.datetime.fromisoformat(text) - EPOCH) // datetime.timedelta(microseconds=1)
    if kind == "bigint":
        return int(value)
    if kind == "binary":
        return bytes.fromhex(value.removeprefix("\\\\x"))
    if kind == "text":
        return value.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")
    return value


def encoded(kind, value):
    if value is None:
        return "\\N"
    if kind == "uuid":
        return value.hex()
    if kind == "time":
        return (EPOCH + datetime.timedelta(microseconds=value)).isoformat()
    if kind == "bool":
        return "t" if value in (1, True, "t") else "f"
    if kind == "binary":
        return "\\\\x" + value.hex()
    if kind == "text":
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return str(value)
