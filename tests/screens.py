"""Pictures of the told demo county for docs/screens: `python -m tests.screens [--url …]`.

The server has to run (`make run`). Pictures are WebP, 1200 px wide at most.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browsers import chromium

DEMO_PASSWORD = "Linli-demo-2026"
HERE = Path(__file__).parent.parent / "docs" / "screens"
WIDE, PHONE = (1280, 860), (375, 812)
SHOTS = (
    ("public-estate", "", "/e/B000001/", WIDE),
    ("public-month-phone", "", "/e/B000001/{month}/", PHONE),
    ("public-verify", "", "/verify/", WIDE),
    ("desk", "demo-approver", "/desk/", WIDE),
    ("book", "demo-bookkeeper", "/months/B000001/", WIDE),
    ("month-end", "demo-bookkeeper", "/months/B000001/{open}/", WIDE),
    ("reconcile", "demo-bookkeeper", "/bank/?book=B000001", WIDE),
    ("voucher-form", "demo-bookkeeper", "/vouchers/new/B000001/?direction=out", WIDE),
    ("oversight", "demo-street", "/oversight/", WIDE),
    ("rooms-map", "demo-housing", "/rooms/map/", WIDE),
    ("survey", "demo-housing", "/survey/1/", WIDE),
    ("remedy", "demo-housing", "/remedy/", WIDE),
    ("handover", "demo-housing", "/handover/", WIDE),
)


def main() -> None:
    """Take every picture."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--url", default="http://localhost:8000")
    words.add_argument("--open", required=True, help="the month that is not sealed yet, 2026-10")
    words.add_argument("--month", required=True, help="the latest published month, 2026-09")
    given = words.parse_args()
    HERE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, user, path, (width, height) in SHOTS:
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="zh-CN"
            )
            page = context.new_page()
            if user:
                _log_in(page, given.url, user)
            page.goto(given.url + path.format(month=given.month, open=given.open))
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(600)
            _keep(page.screenshot(), name)
            context.close()
        browser.close()


def _log_in(page: Page, url: str, user: str) -> None:
    page.goto(f"{url}/login/")
    page.fill("[name=username]", user)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_load_state()


def _keep(png: bytes, name: str) -> None:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.save(HERE / f"{name}.webp", "WEBP", quality=82, method=6)


if __name__ == "__main__":
    main()
