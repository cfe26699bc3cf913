"""Rules of recruitment. No database, no clock, no request."""

from __future__ import annotations

from datetime import date

from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import words

PARTY, GRADUATE, VETERAN, SOCIAL = "party", "graduate", "veteran", "social"
GROUPS = {
    PARTY: _("居民党员"),
    GRADUATE: _("高校毕业生"),
    VETERAN: _("退役军人"),
    SOCIAL: _("社会工作专业人才"),
}
"""The four groups a recruitment looks for."""

ID_CARD, DIPLOMA, PARTY_PAPER, DISCHARGE, CERTIFICATE = (
    "id_card",
    "diploma",
    "party_paper",
    "discharge",
    "certificate",
)
PAPERS = {
    ID_CARD: _("身份证照片"),
    DIPLOMA: _("学历证书"),
    PARTY_PAPER: _("党员证明"),
    DISCHARGE: _("退役证"),
    CERTIFICATE: _("职业资格证书或者社会工作专业学历"),
}
PAPER_OF = {PARTY: PARTY_PAPER, GRADUATE: DIPLOMA, VETERAN: DISCHARGE, SOCIAL: CERTIFICATE}
"""The paper that a group is shown with."""

CHECK, WRITTEN, RECHECK, INTERVIEW = "check", "written", "recheck", "interview"
MEDICAL, BACKGROUND, PUBLICATION, APPOINTMENT = (
    "medical",
    "background",
    "publication",
    "appointment",
)
STAGES = {
    CHECK: _("资格初审"),
    WRITTEN: _("笔试"),
    RECHECK: _("资格复审"),
    INTERVIEW: _("面试"),
    MEDICAL: _("体检"),
    BACKGROUND: _("考察"),
    PUBLICATION: _("公示"),
    APPOINTMENT: _("聘用"),
}
"""What an applicant goes through, in order."""

OPEN, STANDBY, OUT, WITHDRAWN, APPOINTED = "open", "standby", "out", "withdrawn", "appointed"
STATES = {
    OPEN: _("进行中"),
    STANDBY: _("递补人选"),
    OUT: _("未进入下一环节"),
    WITHDRAWN: _("已撤回"),
    APPOINTED: _("已聘用"),
}
LIVE = (OPEN, STANDBY, APPOINTED)
"""States in which somebody takes up their one application to an announcement."""

ELIGIBLE, INELIGIBLE, ADMITTED, REFUSED = "eligible", "ineligible", "admitted", "refused"
RULINGS = {
    ELIGIBLE: _("条件符合，待审核"),
    INELIGIBLE: _("条件不符"),
    ADMITTED: _("审核通过"),
    REFUSED: _("审核不通过"),
}
"""How the eligibility of an application stands: by rule at first, then as the office decided."""

PASSED, FAILED, AGAIN = "passed", "failed", "again"
OUTCOMES = {PASSED: _("合格"), FAILED: _("不合格"), AGAIN: _("待复检")}
"""How a stage ended for somebody; AGAIN only of the medical."""

LONGEST_TITLE, LONGEST_TEXT, LONGEST_WHY, MOST_WANTED = 100, 4000, 200, 500


_STANDS = {
    ELIGIBLE: _("条件符合，等待工作人员审核材料"),
    INELIGIBLE: _("不符合岗位条件"),
    ADMITTED: _("资格初审通过，等待笔试安排"),
    REFUSED: _("资格初审未通过"),
}
_OUT = {
    WRITTEN: _("笔试未入围"),
    RECHECK: _("资格复审未通过"),
    INTERVIEW: _("面试未入围"),
    MEDICAL: _("体检不合格"),
    BACKGROUND: _("考察未通过"),
    PUBLICATION: _("公示期间查明有影响聘用的问题"),
    APPOINTMENT: _("没有聘用"),
}
_WAITS = {
    WRITTEN: _("等待笔试和成绩"),
    RECHECK: _("笔试入围，等待资格复审"),
    INTERVIEW: _("资格复审通过，等待面试和成绩"),
    MEDICAL: _("进入体检"),
    BACKGROUND: _("体检合格，正在考察"),
    PUBLICATION: _("考察合格，进入公示"),
    APPOINTMENT: _("公示期满，等待办理聘用"),
}


def points(hundredths: int | None) -> str:
    """A score in points: 86.50; "" for none."""
    return "" if hundredths is None else f"{hundredths / 100:.2f}"


def standing(*, ruling: str, stage: str, state: str) -> str:
    """In words, where an application stands: what its applicant and the office read."""
    if state in (WITHDRAWN, APPOINTED, STANDBY):
        return STATES[state]
    if stage == CHECK:
        return _STANDS[ruling]
    return _OUT[stage] if state == OUT else _WAITS[stage]


# --- the announcement -------------------------------------------------------------------------


def check_announcement(
    *, title: str, text: str, reference_on: date, opens_on: date, closes_on: date, today: date
) -> Ruling:
    return every(
        [
            require(title.strip(), _("请写公告标题")).at("title"),
            require(len(title) <= LONGEST_TITLE, _("标题不能超过%(n)s个字"), n=LONGEST_TITLE).at(
                "title"
            ),
            require(len(text) <= LONGEST_TEXT, _("说明不能超过%(n)s个字"), n=LONGEST_TEXT).at(
                "text"
            ),
            require(opens_on <= closes_on, _("报名截止早于报名开始"), "选聘规则:1").at("closes_on"),
            require(closes_on >= today, _("报名截止日期已过"), "选聘规则:1").at("closes_on"),
            require(
                abs((reference_on - opens_on).days) <= 366,
                _("基准日应在报名开始前后一年以内"),
                "选聘规则:3",
            ).at("reference_on"),
        ]
    )


def is_draft(*, published: bool) -> Ruling:
    return require(not published, _("公告已发布，岗位和条件不再改动"), "选聘规则:1")


def may_publish(*, published: bool, posts: int, closes_on: date, today: date) -> Ruling:
    return is_draft(published=published) & every(
        [
            require(posts, _("公告里还没有岗位"), "选聘规则:1"),
            require(closes_on >= today, _("报名截止日期已过"), "选聘规则:1"),
        ]
    )


def is_taking(
    *, published: bool, cancelled: bool, opens_on: date, closes_on: date, today: date
) -> Ruling:
    """Whether applications are taken on a day."""
    return every(
        [
            require(published, _("这次选聘还没有发布公告"), "选聘规则:1"),
            require(not cancelled, _("这次选聘已取消"), "选聘规则:1"),
            require(today >= opens_on, _("报名%(day)s开始"), "选聘规则:1", day=opens_on),
            require(today <= closes_on, _("报名已于%(day)s截止"), "选聘规则:1", day=closes_on),
        ]
    )


# --- applications -----------------------------------------------------------------------------


def check_form(
    *,
    name: str,
    known: Ruling,
    reached: Ruling,
    schooling: str,
    politics: str,
    school: str,
    experience_years: int,
    promised: bool,
) -> Ruling:
    """Whether an application is filled in. `known`: what is said of the identity number."""
    return every(
        [
            require(name.strip(), _("请填写姓名")).at("name"),
            require(len(name.strip()) <= 32, _("姓名太长")).at("name"),
            known.at("id_number"),
            reached.at("phone"),
            require(schooling in words("schooling"), _("请选择学历")).at("schooling"),
            require(politics in words("politics"), _("请选择政治面貌")).at("politics"),
            require(len(school) <= 64, _("毕业院校太长")).at("school"),
            require(0 <= experience_years <= 60, _("工作年限应为0至60年")).at("experience_years"),
            require(promised, _("请阅读并作出承诺"), "选聘规则:7").at("promised"),
        ]
    )


def is_first(*, taken_on: date | None) -> Ruling:
    """One person applies once to an announcement. `taken_on`: the day they did already."""
    return require(
        taken_on is None,
        _("这个身份证号%(day)s已在本次公告报名，一人只报一个岗位；要改报，请先撤回原来的报名"),
        "选聘规则:2",
        day=taken_on or "",
    ).at("id_number")


def may_withdraw(*, state: str) -> Ruling:
    return every(
        [
            require(state != APPOINTED, _("已经聘用，不能再撤回；如要离开，请与用人单位联系")),
            require(state in (OPEN, STANDBY, APPOINTED), _("这份报名已经结束")),
        ]
    )


def may_ask_again(*, ruling: str, asked: bool, text: str, open_: bool) -> Ruling:
    """May an applicant ask the office to look again at why they were refused?"""
    return every(
        [
            require(ruling in (INELIGIBLE, REFUSED), _("这份报名没有被拒绝，不需要复核")),
            require(open_, _("资格初审已结束，不再受理复核"), "选聘规则:7"),
            require(not asked, _("已经申请过复核，请等待答复"), "选聘规则:7"),
            require(text.strip(), _("请写明理由")).at("text"),
            require(len(text) <= LONGEST_WHY, _("说明请不超过%(n)s个字"), n=LONGEST_WHY).at("text"),
        ]
    )


def may_decide(
    *, stage: str, state: str, ruling: str, admit: bool, why: str, twin: bool, done: bool
) -> Ruling:
    """May the office admit or refuse an application? `twin`: the person has another live one;
    `done`: the check of the whole announcement is over."""
    against = admit != (ruling in (ELIGIBLE, ADMITTED))
    return every(
        [
            require(
                stage == CHECK and state != WITHDRAWN and not done,
                _("资格初审已结束"),
                "选聘规则:8",
            ),
            require(not (admit and twin), _("此人另有一份有效报名"), "选聘规则:2"),
            require(
                why.strip() or (admit and not against),
                _("请写明理由：与自动核对结论不同，或者审核不通过"),
                "选聘规则:8",
            ).at("why"),
            require(len(why) <= LONGEST_WHY, _("说明请不超过%(n)s个字"), n=LONGEST_WHY).at("why"),
        ]
    )


# --- stages -----------------------------------------------------------------------------------


def may_check_over(*, taking: bool, closes_on: date, undecided: int, admitted: int) -> Ruling:
    """May the eligibility check end? `undecided`: applications that nobody has looked at."""
    return every(
        [
            require(
                not taking,
                _("报名%(day)s截止，截止以后再结束资格初审"),
                "选聘规则:1",
                day=closes_on,
            ),
            require(not undecided, _("还有%(n)s份报名没有审核"), "选聘规则:8", n=undecided),
            require(admitted, _("没有审核通过的报名")),
        ]
    )


def may_note(
    *, stage: str, state: str, wanted: str, outcome: str, why: str, on: date, today: date
) -> Ruling:
    """May the outcome of a stage be written down for somebody? `wanted`: the stage meant."""
    return every(
        [
            require(
                stage == wanted and state == OPEN,
                _("此人现在不在“%(stage)s”环节"),
                stage=STAGES[wanted],
            ),
            require(
                outcome in (PASSED, FAILED) or (outcome == AGAIN and wanted == MEDICAL),
                _("请选择结论"),
            ).at("outcome"),
            require(
                outcome != FAILED or wanted == MEDICAL or why.strip(), _("请写明理由"), "选聘规则:8"
            ).at("why"),
            require(
                wanted != MEDICAL or not why.strip(),
                _("体检只记结论和日期，不写内容"),
                "选聘规则:11",
            ).at("why"),
            require(on <= today or outcome == AGAIN, _("日期在今天之后")).at("on"),
            require(outcome != AGAIN or on >= today, _("复检日期应在今天以后")).at("on"),
            require(len(why) <= LONGEST_WHY, _("说明请不超过%(n)s个字"), n=LONGEST_WHY).at("why"),
        ]
    )


def may_go_on(*, stage: str, left: int, through: int) -> Ruling:
    """May a stage end? `left`: people it is still open for; `through`: who came through."""
    return every(
        [
            require(
                not left,
                _("“%(stage)s”还有%(n)s人没有结论"),
                stage=STAGES[stage],
                n=left,
            ),
            require(through, _("“%(stage)s”没有人合格"), stage=STAGES[stage]),
        ]
    )


# --- publication ------------------------------------------------------------------------------


def may_publish_names(*, people: int, open_names: bool) -> Ruling:
    return every(
        [
            require(people, _("没有考察合格、等待公示的人员"), "选聘规则:12"),
            require(not open_names, _("上一批公示还没有办结"), "选聘规则:13"),
        ]
    )


def may_object(
    *, showing: bool, until_on: date | None, today: date, text: str, known: bool
) -> Ruling:
    """May somebody object to a name that was published?"""
    return every(
        [
            require(showing and until_on is not None, _("现在没有公示"), "选聘规则:13"),
            require(
                until_on is None or today <= until_on,
                _("公示期%(day)s已结束"),
                "选聘规则:13",
                day=until_on or "",
            ),
            require(known, _("请选择公示名单里的人员")).at("about"),
            require(len(text.strip()) >= 5, _("请写明反映的事实")).at("text"),
            require(len(text) <= 1000, _("说明请不超过%(n)s个字"), n=1000).at("text"),
        ]
    )


def may_settle(*, settled: bool, why: str) -> Ruling:
    return every(
        [
            require(not settled, _("这件异议已办结")),
            require(len(why.strip()) >= 5, _("请写明查明的情况和理由"), "选聘规则:13").at("why"),
            require(len(why) <= LONGEST_WHY, _("说明请不超过%(n)s个字"), n=LONGEST_WHY).at("why"),
        ]
    )


def may_end_publication(*, until_on: date | None, today: date, open_objections: int) -> Ruling:
    return every(
        [
            require(until_on is not None, _("还没有公示"), "选聘规则:13"),
            require(
                until_on is None or today > until_on,
                _("公示到%(day)s为止，期满以后再聘用"),
                "选聘规则:13",
                day=until_on or "",
            ),
            require(
                not open_objections,
                _("还有%(n)s件异议没有办结"),
                "选聘规则:13",
                n=open_objections,
            ),
        ]
    )
