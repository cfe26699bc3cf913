"""A county's own terms and its own list of circumstances: the example of sources/README.md in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

import linli.sources
from linli.kernel.rulings import Refused
from linli.vetting import queries
from linli.vetting.models import Answer
from linli.vetting.tests.asking import client, text
from linli.vetting.tests.conftest import COUNTY, DETAINED
from tests.books import NOW

pytestmark = pytest.mark.django_db
LONG_AGO = date(2023, 3, 1)
"""More than three years ago, less than five."""
LONG_DETAINED = replace(DETAINED, happened_on=LONG_AGO)


@pytest.fixture
def own_rules(tmp_path: Path) -> Iterator[None]:
    readme = (Path(linli.sources.__file__).parent / "README.md").read_text("utf-8")
    examples = [part.split("```")[0] for part in readme.split("```toml")[1:]]
    (told,) = [text for text in examples if "[[vetting]]" in text]
    (tmp_path / "vetting.toml").write_text(told, "utf-8")
    assert linli.sources.use(tmp_path).allowed
    yield
    linli.sources.use(None)


def test_a_county_lets_departments_answer_within_its_own_term(own_rules, county):
    made = county.open()
    assert made.due_on == date(2026, 11, 12)
    assert queries.reply_by(NOW.date(), "370613") == date(2026, 11, 19)


def test_where_a_county_says_three_years_four_are_no_ground_any_more(own_rules, county, clock):
    made = county.sent(*county.people(1))
    with pytest.raises(Refused, match="已满3年") as refused:
        county.say(made, "police", LONG_DETAINED)
    assert "登州联审办法:5" in {c for r in refused.value.ruling.reasons for c in r.cites}
    assert not Answer.objects.exists()
    task, who = county.task(made, "police"), county.first(made)
    page = client(county.heads["police"]).get(reverse("vetting:say", args=[task.pk, who.pk]))
    assert "三年内受行政拘留（3年内）" in text(page)


def test_without_rules_of_its_own_the_same_answer_is_taken(county):
    made = county.sent(*county.people(1))
    county.say(made, "police", LONG_DETAINED)
    assert Answer.objects.get().place == COUNTY
