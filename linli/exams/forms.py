"""What is asked about exams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.exams import rules
from linli.exams.models import Candidate, Judge
from linli.exams.ranking import OUTCOMES
from linli.web.fields import DayField
from linli.web.templatetags.words import say

SEARCH = forms.TextInput(attrs={"type": "search"})
LONG = forms.Textarea(attrs={"rows": 7})


class ScoreField(forms.Field):
    """A score as a person writes it; `cleaned_data` holds whole hundredths."""

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 8, "size": 6}
    )

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def prepare_value(self, value: Any) -> Any:
        return rules.plain(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or not str(value).strip():
            return None
        found, ruling = rules.parse_score(value, most=self.most)
        if not ruling.allowed:
            raise ValidationError([say(reason) for reason in ruling.reasons])
        return found


class CandidatesFilter(forms.Form):
    q = forms.CharField(label=_("姓名、准考证号"), required=False, max_length=32, widget=SEARCH)
    post = forms.ChoiceField(label=_("岗位"), required=False)
    outcome = forms.ChoiceField(
        label=_("结果"),
        required=False,
        choices=lambda: [("", _("全部")), *((code, say(word)) for code, word in OUTCOMES.items())],
    )

    def __init__(self, *args: Any, posts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [("", _("全部")), *posts]  # type: ignore[attr-defined]


class RoomForm(forms.Form):
    name = forms.CharField(label=_("考场名称"), max_length=60)
    address = forms.CharField(label=_("地点"), max_length=100, required=False)
    seats = forms.IntegerField(
        label=_("座位数"), min_value=1, max_value=rules.MOST_SEATS, initial=30
    )
    across = forms.IntegerField(
        label=_("并排列数"),
        min_value=1,
        max_value=20,
        initial=5,
        help_text=_("座位从前往后、一列接一列蛇形编号"),
    )


class ClerkForm(forms.Form):
    duty = forms.ChoiceField(
        label=_("工作"), choices=lambda: [(c, say(word)) for c, word in rules.DUTIES.items()]
    )
    user = forms.ChoiceField(label=_("人员"))

    def __init__(self, *args: Any, people: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        found = [(key, f"{one.name}（{one.username}）") for key, one in self.people.items()]
        self.fields["user"].choices = [("", _("请选择")), *found]  # type: ignore[attr-defined]

    def clean_user(self) -> Any:
        return self.people[self.cleaned_data["user"]]


class DrawForm(forms.Form):
    seed = forms.CharField(
        label=_("种子"),
        max_length=64,
        required=False,
        help_text=_("当众抽出的号码，如 0417；不填由系统随机产生。抽签后公布，任何人可以复算"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PanelField(forms.CharField):
    """One member a line: name, and after a space the unit they come from."""

    def clean(self, value: Any) -> list[tuple[str, str]]:
        lines = [line.split(maxsplit=1) for line in super().clean(value).splitlines()]
        return [(line[0], line[1] if len(line) > 1 else "") for line in lines if line]


class InterviewForm(forms.Form):
    title = forms.CharField(label=_("面试名称"), max_length=100)
    held_on = DayField(label=_("面试日期"))
    panel = PanelField(
        label=_("评委"), widget=LONG, help_text=_("一行一名：姓名 单位，如 孙伟 区委党校")
    )


class ConfirmForm(forms.Form):
    """Nothing is asked but whether it shall be done."""


class EnterForm(forms.Form):
    """The scores of a room, by ticket."""

    def __init__(self, *args: Any, rows: Sequence[Candidate], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"score_{row.pk}"] = ScoreField(
                label=row.ticket,
                most=most,
                required=False,
                initial=row.own,  # type: ignore[attr-defined]
            )

    def lines(self) -> list[tuple[Candidate, Any]]:
        return [(row, self[f"score_{row.pk}"]) for row in self.rows]

    def scores(self) -> dict[int, int]:
        """What is new or differs from what was entered."""
        told = {row.pk: self.cleaned_data[f"score_{row.pk}"] for row in self.rows}
        return {
            row.pk: told[row.pk]
            for row in self.rows
            if told[row.pk] is not None and told[row.pk] != row.own  # type: ignore[attr-defined]
        }


class SettleForm(forms.Form):
    candidate = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("理由"), max_length=rules.MOST_REASON, help_text=_("查看原卷后写明哪次有误")
    )

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["score"] = ScoreField(label=_("原卷成绩"), most=most)
        self.order_fields(["candidate", "score", "reason"])


class SignInForm(forms.Form):
    """The candidates of a room: who was absent, who cheated and how."""

    def __init__(self, *args: Any, rows: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            told = getattr(row, "sign_in", None)
            self.fields[f"state_{row.pk}"] = forms.ChoiceField(
                label=row.name,
                choices=[(code, say(word)) for code, word in rules.STATES.items()],
                initial=told.state if told else rules.PRESENT,
            )
            self.fields[f"why_{row.pk}"] = forms.CharField(
                label=_("违纪情形"),
                max_length=200,
                required=False,
                initial=told.why if told else "",
            )

    def lines(self) -> list[tuple[Candidate, Any, Any]]:
        return [(row, self[f"state_{row.pk}"], self[f"why_{row.pk}"]) for row in self.rows]

    def of(self, state: str) -> dict[int, str]:
        """Candidate → what was written beside, of those in a state."""
        return {
            row.pk: self.cleaned_data[f"why_{row.pk}"]
            for row in self.rows
            if self.cleaned_data[f"state_{row.pk}"] == state
        }


class RecuseForm(forms.Form):
    judge = forms.ChoiceField(label=_("评委"))
    reason = forms.CharField(label=_("回避理由"), max_length=rules.MOST_REASON)

    def __init__(self, *args: Any, judges: Iterable[Judge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.judges = {str(judge.pk): judge for judge in judges}
        found = [(key, judge.name) for key, judge in self.judges.items()]
        self.fields["judge"].choices = [("", _("请选择")), *found]  # type: ignore[attr-defined]

    def clean_judge(self) -> Judge:
        return self.judges[self.cleaned_data["judge"]]


class MarkForm(forms.Form):
    """The scores of the members who do not stand back, and why one is corrected."""

    def __init__(
        self, *args: Any, judges: Sequence[Judge], given: dict[int, int], most: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.judges = judges
        for judge in judges:
            self.fields[f"score_{judge.pk}"] = ScoreField(
                label=judge.name, most=most, initial=given.get(judge.pk)
            )
        self.fields["reason"] = forms.CharField(
            label=_("更正理由"),
            max_length=rules.MOST_REASON,
            required=False,
            help_text=_("只在改动已登记的评分时填写；原评分保留"),
        )

    def scores(self) -> dict[int, int]:
        return {judge.pk: self.cleaned_data[f"score_{judge.pk}"] for judge in self.judges}


class ExtraForm(forms.Form):
    """The additional test of everybody who ties for a post."""

    def __init__(self, *args: Any, rows: Sequence[Any], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for one in rows:
            self.fields[f"score_{one.candidate.pk}"] = ScoreField(
                label=f"{one.name} {one.ticket}", most=most
            )

    def scores(self) -> dict[int, int]:
        return {
            one.candidate.pk: self.cleaned_data[f"score_{one.candidate.pk}"] for one in self.rows
        }
