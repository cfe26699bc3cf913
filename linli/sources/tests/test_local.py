"""A county's own rules, laid over the ones that come with the system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from linli.sources import (
    articles,
    categories_named,
    check_local,
    number,
    number_of,
    rule_of,
    sources,
    use,
)

TODAY = date(2026, 11, 22)
PLACE = "370614001001001"
HEAD = """
key = "登州公示办法"
title = "登州区小区账目公示办法"
issuer = "登州区住房和城乡建设局"
kind = "local"
place = "370614"
in_force = 2026-07-01
checked_on = 2026-07-01
confidence = "read"
"""
GOOD = (
    HEAD
    + """
[articles]
3 = { gist = "每月十日前公示，异议七个工作日内答复。" }

[aliases]
"common.parking" = ["泊位费"]

[numbers.objection_reply_work_days]
unit = "work_days"
cite = "登州公示办法:3"
since = { 2026-07-01 = 7, 2026-12-01 = 8 }

[numbers.two_approvers_above_fen]
unit = "fen"
cite = "linli:ledger.8"
until = 2026-10-31
since = { 2026-07-01 = 100000 }

[[disclosure]]
subject = "common"
period = "month"
due_days = 10
min_display_days = 30
places = ["board", "online"]
publisher = ["group"]
since = 2026-07-01
cites = ["登州公示办法:3"]
"""
)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "rules.toml").write_text(GOOD, "utf-8")
    yield tmp_path
    use(None)


def test_a_countys_number_holds_there_from_its_day_and_nowhere_else(local: Path) -> None:
    assert use(local).allowed
    name = "objection_reply_work_days"
    assert number(name, on=date(2026, 6, 30), place=PLACE) == 5
    assert number(name, on=TODAY, place=PLACE) == 7
    assert number(name, on=date(2026, 12, 1), place=PLACE) == 8
    assert number(name, on=TODAY, place="370613001") == 5
    assert number(name, on=TODAY) == 5
    assert number_of(name, on=TODAY, place=PLACE).cite == "登州公示办法:3"
    assert articles()["登州公示办法:3"].label == "登州公示办法第3条"


def test_a_number_that_has_ended_gives_way_to_the_general_one(local: Path) -> None:
    use(local)
    assert number("two_approvers_above_fen", on=date(2026, 10, 31), place=PLACE) == 100_000
    assert number("two_approvers_above_fen", on=date(2026, 11, 1), place=PLACE) == 500_000


def test_a_countys_rule_comes_before_a_report_of_the_same_place(local: Path) -> None:
    use(local)
    rule = rule_of("common", on=TODAY, place=PLACE)
    assert (rule.due_days, rule.source, rule.reply_days) == (10, "登州公示办法", 7)
    assert rule_of("common", on=TODAY, place=PLACE, legal=True).source == "登州公示办法"
    assert rule_of("common", on=date(2026, 6, 30), place=PLACE).source == "蓬莱"


def test_a_countys_names_of_categories_are_understood(local: Path) -> None:
    assert categories_named("泊位费", fund="common") == []
    use(local)
    assert [c.code for c in categories_named("泊位费", fund="common")] == ["parking"]


def test_a_folder_can_be_asked_without_taking_it_into_use(local: Path) -> None:
    assert number("objection_reply_work_days", on=TODAY, place=PLACE, local=local) == 7
    assert number("objection_reply_work_days", on=TODAY, place=PLACE) == 5
    assert "登州公示办法" not in sources()


def test_no_folder_and_an_empty_one_change_nothing(tmp_path: Path) -> None:
    before = sources()
    assert use(tmp_path / "absent").allowed
    assert sources() == before
    assert use(None).allowed
    assert sources() == before


def test_changed_files_count_once_the_folder_is_read_again(local: Path) -> None:
    use(local)
    (local / "rules.toml").write_text(GOOD.replace("= 7", "= 6"), "utf-8")
    assert number("objection_reply_work_days", on=TODAY, place=PLACE) == 7
    assert use(local).allowed
    assert number("objection_reply_work_days", on=TODAY, place=PLACE) == 6


def test_a_faulty_folder_is_refused_whole_and_the_old_one_stays(local: Path) -> None:
    use(local)
    (local / "rules.toml").write_text(GOOD.replace("= 7", "= 6"), "utf-8")
    (local / "worse.toml").write_text("key = ", "utf-8")
    ruling = use(local)
    assert [r.field for r in ruling.reasons] == ["worse.toml"]
    assert number("objection_reply_work_days", on=TODAY, place=PLACE) == 7


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('place = "370614"', "", "适用地点"),
        ('place = "370614"', 'place = "3706140"', "不是地点代码"),
        ('kind = "local"', 'kind = "rumour"', "只能是"),
        ('confidence = "read"', 'confidence = "sure"', "只能是"),
        ('issuer = "登州区住房和城乡建设局"', "", "缺少"),
        ('key = "登州公示办法"', 'key = "民法典"', "已被另一份文件使用"),
        ('key = "登州公示办法"', 'key = "登州:办法"', "只能用文字和数字"),
        ('key = "登州公示办法"', 'key = "登州公示办法"\nkeys = 1', "不认识"),
        ("in_force = 2026-07-01", 'in_force = "2026-07-01"', "填写有误"),
        ("in_force = 2026-07-01", "in_force = 2026-07-01\nuntil = 2026-01-01", "早于"),
        ('3 = { gist = "每月十日前公示，异议七个工作日内答复。" }', '3 = "空"', "缺少内容"),
        ('3 = { gist = "每月十日前公示，异议七个工作日内答复。" }', "", "没有一条条文"),
        ('cite = "登州公示办法:3"', 'cite = "登州公示办法:9"', "没有写入"),
        ('cites = ["登州公示办法:3"]', 'cites = ["登州公示办法:9"]', "没有写入"),
        ('cites = ["登州公示办法:3"]', "cites = []", "没有依据"),
        ("{ 2026-07-01 = 7,", "{ 2026-02-30 = 7,", "填写有误"),
        ("{ 2026-07-01 = 7,", "{ 2026-07-01 = 7.5,", "填写有误"),
        ("{ 2026-07-01 = 7,", "{ 2026-07-01 = true,", "填写有误"),
        ("{ 2026-07-01 = 7,", "{ 2026-07-01 = -7,", "填写有误"),
        ('unit = "work_days"', 'unit = "weeks"', "只能是"),
        ('unit = "work_days"', "", "缺少"),
        ("due_days = 10", "due_days = 10\ndue_months = 1", "按日或按月"),
        ('subject = "common"', 'subject = "lottery"', "只能是"),
        ('places = ["board", "online"]', 'places = ["moon"]', "只能是"),
        ('"common.parking"', '"common.tunnel"', "科目表中没有"),
        ('["泊位费"]', '"泊位费"', "别名"),
        ('["泊位费"]', '["电梯广告"]', "“电梯广告”已是“广告收入”的名称"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    (tmp_path / "rules.toml").write_text(GOOD.replace(old, new), "utf-8")
    ruling = check_local(tmp_path)
    assert says in str(ruling)
    assert {r.field for r in ruling.reasons} == {"rules.toml"}


def test_all_faults_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        GOOD.replace('"local"', '"x"').replace('"read"', '"y"'), "utf-8"
    )
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "c.toml").write_text("x" * 1_000_001, "utf-8")
    found = [(r.field, str(r)) for r in check_local(tmp_path).reasons]
    assert sum(name == "a.toml" for name, _ in found) >= 2
    assert any(name == "b.toml" and "TOML" in text for name, text in found)
    assert any(name == "c.toml" and "过大" in text for name, text in found)


def test_the_examples_in_the_readme_are_good(tmp_path: Path) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    told = [part.split("```")[0] for part in readme.split("```toml")[1:]]
    for n, text in enumerate(told):
        (tmp_path / f"example{n}.toml").write_text(text, "utf-8")
    assert len(told) > 1
    assert check_local(tmp_path).allowed
