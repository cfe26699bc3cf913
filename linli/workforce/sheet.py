"""A roll of community workers as a spreadsheet: its columns, and its rows read one by one. No database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sheets import lists
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet
from linli.sources import word_named, words

FIELDS = {
    "name": _("姓名"),
    "id_number": _("身份证号"),
    "phone": _("电话"),
    "street": _("街道"),
    "community": _("社区"),
    "title": _("职务"),
    "since": _("任职日期"),
    "politics": _("政治面貌"),
    "joined": _("入党日期"),
    "schooling": _("学历"),
    "degree": _("学位"),
    "school": _("毕业院校"),
    "major": _("专业"),
    "certificate": _("证书"),
    "certificate_on": _("发证日期"),
}
"""What a column may be read as."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "人员姓名"),
    "id_number": ("身份证号", "身份证号码", "公民身份号码", "证件号码"),
    "phone": ("电话", "联系电话", "手机", "手机号", "手机号码"),
    "street": ("街道", "镇街", "街道（乡镇）"),
    "community": ("社区", "所属社区", "所在社区", "工作单位"),
    "title": ("职务", "岗位", "现任职务", "岗位名称"),
    "since": ("任职日期", "任现职时间", "任职时间", "入职时间", "聘用时间", "参加社区工作时间"),
    "politics": ("政治面貌",),
    "joined": ("入党日期", "入党时间"),
    "schooling": ("学历", "最高学历", "文化程度"),
    "degree": ("学位",),
    "school": ("毕业院校", "毕业学校"),
    "major": ("专业", "所学专业"),
    "certificate": ("证书", "职业资格", "社会工作职业资格", "社工证", "资格证书"),
    "certificate_on": ("发证日期", "取证时间", "批准日期"),
}
"""What a column is called in practice, best name first."""

LAYOUT = lists.Layout(
    fields=FIELDS,
    headings=HEADINGS,
    needed=(
        frozenset({"name"}),
        frozenset({"id_number"}),
        frozenset({"community"}),
        frozenset({"title"}),
    ),
    most=20_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRow:
    """A row that can be read; words are codes of sources/corps.toml, "" or None where the row says
    nothing."""

    row: int
    name: str
    id_number: str
    phone: str
    street: str
    community: str
    title: str
    since_on: date | None
    politics: str
    joined_on: date | None
    schooling: str
    degree: str
    school: str
    major: str
    certificate: str
    certificate_on: date | None


def read(sheet: Sheet, found: Headings) -> lists.Read[RollRow]:
    """All rows below the headings, each with all its faults."""

    def row_of(number: int, text: Mapping[str, str]) -> tuple[RollRow | None, Ruling]:
        return _row(number, text, sheet, found)

    return LAYOUT.read(sheet, found, row_of)


def _row(
    number: int, text: Mapping[str, str], sheet: Sheet, found: Headings
) -> tuple[RollRow | None, Ruling]:
    title, of_title = _word("titles", text.get("title", ""), needed=_("缺少职务"))
    politics, of_politics = _word("politics", text.get("politics", ""))
    schooling, of_schooling = _word("schooling", text.get("schooling", ""))
    degree, of_degree = _word("degrees", text.get("degree", ""))
    paper, of_paper = _word("certificates", text.get("certificate", ""))
    days: dict[str, date | None] = {}
    faults: list[Ruling] = []
    for name in ("since", "joined", "certificate_on"):
        days[name], ruling = lists.read_date(sheet, number, found.columns.get(name))
        faults.append(ruling.at(name, number))
    faults += [
        require(text.get("name"), _("请填写姓名")).at("name", number),
        require(text.get("id_number"), _("缺少身份证号")).at("id_number", number),
        require(text.get("community"), _("缺少社区")).at("community", number),
        of_title.at("title", number),
        of_politics.at("politics", number),
        of_schooling.at("schooling", number),
        of_degree.at("degree", number),
        of_paper.at("certificate", number),
        require(not paper or days["certificate_on"], _("有证书的须写发证日期")).at(
            "certificate_on", number
        ),
    ]
    ruling = every(faults)
    if not ruling.allowed:
        return None, ruling
    made = RollRow(
        row=number,
        name=text["name"],
        id_number=text["id_number"],
        phone=text.get("phone", ""),
        street=text.get("street", ""),
        community=text["community"],
        title=title,
        since_on=days["since"],
        politics=politics or "none",
        joined_on=days["joined"],
        schooling=schooling,
        degree=degree,
        school=text.get("school", ""),
        major=text.get("major", ""),
        certificate=paper,
        certificate_on=days["certificate_on"],
    )
    return made, ALLOWED


def _word(of: str, text: str, *, needed: str = "") -> tuple[str, Ruling]:
    """The code of a word of a list, "" for nothing written."""
    if not text:
        return "", refuse(needed) if needed else ALLOWED
    word = word_named(of, text)
    known = tuple(one.name for one in words(of).values())
    said = _("不认识“%(word)s”，可写：%(known)s")
    return (word.code if word else ""), require(word, said, word=text[:30], known=known)
