"""Finding one of a county's people while one types: indexes, stored search rows, and LIKE."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from bench.frame import Aim, Bench, Run, Side
from linli.kernel.place import Scope
from linli.kernel.roles import DISTRICT
from linli.people import services as people
from linli.places.models import Place
from linli.scope.models import Placed
from linli.search import finders, words
from linli.search.finders import Asked, Hit
from linli.search.lookups import Given, Tail, closest
from linli.upkeep.database import as_owner

PEOPLE, COUNTY, ESTATES, LIMIT, BATCH = 400_000, "370614", 336, 6, 5_000
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉梅红建国志文辉力永健世广义兴良海山仁波宁贵福生"
ASKED = ("王", "王建", "李建国", "建国", "秀", "wj", "zxm", "l", "1234", "0007")
ABSENT = ("慕容雪", "诸葛", "qqzz", "雪")
"""Names that nobody bears: whatever reads every row has to read them all."""
KEYS = [
    (f"SUBSTR({column}, {first})", f"LENGTH({column}) >= {first}")
    for column in ("name", "initials")
    for first in (1, 2, 3)
] + [("SUBSTR(phone, 8)", "1 = 1")]
"""The endings by which a stored row finds somebody."""
OPERATORS = ["varchar_pattern_ops", "varchar_pattern_ops"]


class Resident(Placed):
    """Somebody of the county, as a register of residents keeps them."""

    name = models.CharField(max_length=64)
    initials = models.CharField(max_length=64)
    phone = models.CharField(max_length=20)

    class Meta:
        app_label = "bench"
        indexes = [
            models.Index(fields=["name", "place"], name="bench_name", opclasses=OPERATORS),
            models.Index(fields=["initials", "place"], name="bench_initials", opclasses=OPERATORS),
            models.Index(Given("name"), "place", name="bench_given"),
            models.Index(Tail("phone"), "place", name="bench_tail"),
        ]


class StoredRow(Placed):
    """One way to a thing: every ending of its name and initials, and its phone's tail."""

    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    label = models.CharField(max_length=64)
    thing = models.BigIntegerField()

    class Meta:
        app_label = "bench"
        indexes = [models.Index(fields=["key", "place"], name="bench_key", opclasses=OPERATORS)]


@cache
def county() -> Scope:
    """400,000 people in 336 estates of one county, and what a search needs to know of them."""
    with as_owner(), connection.schema_editor() as editor:
        for model in (Resident, StoredRow):
            editor.create_model(model)
            if connection.vendor == "postgresql":
                editor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC")
                editor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC")
    Place.objects.bulk_create(_places(), ignore_conflicts=True)
    everybody = _residents()
    with transaction.atomic():
        while batch := list(islice(everybody, BATCH)):
            Resident.objects.bulk_create(batch)
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        for key, where in KEYS:
            cursor.execute(
                "INSERT INTO bench_storedrow (key, kind, label, thing, place)"
                f" SELECT {key}, 'person', name, id, place FROM bench_resident WHERE {where}"
            )
        cursor.execute("ANALYZE")
    return Scope.of(COUNTY)


def _places() -> list[Place]:
    codes = sorted({estate[:n] for estate in _estates() for n in (6, 9, 12, 15)})
    level = {6: "county", 9: "street", 12: "community", 15: "estate"}
    return [Place(place=code, level=level[len(code)], name=f"{code}处") for code in codes]


def _estates() -> list[str]:
    return [f"{COUNTY}{n // 28 + 1:03d}{n // 4 % 7 + 1:03d}{n % 4 + 1:03d}" for n in range(ESTATES)]


def _residents() -> Iterator[Resident]:
    dice = random.Random(7)
    letters = {sign: words.initials(sign) for sign in FAMILY + GIVEN}
    weights, estates = [1 / (n + 3) for n in range(len(FAMILY))], _estates()
    for number in range(1, PEOPLE + 1):
        name = dice.choices(FAMILY, weights)[0] + "".join(dice.choices(GIVEN, k=dice.randint(1, 2)))
        yield Resident(
            pk=number,
            name=name,
            initials="".join(letters[sign] for sign in name),
            phone=f"138{dice.randrange(10**8):08d}",
            place=f"{dice.choice(estates)}{dice.randint(1, 20):03d}00{dice.randint(101, 1806):04d}",
        )


def by_index(text: str, scope: Scope, limit: int = LIMIT) -> list[Any]:
    """As domains search: a few questions, each of which one index answers."""
    inside = Resident.objects.within(scope)
    if not text.isascii():
        given = inside.alias(given=Given("name")).filter(given__begins=text)
        return closest(limit, inside.filter(name=text), inside.filter(name__begins=text), given)
    if text.isdigit():
        return closest(limit, inside.alias(tail=Tail("phone")).filter(tail=text))
    return closest(limit, inside.filter(initials=text), inside.filter(initials__begins=text))


def by_stored_rows(text: str, scope: Scope) -> list[Any]:
    """One table that all domains write into whenever something changes."""
    found = StoredRow.objects.within(scope).filter(key__begins=text).order_by("key", "pk")
    return list(found[:LIMIT])


def by_like(text: str, scope: Scope) -> list[Any]:
    """Every row is read."""
    like = Q(name__contains=text) | Q(initials__contains=text) | Q(phone__endswith=text)
    return list(Resident.objects.within(scope).filter(like).order_by("name")[:LIMIT])


def side(ask: Callable[[str, Scope], Any], questions: tuple[str, ...]) -> Callable[[], Run]:
    def prepare() -> Run:
        scope = county()

        def run(size: int) -> None:
            for number in range(size):
                ask(questions[number % len(questions)], scope)

        return run

    return prepare


def _find(asked: Asked) -> Iterator[Hit]:
    for one in by_index(asked.text, asked.scope, asked.limit):
        yield Hit(label=one.name, url="/", place=one.place[:15])


@cache
def officer() -> Client:
    """Somebody of the district, logged in; the residents are offered beside everything else."""
    now = timezone.now()
    settings.ALLOWED_HOSTS.append("testserver")
    finders.offer(code="bench", label="居民", by="姓名", icon="user", find=_find, order=1)
    user = people.create_account(by=None, username="officer", name="韩梅", now=now).subject
    type(user).objects.update(must_change_password=False)
    people.appoint(by=None, user=user, role=DISTRICT, place=COUNTY, since_on=now.date(), now=now)
    client = Client(headers={"HX-Request": "true"})
    client.force_login(user)
    return client


def page(text: str, _scope: Scope) -> None:
    answer = officer().get("/search/", {"q": text})
    assert answer.status_code == 200, answer.status_code


def bench(code: str, title: str, questions: tuple[str, ...]) -> Bench:
    sides = (
        ("indexes", by_index),
        ("the whole page", page),
        ("stored rows", by_stored_rows),
        ("LIKE", by_like),
    )
    return Bench(
        code=code,
        title=title,
        unit="searches",
        sizes=(len(questions),),
        sides=tuple(Side(name, side(ask, questions)) for name, ask in sides),
        target="under 100 ms each, ten a second",
        aims=(Aim(rate=10), Aim(rate=10, side="the whole page")),
    )


BENCHES = (
    bench("search", "find one of 400,000 people", ASKED),
    bench("search-absent", "find nobody among 400,000", ABSENT),
)
