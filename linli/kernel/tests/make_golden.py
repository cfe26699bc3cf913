"""Writes vectors/golden.json: body → leaf → root → checkpoint → proof, and what must be refused.

    python -m linli.kernel.tests.make_golden

Run it only when the format itself changes, which released books do not survive: the committed file
is what the kernel, verify.py and the page are held against, not what they happen to make.
"""

from __future__ import annotations

import json
from pathlib import Path

from linli.kernel import body, keys, merkle, note, receipts
from linli.kernel.tests import sample

GOLDEN = Path(__file__).parent / "vectors" / "golden.json"

REFUSED = [
    "",
    "[]",
    '{"a": 1}',
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a":-0}',
    '{"a":null}',
    '{"a":true}',
    '{"a":9007199254740992}',
    '{"a":-9007199254740992}',
    '{"a":9007199254740993}',
    '{"a":"\\n"}',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\ud800"}',
    '{"a":"\u007f"}',
    '{"a":"\u0085"}',
    '{"a":"e\u0301"}',
    '{"\U0001f600":1,"\uffee":2}',
    "\ufeff{}",
]


def golden():
    """The content of the vectors, made by the kernel."""
    _, (book, _), _ = sample.full()
    size = book.size
    tree = book.tree
    salt = sample.secret("salt")
    commitments = [
        {"salt": salt.hex(), "field": field, "value": value}
        for field, value in [("summary", "停车费"), ("note", ""), ("handler", "a\n\U0001f600")]
    ]
    for each in commitments:
        made = body.commitment(salt, each["field"], each["value"])
        each["commitment"] = made.hex()
    leaf = book.shown[2]
    bodies = [each.body for each in leaf.receipts]
    held = receipts.Held(
        bodies[1], 1, tuple(receipts.inclusion_proof(bodies, 1)), leaf.receipts[1].open
    )
    head = note.Checkpoint(book.signer.name, size, tree.root())
    sizes = sorted({1, 2, 3, 5, 8, size - 1, size})
    return {
        "about": "linli golden vectors, format 1; see docs/format.md",
        "bodies": [each.decode() for each in book.bodies],
        "leaves": [merkle.leaf_hash(each).hex() for each in book.bodies],
        "roots": [tree.root(n).hex() for n in range(size + 1)],
        "frontier": merkle.Frontier().extend(tree.node(0, n) for n in range(size)).to_bytes().hex(),
        "commitments": commitments,
        "key": {
            "skey": book.signer.text,
            "vkey": str(book.signer.verifier),
            "fingerprint": keys.fingerprint(book.signer.verifier),
        },
        "checkpoint": {
            "note": note.sign_checkpoint(head, book.signer).decode(),
            "origin": head.origin,
            "size": size,
            "root": head.root.hex(),
            "short": keys.short_root(head.root),
        },
        "inclusion": [
            {"index": n, "size": s, "proof": [h.hex() for h in tree.inclusion_proof(n, s)]}
            for s in sizes
            for n in sorted({0, s // 2, s - 1})
        ],
        "consistency": [
            {"old": o, "new": n, "proof": [h.hex() for h in tree.consistency_proof(o, n)]}
            for n in sizes
            for o in sizes
            if o <= n
        ],
        "receipt": receipts.format_proof(
            entry=leaf.body,
            index=2,
            hashes=tree.inclusion_proof(2),
            checkpoint=note.sign_checkpoint(head, book.signer),
            open={"summary": leaf.open["summary"]},
            held=held,
        ).decode(),
        "refused": REFUSED,
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), ensure_ascii=True, indent=1) + "\n", "utf-8")
