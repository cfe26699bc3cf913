from __future__ import annotations

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from linli.web.fields import AmountField, FilesField, MonthField


class Form(forms.Form):
    amount = AmountField()
    month = MonthField()
    papers = FilesField(required=False)


def filled(**data):
    return Form({"amount": "1", "month": "2026-10"} | data)


@pytest.mark.parametrize(
    ("typed", "fen"), [("1,200.5", 120050), ("￥800", 80000), ("１２", 1200), ("0.01", 1)]
)
def test_an_amount_is_read_as_a_person_writes_it(typed, fen):
    form = filled(amount=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == fen


@pytest.mark.parametrize(
    ("typed", "word"),
    [("1.005", "两位小数"), ("abc", "不是金额"), ("0", "不能小于"), ("-1", "不能小于"), ("1e3", "科学计数法")],
)  # fmt: skip
def test_an_amount_that_cannot_be_held_says_why(typed, word):
    form = filled(amount=typed)
    assert not form.is_valid()
    assert word in str(form.errors["amount"])


def test_an_amount_without_a_least_may_be_negative():
    assert AmountField(minimum_fen=None).clean("-1") == -100


def test_an_amount_left_out_is_none_where_it_is_not_required():
    assert AmountField(required=False).clean("") is None


@pytest.mark.parametrize("typed", ["2026-13", "2026", "x"])
def test_a_month_that_does_not_exist_is_refused(typed):
    assert "month" in filled(month=typed).errors


def test_files_come_as_a_list():
    files = [SimpleUploadedFile(name, b"x") for name in ("a.pdf", "b.pdf")]
    form = Form({"amount": "1", "month": "2026-10"}, MultiValueDict({"papers": files}))
    assert form.is_valid(), form.errors
    assert [file.name for file in form.cleaned_data["papers"]] == ["a.pdf", "b.pdf"]
    assert filled().fields["papers"].clean(None) == []


def test_files_that_are_required_are_asked_for():
    with pytest.raises(forms.ValidationError):
        FilesField().clean([])
