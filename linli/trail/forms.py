from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.trail.words import ACTS
from linli.web.fields import DayField
from linli.web.templatetags.words import say


def act_choices() -> list[tuple[str, str]]:
    return [("", _("全部")), *((code, say(name)) for code, name in ACTS.items())]


DONE = (("", _("全部")), ("yes", _("已办")), ("no", _("被拒")))


class _SpanForm(forms.Form):
    by = forms.CharField(
        label=_("谁"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    since = DayField(label=_("从"), required=False)
    until = DayField(label=_("到"), required=False)


class LinesFilter(_SpanForm):
    act = forms.ChoiceField(label=_("做了什么"), required=False, choices=act_choices)
    done = forms.ChoiceField(label=_("结果"), required=False, choices=DONE)
    subject = forms.CharField(label=_("对象"), required=False, max_length=128)


class SignInsFilter(_SpanForm):
    done = forms.ChoiceField(
        label=_("结果"),
        required=False,
        choices=(("", _("全部")), ("yes", _("成功")), ("no", _("失败"))),
    )


class LooksFilter(_SpanForm):
    pass
