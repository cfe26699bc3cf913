"""`linli serve`: answers, says when it is not well, stops in good order, refuses a broken start."""

import re
import urllib.error
import urllib.request

import pytest
from django.db import connection
from django.urls import reverse

from linli.upkeep.database import as_owner
from tests.browsers import serving


def ask(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read()


def test_it_answers_serves_static_files_and_stops_in_good_order(server):
    assert ask(f"{server.url}/healthz") == (200, b'{"status": "ok"}')
    assert server.stop() == 0
    with pytest.raises(urllib.error.URLError):
        ask(f"{server.url}/healthz")


def test_the_figures_of_all_workers_are_told_as_one(own_database, tmp_path):
    own_database.environment |= {"LINLI_METRICS_TOKEN": "let-me-see", "TMPDIR": str(tmp_path)}
    with serving(own_database, workers=2) as server:
        asked = 0
        while len(list(tmp_path.glob("linli-metrics-*/counter_*.db"))) < 2 and asked < 500:
            ask(f"{server.url}/healthz")
            asked += 1
        asking = urllib.request.Request(f"{server.url}/metrics")
        asking.add_header("Authorization", "Bearer let-me-see")
        told = {ask(asking)[1].decode() for _turn in range(5)}
        assert len(list(tmp_path.glob("linli-metrics-*/counter_*.db"))) == 2, "two who count"
    counted = {float(re.search(r'route="healthz",status="200"} (.*)', text)[1]) for text in told}
    assert counted == {asked + 1.0}, "whichever answers, all are counted, also the one at the start"
    assert not list(tmp_path.glob("linli-metrics-*")), "nothing is left behind"


def test_it_does_not_start_over_tables_that_are_not_guarded(own_database):
    with as_owner(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER guard_trail_line_delete")
        else:
            cursor.execute("DROP TRIGGER guard_trail_line_delete ON trail_line")
    ran = own_database.run("serve", "--port", "0")
    assert ran.returncode == 1
    assert "guard_trail_line_delete" in ran.stderr


def test_a_port_that_is_taken_is_said_in_plain_words(own_database):
    with serving(own_database) as first:
        port = first.url.rpartition(":")[2]
        ran = own_database.run("serve", "--port", port)
    assert ran.returncode == 1
    assert port in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.django_db
def test_health_tells_nothing_but_health(client):
    answer = client.get(reverse("healthz"))
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert "no-store" in answer["Cache-Control"]
    assert client.post(reverse("healthz")).status_code == 405
