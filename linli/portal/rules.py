"""What the public side says and lets in. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.disclosure.rules import TOTALS as TOTALS
from linli.kernel.identity import personal_data_in
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import gettext_noop as _
from linli.ledger.rules import CLOSING as CLOSING
from linli.ledger.rules import COST as COST
from linli.ledger.rules import INCOME as INCOME
from linli.ledger.rules import NET as NET
from linli.ledger.rules import OPENING as OPENING
from linli.ledger.rules import TRANSFER as TRANSFER
from linli.ledger.rules import USE as USE

WORDS = {
    "voucher": _("凭证号"),
    "summary": _("摘要"),
    "counterparty": _("对方"),
    "document": _("票据号"),
    "decision": _("决议"),
    "ground": _("依据"),
    "note": _("备注"),
    "handler": _("经办人"),
}
"""The words of an entry, in the order in which they are shown."""

PERSON, HANDLER, ERASED, PERSONAL = "自然人", "经办人姓名", "依申请删除", "含个人信息"
"""Why a word of an entry is withheld, as the published folder gives it."""
WITHHELD = {
    PERSON: _("对方是自然人，姓名不公开"),
    HANDLER: _("经办人姓名不公开"),
    ERASED: _("已依本人申请删除，账目金额和证明不受影响"),
    PERSONAL: _("文字里有电话、证件号、卡号或房号，不公开"),
}
GROUNDS = {
    PERSON: "个人信息保护法:25",
    HANDLER: "个人信息保护法:6",
    ERASED: "个人信息保护法:47",
    PERSONAL: "个人信息保护法:25",
}
PAPER_WITHHELD = _("原件不公开，以免泄露个人信息；内容哈希已写入账本")
PAPER_GONE = _("单据未上传到系统，仅登记了内容哈希")

KINDS = {
    "voucher": _("凭证"),
    "opening": _("期初结转"),
    "reversal": _("冲销"),
    "import": _("历史账导入，未经系统审批"),
}


# --- what may be seen -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A published release: a month and version, and the index of the leaf that binds it."""

    period: str
    version: int
    index: int


def is_visible(
    *, period: str, index: int, original: str, first_sealed: str, shown: Iterable[Shown]
) -> bool:
    """Whether an entry may be read in public.

    `period`: its month; `original`: the month of its original date ("" = none); `index`: of its
    leaf; `first_sealed`: the book's first sealed month, which the openings before it belong to.
    An entry is read with its own published month, or earlier where a published correction names it.
    """
    home = max(period, first_sealed)
    return any(
        one.period == home
        if one.version == 1
        else bool(original) and one.period == original < period and index < one.index
        for one in shown
    )


def withheld(name: str, text: str, *, person: bool, salted: bool) -> str:
    """Why a committed word is not shown: a key of WITHHELD, or "" if it is."""
    if name == "counterparty" and person:
        return PERSON
    if name == "handler":
        return HANDLER
    if not salted:
        return ERASED
    return PERSONAL if personal_data_in(text) else ""


ENDED = ("已验收", "已结项", "已完成", "已完工", "已停止")
"""How the word for a project's stage begins when nothing more is to be done for it."""


def has_ended(stage: str) -> bool:
    """Whether a project is over, by what its keepers said of it."""
    return stage.strip().startswith(ENDED)


# --- what an address names ------------------------------------------------------------------


def figure_path(figure: str) -> str:
    """Where the page of a figure of a statement lies, below its month: ``common/income/parking``
    → ``common/parking``; sums and projects as they are."""
    parts = figure.split("/")
    return f"{parts[0]}/{parts[2]}" if len(parts) == 3 else figure


def figure_of(fund: str, part: str, known: Collection[str]) -> str:
    """The figure that a page of a month is about, by the last two words of its address; "" if
    the statement has none."""
    wanted = f"{fund}/{part}"
    return next((name for name in known if wanted in (name, figure_path(name))), "")


# --- the flow of money ------------------------------------------------------------------------

Href = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a category of a fund's uses paid in a month, for a project ("" = for none)."""

    fund: str
    category: str
    project: str
    fen: int


SMALL_PERMILLE = 60
"""Of all that flowed in: parts of a fund below it are drawn as one, if there are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A stream into or out of a fund: where from or to, and the figure it leads down to.
    `alone`: it is drawn by itself, however small."""

    fund: str
    id: str
    name: object
    tone: str
    path: str
    fen: int
    inward: bool
    need: str = ""
    alone: bool = False


def money_flow(
    told: Mapping[str, Any], used: Iterable[Used], *, name: Callable[[str, str], object], href: Href
) -> dict[str, Any]:
    """Where a month's money came from and went: data for the chart of kind sankey.

    `told`: a statement; `name(fund, category)` names a category ("" = the fund itself);
    `href(path)`: the address of a figure. What a fund took from its balance or put to it closes
    the picture; a picture has no widths below zero, so contra lines stand in the tables only.
    """
    parts = [part for fund in told["funds"] for part in _of_fund(fund, name)]
    projects = {project["code"]: project for project in told["projects"]}
    parts += [_of_use(one, projects.get(one.project), name) for one in used]
    parts = _merged([part for part in parts if part.fen > 0])
    nodes: dict[str, dict[str, Any]] = {}
    links: list[dict[str, Any]] = []
    for part in parts:
        middle = f"fund:{part.fund}"
        nodes.setdefault(part.id, _node(part.id, part.name, part.tone, href(part.path)))
        way = href(f"{part.fund}/{CLOSING}")
        nodes.setdefault(middle, _node(middle, name(part.fund, ""), part.fund, way))
        source, target = (part.id, middle) if part.inward else (middle, part.id)
        links.append(_link(source, target, part.fen, href(part.path)))
        if part.need:
            end = f"need:{part.need}"
            nodes.setdefault(end, _node(end, part.need, "plain", href(part.path)))
            links.append(_link(part.id, end, part.fen, href(part.path)))
    return {"unit": "fen", "nodes": list(nodes.values()), "links": links}


def _node(id_: str, name: object, tone: str, href: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "tone": tone, "href": href}


def _link(source: str, target: str, fen: int, href: str) -> dict[str, Any]:
    return {"source": source, "target": target, "value": fen, "href": href}


def _of_fund(fund: Mapping[str, Any], name: Callable[[str, str], object]) -> Iterator[_Part]:
    """Income by category, cost as one, transfers, and what the balance gave or took."""
    code = fund["fund"]
    for line in fund["lines"]:
        if line["side"] not in (INCOME, TRANSFER):
            continue
        inward = line["side"] == INCOME or line["amount_fen"] > 0
        yield _Part(
            fund=code,
            id=f"{code}/{line['category']}",
            name=name(code, line["category"]),
            tone=code,
            path=f"{code}/{line['category']}",
            fen=line["amount_fen"] if inward else -line["amount_fen"],
            inward=inward,
        )
    change = fund["closing_fen"] - fund["opening_fen"]
    sums = (
        (COST, _("合理成本"), code, fund["cost_fen"], False),
        ("kept", _("转入结余"), "closing", change, False),
        ("taken", _("动用结余"), "plain", -change, True),
    )
    for word, told, tone, fen, inward in sums:
        path = f"{code}/{COST if word == COST else CLOSING}"
        yield _Part(
            fund=code,
            id=f"{code}:{word}",
            name=told,
            tone=tone,
            path=path,
            fen=fen,
            inward=inward,
            alone=True,
        )


def _of_use(
    one: Used, project: Mapping[str, Any] | None, name: Callable[[str, str], object]
) -> _Part:
    path = f"{one.fund}/{one.category}" if project is None else f"project/{project['code']}"
    return _Part(
        fund=one.fund,
        id=path,
        name=name(one.fund, one.category) if project is None else project["name"],
        tone=one.fund,
        path=path,
        fen=one.fen,
        inward=False,
        need=(project["need"] or "") if project else "",
    )


def _merged(parts: Sequence[_Part]) -> list[_Part]:
    """The same parts, several small ones of a fund and direction as one."""
    least = sum(part.fen for part in parts if part.inward) * SMALL_PERMILLE // 1000
    small: dict[tuple[str, bool], list[_Part]] = {}
    for part in parts:
        if part.fen < least and not part.need and not part.alone:
            small.setdefault((part.fund, part.inward), []).append(part)
    several = {key: some for key, some in small.items() if len(some) > 1}
    gone = {id(part) for some in several.values() for part in some}
    rest = [
        _Part(
            fund=fund,
            id=f"{fund}:{'in' if inward else 'out'}",
            name=_("其他收入") if inward else _("其他支出"),
            tone=fund,
            path=f"{fund}/{INCOME if inward else CLOSING}",
            fen=sum(part.fen for part in some),
            inward=inward,
        )
        for (fund, inward), some in several.items()
    ]
    return [*(part for part in parts if id(part) not in gone), *rest]


# --- twelve months ----------------------------------------------------------------------------


def trend(
    statements: Sequence[Mapping[str, Any]],
    fund: str,
    *,
    months: Sequence[str],
    href: Callable[[str], str],
) -> dict[str, Any] | None:
    """A fund over the published months (oldest first): data for the chart of kind trend; None
    where no month has the fund. `months`: the words for the months, `href` their addresses."""
    rows = [_fund(told, fund) for told in statements]
    if not any(rows):
        return None
    sides = [(_("公共收入"), "income_fen"), (_("合理成本"), "cost_fen")]
    if fund != "common":
        sides = [(_("收入"), "income_fen")]
    lines = [*sides, (_("使用"), "use_fen"), (_("期末结余"), "closing_fen")]
    return {
        "unit": "fen",
        "x": list(months),
        "series": [
            {
                "name": word,
                "tone": key.removesuffix("_fen"),
                "values": [row[key] if row else None for row in rows],
                "line": key == "closing_fen",
            }
            for word, key in lines
        ],
        "hrefs": [href(told["period"]) for told in statements],
    }


def _fund(told: Mapping[str, Any], fund: str) -> Mapping[str, Any] | None:
    return next((row for row in told["funds"] if row["fund"] == fund), None)


# --- who may ask, and how often ---------------------------------------------------------------

LEAST_SECONDS, MOST_SECONDS = 3, 2 * 3600
OBJECTIONS_A_VISITOR, OBJECTIONS_A_BOOK = 6, 40
"""In an hour: many residents may share one address, and one person may not flood a book."""
ASKS_A_VISITOR, ASKS_A_NUMBER = 10, 20
"""Wrong answers in a quarter of an hour from one address, in a day about one number."""


def may_send(*, seconds: float | None, trap: str) -> Ruling:
    """A form comes from a person: not faster than one can read it, not from a page left open for
    hours, and with the field left empty that only programs see.

    `seconds`: since the form was shown; None if it does not say so under our signature.
    """
    return (
        require(not trap, _("请把不显示的那一栏留空后再提交"), "linli:ledger.objection")
        & require(
            seconds is not None and seconds <= MOST_SECONDS,
            _("页面打开太久，内容已保留，请再提交一次"),
        )
        & require(
            seconds is None or seconds >= LEAST_SECONDS,
            _("提交得太快，请看一遍内容再提交"),
        )
    )


def may_object_again(*, by_visitor: int, about_book: int) -> Ruling:
    """How many objections came in the last hour from one address, and about one book."""
    return require(
        by_visitor < OBJECTIONS_A_VISITOR,
        _("您这里一小时内已提交 %(n)s 条，请稍后再提；紧急情况请拨监督电话"),
        "linli:ledger.objection",
        n=OBJECTIONS_A_VISITOR,
    ) & require(
        about_book < OBJECTIONS_A_BOOK,
        _("这个小区一小时内的异议太多，系统暂停受理，请稍后再提或拨监督电话"),
        "linli:ledger.objection",
    )


def may_report_again(*, by_visitor: int, about_book: int) -> Ruling:
    """How many reports of rooms came in the last hour from one address, and about one estate."""
    return require(
        by_visitor < OBJECTIONS_A_VISITOR,
        _("您这里一小时内已提交 %(n)s 条，请稍后再提；紧急情况请拨监督电话"),
        "会商规则:10",
        n=OBJECTIONS_A_VISITOR,
    ) & require(
        about_book < OBJECTIONS_A_BOOK,
        _("这个小区一小时内的反映太多，系统暂停受理，请稍后再提或拨监督电话"),
        "会商规则:10",
    )


APPLICATIONS_A_VISITOR, APPLICATIONS_A_RECRUITMENT = 20, 2000
"""In an hour: a job centre shares one address, and no program may fill an announcement."""


def may_apply_again(*, by_visitor: int, about_book: int) -> Ruling:
    """How many applications came in the last hour from one address, and to one announcement."""
    return require(
        by_visitor < APPLICATIONS_A_VISITOR and about_book < APPLICATIONS_A_RECRUITMENT,
        _("这里一小时内提交的报名太多，请过一会儿再提交；填写的内容已保留"),
        "选聘规则:2",
    )


def may_object_to_names(*, by_visitor: int, about_book: int) -> Ruling:
    """The same of objections to names that are shown."""
    return require(
        by_visitor < OBJECTIONS_A_VISITOR and about_book < OBJECTIONS_A_BOOK,
        _("一小时内的异议太多，系统暂停受理，请稍后再提或拨监督电话"),
        "选聘规则:13",
    )


def may_ask_again(*, by_visitor: int, about_number: int) -> Ruling:
    """How often a query number was asked with wrong digits."""
    return require(
        by_visitor < ASKS_A_VISITOR and about_number < ASKS_A_NUMBER,
        _("查询次数太多，为保护提出人，请过一会儿再查"),
        "个人信息保护法:51",
    )


# --- what was objected ------------------------------------------------------------------------

CHECKING, WITHHELD_TEXT, OPEN, ANSWERED = "checking", "withheld", "open", "answered"
STATES = {
    CHECKING: _("正在审查个人信息"),
    OPEN: _("待答复"),
    ANSWERED: _("已答复"),
}


def objection_state(*, screened: bool, answered: bool) -> str:
    """A key of STATES."""
    return ANSWERED if answered else OPEN if screened else CHECKING
