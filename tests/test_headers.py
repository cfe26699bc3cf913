"""What every answer tells the browser, and what https adds to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

NAMES = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "DEBUG")  # fmt: skip
TELL = f"""
import json
from linli import settings
print(json.dumps({{name: getattr(settings, name, None) for name in {NAMES}}}))
"""


def told(tmp_path, url):
    """The settings that a public address gives."""
    done = subprocess.run(
        [sys.executable, "-c", TELL],
        env=os.environ | {"LINLI_URL": url, "LINLI_DATA": str(tmp_path), "LINLI_SECRET": "x"},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", ["/", "/login/", "/nothing/", "/api/", "/e/B000009/"])
def test_every_page_says_what_the_browser_may_do_with_it(db, path):
    answer = Client().get(path)
    policy = answer["Content-Security-Policy"]
    for rule in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert rule in policy, path
    script = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe-inline" not in script and "'unsafe-eval'" not in script
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer


def test_https_binds_the_cookies_to_this_host_and_stays(tmp_path):
    given = told(tmp_path, "https://linli.example.gov.cn")
    assert given["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert given["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert given["SESSION_COOKIE_SECURE"] and given["CSRF_COOKIE_SECURE"]
    assert given["SECURE_HSTS_SECONDS"] >= 31_536_000 and given["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert not given["DEBUG"]


def test_a_pilot_without_https_can_still_log_in(tmp_path):
    given = told(tmp_path, "http://localhost:8000")
    assert not given["SESSION_COOKIE_SECURE"] and given["SECURE_HSTS_SECONDS"] == 0
    assert given["SESSION_COOKIE_NAME"] is None


def test_a_session_is_no_business_of_scripts_or_of_other_sites(people):
    user = people.bookkeeper
    user.set_password("Harbour-Tide-7")
    user.save()
    answer = Client().post("/login/", {"username": user.username, "password": "Harbour-Tide-7"})
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
