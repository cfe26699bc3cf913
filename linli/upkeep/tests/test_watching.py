"""What is written down and counted, and that nobody's data is in it."""

import io
import json
import logging

import pytest
from django.db import DatabaseError
from django.test import Client, override_settings
from django.urls import reverse

from linli.upkeep import health, logs, metrics

PRIVATE = ("张三", "13900001111", "370614199001011234", "zhangsan")


@pytest.fixture
def lines():
    """What the handler of settings would write while the block runs; also in the old, plain form."""
    written = {"ours": io.StringIO(), "plain": io.StringIO()}
    handlers = [logging.StreamHandler(written["ours"]), logging.StreamHandler(written["plain"])]
    handlers[0].setFormatter(logs.formatter())
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "django.request", "axes")}
    for handler in handlers:
        root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield lambda which="ours": written[which].getvalue()
    for handler in handlers:
        root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def ask_with_private_data():
    """Personal data in the address, in a form, and in the message of an error."""
    client = Client(raise_request_exception=False, headers={"user-agent": "zhangsan"})
    client.get("/nobody/张三/?phone=13900001111&id=370614199001011234")
    client.post(reverse("people:login"), {"username": "zhangsan", "password": "13900001111"})
    try:
        raise DatabaseError("Key (phone)=(13900001111) of 张三 already exists.")
    except DatabaseError:
        logging.getLogger("django.request").exception("Internal error: %s", "/张三?id=zhangsan")


@pytest.mark.django_db
def test_no_personal_data_reaches_the_log(lines):
    ask_with_private_data()
    plain = lines("plain")
    assert "张三" in plain and "13900001111" in plain, "the control: plain lines would have told it"
    ours = lines()
    assert not [word for word in PRIVATE if word in ours], ours


@pytest.mark.django_db
def test_each_request_is_one_line_with_its_route_status_and_time(lines):
    answer = Client().get("/nobody/?q=张三")
    Client().get(reverse("people:login"))
    told = [json.loads(line) for line in lines().splitlines()]
    requests = [line for line in told if line["event"] == "request"]
    assert [(one["route"], one["status"]) for one in requests][0] == ("", 404)
    assert requests[1]["route"] == "people:login" and requests[1]["ms"] > 0
    assert requests[0]["request"] == answer["X-Request-Id"]


def test_an_error_is_told_by_its_kind_and_place(lines):
    try:
        raise DatabaseError("x")
    except DatabaseError:
        logging.getLogger("linli.test").exception("fixed words")
    told = json.loads(lines())
    assert told["event"] == "fixed words"
    assert told["fault"] == ["django.db.utils.DatabaseError"]
    assert told["through"][-1].startswith("upkeep/tests/test_watching.py:")


@pytest.mark.django_db
def test_figures_are_for_those_who_show_the_token():
    client, address = Client(), reverse("metrics")
    assert client.get(address).status_code == 404, "without a token set nobody reads them"
    with override_settings(METRICS_TOKEN="let-me-see"):
        assert client.get(address).status_code == 404
        wrong = client.get(address, headers={"authorization": "Bearer let-me-seE"})
        assert wrong.status_code == 404
        client.get("/nobody/张三/")
        right = client.get(address, headers={"authorization": "Bearer let-me-see"})
    text = right.content.decode()
    assert right.status_code == 200
    assert 'linli_requests_total{method="GET",route="",status="404"}' in text
    assert 'linli_request_seconds_bucket{le="0.1",route=""}' in text
    assert "linli_database_up 1.0" in text and "linli_leaves 0.0" in text
    assert "张三" not in text and "nobody" not in text


@pytest.mark.django_db
def test_odd_methods_make_no_new_figure():
    with override_settings(METRICS_TOKEN="let-me-see"):
        Client().generic("BREW", "/nobody/")
        text = metrics.page()[0].decode()
    assert "BREW" not in text and 'method="OTHER"' in text


@pytest.mark.django_db
def test_readiness_names_what_is_lacking_only_to_those_who_show_the_token(monkeypatch, settings):
    settings.DATA.mkdir(parents=True)
    client, address = Client(), reverse("readyz")
    assert client.get(address).json() == {"status": "ok"}
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 62)
    monkeypatch.setattr(health, "_wanted", lambda: frozenset({("ledger", "9999_later")}))
    stranger = client.get(address)
    assert (stranger.status_code, stranger.json()) == (503, {"status": "lacking"})
    with override_settings(METRICS_TOKEN="let-me-see"):
        told = client.get(address, headers={"authorization": "Bearer let-me-see"}).json()
    assert told == {"status": "lacking", "lacking": ["migrations", "disk"]}


@pytest.mark.django_db
def test_an_age_is_told_once_there_is_a_backup(settings):
    assert "linli_backup_age_seconds" not in metrics.page()[0].decode()
    folder = settings.DATA / "backups"
    folder.mkdir(parents=True)
    (folder / "linli-20261101-000000.tar.gz").write_bytes(b"")
    assert "linli_backup_age_seconds" in metrics.page()[0].decode()
