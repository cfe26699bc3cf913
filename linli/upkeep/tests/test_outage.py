"""The database goes away and comes back: pages say so, nothing is lost, no restart is needed."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse

from linli.kernel.roles import BOOKKEEPER
from linli.ledger.models import Account
from linli.upkeep import metrics
from linli.upkeep.tests.visitors import Visitor, handed_back, postgresql
from linli.vouchers.models import Voucher
from linli.vouchers.tests.conftest import KEY
from linli.web import outage
from tests.books import open_estate
from tests.browsers import serving, session_cookie
from tests.databases import ROOT, OwnDatabase
from tests.people import ESTATE, lay_places, make_person

AWAY, AGAIN = "系统暂时连不上数据库", "重新提交"


@pytest.fixture
def person(own_database):
    """The bookkeeper of an estate's book, and the ids a form names."""
    lay_places()
    estate = open_estate()
    user = make_person("books", "王秀兰", BOOKKEEPER, ESTATE)
    parking = Account.objects.get(book=estate.book, code="parking")
    return user, ("B000001", estate.accounts["common"].pk, parking.pk)


TELL = """
from linli.kernel.roles import BOOKKEEPER
from linli.ledger.models import Account
from tests.books import open_estate
from tests.browsers import session_cookie
from tests.people import ESTATE, lay_places, make_person
lay_places()
estate = open_estate()
user = make_person("books", "王秀兰", BOOKKEEPER, ESTATE)
parking = Account.objects.get(book=estate.book, code="parking")
print("TOLD", estate.accounts["common"].pk, parking.pk, session_cookie(user, "")["value"])
"""


@pytest.mark.database
def test_postgresql_stops_and_starts_again_under_a_running_service(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: runs with LINLI_DATABASE_URL")
    with postgresql() as database:
        where = {"LINLI_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
        own = OwnDatabase(tmp_path, where | {"LINLI_DATABASE_URL": "", "LINLI_OWNER_URL": ""})
        said = own.run("dbsetup", "--admin", database.url).stdout.splitlines()
        own.environment.update(line.split("=", 1) for line in said if line.startswith("LINLI_"))
        assert own.run("migrate", "-v0").returncode == 0
        told = own.run("shell", "-v0", "-c", TELL)
        assert told.returncode == 0, told.stderr
        money, parking, session = told.stdout.split("TOLD")[1].split()
        with serving(own) as server:
            clerk = Visitor(server.url, session)
            address, form = clerk.voucher_form("B000001", money, parking)
            database.stop()
            status, headers, page = clerk.ask("POST", address, form)
            assert status == 503 and headers["retry-after"]
            assert AWAY in page and AGAIN in page
            assert handed_back(page) == form, "what was typed comes back word for word"
            clerk.language = "en"
            assert "The database cannot be reached" in clerk.ask("GET", address)[2]
            probe = Visitor(server.url, "")
            assert [probe.ask("GET", at)[0] for at in ("/healthz", "/readyz")] == [200, 503]
            database.start()
            assert probe.ask("GET", "/readyz")[0] == 200
            first, twice = (clerk.ask("POST", address, handed_back(page)) for _ in range(2))
            assert first[0] == twice[0] == 302
            assert first[1]["location"] == twice[1]["location"], "sent twice, kept once"
            assert clerk.ask("GET", first[1]["location"])[0] == 200, "nobody logs in again"
        with psycopg.connect(own.environment["LINLI_DATABASE_URL"]) as rows:
            assert rows.execute("SELECT COUNT(*) FROM vouchers_voucher").fetchone() == (1,)
        assert own.run("verify").returncode == 0


@contextmanager
def sqlite_with(**changes):
    """Only on SQLite: within, connections are opened with other settings."""
    if connection.vendor != "sqlite":
        pytest.skip("needs SQLite: runs without LINLI_DATABASE_URL")
    before = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(changes)
    try:
        yield before["NAME"]
    finally:
        connections.close_all()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


@pytest.fixture
def post(person):
    """post() sends the form of a voucher; pages answer as they would answer a browser."""
    user, (book, money, parking) = person
    client = Client(raise_request_exception=False)
    client.force_login(user)
    address = f"{reverse('vouchers:new', args=[book])}?key={KEY}&direction=in"
    told = {"act": "save", "direction": "in", "on": "2026-10-15", "money": money, "rows": "5"}
    told |= {"row-0-account": parking, "row-0-amount": "300.00", "summary": "十月停车费"}
    return lambda **more: client.post(address, told, **more)


def test_a_locked_sqlite_is_told_and_heals_when_the_other_writer_is_done(post, settings):
    settings.METRICS_TOKEN = "counted"
    hurried = connection.settings_dict["OPTIONS"] | {"timeout": 0.2}
    with sqlite_with(OPTIONS=hurried) as path, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused, above = post(), post(headers={"HX-Request": "true"})
        other.rollback()
        assert refused.status_code == above.status_code == 503
        assert AWAY in refused.content.decode() and AGAIN in refused.content.decode()
        assert "summary" in dict(handed_back(refused.content.decode()))
        assert above["HX-Retarget"] == "#notes" and "<html" not in above.content.decode()
        assert not Voucher.objects.exists()
        assert 'errors_total{kind="OperationalError"} 2.0' in metrics.page()[0].decode()
        assert post().status_code == 302, "the control: the same form without the other writer"
    assert Voucher.objects.count() == 1


def test_a_sqlite_file_that_cannot_be_written_is_read_on(post):
    with sqlite_with(NAME=f"file:{connection.settings_dict['NAME']}?mode=ro"):
        refused = post()
        assert refused.status_code == 503 and AWAY in refused.content.decode()
        assert Client().get(reverse("portal:home")).status_code == 200
    assert not Voucher.objects.exists()
    assert post().status_code == 302


def test_a_form_with_a_password_is_not_put_into_a_page(rf):
    secret = rf.post("/login/", {"username": "a", "password": "b"})
    assert outage._typed(secret) is None
    assert outage._typed(rf.post("/x/", {"summary": "b"})) == [("summary", "b")]


def test_a_wrong_statement_is_no_outage(own_database):
    with pytest.raises(Exception) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_such_table")
    assert not outage.is_away(caught.value)
    assert outage.is_away(OperationalError("server closed the connection unexpectedly"))


HOLD = """
import sys, time
from django.db import connection
connection.ensure_connection()
with connection.cursor() as cursor:
    if connection.vendor == "sqlite":
        cursor.execute("BEGIN EXCLUSIVE")
    else:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE vouchers_voucher IN ACCESS EXCLUSIVE MODE")
    print("HELD", flush=True)
    sys.stdin.readline()
    cursor.execute("ROLLBACK")
"""


@contextmanager
def a_writer_in_the_way(own):
    """Another process holds the table; gives what makes it let go."""
    url = own.environment.get("LINLI_OWNER_URL", "")
    command = [sys.executable, "-m", "linli", "shell", "-v0", "-c", HOLD]
    environment = own.environment | ({"LINLI_DATABASE_URL": url} if url else {})
    with subprocess.Popen(
        command, env=os.environ | environment, cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert "HELD" in process.stdout.readline()
        yield lambda: process.communicate("\n")
        process.kill()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_what_is_under_way_when_the_service_stops_is_answered(own_database, person, how):
    user, ids = person
    session = session_cookie(user, "")["value"]
    with serving(own_database) as server:
        clerk, answers = Visitor(server.url, session), []
        address, form = clerk.voucher_form(*ids)

        def send():
            try:
                answers.append(clerk.ask("POST", address, form)[0])
            except OSError as error:
                answers.append(type(error).__name__)

        with a_writer_in_the_way(own_database) as let_go:
            sending = threading.Thread(target=send)
            sending.start()
            time.sleep(1.5)
            assert not answers, "the form waits for the other writer"
            if how == signal.SIGKILL:
                server.kill()
            else:
                server.process.send_signal(how)
            time.sleep(1)
            let_go()
            sending.join(30)
        code = server.process.wait(30)
    if how == signal.SIGTERM:
        assert answers == [302] and code == 0 and Voucher.objects.count() == 1
    else:
        assert answers and answers != [302], "the control: a kill answers nobody"
