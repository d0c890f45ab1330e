#!/usr/bin/env python3
"""Verifies what `zhitongche ledger export` writes, with nothing of that program: RFC 6962, RFC 8032 and C2SP signed notes, by hand.

usage: verify_ledger.py EXPORT.jsonl [--key NAME+ID+BASE64] [--anchor CHECKPOINT.txt]...
Without --key the key in the export is believed. Exit code 0: all holds; 1: the first bad entry of each channel is named.
"""
import argparse, base64, hashlib, json, sys


def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()


# Ed25519, verification only (RFC 8032, section 6, extended coordinates).
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        q, p, n = (add(q, p) if n & 1 else q), add(p, p), n >> 1
    return q


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P: x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign): raise ValueError("not a point")
    if x & 1 != sign: x = P - x
    return x, y, 1, x * y % P


BASE_Y = 4 * pow(5, -1, P) % P
BASE = point(BASE_Y.to_bytes(32, "little"))


def signed_by(public, message, signature):
    try: a, r = point(public), point(signature[:32])
    except ValueError: return False
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(k, a))
    return s < L and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


def text_of(note, key):
    """The text of a note that `key` signed, without its last line end."""
    name, key_id, public = key.split("+", 2)
    public = base64.b64decode(public)
    if public[0] != 1 or sha(name.encode(), b"\n", public)[:4].hex() != key_id: raise ValueError("the key's id does not fit")
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        dash, who, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if dash == "—" and who == name and blob[:4].hex() == key_id and signed_by(public[1:], (text + "\n").encode(), blob[4:]): return text
    raise ValueError("no good signature of " + name)


def open_note(note, keys):
    """The origin, size, root of a checkpoint that one of `keys` signed, and the size and root of the one before that it names."""
    for key in keys:
        try: lines = text_of(note, key).split("\n")
        except ValueError: continue
        before = [line.split(" ")[1:] for line in lines[3:] if line.startswith("previous ")]
        return lines[0], int(lines[1]), base64.b64decode(lines[2]), (int(before[0][0]), base64.b64decode(before[0][1])) if before else None
    raise ValueError("no good signature of " + keys[0].split("+")[0])


def keyring(trusted, rows):
    """The keys that one trusted key vouches for: those before it by its statement, those after it by the statement of both."""
    def follows(before, after, by):
        try: return text_of(after["statement"] or "", by["verifier"]) == f"zhitongche ledger key\n{after['number']}\n{before['verifier']}\n{after['verifier']}"
        except ValueError: return False
    keys, at = [trusted], next((i for i, row in enumerate(rows) if row["verifier"].split("+", 2)[2] == trusted.split("+", 2)[2]), None)
    if at is None: return keys
    for i in range(at, 0, -1):
        if not follows(rows[i - 1], rows[i], rows[i]): break
        keys.append(rows[i - 1]["verifier"])
    for i in range(at + 1, len(rows)):
        if not (follows(rows[i - 1], rows[i], rows[i - 1]) and follows(rows[i - 1], rows[i], rows[i])): break
        keys.append(rows[i]["verifier"])
    return keys


def notes(text):
    """The signed notes that stand below each other in a file."""
    found, note, signed = [], "", False
    for line in text.splitlines():
        if signed and not line.startswith("— "): found, note, signed = found + [note], "", False
        if not note and not line: continue
        note, signed = note + line + "\n", signed or line.startswith("— ")
    return found + [note] if signed else found


class Tree:
    """The roots of a growing list of leaves (RFC 6962, section 2.1)."""
    def __init__(self): self.size, self.parts = 0, []

    def append(self, leaf):
        index = self.size
        while index & 1: leaf, index = sha(b"\x01", self.parts.pop(), leaf), index >> 1
        self.parts.append(leaf)
        self.size += 1

    def root(self):
        if not self.parts: return sha()
        right = self.parts[-1]
        for left in reversed(self.parts[:-1]): right = sha(b"\x01", left, right)
        return right


def verify(channel, lines, keys, anchors):
    """Raises ValueError at the first thing that does not hold; `lines` are the channel's entries and checkpoints."""
    opened = [("checkpoint", open_note(line["checkpoint"], keys)) for line in lines if "checkpoint" in line]
    last, named = None, False
    for _, (_, size, root, before) in opened:
        if before and before != (last or (0, before[1] if before[0] == 0 else None)) or named and not before:
            raise ValueError(f"the checkpoint of size {size} follows one of size {before[0] if before else '?'}, which is not here")
        last, named = (size, root), named or before is not None
    opened += [("anchor", open_note(note, keys)) for note in anchors if note.split("\n")[0].endswith("/" + channel)]
    marks = {}
    for what, (origin, size, root, _) in opened:
        if not origin.endswith("/" + channel): raise ValueError(f"the {what} of size {size} is another channel's")
        marks.setdefault(size, []).append((what, root))
    tree, chains, proved = Tree(), {}, 0
    for line in (line for line in lines if "entry" in line):
        data = line["entry"].encode()
        leaf, entry = sha(b"\x00", data), json.loads(data)
        here = f"entry {entry['id']} at position {line['position']} of {entry['at']}"
        if line["position"] != tree.size: raise ValueError(f"position {tree.size} is missing: next comes {here}")
        if line["leaf"] != leaf.hex(): raise ValueError(f"{here}: its bytes do not give its leaf")
        if entry["channel"] != channel: raise ValueError(f"{here}: it belongs to another channel")
        if entry.get("previous") != chains.get(entry["chain"]): raise ValueError(f"{here}: its chain does not lead to the entry before it")
        chains[entry["chain"]] = leaf.hex()
        tree.append(leaf)
        for what, root in marks.get(tree.size, []):
            if root != tree.root(): raise ValueError(f"the {what} of size {tree.size} has another root: the first bad entry stands from {proved} to {tree.size - 1}")
        if tree.size in marks: proved = tree.size
    for size in sorted(size for size in marks if size > tree.size):
        raise ValueError(f"the {marks[size][0][0]} knows {size} entries, here are {tree.size}: those from {tree.size} on were removed")
    return tree.size, len(opened), tree.root().hex()


def main():
    args = argparse.ArgumentParser()
    args.add_argument("export"), args.add_argument("--key"), args.add_argument("--anchor", action="append", default=[])
    args = args.parse_args()
    anchors = [note for name in args.anchor for note in notes(open(name, encoding="utf-8").read())]
    with open(args.export, encoding="utf-8") as file: lines = [json.loads(line) for line in file]
    starts, bad = [i for i, line in enumerate(lines) if "verifier" in line], False
    for start, end in zip(starts, starts[1:] + [len(lines)]):
        head = lines[start]
        try: print("channel {}: {} entries, {} checkpoints, root {}".format(head["channel"], *verify(head["channel"], lines[start + 1:end], keyring(args.key or head["verifier"], head.get("keys", [])), anchors)))
        except (ValueError, KeyError) as error: bad = print(f"channel {head['channel']}: BAD: {error}") is None
    return int(bad)


if __name__ == "__main__": sys.exit(main())
