"""The test databases themselves: what tests may rely on."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from linli.people.models import User


def join(name: str) -> User:
    return User.objects.create(username=name, name=name, created_at=timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_writes_is_gone_for_the_next(turn):
    assert not User.objects.exists()
    join("rolled-back")


@pytest.mark.own_database
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_with_its_own_database_starts_empty_and_commits(turn):
    assert not User.objects.exists()
    join("committed")
    connection.close()
    assert User.objects.get().username == "committed"


@pytest.mark.own_database
def test_a_database_of_ones_own_is_as_durable_as_production():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone()[0] == 2


def test_threads_meet_in_the_same_database(own_database):
    names = ["one", "two", "three"]
    own_database.together(*(lambda name=name: join(name) for name in names))
    assert sorted(User.objects.values_list("username", flat=True)) == sorted(names)


def test_the_same_name_at_the_same_moment_is_taken_once(own_database):
    results = own_database.together(*(lambda: join("same") for _ in range(4)))
    assert sum(isinstance(result, User) for result in results) == 1
    assert User.objects.count() == 1


def test_a_process_sees_what_the_test_wrote(own_database):
    join("seen")
    code = "from linli.people.models import User; print(User.objects.get().username)"
    ran = own_database.run("shell", "-v0", "-c", code)
    assert ran.stdout.strip().endswith("seen"), ran.stderr


def test_a_refused_statement_leaves_the_connection_usable(own_database):
    with pytest.raises(DatabaseError), transaction.atomic():
        join("twice")
        join("twice")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("fixtures", "marks", "why"),
    [
        ({"transactional_db"}, {}, "would flush"),
        ({"live_server"}, {}, "would flush"),
        (set(), {"django_db": {"transaction": True}}, "would flush"),
        ({"own_database"}, {"django_db": {}}, "take one"),
        ({"db"}, {"own_database": {}}, "take one"),
    ],
)
def test_what_would_flush_or_mix_databases_is_refused(fixtures, marks, why):
    from types import SimpleNamespace

    from conftest import pytest_runtest_setup

    def marker(name):
        return SimpleNamespace(kwargs=marks[name]) if name in marks else None

    item = SimpleNamespace(fixturenames=fixtures, get_closest_marker=marker)
    with pytest.raises(pytest.fail.Exception, match=why):
        pytest_runtest_setup(item)
