"""What pages of vettings are asked with."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.vetting.tests.conftest import LATER


def client(user: Any) -> Client:
    made = Client()
    made.force_login(user)
    return made


def text(answer: Any) -> str:
    return answer.content.decode()


def post(user: Any, name: str, *args: Any, **told: Any) -> Any:
    return client(user).post(reverse(f"vetting:{name}", args=args), told)


def get(user: Any, name: str, *args: Any, **told: Any) -> Any:
    return client(user).get(reverse(f"vetting:{name}", args=args), told)


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day until which departments answer is over."""
    monkeypatch.setattr(timezone, "now", lambda: LATER)
