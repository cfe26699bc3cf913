"""Rules of leads. No database, no clock, no request."""

from __future__ import annotations

import re
from collections.abc import Collection

from linli.kernel import place as codes
from linli.kernel.identity import FOUND, personal_data_in
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import lead_kinds

OPEN, CONSULTING, SETTLED, DISMISSED = "open", "consulting", "settled", "dismissed"
STATES = {
    OPEN: _("待会商"),
    CONSULTING: _("会商中"),
    SETTLED: _("已认定"),
    DISMISSED: _("不予受理"),
}
"""How far a lead is."""
UNSETTLED = (OPEN, CONSULTING)

VIOLATION, NO_VIOLATION, OTHER_KIND, MORE_EVIDENCE = (
    "violation",
    "no_violation",
    "other_kind",
    "more_evidence",
)
CONCLUSIONS = {
    VIOLATION: _("问题属实"),
    NO_VIOLATION: _("不构成问题"),
    OTHER_KIND: _("属其他类别的问题"),
    MORE_EVIDENCE: _("证据不足，补充核查"),
}
"""What a consultation may find of a lead."""
STANDS = (VIOLATION, OTHER_KIND)
"""Conclusions after which something is to be mended."""

CHECK, STAFF, RESIDENT = "check", "staff", "resident"
SOURCES = {
    CHECK: _("排查比对"),
    STAFF: _("工作人员"),
    RESIDENT: _("居民反映"),
}
"""Where a lead comes from: raised by the survey itself, by staff, by a resident."""

UNKNOWN = "unknown"
VIOLATORS = {
    "developer": _("建设单位"),
    "property": _("物业服务人"),
    "community": _("居委会"),
    "tenant": _("承租人或占用人"),
    "street": _("街道办事处"),
    "other": _("其他单位或个人"),
    UNKNOWN: _("待查明"),
}
"""Who answers for what is wrong."""

SHORTEST, LONGEST = 5, 1000
LONGEST_SPOT = 100
MOST_PHOTOS = 12
_HARMLESS = {"door"}
"""Personal data that a lead may name: where a room lies."""
_PHONE = re.compile(r"1\d{10}|0\d{9,11}")


def check_text(text: str, field: str = "text") -> Ruling:
    """What happened, in words that any department may read."""
    told = text.strip()
    return (
        require(len(told) >= SHORTEST, _("请写明情况，至少%(n)s个字"), n=SHORTEST)
        & require(len(told) <= LONGEST, _("说明请不超过%(n)s个字"), n=LONGEST)
        & impersonal(told[:LONGEST])
    ).at(field)


def impersonal(text: str) -> Ruling:
    """No number that names a person, save the door a room lies behind."""
    found = dict.fromkeys(
        FOUND[hit.kind] for hit in personal_data_in(text) if hit.kind not in _HARMLESS
    )
    return require(
        not found,
        _("文字里有%(found)s，请删去：线索写事不写人"),
        "会商规则:2",
        "个人信息保护法:6",
        found=tuple(found),
    )


def may_raise(
    *,
    kind: str,
    known_kinds: Collection[str],
    place: str,
    known_place: bool,
    has_room: bool,
    room_ended: bool = False,
    same_county: bool = True,
    spot_text: str,
    text: str,
    source: str,
    violator: str,
) -> Ruling:
    """May this be written down as a lead? It is about a room, or says where the room is."""
    wants_room = kind in lead_kinds() and lead_kinds()[kind].room
    return every(
        [
            require(kind in known_kinds, _("没有“%(kind)s”这类线索，请从清单里选"), kind=kind).at(
                "kind"
            ),
            require(source in SOURCES, _("请选择线索来源")).at("source"),
            require(violator in VIOLATORS, _("请选择责任主体")).at("violator"),
            codes.check(place, "county", "street", "community", "estate", "building").at("place"),
            require(known_place, _("这个地方还没有录入或已撤销")).at("place"),
            require(same_county, _("地点不在这个县（区、市）")).at("place"),
            require(not room_ended, _("这处用房已注销，不再登记线索")).at("room"),
            require(
                has_room or spot_text.strip(),
                _("没有对应台账上的用房，请写明具体位置"),
            ).at("spot_text"),
            require(len(spot_text) <= LONGEST_SPOT, _("位置请不超过%(n)s个字"), n=LONGEST_SPOT).at(
                "spot_text"
            ),
            impersonal(spot_text[:LONGEST_SPOT]).at("spot_text"),
            require(
                has_room or not wants_room or len(place) >= 15 or source == RESIDENT,
                _("请选到小区"),
            ).at("place"),
            check_text(text),
        ]
    )


def may_leave_phone(phone: str) -> Ruling:
    """A resident leaves a number to ask by; it is never shown whole."""
    digits = re.sub(r"\D", "", phone)
    return require(
        _PHONE.fullmatch(digits), _("请留一个能打通的电话，查询办理情况时用"), "会商规则:10"
    ).at("phone")


def may_keep_photos(count: int) -> Ruling:
    return require(count <= MOST_PHOTOS, _("一次最多上传%(n)s张照片"), n=MOST_PHOTOS).at("photos")


def is_photo(picture: bool) -> Ruling:
    """What shows the place is a picture."""
    return require(picture, _("现场照片须是图片文件"), "linli:files.safe").at("photos")


def may_dismiss(*, state: str, source: str, reason: str) -> Ruling:
    """What plainly is no matter of public rooms is put aside, with the reason kept."""
    return (
        require(state == OPEN, _("这条线索已进入会商或已办结"), "会商规则:11")
        & require(source != CHECK, _("排查发现的线索须经会商认定"), "会商规则:11")
        & require(len(reason.strip()) >= SHORTEST, _("请写明不予受理的原因")).at("reason")
        & require(len(reason) <= 300, _("说明请不超过%(n)s个字"), n=300).at("reason")
        & impersonal(reason[:300]).at("reason")
    )


def awaits_room(state: str, conclusion: str) -> bool:
    """Whether a lead that names no room may still be put to one."""
    return state == OPEN or (state == SETTLED and conclusion in STANDS)


def may_join_room(
    *, state: str, conclusion: str, has_room: bool, same_estate: bool, room_ended: bool, twin: str
) -> Ruling:
    """A lead that named only a spot is put to the room it is about, before it is conferred on or
    after it was found to stand: a plan is for a room. `twin`: the open lead of the same kind that
    the room has already."""
    return (
        require(awaits_room(state, conclusion), _("这条线索已进入会商或已办结"))
        & require(not has_room, _("这条线索已经对应到用房"))
        & require(same_estate, _("用房不在线索所在的地方")).at("room")
        & require(not room_ended, _("这处用房已注销，不能再改")).at("room")
        & require(not twin, _("这处用房已有同类线索%(number)s"), "会商规则:1", number=twin).at(
            "room"
        )
    )


def settled_state(conclusion: str) -> tuple[str, str]:
    """(word, kind of badge) of what was found."""
    return CONCLUSIONS[conclusion], "late" if conclusion in STANDS else "done"


def not_gone(*, ours: bool) -> Ruling:
    """Somebody else was first."""
    return require(ours, _("刚才有人先办理了，请刷新后再看"))
