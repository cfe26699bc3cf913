from __future__ import annotations

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import translation

from linli.kernel.rulings import refuse
from linli.web import context, days, menu, views
from linli.web.context import Link, Shell
from linli.web.middleware import refusals


def entry(code, **more):
    defaults = {"label": code, "url_name": "web:gallery", "icon": "list"}
    return menu.register(code=code, **(defaults | more))


def test_the_menu_shows_what_one_s_roles_may_see_in_order():
    entry("all", order=2)
    entry("clerk", roles=("bookkeeper",), order=1)
    entry("street", roles=("street",))
    assert [item.code for item in menu.items_for({"bookkeeper"})] == ["clerk", "all"]
    assert [item.code for item in menu.items_for(())] == ["all"]


def test_the_narrowest_address_that_holds_the_page_is_current(ask):
    entry("theme", url_name="web:theme", order=1)
    entry("gallery", order=2)
    entry("gone", url_name="nowhere:index")
    links = [link for _item, link in Shell(ask("/components/x/")).links]
    assert [(link.label, link.current) for link in links] == [("theme", False), ("gallery", True)]


def test_entries_stand_in_their_groups(ask):
    entry("a", order=1)
    entry("b", order=2, group="账")
    entry("c", order=3)
    entry("d", order=4, group="账")
    groups = [(name, [link.label for link in links]) for name, links in Shell(ask()).menu]
    assert groups == [("", ["a", "c"]), ("账", ["b", "d"])]


def test_a_phone_s_bar_takes_the_first_three(ask):
    for code in "abcde":
        entry(code, on_phone=code != "b")
    assert [link.label for link in Shell(ask()).on_phone] == ["a", "c", "d"]


def test_domains_tell_the_shell_and_later_ones_win(ask):
    context.provide(lambda request: {"place": (Link("登州街道"),), "waiting_count": 1})
    context.provide(lambda request: {"waiting_count": 7})
    shell = Shell(ask())
    assert (shell.here.label, shell.waiting_count, shell.search_url) == ("登州街道", 7, "")


def test_a_word_the_shell_does_not_know_is_a_fault(ask):
    context.provide(lambda request: {"plaec": ()})
    with pytest.raises(KeyError, match="plaec"):
        _ = Shell(ask()).place


def test_nothing_is_asked_before_it_is_used(ask):
    asked = []
    context.provide(lambda request: asked.append(request) or {})
    shell = Shell(ask())
    assert shell.theme == ""
    assert not asked
    assert shell.place == ()
    assert shell.desk_url == ""
    assert len(asked) == 1


def header(ask, **told):
    context.provide(lambda request: told)
    request = ask()
    return render_to_string("web/components/header.html", {"shell": Shell(request)}, request)


def test_the_header_says_where_one_is_and_what_waits(ask):
    places = (Link("登州街道"), Link("海滨社区"), Link("碧海家园"))
    page = header(
        ask, place=places, places_url="/places/", user_name="王建国", desk_url="/desk/", waiting_count=120
    )  # fmt: skip
    for piece in ("登州街道", "碧海家园", 'action="/places/"', "王建国", "99+", "120 件待办"):
        assert piece in page


def test_the_header_of_a_stranger_offers_to_log_in(ask):
    page = header(ask, login_url="/login/")
    assert 'href="/login/"' in page
    assert "我的工作台" not in page


def test_the_page_goes_on_in_another_language_by_one_click(ask):
    response = views.language(ask("/language/en/", next="/a/?b=1"), "en")
    assert (response.status_code, response["Location"]) == (302, "/a/?b=1")
    assert response.cookies["django_language"].value == "en"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:x", ""])
def test_a_preference_never_leads_out_of_the_site(ask, target):
    assert views.theme(ask("/theme/", to="dark", next=target))["Location"] == "/"


def test_an_unknown_language_is_not_found(ask):
    with pytest.raises(Http404):
        views.language(ask(), "xx")


def test_the_theme_is_kept_and_given_back_to_the_system(ask):
    assert views.theme(ask("/theme/", to="dark")).cookies["theme"].value == "dark"
    assert views.theme(ask("/theme/", to="")).cookies["theme"]["max-age"] == 0
    request = ask()
    request.COOKIES["theme"] = "dark"
    assert Shell(request).theme == "dark"
    request.COOKIES["theme"] = "<pink>"
    assert Shell(request).theme == ""


@pytest.mark.parametrize(
    ("typed", "said"), [("1409.50", "人民币壹仟肆佰零玖元伍角"), ("x", ""), ("", "")]
)
def test_the_echo_of_an_amount(ask, typed, said):
    assert views.capitals(ask("/echo/capitals/", amount=typed)).content.decode() == said


def test_the_echo_of_a_day(ask):
    said = views.day(ask("/echo/day/", paid_on="2026-10-10")).content.decode()
    assert said.startswith("星期六 · 周末")
    assert "尚未录入" in said
    assert views.day(ask("/echo/day/", paid_on="soon")).content == b""


def test_the_echo_goes_by_the_table_of_whoever_keeps_it(ask):
    from datetime import date

    from linli.kernel.calendar import Calendar

    days.use(lambda: Calendar({date(2026, 10, 10): False}, frozenset({2026})))
    assert views.day(ask("/", x="2026-10-10")).content.decode() == "星期六 · 调休上班"


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (views.bad_request, 400),
        (views.forbidden, 403),
        (views.csrf_failed, 403),
        (views.not_found, 404),
        (views.server_error, 500),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_fault_has_a_page_that_leads_on(ask, view, status, language):
    with translation.override(language):
        response = view(ask())
    page = response.content.decode()
    assert response.status_code == status
    assert f'lang="{language}"' in page
    assert 'href="/"' in page


def test_the_page_of_a_breakdown_asks_nobody(ask):
    def broken(request):
        raise RuntimeError

    context.provide(broken)
    assert views.server_error(ask()).status_code == 500


def caught(ask, htmx):
    request = ask()
    request.htmx = htmx
    ruling = refuse("公共收益的使用须有业主共同决定", "民法典:278")
    try:
        ruling.enforce()
    except Exception as refused:  # noqa: BLE001 - the middleware gets whatever was raised
        return refusals(lambda request: None).process_exception(request, refused)


def test_a_refusal_nobody_caught_is_a_page(ask):
    response = caught(ask, htmx=False)
    assert response.status_code == 409
    assert "民法典第278条" in response.content.decode()
    assert "<html" in response.content.decode()


def test_a_refusal_to_htmx_stands_above_the_page(ask):
    response = caught(ask, htmx=True)
    assert (response.status_code, response["HX-Retarget"]) == (409, "#notes")
    assert "<html" not in response.content.decode()


def test_other_faults_are_left_to_others(ask):
    middleware = refusals(lambda request: None)
    assert middleware.process_exception(ask(), RuntimeError()) is None
