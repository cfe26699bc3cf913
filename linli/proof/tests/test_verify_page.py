"""verify.html in a real browser: from a file and from a web server, by keyboard, in both languages,
and with nothing sent anywhere."""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from linli.kernel import note
from linli.kernel.keys import fingerprint
from linli.kernel.tests import sample, test_note
from linli.kernel.tests.published import VERIFY_PY, write
from tests.databases import cannot_run

PAGE = VERIFY_PY.parent / "verify.html"
FRONTEND = Path(__file__).parents[3] / "frontend"
AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def county():
    log, books, files = sample.full()
    tools = {"verify_py": VERIFY_PY.read_bytes(), "verify_html": PAGE.read_bytes()}
    return log, books, sample.top(log, files, **tools)


@pytest.fixture(scope="module")
def published(county, tmp_path_factory):
    return write(county[2], tmp_path_factory.mktemp("published"))


@pytest.fixture
def open_verify(browser):
    """Open the page; the test fails if it threw, broke its own policy, or asked for anything."""
    contexts, faults = [], []

    def opened(url=None, *, width=1440, language="zh-CN", dark=False, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme="dark" if dark else "light",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.extend(_complaint(said)))
        page.on("request", lambda asked: _own(faults, asked.url, url or PAGE.as_uri()))
        page.goto(url or PAGE.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def _complaint(said):
    """What the page complains of; that a file that does not fit was not kept elsewhere is none."""
    missing = "/publishing/" in said.location.get("url", "")
    return [said.text] if said.type == "error" and not missing else []


def _own(faults, asked, url):
    if not asked.startswith((url.rsplit("/", 1)[0], "data:")):
        faults.append(f"the page asked for {asked}")


def check(page, folder):
    page.set_input_files("#folder", str(folder))
    page.wait_for_selector("#verdict.good, #verdict.bad")
    return page.inner_text("#verdict")


def axe(page):
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
    )
    return [(each["id"], [n["html"] for n in each["nodes"]]) for each in found["violations"]]


def test_a_folder_that_holds_is_said_to_hold(open_verify, published):
    page = open_verify()
    assert check(page, published) == "全部相符：2 个账套，5 个文件夹，12 笔分录。"
    assert page.evaluate("document.activeElement.id") == "result"
    assert page.locator("table.months tbody tr").count() == 5
    assert page.locator("text=只证明自洽").count() == 2
    page.locator("summary").first.click()
    assert "停车场地使用费" in page.locator("details dl").first.inner_text()


def test_faults_are_named_by_file_and_field(open_verify, county, tmp_path):
    files = dict(county[2])
    name = "B000001/2026-10/statement.json"
    files[name] = files[name].replace(b'"use_fen": 60000', b'"use_fen": 66000')
    page = open_verify()
    assert check(page, write(files, tmp_path)) == "发现 2 处不符。"
    told = page.inner_text("table.faults")
    assert name in told and "funds.common.use_fen" in told and "由分录推算是 600.00" in told


def test_a_folder_is_compared_with_what_the_reader_holds(open_verify, county, published, tmp_path):
    log, (book, _), files = county
    page = open_verify()
    page.fill("#trust", fingerprint(log.signer.verifier).lower())
    check(page, published)
    assert page.locator("text=已用你给出的公钥核对").count() == 2
    page.fill("#trust", "")
    kept = tmp_path / "checkpoint"
    kept.write_bytes(files["B000001/2026-09/checkpoint"])
    page.set_input_files("#since", str(kept))
    page.click("#again")
    page.wait_for_selector("text=与你保存的检查点一致")
    head = note.Checkpoint(book.signer.name, 3, bytes(32))
    kept.write_bytes(note.sign_checkpoint(head, book.signer))
    page.set_input_files("#since", str(kept))
    page.click("#again")
    page.wait_for_selector("text=账目在那之后被改过")
    page.fill("#trust", "hello")
    page.click("#again")
    page.wait_for_selector("#trust[aria-invalid]")
    assert page.inner_text("#trust-fault") == "填写的不是公钥，也不是指纹。"


def test_a_receipt_is_shown_to_be_in_the_books(open_verify, tmp_path):
    receipt = tmp_path / "r.tlog-proof"
    receipt.write_bytes(test_note.receipt_file()[0])
    folder = write(sample.published_small()[2], tmp_path / "small")
    page = open_verify()
    page.set_input_files("#receipt", str(receipt))
    page.wait_for_selector("#receipt-result .bad")
    check(page, folder)
    page.wait_for_selector("#receipt-result .good")
    assert "350.00" in page.inner_text("#receipt-result")


def test_a_receipt_of_other_books_under_the_same_key_is_called_out(
    open_verify, published, tmp_path
):
    receipt = tmp_path / "r.tlog-proof"
    receipt.write_bytes(test_note.receipt_file()[0])
    page = open_verify()
    check(page, published)
    page.set_input_files("#receipt", str(receipt))
    page.wait_for_selector("text=不是同一本账")


def test_it_works_by_keyboard_alone(open_verify, published):
    page = open_verify()
    # A first listener has the browser hand choosers over; asking only at the key press is too late.
    page.on("filechooser", lambda _chooser: None)
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "folder"
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(str(published))
    page.wait_for_selector("#verdict.good")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_it_speaks_english(open_verify, published):
    page = open_verify(language="en-GB")
    assert check(page, published).startswith("All holds: 2 books")
    assert page.title() == "Checking linli's books"
    page.click("#language")
    assert page.inner_text("#verdict").startswith("全部相符")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    open_verify, county, tmp_path, width, dark
):
    if not AXE.exists():
        cannot_run("frontend/node_modules is not installed")
    files = dict(county[2])
    files["B000001/2026-10/statement.json"] += b" "
    page = open_verify(width=width, dark=dark, bypass_csp=True)
    assert axe(page) == []
    check(page, write(files, tmp_path))
    page.locator("summary").first.click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_web_server_gives_the_same_answer_with_one_click(open_verify, county, tmp_path):
    write(county[2], tmp_path)
    handler = functools.partial(Quiet, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        page = open_verify(f"http://127.0.0.1:{server.server_port}/verify.html")
        page.click("#here")
        page.wait_for_selector("#verdict.good")
        assert page.inner_text("#verdict").startswith("全部相符：2 个账套，5 个文件夹")
        (tmp_path / "B000002/2026-09/notice.pdf").write_bytes(b"other")
        page.click("#here")
        page.wait_for_selector("#verdict.bad")
        assert "B000002/2026-09/notice.pdf" in page.inner_text("table.faults")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_the_published_page_is_what_its_sources_build():
    node = shutil.which("node")
    if not node or not (FRONTEND / "node_modules" / "esbuild").is_dir():
        cannot_run("frontend/node_modules is not installed")
    done = subprocess.run(
        [node, "verify/build.mjs", "--check"], cwd=FRONTEND, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
