"""What the demo tells can be worked on like any other upload."""

import pytest

from linli.intake import demo
from linli.intake.tests.test_wizard import confirm, said
from tests.books import NOW

pytestmark = pytest.mark.django_db


def test_the_sheet_of_the_demo_waits_and_can_be_tried(desk, client, people):
    upload = demo.tell(book=desk.book, by=people.bookkeeper, period="2026-10", now=NOW)
    page = said(confirm(client, upload))
    assert "驿站进场费" in page and "只导入合格的 1 行" in page
