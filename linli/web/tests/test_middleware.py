"""What is refused before anything is read."""

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_body_larger_than_any_form_is_refused_unread():
    """Whoever has not logged in could fill the disk with what no page asked for."""

    class Never:
        def read(self, *_args):
            raise AssertionError("the body was read")

        readline = read

    answer = Client(enforce_csrf_checks=True).generic(
        "POST",
        "/login/",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Never(), "CONTENT_LENGTH": str(settings.MOST_BODY_BYTES + 1)},
    )
    assert answer.status_code == 413 and "64 MB" in answer.content.decode()


def test_a_body_of_a_form_passes():
    assert Client().post("/login/", {"username": "x" * 1000}).status_code != 413
