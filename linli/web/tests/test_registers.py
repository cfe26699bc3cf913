from __future__ import annotations

from types import SimpleNamespace as Thing

import pytest
from django import forms
from django.template.loader import render_to_string

from linli.web.registers import Bulk, Column, Register

COLUMNS = (
    Column(code="name", label="名称", href=lambda row: f"/{row.pk}/", sort="name"),
    Column(code="fen", label="金额", kind="money"),
    Column(code="street", label="街道", value="place.street", shown=False),
)


class Filters(forms.Form):
    fund = forms.ChoiceField(
        label="资金", required=False, choices=[("", "全部"), ("seed", "种子基金")]
    )


class Rows(list):
    """A list that sorts as a queryset does."""

    def order_by(self, field, _tie):
        name = field.lstrip("-")
        return Rows(sorted(self, key=lambda r: getattr(r, name), reverse=field.startswith("-")))


def rows(count):
    place = Thing(street="登州街道")
    return Rows(Thing(pk=n, name=f"n{n:03}", fen=n * 100, place=place) for n in range(count))


def register(ask, count=60, **more):
    query = more.pop("query", {})
    return Register(ask("/r/", **query), rows=rows(count), columns=COLUMNS, **more)


def test_a_page_has_twenty_five_rows_and_knows_the_count(ask):
    made = register(ask, query={"page": "3"})
    assert made.count == 60
    assert [row.name for row, _cells in made.rows] == [f"n{n:03}" for n in range(50, 60)]


@pytest.mark.parametrize(("asked", "number"), [("0", 3), ("x", 1), ("99", 3)])
def test_a_page_that_does_not_exist_gives_one_that_does(ask, asked, number):
    assert register(ask, query={"page": asked}).page.number == number


def test_columns_are_chosen_in_the_address(ask):
    assert [c.code for c in register(ask).chosen_columns] == ["name", "fen"]
    chosen = register(ask, query={"columns": ["street", "nothing"]})
    assert [c.code for c in chosen.chosen_columns] == ["street"]
    assert [cell.value for cell in chosen.cells(rows(1)[0])] == ["登州街道"]


def test_only_a_column_that_may_be_sorted_sorts(ask):
    last = register(ask, query={"sort": "-name"})
    assert next(iter(last.rows))[0].name == "n059"
    assert last.headings[0][1:] == ("descending", "name")
    assert register(ask, query={"sort": "fen"}).sort == ("", False)
    assert register(ask, query={"sort": "-password"}).sort == ("", False)


def test_each_filter_that_is_set_can_be_taken_away(ask):
    query = {"fund": "seed", "sort": "name", "page": "2"}
    made = register(ask, query=query, filters=Filters(query))
    assert made.chosen == [("资金", ("种子基金",), "?sort=name")]


def test_the_page_and_the_part_htmx_asks_for_are_the_same_template(ask):
    made = register(ask)
    assert made.template("places/list.html") == "places/list.html"
    made.request.htmx = True
    assert made.template("places/list.html") == "web/register.html#register"


def shown(ask, **more):
    made = register(ask, **more)
    context = {"register": made, "request": made.request}
    return render_to_string("web/register.html#register", context, made.request)


def test_rows_are_shown_with_money_and_links(ask):
    page = shown(ask, count=2)
    assert '<a href="/1/">n001</a>' in page
    assert '<data class="money" value="1.00">1.00</data>' in page
    assert 'data-label="金额"' in page
    assert "pager" not in page


def test_rows_to_tick_are_a_form_with_its_buttons(ask):
    page = shown(ask, count=2, bulk=[Bulk(code="print", label="打印")], bulk_url="/print/")
    assert '<form method="post" action="/print/">' in page
    assert 'name="act" value="print"' in page
    assert 'aria-label="选择 n001"' in page


def test_an_empty_register_says_how_to_begin_and_an_empty_search_does_not(ask):
    begin = {"empty_title": "还没有小区", "new_url": "/new/", "new_label": "新增小区"}
    assert "新增小区" in shown(ask, count=0, **begin)
    query = {"fund": "seed"}
    searched = shown(ask, count=0, query=query, filters=Filters(query), **begin)
    assert "没有符合条件的记录" in searched
    assert "新增小区" not in searched
