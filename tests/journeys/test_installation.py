"""The installation itself: the service in a real browser, signed in and not."""

import pytest
from django.utils import timezone

from linli.kernel.roles import SECURITY_ADMIN
from linli.people.models import Appointment, User

pytestmark = pytest.mark.journey


@pytest.fixture
def administrator(own_database):
    now = timezone.now()
    user = User.objects.create(
        username="security", name="安全管理员", created_at=now, password_changed_at=now
    )
    Appointment.objects.create(
        user=user, role=SECURITY_ADMIN.code, place="370614", since_on=now.date()
    )
    return user


def test_a_page_behind_the_log_in_opens_only_with_a_session(server, administrator, open_page):
    stranger = open_page(width=375)
    stranger.goto("/me/security/")
    assert "/login/" in stranger.url
    page = open_page(user=administrator, language="en")
    page.goto("/me/security/")
    assert "/login/" not in page.url
    assert page.locator("h1").count() == 1


def test_the_log_in_page_works_without_scripts(server, administrator, open_page):
    page = open_page(javascript=False)
    page.goto("/login/")
    page.locator("input[name=username]").fill("nobody")
    page.locator("input[type=password]").fill("wrong-password")
    page.locator("form button[type=submit]").last.click()
    page.locator(".refusal, .errors, [data-attention]").first.wait_for()
    assert "/login/" in page.url
    assert page.locator("input[name=username]").input_value() == "nobody"
