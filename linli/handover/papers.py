"""Handovers as they are printed, in the shapes of linli.prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases import queries as cases
from linli.handover import rules, showing
from linli.handover.dossier import Dossier
from linli.handover.forms import percent
from linli.handover.models import Batch, Handover, Notice
from linli.kernel.money import yuan
from linli.kernel.roles import ROLES
from linli.places import queries as places
from linli.sources import articles, room_kinds
from linli.sources.procedures import ACCEPT, TAX
from linli.web.templatetags.words import say


def _head(handover: Handover, tail: str) -> dict[str, Any]:
    return {
        "code": f"{handover.county}-{handover.number}-{tail}",
        "unit": handover.receiver,
        "place": places.name_path(handover.place[:15])[:200],
        "number": handover.number,
    }


def _lead(handover: Handover) -> str:
    room = handover.room
    where = " ".join(filter(None, (places.name(handover.place[:15]), room.building)))
    return f"{room.name}（{where}）"


def _room_facts(handover: Handover) -> list[tuple[str, str]]:
    room = handover.room
    return [
        (_("用房编码"), room.code),
        (_("用房名称"), room.name),
        (_("用房类别"), say(room_kinds()[room.kind].name)),
        (_("坐落"), f"{places.name(handover.place[:15])} {room.building}".strip()),
        (_("规划面积"), _area(room.planned_dm2)),
        (_("实测面积"), _area(room.measured_dm2)),
        (_("移交方"), handover.developer),
        (_("接收单位"), handover.receiver),
    ]


def _area(dm2: int | None) -> str:
    return _("%(n)s平方米") % {"n": rules.plain(dm2)} if dm2 else "—"


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _cited(cite: str) -> str:
    """How people name a ground; as it is written where its file was taken away since."""
    found = articles().get(cite)
    return say(found.label) if found else cite


def notice(found: Notice, dossier: Dossier) -> dict[str, Any]:
    """The one notice of all that is missing (一次性补正通知)."""
    handover = found.handover
    papers = [say(dossier.procedure.papers[kind]) for kind in found.missing]
    by_when = (
        _("请于%(day)s前一次补齐并重新提交，逾期未补的，按未申请处理。")
        % {"day": _day(found.due_on)}
        if found.due_on
        else _("请一次补齐并重新提交。")
    )
    return _head(handover, f"BZ{found.number}") | {
        "unit": _sender(found),
        "title": _("一次性补正通知书"),
        "number": f"{handover.number}-{found.number}",
        "to": handover.developer,
        "paragraphs": [
            _("你单位移交%(room)s的材料，经“%(step)s”环节审核，须补正如下：")
            % {"room": _lead(handover), "step": say(dossier.name(found.step))},
            *(f"{at}．{paper}" for at, paper in enumerate(papers, 1)),
            found.text,
            by_when,
        ],
        "on_day": timezone.localdate(found.at),
    }


def _sender(found: Notice) -> str:
    """The department that sent it back."""
    place = found.handover.place
    for stamp in cases.stamps(found.handover.case):
        if stamp.at == found.at and stamp.role != "street":
            return f"{places.name(place[:6])} {say(ROLES[stamp.role].name)}"
    return f"{places.name(place[:9])}办事处"


def acceptance(handover: Handover, dossier: Dossier) -> dict[str, Any]:
    """The form of the joint acceptance: items, measured values, outcomes, hands, defects."""
    rows = [
        [
            say(item.plan.name),
            f"{item.value}{say(rules.UNITS[item.plan.unit])}" if item.value else "",
            say(item.outcome),
            item.finding.note if item.finding else "",
            f"{say(item.role)} {item.finding.by.name}" if item.finding else "",
            _day(item.finding.seen_on) if item.finding else "",
        ]
        for item in showing.items(dossier)
    ]
    parts: list[dict[str, Any]] = [
        {"facts": _room_facts(handover)},
        {
            "heading": _("验收项目"),
            "table": {
                "heads": [
                    _("验收项目"),
                    _("实测值"),
                    _("结论"),
                    _("问题或说明"),
                    _("签认"),
                    _("日期"),
                ],
                "widths": [18, 14, 10, 26, 24, 14],
                "right": [1],
                "rows": rows,
            },
        },
    ]
    if dossier.defects:
        parts.append({"heading": _("整改"), "table": _defects(dossier)})
    step = dossier.step_that(ACCEPT)
    return _head(handover, "YS") | {
        "title": _("公共用房联合验收表"),
        "lead": _lead(handover),
        "parts": parts,
        "hands": _hands(dossier, step),
    }


def _defects(dossier: Dossier) -> dict[str, Any]:
    return {
        "heads": [_("序号"), _("须整改的问题"), _("期限"), _("怎样整改的"), _("复验"), _("销号")],
        "widths": [8, 30, 14, 26, 16, 14],
        "rows": [
            [
                str(each.number),
                each.text,
                _day(each.due_on),
                each.mended_text,
                each.checked_by.name if each.checked_by else "",
                _day(timezone.localdate(each.closed_at))
                if each.closed_at
                else say(rules.DEFECTS[each.state]),
            ]
            for each in dossier.defects
        ],
    }


def _hands(dossier: Dossier, step: str) -> list[dict[str, str]]:
    """Those who sign a step, and who passed it."""
    found = [
        {"role": say(role.name), "name": each.by.name if each else ""}
        for role, each in showing.signatures(dossier, step)
    ]
    done = dossier.fold.done.get(step)
    lead = next((s for s in cases.stamps(dossier.handover.case) if s.step == step), None)
    name = lead.by.name if done and lead and lead.by else ""
    return [*found, {"role": _("办理人"), "name": name}]


def taxes(handover: Handover, dossier: Dossier) -> dict[str, Any]:
    """The worksheet: what people reckoned, on what ground, and who confirmed it."""
    lines, due_fen, _open = showing.taxes(dossier)
    rows = [_tax_row(shown) for shown in lines]
    rows.append([_("合计"), "", "", "", yuan(due_fen), ""])
    return _head(handover, "SF") | {
        "title": _("移交税费测算表"),
        "lead": _lead(handover),
        "parts": [
            {"facts": _room_facts(handover)},
            {
                "heading": _("测算"),
                "table": {
                    "heads": [
                        _("税费"),
                        _("计税依据（元）"),
                        _("税率和依据"),
                        _("减免依据"),
                        _("应纳（元）"),
                        _("确认"),
                    ],
                    "widths": [20, 18, 22, 28, 16, 20],
                    "right": [1, 4],
                    "total": True,
                    "rows": rows,
                },
            },
        ],
        "note": _(
            "本表由人填写并由税务或财政部门的人确认，仅供测算；应纳税费以主管税务机关核定为准。"
        ),
        "hands": _hands(dossier, dossier.step_that(TAX)),
    }


def _tax_row(shown: Any) -> list[str]:
    line = shown.line
    if line is None:
        return [say(shown.plan.name), "", "", "", "", _("未填")]
    rate = ""
    if line.ppm is not None:
        rate = f"{percent(line.ppm)} {_cited(line.rate_cite)}"
    exempt = f"{line.exempt_text}（{_cited(line.exempt_cite)}）" if line.exempt_text else ""
    who = (
        f"{line.confirmed_by.name} {_day(timezone.localdate(line.confirmed_at))}"
        if line.confirmed_at
        else _("未确认")
    )
    basis = yuan(line.basis_fen) if line.basis_fen is not None else line.note
    return [say(shown.plan.name), basis, rate, exempt, yuan(line.due_fen), who]


def card(handover: Handover) -> dict[str, Any]:
    """The asset card with which the room enters the books."""
    return _head(handover, "KP") | {
        "title": _("固定资产卡片"),
        "number": handover.card_no,
        "lead": _lead(handover),
        "parts": [
            {
                "facts": [
                    *_room_facts(handover)[:6],
                    (_("资产类别"), _("房屋及构筑物")),
                    (_("取得方式"), _("无偿移交")),
                    (_("入账价值（元）"), yuan(handover.value_fen or 0)),
                    (_("入账日期"), _day(handover.card_on)),
                    (_("不动产权证号"), handover.title_no),
                    (_("登记日期"), _day(handover.title_on)),
                    (_("原权利人"), handover.developer),
                    (_("使用管理单位"), handover.receiver),
                    (_("移交编号"), handover.number),
                    (_("产权人"), _("国有")),
                ]
            }
        ],
        "hands": [
            {"role": _("资产管理"), "name": ""},
            {"role": _("财务"), "name": ""},
            {"role": _("使用单位"), "name": ""},
        ],
    }


def file(handover: Handover, dossier: Dossier, steps: Sequence[Any]) -> dict[str, Any]:
    """The whole handover on paper: steps, papers, signatures."""
    words = {"done": _("已办结"), "open": _("办理中"), "late": _("已逾期"), "wait": _("未到")}
    return _head(handover, "DA") | {
        "title": _("公共用房移交档案"),
        "lead": _lead(handover),
        "parts": [
            {
                "facts": [
                    *_room_facts(handover),
                    (_("不动产权证号"), handover.title_no or "—"),
                    (_("固定资产卡片编号"), handover.card_no or "—"),
                ]
            },
            {
                "heading": _("各环节"),
                "table": {
                    "heads": [
                        _("序号"),
                        _("环节"),
                        _("状态"),
                        _("由谁"),
                        _("日期或期限"),
                        _("意见"),
                    ],
                    "widths": [7, 24, 12, 24, 16, 28],
                    "rows": [
                        [
                            str(at),
                            say(step.name),
                            words[step.state],
                            say(step.by),
                            _day(timezone.localdate(step.at) if step.at else step.due_on),
                            step.said,
                        ]
                        for at, step in enumerate(steps, 1)
                    ],
                },
            },
            {"heading": _("资料"), "table": _papers(dossier)},
        ],
    }


def _papers(dossier: Dossier) -> dict[str, Any]:
    rows = [
        [
            say(dossier.name(paper.step)),
            say(dossier.procedure.papers.get(paper.kind, paper.kind)),
            paper.file.name
            if paper.file
            else _("承诺%(day)s前补交") % {"day": _day(paper.promised_on)},
            paper.file.sha256[:12] if paper.file else paper.promised_by,
            _day(timezone.localdate(paper.added_at)),
        ]
        for paper in dossier.papers
    ]
    return {
        "heads": [_("环节"), _("资料名称"), _("文件"), _("文件指纹或承诺人"), _("日期")],
        "widths": [20, 28, 30, 18, 14],
        "rows": rows,
    }


def agreement(batch: Batch, rooms: Sequence[Handover]) -> dict[str, Any]:
    """The one agreement of a signing, with the list of rooms as its annex."""
    rows = [
        [
            str(at),
            each.number,
            each.room.name,
            say(room_kinds()[each.room.kind].name),
            f"{places.name(each.place[:15])} {each.room.building}".strip(),
            rules.plain(each.room.area_dm2) if each.room.area_dm2 else "",
        ]
        for at, each in enumerate(rooms, 1)
    ]
    total = sum(each.room.area_dm2 or 0 for each in rooms)
    rows.append(["", "", _("合计"), "", _("%(n)s处") % {"n": len(rooms)}, rules.plain(total)])
    count = {"n": len(rooms), "area": rules.plain(total)}
    told: dict[str, Any] = {
        "code": f"{batch.county}-{batch.number}-XY",
        "unit": batch.receiver,
        "place": places.name_path(batch.place),
        "title": _("公共用房移交协议"),
        "number": batch.agreement_no or batch.number,
        "lead": batch.name,
        "draft": batch.signed_at is None,
        "parts": [
            {"text": [line % count for line in _clauses()]},
            {
                "heading": _("附件 移交用房清单"),
                "table": {
                    "heads": [
                        _("序号"),
                        _("移交编号"),
                        _("用房名称"),
                        _("用房类别"),
                        _("坐落"),
                        _("面积（平方米）"),
                    ],
                    "widths": [7, 15, 26, 22, 34, 18],
                    "right": [5],
                    "total": True,
                    "rows": rows,
                },
            },
        ],
        "parties": [
            {"role": _("甲方（移交方）"), "name": batch.developer, "signer": batch.giver},
            {"role": _("乙方（接收单位）"), "name": batch.receiver, "signer": batch.taker},
        ],
    }
    if batch.signed_on:
        for party in told["parties"]:
            party["on_day"] = batch.signed_on
    return told


def _clauses() -> list[str]:
    return [
        _(
            "一、甲方将附件所列公共用房%(n)s处、合计%(area)s平方米，无偿移交乙方，产权归国家所有；乙方同意接收。"
        ),
        _(
            "二、甲方于本协议签订之日交付用房、钥匙、水电气暖户号和附件所列用房的全部资料；承诺补交的资料按承诺日期交齐。"
        ),
        _(
            "三、甲方保证用房已经联合验收合格，没有抵押、查封、租赁或者其他纠纷；保修责任依法由甲方承担。"
        ),
        _("四、双方持本协议和完税或减免税凭证共同申请不动产转移登记，税费依法各自承担。"),
        _("五、用房只用于规划确定的公共服务；改变用途的，依法办理并补缴已免征的税款。"),
        _("六、本协议自双方签字盖章之日起生效，附件是协议的组成部分。"),
    ]
