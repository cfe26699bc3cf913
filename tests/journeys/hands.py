"""What people do on the pages, as their hands do it: fill in, send, agree, look for faults."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from PIL import Image

from tests.databases import ROOT, cannot_run

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def photo() -> bytes:
    """A photographed bill."""
    out = io.BytesIO()
    Image.new("RGB", (900, 600), (251, 248, 240)).save(out, "JPEG")
    return out.getvalue()


def fill_voucher(
    page: Any,
    *,
    on: date,
    money: str,
    category: str,
    yuan: str,
    summary: str,
    papers: dict[str, bytes] | None = None,
    **words: str,
) -> None:
    """Fill in the form of a voucher that is open on the page; `words` by the fields' names."""
    page.locator("[name=on]").fill(on.isoformat())
    choose(page.locator("[name=money]"), money)
    choose(page.locator("[name=row-0-account]"), category)
    page.locator("[name=row-0-amount]").fill(yuan)
    page.get_by_label("摘要").fill(summary)
    for name, value in words.items():
        page.locator(f"[name={name}]").fill(value)
    if papers:
        page.locator("[name=papers]").set_input_files(
            [
                {"name": name, "mimeType": "image/jpeg", "buffer": data}
                for name, data in papers.items()
            ]
        )


def choose(select: Any, words: str) -> None:
    """Choose the first option that begins with the words."""
    select.wait_for()
    labels = select.locator("option").all_text_contents()
    select.select_option(label=next(label for label in labels if label.startswith(words)))


def confirm(page: Any, label: str) -> None:
    """Press a button that asks once, and say yes."""
    page.locator("details.confirm > summary", has_text=label).click()
    page.locator("dialog:visible button[type=submit]").click()
    page.wait_for_load_state()


def send_back(page: Any, reason: str) -> None:
    page.locator("details.confirm > summary", has_text="退回").click()
    page.locator("dialog:visible [name=reason]").fill(reason)
    page.locator("dialog:visible button[type=submit]").click()
    page.wait_for_load_state()


def faults_of(page: Any) -> list[tuple[str, str]]:
    """What axe finds on the page as it stands, and how far it sticks out sideways."""
    if not AXE.exists():
        cannot_run("no axe-core: run `npm ci` in frontend/")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", STANDARD
    )
    told = [(v["id"], n["html"][:160]) for v in found["violations"] for n in v["nodes"]]
    wider = page.evaluate(SIDEWAYS)
    return [*told, ("sideways", f"{wider} px")] if wider > 0 else told
