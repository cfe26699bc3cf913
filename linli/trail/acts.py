"""Every service is an act: one transaction, one line of the trail, one named doer."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, models, transaction

from linli.kernel.rulings import Refused
from linli.trail.models import Look

P = ParamSpec("P")
R = TypeVar("R")


def label(subject: models.Model | None) -> str:
    """How the trail names a row: "vouchers.voucher:12"."""
    return f"{subject._meta.label_lower}:{subject.pk}" if subject is not None else ""


def act(code: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a service an act named `code`.

    The service takes keywords only, `by` and `now` among them, and returns the row it was about
    (or an object that has it as `.subject`). A refusal rolls everything back and is itself
    recorded, as an act not done.
    """

    def wrap(service: Callable[P, R]) -> Callable[P, R]:
        @wraps(service)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                with transaction.atomic():
                    result = service(*args, **kwargs)
                    record(code, result, kwargs)
            except Refused as refused:
                if not transaction.get_connection().in_atomic_block:
                    reasons = [reason.text for reason in refused.ruling.reasons]
                    record(code, None, kwargs, done=False, facts={"reasons": reasons})
                raise
            return result

        run.act = code  # type: ignore[attr-defined]
        return run

    return wrap


def record(
    code: str,
    result: object,
    given: dict[str, object],
    *,
    done: bool = True,
    facts: dict | None = None,
) -> None:
    """Write one line of the trail; `given` are the keywords the act was called with."""
    subject = result if isinstance(result, models.Model) else getattr(result, "subject", None)
    by = given["by"]
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                code,
                label(subject),
                _place(subject, given),
                by.pk if by else None,  # type: ignore[attr-defined]
                connection.ops.adapt_datetimefield_value(given["now"]),
                done,
                json.dumps(facts or getattr(result, "facts", None) or {}, ensure_ascii=False),
            ],
        )


_WRITE = (
    "INSERT INTO trail_line (act, subject, place, by_id, at, done, facts) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def _place(subject: models.Model | None, kwargs: dict) -> str:
    """The place of what was done: of the subject itself, else of anything it was done to."""
    for row in (subject, *kwargs.values()):
        if isinstance(place := getattr(row, "place", None), str):
            return place
    return str(kwargs.get("place") or "")


def look(
    *, by: models.Model, subject: models.Model, field: str, now: object, purpose: str = ""
) -> None:
    """Record that somebody opened a field with personal data."""
    Look.objects.create(
        subject=label(subject),
        field=field,
        by=by,
        at=now,
        purpose=purpose,
        place=_place(subject, {}),
    )
