#!/usr/bin/env python3
"""Makes very many manuscripts out of a demo county, in its database, within minutes: for measuring pages and lists, and for search.

    zhitongche demo --no-serve
    tests/load/many.py DATABASE --manuscripts 1000000 [--years 10] [--organizations 300] [--authors 3000] [--letters 0.05] [--seed 1]

DATABASE is sqlite://demo/zhitongche.db, or postgres://… with --from demo/zhitongche.db after `zhitongche migrate` there (a superuser's, for foreign keys
and triggers rest meanwhile): then the demo is moved there first; serve it with the secrets of the demo. Each copy of the county lies some days before the one after it, so that all stages, years, authors and organisations are met; every manuscript comes with all rows that belong to it, and
its words are put together anew of the sentences of the demo's texts. The ledger is left as it is: it does not verify any more, and the timelines of
the copies are empty. The database is for measuring and is thrown away afterwards.
"""

import argparse
import json
import pathlib
import random
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import engines  # noqa: E402
import words  # noqa: E402

SCHEMA = pathlib.Path(__file__).resolve().parent.parent.parent / "src" / "store" / "schema"
DAY = 86_400_000_000

CASE = """manuscripts texts authors change_requests decisions attachments bulletins bulletin_items bulletin_recipients recipients endorsements
    assignments merged_suggestions replies reply_items implementation_reports urgings adoptions ratings letters reminders""".split()
"""What a copy of the county has of its own. Who works there, and the ledger, all copies share."""

IDENTITIES = {"manuscripts", "texts", "change_requests", "attachments", "bulletins", "recipients", "endorsements", "assignments", "replies",
              "implementation_reports", "urgings", "adoptions", "ratings", "letters"}
"""The tables whose ids other rows refer to, or that at least have one."""


def schema():
    """Column names and kinds of each table, as the program believes them."""
    tables = {}
    for file in SCHEMA.glob("*.rs"):
        for name, body in re.findall(r"^    (\w+) \([^)]*\) \{\n(.*?)^    \}", file.read_text(), re.S | re.M):
            columns = re.findall(r"^\s+(\w+) -> (?:Nullable<)?(\w+)", body, re.M)
            tables[name] = [(column, {"DbUuid": "uuid", "DbTime": "time"}.get(kind, kind.lower())) for column, kind in columns]
    return tables


def shifted_id(value, millis, salt):
    """The same UUIDv7 at another time, and another one for each copy: lists by id stay lists by time."""
    moved = int.from_bytes(value[:6], "big") + millis
    return moved.to_bytes(6, "big") + value[6:9] + (int.from_bytes(value[9:13], "big") ^ salt).to_bytes(4, "big") + value[13:]


class County:
    """The demo, as it is in the database, and what is varied in its copies."""

    def __init__(self, engine, tables, chance):
        self.engine, self.chance = engine, chance
        self.columns = {name: tables[name] for name in CASE}
        self.rows = {name: [list(row) for row in engine.read(name, tables[name])] for name in CASE}
        self.at = {name: {column: place for place, (column, _) in enumerate(tables[name])} for name in CASE}
        for name in CASE:
            for column in ("pending", "pending_until", "held_until", "held_entry", "lease_until", "lease_holder"):
                if column in self.at[name]:
                    for row in self.rows[name]:
                        row[self.at[name][column]] = None
        own = {row[self.at[name]["id"]] for name in IDENTITIES for row in self.rows[name]}
        self.people = {row[self.at["authors"]["user_id"]] for row in self.rows["authors"]}
        # What changes in each row: its times, the ids of what is copied too, and authors.
        self.moves = {}
        for name in CASE:
            ids, times = [], []
            for place, (column, kind) in enumerate(self.columns[name]):
                if kind == "uuid" and (column.endswith("entry_id") or any(row[place] in own for row in self.rows[name])):
                    ids.append(place)
                elif kind == "time":
                    times.append(place)
            self.moves[name] = (ids, times)
        self.own = own
        self.words = words.Words([self.named("texts", row) for row in self.rows["texts"]], chance)

    def named(self, table, row):
        return {column: row[place] for column, place in self.at[table].items()}

    def copy(self, number, days, cast, letters):
        """The rows of one copy, table by table."""
        self.salt = ((number + 1) * 2_654_435_761) & 0xFFFFFFFF
        self.micros = -days * DAY - self.chance.randrange(DAY // 24)
        self.micros -= self.micros % 1000
        cast.draw()
        title_of = {}
        for table in CASE:
            if table == "letters" and self.chance.random() >= letters:
                continue
            ids, times = self.moves[table]
            vary = getattr(self, "vary_" + table, None)
            rows = []
            for template in self.rows[table]:
                row = template.copy()
                for place in ids:
                    value = row[place]
                    if value is not None and (value in self.own or self.columns[table][place][0].endswith("entry_id")):
                        row[place] = shifted_id(value, self.micros // 1000, self.salt)
                for place in times:
                    if row[place] is not None:
                        row[place] += self.micros
                if vary:
                    vary(row, template, cast, title_of, number)
                rows.append(row)
            yield table, rows

    def vary_manuscripts(self, row, template, cast, title_of, number):
        at = self.at["manuscripts"]
        author = cast.of(template[at["first_author_id"]])
        title = self.words.title(row[at["title"]])
        title_of[template[at["id"]]] = title
        row[at["title"]] = title
        if row[at["number"]] is not None:
            self.counted = getattr(self, "counted", 0) + 1
            row[at["number"]] = f"{self.engine.year(row[at['submitted_at']])}-{self.counted:07d}"
        if author:
            details = json.loads(row[at["details"]])
            details |= {"author_name": author["name"], "organization_name": author["organization_name"]}
            row[at["details"]] = json.dumps(details, ensure_ascii=False, separators=(",", ":"))
            row[at["first_author_id"]], row[at["organization_id"]] = author["id"], author["organization_id"]

    def vary_texts(self, row, template, cast, title_of, number):
        at = self.at["texts"]
        row[at["title"]] = title_of.get(template[at["manuscript_id"]], row[at["title"]])
        row[at["situation"]] = self.words.like(row[at["situation"]])
        row[at["causes"]] = self.words.like(row[at["causes"]])
        row[at["suggestions"]] = json.dumps([self.words.suggestion(one) for one in json.loads(row[at["suggestions"]])], ensure_ascii=False)
        if author := cast.of(template[at["created_by"]]):
            row[at["created_by"]] = author["id"]

    def vary_authors(self, row, template, cast, title_of, number):
        at = self.at["authors"]
        if author := cast.of(template[at["user_id"]]):
            row[at["user_id"]], row[at["name"]], row[at["organization_name"]] = author["id"], author["name"], author["organization_name"]

    def vary_bulletins(self, row, template, cast, title_of, number):
        at = self.at["bulletins"]
        if row[at["issue_number"]] is not None:
            self.issued = getattr(self, "issued", 1000) + 1
            row[at["issue_number"]] = row[at["total_number"]] = self.issued
            row[at["year"]] = self.engine.year(row[at["issued_at"]])

    def vary_ratings(self, row, template, cast, title_of, number):
        if author := cast.of(template[self.at["ratings"]["user_id"]]):
            row[self.at["ratings"]["user_id"]] = author["id"]

    def vary_letters(self, row, template, cast, title_of, number):
        if author := cast.of(template[self.at["letters"]["recipient_id"]]):
            row[self.at["letters"]["recipient_id"]] = author["id"]


class Cast:
    """More organisations and authors, copied from the demo's; in each copy of the county others have written."""

    def __init__(self, engine, tables, county, organizations, authors, chance):
        self.chance, self.county = chance, county
        read = lambda name: [dict(zip((column for column, _ in tables[name]), row)) for row in engine.read(name, tables[name])]
        users, grants, bodies = read("users"), read("grants"), read("organizations")
        roles = {}
        for grant in grants:
            roles.setdefault(grant["user_id"], set()).add(grant["role"])
        self.templates = [user for user in users if user["id"] in county.people and roles.get(user["id"]) == {"submitter"}]
        self.replaced = {user["id"] for user in self.templates}
        homes = [body for body in bodies if body["id"] in {user["organization_id"] for user in self.templates}]
        new_bodies, new_users, new_grants, new_persons, new_accounts = [], [], [], [], []
        for number in range(organizations):
            body = dict(chance.choice(homes))
            body["id"] = shifted_id(body["id"], number + 1, number + 1)
            body["name"] = f"{words.place(chance)}{body['name'][2:]}第{number + 1}支部"
            new_bodies.append(body)
        self.authors = []
        for number in range(authors):
            user, body = dict(chance.choice(self.templates)), chance.choice(new_bodies or homes)
            grant = dict(next(grant for grant in grants if grant["user_id"] == user["id"] and grant["revoked_at"] is None))
            user["id"] = shifted_id(user["id"], number + 1, number + 1)
            user |= {"login": f"author{number + 1:05d}", "name": words.person(chance), "organization_id": body["id"], "email": f"author{number + 1:05d}@example.cn"}
            user["person_id"] = user["id"]
            own = {"person_id": user["id"], "version": 1}
            new_persons.append({column: (user | own)[column] for column, _ in tables["persons"]})
            account = user | own | {"id": shifted_id(user["id"], 1, number + 1), "suspended_at": None}
            new_accounts.append({column: account.get(column) for column, _ in tables["accounts"]})
            grant |= {"id": shifted_id(grant["id"], number + 1, number + 1), "user_id": user["id"], "organization_id": body["id"]}
            new_users.append(user)
            new_grants.append(grant)
            self.authors.append({"id": user["id"], "name": user["name"], "organization_id": body["id"], "organization_name": body["name"]})
        made = {"organizations": new_bodies, "persons": new_persons, "accounts": new_accounts, "users": new_users, "grants": new_grants}
        for name, rows in made.items():
            engine.write(name, tables[name], [[row[column] for column, _ in tables[name]] for row in rows])
        self.drawn = {}

    def draw(self):
        """Who writes in the next copy. One in fifty stays who they are, so that the people of the demo have many of their own."""
        others = self.chance.sample(self.authors, len(self.replaced)) if len(self.authors) >= len(self.replaced) else []
        self.drawn = {user: author for user, author in zip(sorted(self.replaced), others) if self.chance.random() >= 0.02}

    def of(self, user):
        return self.drawn.get(user)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--from", dest="source", help="the SQLite file of a demo county, for an empty database of PostgreSQL")
    parser.add_argument("--manuscripts", type=int, default=1_000_000)
    parser.add_argument("--years", type=float, default=10)
    parser.add_argument("--organizations", type=int, default=300)
    parser.add_argument("--authors", type=int, default=3000)
    parser.add_argument("--letters", type=float, default=0.05, help="the share of copies that come with their letters")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began, chance = time.monotonic(), random.Random(options.seed)
    tables, engine = schema(), engines.of(options.database)
    if options.source:
        engine.take(engines.Sqlite(options.source), tables)
    county = County(engine, tables, chance)
    with engine.filling(CASE + ["organizations", "persons", "accounts", "users", "grants"]):
        cast = Cast(engine, tables, county, options.organizations, options.authors, chance)
        there = len(county.rows["manuscripts"])
        copies = max(0, -(-options.manuscripts // there) - 1)
        for number in range(copies):
            # The oldest first, so that indexes grow at their end.
            days = round((copies - number) / copies * options.years * 365)
            for table, rows in county.copy(number, days, cast, options.letters):
                engine.write(table, tables[table], rows)
            if number % 100 == 99:
                print(f"{(number + 2) * there:,} manuscripts, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        print(f"indexes, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(f"{(copies + 1) * there:,} manuscripts in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
