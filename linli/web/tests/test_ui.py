from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from linli.kernel.roles import APPROVER, RESIDENT
from linli.kernel.rulings import Reason, refuse
from linli.kernel.words import AnyOf
from linli.sources.words import Worded
from linli.web.fields import AmountField, DayField, FilesField
from linli.web.templatetags.linli_ui import _left
from linli.web.templatetags.words import say


def render(source, **context):
    return Template("{% load linli_ui words %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("call", "text", "value"),
    [
        ("{% money 123450 %}", "1,234.50", "1234.50"),
        ("{% money -5 %}", "−0.05", "-0.05"),
        ("{% money 5 sign=True %}", "+0.05", "0.05"),
        ("{% money 0 sign=True %}", "0.00", "0.00"),
        ('{% money 0 zero="—" %}', "—", "0.00"),
    ],
)
def test_money_reads_well_and_is_exact_for_machines(call, text, value):
    assert render(call) == f'<data class="money" value="{value}">{text}</data>'


def test_money_that_is_not_known_is_a_dash():
    assert render("{% money fen %}", fen=None) == '<span class="money">—</span>'


def test_a_figure_leads_down_and_says_to_what():
    shown = render("{% money 1 href=to label=label %}", to="/x/?a=1&b=2", label="<凭证>")
    assert '<a class="figure" href="/x/?a=1&amp;b=2">' in shown
    assert "：&lt;凭证&gt;</span>" in shown


def test_a_period_is_said_in_the_reader_s_language():
    assert render('{% period "2026-10" %}') == "2026年10月"
    with translation.override("en"):
        assert render('{% period "2026-10" %}') == "October 2026"


@pytest.mark.parametrize(
    ("left", "kind"), [(4, "clock"), (3, "clock clock-near"), (0, "clock clock-near")]
)
def test_a_deadline_is_vermilion_only_when_it_is_over(left, kind):
    assert f'class="{kind}"' in render("{% deadline left %}", left=left)
    assert "clock-late" in render("{% deadline left %}", left=-1)
    assert "clock-late" not in render("{% deadline left done=True %}", left=-1)


def test_days_are_counted_in_words():
    said = [_left(n, work=work) for n in (2, 0, -3) for work in (True, False)]
    assert said == ["还剩 2 个工作日", "还剩 2 天", "今天到期", "今天到期", "逾期 3 个工作日", "逾期 3 天"]  # fmt: skip


def test_the_seal_bears_period_and_eight_characters_of_the_root():
    shown = render('{% seal "2026-10" root %}', root="9f3a7c21deadbeef")
    for piece in (">2026<", ">10<", ">9f3a<", ">7c21<", "2026年10月，已封存，根 9f3a7c21"):
        assert piece in shown
    assert "dead" not in shown


def test_a_draft_has_no_root_and_no_vermilion():
    shown = render('{% seal "2026-10" "9f3a7c21" variant="draft" %}')
    assert "seal-draft" in shown
    assert "9f3a" not in shown
    assert "尚未封存" in shown


@pytest.mark.parametrize("call", ['{% seal "2026-10" variant="red" %}', '{% state "x" "red" %}'])
def test_an_unknown_kind_is_a_fault_of_the_page(call):
    with pytest.raises(TemplateSyntaxError):
        render(call)


def test_a_ground_opens_to_the_gist_and_its_day():
    shown = render('{% ground "民法典:282" %}')
    assert "民法典第282条" in shown
    assert "中华人民共和国民法典" in shown
    assert "2021年1月1日" in shown


def test_a_ground_that_is_not_written_down_is_only_named():
    assert render('{% ground "某办法:1" %}') == '<span class="chip">某办法:1</span>'


def test_an_action_that_is_refused_stays_and_says_why():
    ruling = refuse("公共收益的使用须有业主共同决定", "民法典:278")
    shown = render('{% action "过账" ruling href="/post/" %}', ruling=ruling)
    assert 'aria-disabled="true"' in shown
    assert "公共收益的使用须有业主共同决定" in shown
    assert "民法典第278条" in shown
    assert "/post/" not in shown


def test_an_action_that_is_allowed_is_a_link_or_a_button():
    assert '<a class="btn btn-primary" href="/post/">' in render(
        '{% action "过账" missing href="/post/" kind="primary" %}'
    )
    assert 'name="act" value="post"' in render('{% action "过账" name="act" value="post" %}')


def test_a_question_opens_without_scripts_and_becomes_a_dialog_with_them():
    shown = render('{% confirm "封存" name="c" %}<p>42</p>{% endconfirm %}')
    assert shown.startswith("<details")
    assert '<dialog open id="c"' in shown
    assert "<p>42</p>" in shown


@pytest.mark.parametrize(
    ("kind", "css"), [("", "btn"), ("primary", "btn btn-primary"), ("grave", "btn btn-grave")]
)
def test_a_question_is_as_loud_as_what_it_asks(kind, css):
    shown = render('{% confirm "退回" kind=kind %}{% endconfirm %}', kind=kind)
    assert f'<summary class="{css}">' in shown


def test_a_chart_has_its_data_as_a_table_and_cannot_break_out_of_its_script():
    data = {
        "unit": "fen",
        "x": ["2026-10"],
        "series": [{"name": "</script><b>", "tone": "income", "values": [1050]}],
    }
    shown = render('{% chart "bar" data caption="收支" %}', data=data)
    assert '<data class="money" value="10.50">10.50</data>' in shown
    assert "</script><b>" not in shown
    assert "\\u003C/script\\u003E" in shown


def test_a_sankey_s_table_says_from_where_to_where():
    data = {
        "unit": "fen",
        "nodes": [{"id": "a", "name": "停车"}, {"id": "b", "name": "公共收益"}],
        "links": [{"source": "a", "target": "b", "value": 100, "href": "/a/"}],
    }
    shown = render('{% chart "sankey" data %}', data=data)
    assert '<a href="/a/">停车 → 公共收益</a>' in shown


def test_a_qr_code_is_drawn_on_the_page():
    shown = render('{% qr "https://example.org/" "公示页" %}')
    assert 'role="img" aria-label="公示页"' in shown
    assert "<svg" in shown
    assert "style=" not in shown


class Form(forms.Form):
    amount = AmountField(label="金额", help_text="按元")
    day = DayField(label="日期", required=False)
    way = forms.ChoiceField(label="方式", widget=forms.RadioSelect, choices=[("a", "甲")])
    papers = FilesField(label="单据", required=False, camera=True)


def test_a_field_has_its_label_help_and_error_tied_to_it():
    shown = render("{% field form.amount %}", form=Form({"amount": "1.005"}))
    assert '<label class="label" for="id_amount">金额</label>' in shown
    assert 'aria-describedby="id_amount-help id_amount-echo id_amount-error"' in shown
    assert 'aria-invalid="true"' in shown
    assert "金额最多两位小数" in shown


def test_an_amount_is_echoed_in_capitals_without_scripts():
    shown = render("{% field form.amount %}", form=Form(initial={"amount": 140950}))
    assert 'value="1409.50"' in shown
    assert "人民币壹仟肆佰零玖元伍角" in shown


def test_a_day_is_echoed_with_its_weekday_and_kind():
    shown = render("{% field form.day %}", form=Form(initial={"day": date(2026, 10, 8)}))
    assert "星期四 · 工作日" in shown
    assert "（选填）" in shown


def test_choices_are_a_fieldset_with_a_legend():
    shown = render("{% field form.way %}", form=Form())
    assert shown.startswith("<fieldset")
    assert '<legend class="label">方式</legend>' in shown


def test_papers_come_straight_from_the_camera():
    shown = render("{% field form.papers %}", form=Form())
    assert 'capture="environment"' in shown
    assert "multiple" in shown
    assert 'data-max="20000000"' in shown


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (None, ""),
        ("", ""),
        (APPROVER, "审批人（小区党支部）"),
        ((APPROVER, RESIDENT), "审批人（小区党支部）、居民代表"),
        (AnyOf(("甲", "乙", "丙")), "甲、乙或丙"),
        (AnyOf((RESIDENT,)), "居民代表"),
        (AnyOf(), ""),
        (Reason("由%(who)s办理", {"who": (RESIDENT,)}), "由居民代表办理"),
        (date(2026, 10, 1), "2026年10月1日"),
        (datetime(2026, 10, 31, 16, 30, tzinfo=UTC), "2026年11月1日 00:30"),
        (42, "42"),
        (Worded("公共收益", "proceeds"), "公共收益"),
    ],
)
def test_say_puts_words_into_the_reader_s_language(word, said):
    assert say(word) == said


def test_a_reason_of_which_one_is_enough_reads_the_same_in_the_trail():
    reason = Reason("由%(who)s办理", {"who": AnyOf(("甲", "乙", "丙"))})
    assert str(reason) == say(reason) == "由甲、乙或丙办理"


def test_words_that_carry_their_english_say_it():
    with translation.override("en"):
        assert say(Worded("公共收益", "proceeds")) == "proceeds"
        assert say(Worded("没有译文")) == "没有译文"
