"""The published folder as files: only what lies in it, never run but the one tool."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(told):
    return lambda path: told.client.get(f"/public/{path}")


def test_files_come_as_they_lie_with_their_type(site):
    folder = Path(settings.PUBLIC)
    for path, mime in {
        "B000001/2026-10/statement.json": "application/json",
        "B000001/2026-10/notice.pdf": "application/pdf",
        "B000001/2026-10/statement.csv": "text/csv; charset=utf-8",
        "B000001/2026-10/entries.jsonl": "application/jsonl; charset=utf-8",
        "B000001/2026-10/checkpoint": "text/plain; charset=utf-8",
        "verify.py": "text/plain; charset=utf-8",
        "SHA256SUMS": "text/plain; charset=utf-8",
    }.items():
        answer = site(path)
        assert answer.content == (folder / path).read_bytes()
        assert answer["Content-Type"] == mime and answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies
        again = site(path)
        assert again["ETag"] == answer["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "../linli.sqlite3",
        "..%2Flinli.sqlite3",
        "%2e%2e/linli.sqlite3",
        "B000001/../../keys/rows.key",
        "B000001/2026-10/../../../keys/rows.key",
        "/etc/passwd",
        "B000001//2026-10/checkpoint",
        ".hidden",
        "B000001/.new-abc",
        "B000001/2026-10",
        "B000001/",
        "nothing",
        "x\\..\\y",
        "%00",
    ],
)
def test_nothing_outside_is_served(site, path):
    data = Path(settings.PUBLIC).parent
    (data / "linli.sqlite3").write_text("books") if not (data / "linli.sqlite3").exists() else None
    (Path(settings.PUBLIC) / ".hidden").write_text("x")
    (Path(settings.PUBLIC) / "B000001" / ".new-abc").write_text("half")
    assert site(path).status_code == 404


def test_a_link_that_leads_outside_is_not_followed(site):
    folder = Path(settings.PUBLIC)
    outside = folder.parent / "outside.txt"
    outside.write_text("secret")
    (folder / "inside.txt").symlink_to(outside)
    assert site("inside.txt").status_code == 404


def test_pages_are_sandboxed_but_the_tool_while_it_is_ours(site):
    page = site("B000001/2026-10/")
    assert page.status_code == 200 and "碧海家园" in page.content.decode()
    assert "sandbox" in page["Content-Security-Policy"]
    assert "script" not in page["Content-Security-Policy"]
    tool = site("verify.html")
    assert "sandbox" not in tool["Content-Security-Policy"]
    path = Path(settings.PUBLIC) / "verify.html"
    path.write_bytes(path.read_bytes() + b"<!-- -->")
    assert "sandbox" in site("verify.html")["Content-Security-Policy"]
