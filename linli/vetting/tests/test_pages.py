"""The pages: a round from its list to its results, each by whose hands it is."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from linli.kernel.identity import mask_id_number
from linli.kernel.roles import AUDIT_ADMIN
from linli.trail.models import Line, Look
from linli.vetting import answering, services
from linli.vetting.answering import Word
from linli.vetting.models import Answer, Result, Round
from linli.vetting.tests.asking import client, get, later, post, text
from linli.vetting.tests.conftest import COUNTY, DETAINED, DUE_ON, number_of
from tests.books import NOW
from tests.people import make_person

pytestmark = pytest.mark.django_db
VERIFY = Word(conclusion="verify", code="detention")


@pytest.fixture(autouse=True)
def _clock(clock):
    """The pages go by the moment of the tests."""


# --- the office ---------------------------------------------------------------------------------


def test_a_round_begins_with_nine_departments_ticked_and_goes_on_to_its_list(county):
    page = text(get(county.office, "new"))
    assert page.count('type="checkbox" name="ask-') == 15
    assert page.count(" checked") >= 9 and "住建部门" in page
    told = {"purpose": "recruits", "title": "选聘联审", "due_on": DUE_ON.isoformat()}
    for role, head in county.heads.items():
        told |= {f"ask-{role}": "on", f"head-{role}": str(head.pk)}
    answer = post(county.office, "new", **told)
    made = Round.objects.get()
    assert answer.headers["Location"] == reverse("vetting:people", args=[made.pk])
    assert (made.tasks.count(), made.due_on) == (9, DUE_ON)


def test_what_was_typed_stays_when_a_round_is_refused(county):
    answer = post(county.office, "new", purpose="recruits", title="选聘联审", due_on="2026-11-08")
    page = text(answer)
    assert answer.status_code == 422
    assert "请选择参加联审的部门" in page and "答复期限应是工作日" in page
    assert 'value="选聘联审"' in page and not Round.objects.exists()


def test_people_come_from_their_files_several_at_once(county):
    some = [county.serving(n, f"在职{n}") for n in (1, 2, 3)]
    made = county.open(purpose="serving")
    page = text(get(county.office, "people", made.pk))
    assert "在职1" in page and some[0].id_number not in page
    answer = post(county.office, "people", made.pk, row=[some[0].pk, some[2].pk])
    assert answer.status_code == 302
    assert list(made.subjects.values_list("name", flat=True)) == ["在职1", "在职3"]
    assert "在职2" in text(get(county.office, "people", made.pk))
    assert "在职1" not in text(get(county.office, "people", made.pk))
    assert "请先勾选" in text(post(county.office, "people", made.pk))


def test_people_come_as_pasted_lines_and_one_bad_line_keeps_all_back(county):
    made = county.open()
    lines = f"赵一\t{number_of(1)}\t海滨社区\n钱二，{number_of(2)}\n孙三 110105194912310021 海滨\n"
    lines += f"李四 {number_of(4)} 不存在社区"
    answer = post(county.office, "named", made.pk, lines=lines)
    page = text(answer)
    assert answer.status_code == 422 and not made.subjects.exists()
    assert "没有“不存在社区”这个社区" in page and number_of(2) in page
    lines = f"赵一\t{number_of(1)}\t海滨社区\n钱二，{number_of(2)}\n{number_of(4)} 李四 海滨"
    assert post(county.office, "named", made.pk, lines=lines).status_code == 302
    told = list(made.subjects.values_list("name", "place"))
    assert told == [("赵一", "370614001001"), ("钱二", COUNTY), ("李四", "370614001001")]


def test_a_wrong_check_digit_names_its_line(county):
    made = county.open()
    lines = f"赵一 {number_of(1)}\n孙三 110105194912310021"
    page = text(post(county.office, "named", made.pk, lines=lines))
    assert "第2行：" in page and "校验" in page and not made.subjects.exists()


def test_a_draft_is_sent_once_and_somebody_is_taken_off_before(county):
    made = county.open(*county.people(3))
    page = text(get(county.office, "round", made.pk))
    assert "送各部门" in page and number_of(1) not in page
    assert post(county.office, "remove", county.first(made).pk).status_code == 302
    assert made.subjects.count() == 2
    assert post(county.office, "send", made.pk).status_code == 302
    assert "名单已送各部门" in text(post(county.office, "send", made.pk))
    assert "名单已送各部门" in text(post(county.office, "remove", made.subjects.first().pk))


def test_a_draft_whose_day_is_over_gets_another_one(county, monkeypatch):
    made = county.open(*county.people(1))
    later(monkeypatch)
    assert "答复期限已过" in text(post(county.office, "send", made.pk))
    assert "还没有送出，答复期限已过" in text(client(county.office).get("/desk/"))
    refused = post(county.office, "due", made.pk, due_on="2026-11-28")
    assert refused.status_code == 422 and "应是工作日" in text(refused)
    assert post(county.office, "due", made.pk, due_on="2026-12-07").status_code == 302
    made.refresh_from_db()
    assert {str(made.due_on), *map(str, made.tasks.values_list("due_on", flat=True))} == {
        "2026-12-07"
    }
    assert post(county.office, "send", made.pk).status_code == 302


def test_the_day_of_a_list_that_was_sent_is_not_changed(county):
    made = county.sent()
    assert "名单已送各部门" in text(post(county.office, "due", made.pk, due_on="2026-12-07"))
    made.refresh_from_db()
    assert made.due_on == DUE_ON


def test_the_round_tells_who_has_signed_and_what_and_no_reason(county):
    made = county.sent(*county.people(2))
    county.all_say(made, "court", police=DETAINED)
    county.say(made, "court", Word(conclusion="verify", code="defaulter"))
    page = text(get(county.office, "round", made.pk))
    assert "公安 不宜" in page and "法院" in page and "确认结果" not in page
    for sealed in ("行政拘留", "行罚", "2024-03-01", number_of(1)):
        assert sealed not in page


def test_a_reason_is_opened_with_a_purpose_and_the_audit_administrator_sees_the_look(county):
    made = county.sent(*county.people(1))
    county.all_say(made, police=DETAINED)
    answer = county.standing(made, "police")
    page = text(get(county.office, "person", county.first(made).pk))
    assert "行罚" not in page and "查看原因" in page
    refused = post(county.office, "reason", answer.pk, purpose=" ")
    assert refused.status_code == 422 and "行罚" not in text(refused)
    assert not Look.objects.exists()
    page = text(post(county.office, "reason", answer.pk, purpose="确认前复核"))
    assert "行政拘留" in page and DETAINED.file_number in page
    auditor = make_person("audit", "审计员", AUDIT_ADMIN, COUNTY)
    looks = text(client(auditor).get(reverse("trail:looks")))
    assert "联审原因" in looks and "确认前复核" in looks and "郑洁" in looks


def test_a_number_is_opened_with_a_purpose(county):
    made = county.sent(*county.people(1))
    who = county.first(made)
    page = text(post(county.office, "number", who.pk, purpose="核对身份"))
    assert number_of(1) in page
    assert mask_id_number(number_of(1)) in text(get(county.office, "person", who.pk))
    assert [(look.field, look.purpose) for look in Look.objects.all()] == [
        ("id_number", "核对身份")
    ]


def test_the_office_asks_back_and_the_department_reads_what(county):
    made = county.sent(*county.people(1))
    county.all_say(made, police=VERIFY)
    answer = county.standing(made, "police")
    assert get(county.office, "ask_back", answer.pk).status_code == 200
    assert post(county.office, "ask_back", answer.pk, text=" ").status_code == 422
    told = post(county.office, "ask_back", answer.pk, text="请核对是否同一人")
    assert told.status_code == 302
    task = county.task(made, "police")
    assert "请核对是否同一人" in text(get(county.heads["police"], "list", task.pk))
    assert "退回" in text(get(county.office, "round", made.pk))
    page = text(post(county.office, "confirm", made.pk, row=county.first(made).pk, sure=1))
    assert "退回核实的还没有再次答复" in page and not Result.objects.exists()


def test_a_late_list_is_reopened_with_a_reason_and_the_reason_stays_to_be_read(county, monkeypatch):
    made = county.sent(*county.people(1))
    county.all_say(made, "court", now=NOW)
    later(monkeypatch)
    task = county.task(made, "court")
    head = county.heads["court"]
    page = text(get(head, "list", task.pk))
    assert "答复不予接收" in page and "联审规则" in page and "重开名单" in page
    refused = post(head, "clear", task.pk, row=county.first(made).pk)
    assert refused.status_code == 422 and "2026" in text(refused)
    assert not Answer.objects.filter(question__task=task).exists()
    round_page = text(get(county.office, "round", made.pk))
    assert "联审催办" in round_page and "重开名单" in round_page
    assert post(county.office, "reopen", task.pk, reason="").status_code == 422
    assert post(county.office, "reopen", task.pk, reason="卷宗调取延误").status_code == 302
    assert "卷宗调取延误" in text(get(head, "list", task.pk))
    assert post(head, "clear", task.pk, row=county.first(made).pk).status_code == 302
    assert "卷宗调取延误" in text(get(county.office, "round", made.pk))


def test_the_head_of_a_department_is_changed_to_one_of_it(county):
    made = county.sent(*county.people(1))
    task = county.task(made, "social")
    assert "周敏" in text(get(county.office, "head", task.pk))
    assert post(county.office, "head", task.pk, head=county.keeper.pk).status_code == 302
    task.refresh_from_db()
    assert task.head == county.keeper
    refused = post(county.office, "head", task.pk, head=county.heads["court"].pk)
    assert refused.status_code == 422


def test_results_are_looked_at_before_they_are_confirmed_and_what_follows_is_told(county):
    worker = county.serving(1, "王海燕")
    some = [services.Person(worker=worker), *county.people(3)[1:]]
    made = county.sent(*some)
    county.all_say(made, "police")
    first, second, third = made.subjects.order_by("position")
    answering.answer(
        by=county.heads["police"],
        task=county.task(made, "police"),
        words={first.pk: DETAINED, second.pk: VERIFY, third.pk: Word(conclusion="clear")},
        now=NOW,
    )
    assert "确认结果" not in text(get(county.office, "round", made.pk))
    county.sign(made, "police")
    assert "等确认结果" in text(client(county.office).get("/desk/"))
    keys = [first.pk, second.pk, third.pk]
    page = text(post(county.office, "confirm", made.pk, row=keys))
    assert "限制任职至 2029-02-28" in page and "须办理离任" in page
    assert not Result.objects.exists()
    told = {"row": keys, "sure": "1", f"suspend-{third.pk}": "on", f"why-{third.pk}": ""}
    refused = post(county.office, "confirm", made.pk, **told)
    assert "须写明原因" in text(refused) and not Result.objects.exists()
    told[f"why-{third.pk}"] = "材料待补"
    assert post(county.office, "confirm", made.pk, **told).status_code == 302
    outcomes = dict(Result.objects.values_list("subject__name", "outcome"))
    assert list(outcomes.values()) == ["failed", "unverified", "suspended"]
    assert "限制任职" in text(get(county.office, "person", first.pk))


def test_nobody_is_chosen_nothing_is_confirmed(county):
    made = county.sent()
    county.all_say(made)
    assert "请勾选还没有结果的人" in text(post(county.office, "confirm", made.pk))


# --- what follows -------------------------------------------------------------------------------


@pytest.fixture
def failed(county):
    worker = county.serving(1, "王海燕")
    made = county.sent(services.Person(worker=worker), purpose="serving")
    county.all_say(made, police=DETAINED)
    county.confirm(made)
    return Result.objects.get()


def test_keepers_read_conclusions_without_reasons_and_see_to_the_leaving(county, failed):
    page = text(get(county.keeper, "results"))
    assert "王海燕" in page and "不通过" in page and "待办离任" in page
    assert reverse("vetting:person", args=[failed.subject_id]) not in page
    assert reverse("vetting:person", args=[failed.subject_id]) in text(
        get(county.office, "results")
    )
    desk = text(client(county.keeper).get("/desk/"))
    assert reverse("vetting:leave", args=[failed.pk]) in desk
    page = text(get(county.keeper, "leave", failed.pk))
    assert "王海燕" in page and "行政拘留" not in page
    assert post(county.keeper, "leave", failed.pk, until_on="").status_code == 422
    assert post(county.keeper, "leave", failed.pk, until_on="2026-11-05").status_code == 302
    assert failed.subject.worker.tenures.get().ended_how == "vetting"
    assert "已离任" in text(get(county.keeper, "results"))
    assert "离任已办理" in text(get(county.keeper, "leave", failed.pk))


def test_results_are_found_by_name_outcome_and_number(county, failed):
    assert "王海燕" in text(get(county.keeper, "results", q="王"))
    assert "王海燕" in text(get(county.keeper, "results", q="l000001", outcome="failed"))
    assert "王海燕" not in text(get(county.keeper, "results", outcome="passed"))
    sheet = openpyxl.load_workbook(BytesIO(get(county.keeper, "results_excel").content)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "王海燕" in cells and "不通过" in cells and not any("拘留" in cell for cell in cells)


def test_whoever_is_due_again_is_listed_for_those_who_see_to_it(county, failed):
    assert "王海燕" in text(get(county.keeper, "again"))
    page = text(get(county.office, "again"))
    assert "发起动态联审" in page and "没有记录" in page
    assert "发起动态联审" not in text(get(county.keeper, "again"))


def test_the_decision_sheet_is_taken_by_the_office_alone_and_each_time_is_kept(county, failed):
    held = failed.subject.round
    for _time in range(2):
        answer = post(county.office, "decision", held.pk)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    lines = Line.objects.filter(act="vetting.print_decision", done=True)
    assert [line.by for line in lines] == [county.office] * 2
    assert post(county.keeper, "decision", held.pk).status_code == 403
    assert lines.count() == 2


def test_the_decision_sheet_has_conclusions_and_no_reasons(county, failed):
    from linli.vetting import paper

    told = paper.paper(failed.subject.round, on=NOW.date())
    (one,) = told["people"]
    assert one["said"].count("clear") == 8 and one["said"][7] == "unfit"
    assert (one["outcome"], one["note"]) == ("不通过", "限制任职至2029-02-28")
    assert len(told["signatures"]) == 9 and all(row["holds"] for row in told["signatures"])
    assert not told["draft"]
    for sealed in ("detention", "拘留", "行罚", number_of(1)):
        assert sealed not in repr(told)
