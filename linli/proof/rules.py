"""What a verification answers. No database, no clock."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from linli.kernel.words import gettext_noop as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that does not hold: in which book, in which row, in which field, and what.

    `where`: "leaf 12", "ledger_account 7"; `text` is a Chinese sentence with named places.
    """

    book: str
    where: str
    field: str
    text: str
    values: dict[str, object] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.book} {self.where} {self.field}：{self.text % self.values}"


TEXTS = {
    "missing": _("缺失，编号应连续"),
    "hash": _("内容与哈希不符"),
    "root": _("日志根与逐条重算的不符"),
    "signature": _("检查点签名不成立"),
    "column": _("数据库中的值与日志中的不符"),
    "commitment": _("文字与日志中的承诺不符"),
    "sum": _("余额与分录重新累计的不符"),
    "seal": _("封存内容与现有记录不符"),
    "file": _("公示文件与封存时的哈希不符"),
    "mark": _("该行被绕过系统改动过"),
    "guard": _("数据库触发器缺失或被改动"),
    "extra": _("日志中没有这一行"),
    "bank": _("对账资料与导入时的不符"),
    "key": _("公布的公钥不是本系统用来签名的密钥"),
    "lost": _("签名密钥的文件不在本机"),
    "unreadable": _("读不出来：%(why)s"),
    "ahead": _("公示过的检查点不在数据库里：数据库被退回到以前，或文件夹不是本系统公示的"),
    "folder": _("公示文件夹未通过验证：%(why)s"),
}


def fault(book: str, where: str, field_: str, kind: str, **values: object) -> Fault:
    """A fault of one of the kinds of TEXTS."""
    return Fault(book=book, where=where, field=field_, text=TEXTS[kind], values=values)


@dataclass(slots=True)
class Report:
    """What was looked at and what was found."""

    books: int = 0
    leaves: int = 0
    entries: int = 0
    checkpoints: int = 0
    rows: int = 0
    seconds: float = 0.0
    faults: list[Fault] = dataclasses.field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults
