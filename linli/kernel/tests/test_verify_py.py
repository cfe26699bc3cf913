"""verify.py stands on its own: its signatures and trees, its command, the Python it runs on."""

import base64
import json
import os
import random
import re
import subprocess
import sys
from datetime import date

import pytest

from linli.kernel import merkle
from linli.kernel.keys import Signer, fingerprint, parse_vkey
from linli.kernel.tests import sample
from linli.kernel.tests.lies import PAIR
from linli.kernel.tests.published import VERIFY_PY, faults, verify, write

# --- Ed25519 and trees of its own -------------------------------------------------------------


def test_its_own_ed25519_agrees_with_the_library():
    seeded = random.Random(8032)
    for _ in range(60):
        signer = Signer("a", seeded.randbytes(32))
        message = seeded.randbytes(seeded.randrange(80))
        signature = signer.algorithm.sign(signer.secret, message)
        public = signer.verifier.public
        assert verify.ed25519(public, message, signature)
        assert not verify.ed25519(public, message + b"x", signature)
        at = seeded.randrange(64)
        wrong = (
            signature[:at]
            + bytes([signature[at] ^ (1 << seeded.randrange(8))])
            + signature[at + 1 :]
        )
        assert not verify.ed25519(public, message, wrong)
        assert not signer.algorithm.verify(public, message, wrong)


def test_its_own_ed25519_refuses_what_rfc_8032_refuses():
    signer = Signer("a", bytes(32))
    public, signature = signer.verifier.public, signer.algorithm.sign(bytes(32), b"m")
    s = int.from_bytes(signature[32:], "little") + verify.L
    assert not verify.ed25519(public, b"m", signature[:32] + s.to_bytes(32, "little"))
    assert not verify.ed25519(public, b"m", signature[:-1])
    assert not verify.ed25519(public[:-1], b"m", signature)
    neutral = (1).to_bytes(32, "little")
    assert not verify.ed25519(neutral, b"m", neutral + bytes(32))
    assert not verify.ed25519((verify.P + 1).to_bytes(32, "little"), b"m", neutral + bytes(32))
    assert not verify.ed25519(b"\xff" * 32, b"m", signature)


def test_a_real_signature_of_a_public_log_holds_there_too():
    vectors = json.loads(
        (VERIFY_PY.parents[2] / "kernel/tests/vectors/c2sp.json").read_text("utf-8")
    )
    real = vectors["real_signature"]
    public, signature = bytes.fromhex(real["public"]), base64.b64decode(real["signature"])
    assert verify.ed25519(public, real["message"].encode(), signature)
    reference = vectors["signed_note"]
    read = verify.Note(reference["note"].encode())
    assert read.check(verify.Key(reference["vkey"])) is None


def test_its_own_trees_agree_with_the_kernel():
    tree = merkle.Tree(merkle.leaf_hash(bytes([n])) for n in range(40))
    found = verify.roots_at([tree.node(0, n) for n in range(40)], range(41))
    assert found == {size: tree.root(size) for size in range(41)}
    for new in range(1, 41):
        for old in range(new + 1):
            root, head = tree.root(old), tree.root(new)
            if old < new:
                proof = tree.inclusion_proof(old, new)
                assert verify.included(tree.node(0, old), old, new, proof, head)
                assert not verify.included(tree.node(0, old), old, new, [*proof, head], head)
            if old:
                steps = tree.consistency_proof(old, new)
                assert verify.consistent(old, root, new, head, steps)
                assert not verify.consistent(old, head + b"", new, root, steps) or old == new


def test_it_reads_bodies_as_strictly_as_the_kernel():
    from linli.kernel.tests import test_body

    (mark,) = test_body.test_anything_else_is_refused.pytestmark
    for wrong in mark.args[1]:
        with pytest.raises(verify.Bad):
            verify.unbody(verify.utf8(wrong))


# --- the command ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def disk(full, tmp_path_factory):
    root = tmp_path_factory.mktemp("published")
    files = sample.top(full[0], full[2], verify_py=VERIFY_PY.read_bytes())
    return write(files, root)


def run(*arguments, cwd=None):
    done = subprocess.run(
        [sys.executable, "-I", *map(str, arguments)],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_the_published_copy_checks_the_folder_it_lies_in(disk, tmp_path):
    code, out, err = run(disk / "verify.py", cwd=tmp_path)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[:4] for line in lines[:5]] == [
        ["通过", "B000001", "碧海家园", "2026-09"],
        ["通过", "B000001", "碧海家园", "2026-09"],
        ["通过", "B000001", "碧海家园", "2026-10"],
        ["通过", "B000001", "碧海家园", "2026-11"],
        ["通过", "B000002", "海滨花园", "2026-09"],
    ]
    assert "第 2 版（更正）" in lines[1] and out.count("只证明自洽") == 2
    assert not list(disk.rglob("__pycache__"))


def test_it_speaks_english(disk):
    code, out, _ = run(VERIFY_PY, disk, "--lang", "en")
    assert code == 0 and "All holds: 2 books, 5 folders." in out
    assert "only shown to agree with itself" in out


def test_it_takes_a_key_a_file_or_a_fingerprint_and_a_kept_checkpoint(disk):
    vkey = (disk / "county.vkey").read_text().strip()
    for trust in (vkey, disk / "county.vkey", fingerprint(parse_vkey(vkey)).lower()):
        code, out, _ = run(VERIFY_PY, disk, "--trust", trust)
        assert code == 0 and out.count("已用给出的公钥核对") == 2
    code, out, _ = run(VERIFY_PY, disk, "--since", disk / "B000001/2026-09/checkpoint")
    assert code == 0 and out.count("与保存的检查点一致") == 1 and out.count("只证明自洽") == 1


def test_it_names_the_fault_and_fails(full, tmp_path):
    files = dict(full[2])
    files["B000001/2026-10/notice.pdf"] += b"x"
    write(files, tmp_path)
    code, out, _ = run(VERIFY_PY, tmp_path)
    assert code == 1
    assert "有误  B000001  碧海家园  2026-10" in out and out.count("通过") == 4
    assert "  ! B000001/2026-10/notice.pdf  内容与清单" in out
    code, out, _ = run(VERIFY_PY, tmp_path, "--json", "--lang", "en")
    report = json.loads(out)
    assert code == 1 and report["ok"] is False
    assert [(f["code"], f["file"]) for f in report["faults"]] == [
        ("file.hash", "B000001/2026-10/notice.pdf"),
    ]


def test_its_json_tells_what_was_checked(disk):
    report = json.loads(run(VERIFY_PY, disk, "--json", "--trust", disk / "county.vkey")[1])
    assert report["ok"] is True and report["faults"] == []
    assert [book["anchor"] for book in report["books"]] == ["trust", "trust"]
    assert [f["place"] for f in report["books"][0]["folders"]] == [
        "B000001/2026-09", "B000001/2026-09/v2", "B000001/2026-10", "B000001/2026-11",
    ]  # fmt: skip


def test_wrong_usage_is_not_mistaken_for_a_fault(disk, tmp_path):
    for arguments in (["nowhere"], [disk, "--trust", "x+y"], [disk, "--since", "nowhere"]):
        assert run(VERIFY_PY, *arguments, cwd=tmp_path)[0] == 2


def test_an_empty_folder_does_not_pass(tmp_path):
    code, out, _ = run(VERIFY_PY, tmp_path)
    assert code == 1 and "SHA256SUMS" in out


def test_links_are_not_followed(full, tmp_path):
    write(full[2], tmp_path / "out")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "elsewhere")
    code, out, _ = run(VERIFY_PY, tmp_path / "out")
    assert code == 1 and "! link" in out


def test_what_file_managers_leave_behind_is_not_held_against_anyone(full, tmp_path):
    write({**full[2], "B000001/.DS_Store": b"x"}, tmp_path)
    assert run(VERIFY_PY, tmp_path)[0] == 0


def test_it_needs_nothing_newer_than_python_3_8_and_nothing_from_outside():
    import ast

    tree = ast.parse(VERIFY_PY.read_text("utf-8"), feature_version=(3, 8))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= {
        "argparse", "base64", "hashlib", "json", "os", "re", "sys", "unicodedata", "datetime",
        "functools",
    }  # fmt: skip
    calls = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert not calls & {"removeprefix", "removesuffix", "bit_count", "UTC"}


def test_every_message_has_both_languages_with_the_same_places():
    for code, (chinese, english) in verify.WORDS.items():
        assert re.findall(r"{\w+}", chinese) and True or "{" not in english, code
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english)), code
    source = VERIFY_PY.read_text("utf-8")
    for code in verify.WORDS:
        if not code.startswith(("line.g", "line.b", "anchor.", "fund.", "note.uns", "note.sig")):
            assert source.count(f'"{code}"') >= 2, f"{code} is never said"


def test_the_work_grows_in_proportion_to_the_entries(monkeypatch):
    def hashes(count):
        log = sample.county()
        book = sample.open_book(log)
        for _ in range(count):
            book.entry(date(2026, 9, 20), *PAIR)
        files = sample.top(log, book.seal("2026-09", date(2026, 10, 2)))
        seen = []
        for name in ("leaf_hash", "node_hash", "commitment", "unbody"):
            real = getattr(verify, name)
            monkeypatch.setattr(verify, name, lambda *a, real=real: seen.append(1) or real(*a))
        assert faults(files) == []
        monkeypatch.undo()
        return len(seen)

    assert hashes(400) < 5 * hashes(100)
