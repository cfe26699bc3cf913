"""Row 5: whatever is sent is taken or refused with reasons; nothing breaks, swells or hangs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from battery.frame import Outcome, Size, row
from battery.ground import County, county, ground
from battery.hostile import JUDGED, REFUSED, Case, sent
from battery.visitors import Answer, Visitor, bare, forget_peak, memory, workers
from linli.intake.bank_reading import read_bank_file
from linli.intake.ledger_reading import read_ledger
from linli.intake.tests import conftest as samples
from linli.intake.tests.making import CATEGORIES
from linli.kernel.roles import HOUSING, SYSTEM_ADMIN
from linli.sheets.reading import read_workbook
from linli.survey.tests.conftest import plan
from tests.browsers import Server, serving
from tests.databases import ROOT
from tests.people import make_person

MOST_BYTES, MOST_SECONDS = 200 * 2**20, 10.0

# --- the upload pages ----------------------------------------------------------------------------


@row(5)
def over_the_wire(size: Size) -> Sequence[Outcome]:
    """Files to every page that takes sheets (a CI run: two files of each kind, to one of them), and
    the API."""
    with ground(size) as own:
        told = county()
        pages = _pages(told)
        with serving(own) as server:
            judge = Judge(server)
            for number, case in enumerate(sent(size)):
                for page in pages if size.name != "ci" else [pages[number % len(pages)]]:
                    judge.send(case, page, must_refuse=case in REFUSED)
            api = _ask_all(Visitor(server), size.of(250, 20_000))
        with bare(own, "limits", "faults") as server:
            lax = Judge(server)
            lax.send(next(case for case in REFUSED if "4.2" in case[0]), pages[0], must_refuse=True)
            lax_api = _ask_all(Visitor(server), 40)
    swollen = [fault for fault in lax.broken if "memory" in fault]
    return [
        Outcome(
            what="bad files to the upload pages",
            rounds=judge.sent,
            faults=judge.sent,
            broken=tuple(judge.broken),
            control=f"without the limits: {swollen[0]}" if swollen else "",
            note=f"{len(sent(size))} of {len(REFUSED) + len(JUDGED)} files, {len(pages)} pages; slowest "
            f"{judge.slowest:.1f} s, most memory {judge.most >> 20} MB above what was held before",
        ),
        _of_the_api(api, lax_api[1]),
    ]


Page = tuple[str, str, str, Any]
"""What it takes, its address, the name of its field, who sends."""


def _pages(told: County) -> list[Page]:
    housing = make_person("housing", "高强", HOUSING, "370614")
    system = make_person("system", "钱进", SYSTEM_ADMIN, "370614")
    code, people = told.told.book.code, told.people
    return [
        ("doors", f"/places/{told.told.book.place}/doors/import/", "sheet", people.secretary),
        ("ledger", f"/intake/new/{code}/ledger/", "file", people.bookkeeper),
        ("bank", f"/intake/new/{code}/bank/", "file", people.bookkeeper),
        ("premises", "/rooms/import/", "sheet", housing),
        ("leads", "/leads/import/", "sheet", housing),
        ("survey", f"/survey/{plan().pk}/teams/import/", "sheet", housing),
        ("places", "/places/import/", "sheet", system),
        ("receipts", f"/vouchers/receipts/sheet/{code}/", "file", people.cashier),
    ]


class Judge:
    """Sends files and tells what went wrong with each."""

    def __init__(self, server: Server) -> None:
        self.server, self.pids = server, workers(server)
        self.visitors: dict[Any, Visitor] = {}
        self.sent, self.most, self.slowest = 0, 0, 0.0
        self.broken: list[str] = []

    def send(self, case: Case, page: Page, *, must_refuse: bool) -> None:
        what, name, made = case
        takes, address, field, who = page
        visitor = self.visitors.setdefault(who.pk, Visitor(self.server, who))
        data = made()
        before = memory(self.pids)
        forget_peak(self.pids)
        answer = visitor.post(address, {}, {field: (name, data)})
        grown = memory(self.pids, "VmHWM") - before
        self.sent += 1
        self.most, self.slowest = max(self.most, grown), max(self.slowest, answer.seconds)
        faults = list(_faults(answer, grown, must_refuse=must_refuse))
        self.broken += [f"{what} → {takes}: {fault}" for fault in faults]


def _faults(answer: Answer, grown: int, *, must_refuse: bool) -> Iterator[str]:
    if answer.status >= 500 or answer.status in (403, 404, 405):
        yield f"answered {answer.status}"
    refused = answer.status in (400, 413, 422) or "invalid-feedback" in answer.text
    if must_refuse and not (refused or _reasons(answer)):
        yield f"taken with {answer.status}"
    if answer.status == 422 and not _reasons(answer):
        yield "refused without a reason"
    if grown > MOST_BYTES:
        yield f"memory grew by {grown >> 20} MB"
    if answer.seconds > MOST_SECONDS:
        yield f"took {answer.seconds:.1f} s"


def _reasons(answer: Answer) -> bool:
    """Whether the page tells why: beside the field, above the form, or as faults of the sheet."""
    marks = ("invalid-feedback", 'role="alert"', "refusal", "aria-invalid", "alert-danger")
    return any(mark in answer.text for mark in marks)


# --- the parsers ---------------------------------------------------------------------------------

OPENPYXL = """
import io, sys, openpyxl
try:
    for s in openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read())): list(s.values)
except Exception as error: sys.exit(3)
"""


MANGLE = """
import json, sys, django; django.setup()
from battery.badinput import mangle
sys.stdout.write(json.dumps(mangle({most})))
"""


@row(5)
def mangled_files(size: Size) -> Sequence[Outcome]:
    """Real sheets and bank files with bytes flipped, cut, doubled: read or refused, nothing else.
    In a process of its own: what ends a reader ends the worker of a server, too."""
    most = size.of(1000, 30_000)
    done = subprocess.run(
        [sys.executable, "-c", MANGLE.format(most=most)],
        env=os.environ | {"RUST_BACKTRACE": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout) if done.returncode == 0 else {"broken": [], "slowest": 0.0}
    broken = list(told["broken"])
    if done.returncode:
        broken.append(f"the process ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    if told["slowest"] > MOST_SECONDS:
        broken.append(f"one took {told['slowest']:.1f} s")
    return [
        Outcome(
            what="mangled sheets and bank files to the parsers",
            rounds=most,
            faults=most,
            broken=tuple(broken),
            control=_breaks_off(samples.SHEET.read_bytes()),
            note=f"slowest {told['slowest']:.2f} s",
        )
    ]


def mangle(most: int) -> dict[str, Any]:
    """What went wrong with so many mangled files, and how long the slowest took."""
    seeded = Random(5)
    found = [samples.SHEET, samples.ODD, samples.BANK, *sorted(SAMPLES.iterdir())]
    originals = {path.name: path.read_bytes() for path in found if path.suffix != ".toml"}
    broken: list[str] = []
    slowest = 0.0
    for _ in range(most):
        name = seeded.choice(sorted(originals))
        data = _mangled(originals[name], seeded)
        begun = time.monotonic()
        try:
            broken += [f"{name}: {fault}" for fault in _read(data, name)]
        except Exception as error:  # noqa: BLE001 - what is looked for
            broken.append(f"{name}: {type(error).__name__}: {error}"[:200])
        slowest = max(slowest, time.monotonic() - begun)
    return {"broken": broken, "slowest": slowest}


def _read(data: bytes, name: str) -> Iterator[str]:
    """Read a file as a ledger and as a bank's; yields refusals that give no reason."""
    workbook, ruling = read_workbook(data, name=name)
    if workbook is not None:
        read_ledger(workbook, categories=CATEGORIES)
    elif not ruling.reasons:
        yield "refused without a reason"
    file, ruling = read_bank_file(data)
    if file is None and not ruling.reasons:
        yield "refused as a bank file without a reason"


SAMPLES = samples.MONTHS.parents[1].parent / "intake" / "tests" / "samples"


def _mangled(data: bytes, seeded: Random) -> bytes:
    act, at = seeded.randrange(5), seeded.randrange(len(data))
    if act == 0:
        return data[:at]
    if act == 1:
        return data[:at] + data[at // 2 :]
    some = bytearray(data)
    for _ in range(seeded.choice((1, 4, 60))):
        some[seeded.randrange(len(some))] = seeded.randrange(256)
    return bytes(some) if act > 2 else bytes(some[:at]) + seeded.randbytes(50) + bytes(some[at:])


def _breaks_off(data: bytes) -> str:
    """How a plain reader takes the same files."""
    done = subprocess.run(
        [sys.executable, "-c", OPENPYXL], input=data[: len(data) // 2], check=False
    )
    return "openpyxl alone breaks off at a file cut in half" if done.returncode == 3 else ""


# --- the interface for programs ------------------------------------------------------------------


Asked = tuple[int, list[str], dict[int, int]]
"""How many calls were made, what was wrong with them, how often each status came."""


def _of_the_api(asked: Asked, control: list[str]) -> Outcome:
    """Every call of openapi.json with values that fit, nearly fit and do not fit its schema."""
    many, broken, statuses = asked
    return Outcome(
        what="the API, by its own description",
        rounds=many,
        faults=many - statuses.get(200, 0),
        broken=tuple(broken),
        control=f"where refusals become errors: {control[0]}" if control else "",
        note=", ".join(f"{n:,} × {status}" for status, n in sorted(statuses.items())),
    )


GOOD = {
    "code": ["B000001", "B000002"],
    "period": ["2026-09", "2026-10"],
    "number": ["1", "2", "3"],
    "q": ["碧海", "bhjy", ""],
    "place": ["370614", "370614001", ""],
    "fund": ["common", "seed", ""],
    "category": ["parking", ""],
    "page": ["1", "2"],
    "version": ["1", "2"],
}
BAD = (
    "0", "-1", "2147483648", "9" * 40, "1e9", "NaN", "null", "true", "2026-13", "0000-00", "B" * 17, "%00",
    "\0", "'", "\"; DROP TABLE ledger_entry; --", "../..", "..%2f..", "\u202e", "𠮷" * 30, "\ud7ff", "{}", "[]", "a" * 5000,
    "<script>", "${7*7}", "２０２６-０９", " ", "%", "%ff", "\r\nX: y",
)  # fmt: skip
HIDDEN = ("张三丰", "刘德华", "钱多多", "十一月的秘密")


def _ask_all(visitor: Visitor, many: int) -> Asked:
    schema = json.loads(visitor.get("/api/openapi.json").text)
    calls = [(path, call["get"]) for path, call in schema["paths"].items()]
    seeded, broken, statuses = Random(5), [], {}
    for number in range(many):
        path, call = calls[number % len(calls)]
        address = _address(path, call, seeded)
        answer = visitor.get(address)
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        broken += [f"{address[:120]!r}: {fault}" for fault in _api_faults(answer, call, schema)]
    return many, broken, statuses


def _address(path: str, call: dict, seeded: Random) -> str:
    """Half of the values fit; the others are whatever people and programs send."""
    query = {}
    for parameter in call.get("parameters", ()):
        name = parameter["name"]
        fits = seeded.random() < 0.6
        value = seeded.choice(GOOD[name] if fits else BAD)
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe="") or "-")
        elif seeded.random() < 0.6:
            query[name] = value
    return f"{path}?{urlencode(query)}" if query else path


def _api_faults(answer: Answer, call: dict, schema: dict) -> Iterator[str]:
    if answer.status not in (200, 404, 422, 400):
        yield f"answered {answer.status}"
    kind = answer.headers.get("content-type", "")
    if answer.status in (200, 422) and "application/json" not in kind:
        yield f"{answer.status} as {kind or 'nothing'}"
        return
    if any(word in answer.text for word in HIDDEN):
        yield "tells what is withheld"
    if answer.status == 422 and not json.loads(answer.text)["reasons"]:
        yield "refused without a reason"
    if answer.status == 200:
        told = call["responses"].get("200", {}).get("content", {})
        shape = told.get("application/json", {}).get("schema", {}).get("$ref", "")
        needed = schema["components"]["schemas"].get(shape.rpartition("/")[2], {})
        missing = set(needed.get("required", ())) - json.loads(answer.text).keys()
        if missing:
            yield f"without {sorted(missing)}"
