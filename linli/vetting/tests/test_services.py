from datetime import date

import pytest
from django.db import connection

from linli.cases.models import Wait
from linli.kernel.rulings import Refused
from linli.trail.models import Line, Look
from linli.vetting import answering, opening, queries, results, services
from linli.vetting.answering import Word
from linli.vetting.models import Answer, Result, Round, Signature, Subject
from linli.vetting.tests.conftest import CLEAR, COUNTY, DETAINED, DUE_ON, LATER, number_of
from linli.workforce import services as files
from linli.workforce.models import Bar
from tests.books import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


def test_a_round_is_opened_with_nine_departments_and_their_heads(county):
    made = county.open()
    assert (made.number, made.due_on, made.tasks.count()) == ("L000001", DUE_ON, 9)
    assert Line.objects.filter(act="vetting.open", done=True).count() == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"purpose": "other"}, "事由"),
        ({"title": " "}, "联审名称"),
        ({"heads": {}}, "参加联审的部门"),
        ({"due_on": date(2026, 11, 8)}, "工作日"),
        ({"due_on": date(2026, 11, 5)}, "至少留一个工作日"),
    ],
)
def test_a_round_that_is_not_whole_is_refused_and_leaves_nothing(county, changes, why):
    with pytest.raises(Refused, match=why):
        county.open(**changes)
    assert not Round.objects.exists()


def test_a_head_is_of_the_department(county):
    with pytest.raises(Refused, match="负责人须是本部门的人员：公安部门"):
        county.open(heads={"police": county.heads["court"]})


def test_only_the_vetting_office_opens_a_round(county):
    with pytest.raises(Refused, match="只有联审办公室"):
        county.open(by=county.heads["police"])


def test_people_come_on_the_list_once_and_their_numbers_lie_sealed(county):
    made = county.open(*county.people(2))
    with pytest.raises(Refused, match="已在名单上"):
        services.add_subjects(by=county.office, round=made, some=county.people(1), now=NOW)
    assert Subject.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM vetting_subject")
        assert all(row[0].startswith("a1.") for row in cursor.fetchall())


def test_whoever_has_a_file_is_known_by_it(county):
    worker = county.worker(1)
    made = county.open(services.Person(name="王海燕", id_number=number_of(1)))
    assert county.first(made).worker == worker


def test_somebody_in_one_open_round_is_not_put_into_another(county):
    county.sent(*county.people(1))
    with pytest.raises(Refused, match="正在联审L000001中"):
        county.open(*county.people(1))


def test_only_people_in_office_are_vetted_as_serving(county):
    with pytest.raises(Refused, match="不属于动态联审"):
        county.open(*county.people(1), purpose="serving")
    serving = services.Person(worker=county.serving(2))
    assert county.open(serving, purpose="serving").subjects.count() == 1


def test_a_list_that_was_sent_stays_as_it_is(county):
    made = county.sent()
    with pytest.raises(Refused, match="名单已送各部门"):
        services.add_subjects(by=county.office, round=made, some=county.people(2)[1:], now=NOW)
    with pytest.raises(Refused, match="名单已送各部门"):
        services.remove_subject(by=county.office, subject=county.first(made), now=NOW)


def test_an_empty_list_is_not_sent(county):
    with pytest.raises(Refused, match="名单上还没有人"):
        services.send(by=county.office, round=county.open(), now=NOW)


def test_a_department_may_be_asked_of_some_people_only(county):
    made = county.open(*county.people(3))
    some = [made.subjects.get(position=2).pk]
    services.send(by=county.office, round=made, only={"court": some}, now=NOW)
    counts = {task.role: task.asked for task in queries.measured(made.tasks.all())}
    assert (counts["court"], counts["police"]) == (1, 3)


def test_answers_count_once_the_head_has_signed(county):
    made = county.sent()
    county.say(made, "police")
    assert queries.vetted(made)[0].outcome == ""
    signature = county.sign(made, "police")
    said = {one.role: one.conclusion for one in queries.vetted(made)[0].said}
    assert (said["police"], said["court"]) == ("clear", "")
    assert answering.holds(signature)
    assert Line.objects.get(act="vetting.sign").done


def test_nobody_but_the_head_signs(county):
    made = county.sent()
    county.say(made, "social")
    with pytest.raises(Refused, match="由部门负责人social负责人签署"):
        answering.sign(by=county.keeper, task=county.task(made, "social"), now=NOW)
    assert not Signature.objects.exists()
    services.name_head(
        by=county.office, task=county.task(made, "social"), head=county.keeper, now=NOW
    )
    assert answering.sign(by=county.keeper, task=county.task(made, "social"), now=NOW).pk


def test_before_it_is_signed_the_latest_answer_stands_and_the_earlier_stays(county):
    made = county.sent()
    county.say(made, "police", DETAINED)
    county.say(made, "police")
    county.sign(made, "police")
    assert county.standing(made, "police").conclusion == "clear"
    assert Answer.objects.count() == 2
    with pytest.raises(Refused, match="已经签署的答复不能改"):
        county.say(made, "police", DETAINED)


def test_one_faulty_answer_and_none_is_taken(county):
    made = county.sent(*county.people(2))
    one, two = made.subjects.all()
    with pytest.raises(Refused) as refused:
        answering.answer(
            by=county.heads["police"],
            task=county.task(made, "police"),
            words={one.pk: CLEAR, two.pk: Word(conclusion="unfit")},
            now=NOW,
        )
    assert {reason.row for reason in refused.value.ruling.reasons} == {2}
    assert not Answer.objects.exists()


def test_silence_is_not_consent(county):
    made = county.sent()
    county.all_say(made, "court")
    with pytest.raises(Refused, match="人民法院还没有全部答复并签署"):
        county.confirm(made)
    county.say(made, "court")
    with pytest.raises(Refused, match="人民法院还没有全部答复并签署"):
        county.confirm(made)
    assert not Result.objects.exists()
    county.sign(made, "court")
    county.confirm(made)
    made.refresh_from_db()
    assert Result.objects.get().outcome == "passed" and made.closed_at == NOW


def test_a_late_answer_is_taken_only_after_the_list_was_reopened(county):
    made = county.sent()
    task = county.task(made, "court")
    with pytest.raises(Refused, match="不需要重开"):
        services.reopen(by=county.office, task=task, reason="法院出差", now=NOW)
    with pytest.raises(Refused, match="2026-11-19已过，答复不予接收"):
        county.say(made, "court", now=LATER)
    with pytest.raises(Refused, match="请写明原因"):
        services.reopen(by=county.office, task=task, reason=" ", now=LATER)
    services.reopen(by=county.office, task=task, reason="卷宗调取延误", now=LATER)
    county.say(made, "court", now=LATER)
    county.sign(made, "court", now=LATER)
    with pytest.raises(Refused, match="答复不予接收"):
        county.say(made, "police", now=LATER)


def test_an_answer_given_in_time_is_not_signed_after_the_day(county):
    made = county.sent()
    county.say(made, "court")
    with pytest.raises(Refused, match="答复不予接收"):
        county.sign(made, "court", now=LATER)


def test_what_is_to_be_verified_goes_back_and_is_answered_again(county):
    made = county.sent()
    county.all_say(made, police=Word(conclusion="verify", code="detention"))
    assert queries.vetted(made)[0].outcome == "unverified"
    first = county.standing(made, "police")
    services.ask_back(by=county.office, answer=first, text="请核实是否同一人", now=NOW)
    with pytest.raises(Refused, match="退回核实的还没有再次答复：应聘1"):
        county.confirm(made)
    county.say(made, "police")
    county.sign(made, "police")
    numbers = Answer.objects.filter(question=first.question).values_list("number", "conclusion")
    assert list(numbers) == [(1, "verify"), (2, "clear")]
    county.confirm(made)
    assert Result.objects.get().outcome == "passed"


def test_what_was_asked_back_may_be_answered_after_the_day_of_the_list(county):
    made = county.sent()
    county.all_say(made, police=Word(conclusion="verify", code="detention"))
    answer = county.standing(made, "police")
    services.ask_back(by=county.office, answer=answer, text="请核实", now=LATER)
    county.say(made, "police", now=LATER)
    county.sign(made, "police", now=LATER)
    assert county.standing(made, "police").number == 2


def test_whoever_is_unfit_does_not_pass_is_barred_until_the_window_ends_and_leaves(county):
    worker = county.serving(1)
    made = county.sent(services.Person(worker=worker), purpose="serving")
    county.all_say(made, police=DETAINED)
    county.confirm(made)
    result = Result.objects.get()
    assert (result.outcome, result.lasts) == ("failed", "until")
    bar = Bar.objects.get()
    assert (bar.until_on, bar.cite) == (date(2029, 2, 28), "联审规则:9")
    waits = Wait.objects.filter(case__flow="vetting_leaving")
    assert {wait.role for wait in waits} == {"social", "organisation", "review"}
    assert {wait.due_on for wait in waits} == {DUE_ON}
    with pytest.raises(Refused, match="您没有这个职务"):
        results.leave(by=county.heads["court"], result=result, until_on=TODAY, now=NOW)
    results.leave(by=county.keeper, result=result, until_on=TODAY, now=NOW)
    post = worker.tenures.get()
    assert (post.until_on, post.ended_how) == (TODAY, "vetting")
    assert not Wait.objects.exists()


def test_whoever_left_otherwise_has_only_what_waited_done(county):
    worker = county.serving(1)
    made = county.sent(services.Person(worker=worker), purpose="serving")
    county.all_say(made, police=DETAINED)
    county.confirm(made)
    files.end_post(by=None, worker=worker, until_on=TODAY, how="resigned", now=NOW)
    results.leave(by=county.keeper, result=Result.objects.get(), until_on=TODAY, now=LATER)
    assert worker.tenures.get().ended_how == "resigned"
    assert not Wait.objects.exists()


def test_whoever_was_convicted_is_barred_for_good(county):
    made = county.sent()
    told = Word(
        conclusion="cannot",
        code="crime",
        happened_on=date(2001, 5, 1),
        file_number="(2001)蓬刑初字第8号",
    )
    county.all_say(made, court=told, police=DETAINED)
    county.confirm(made)
    assert Bar.objects.get().until_on is None
    assert Result.objects.get().lasts == "good"


def test_what_lasts_as_long_as_it_lasts_ends_with_a_passed_vetting(county):
    made = county.sent()
    told = Word(
        conclusion="unfit",
        code="defaulter",
        happened_on=date(2020, 5, 1),
        file_number="（2020）鲁0614执9号",
    )
    county.all_say(made, court=told)
    county.confirm(made)
    assert Bar.objects.get().lifted_at is None
    again = county.sent()
    county.all_say(again)
    county.confirm(again)
    assert Bar.objects.get().lifted_why == "联审L000002通过"


def test_the_office_suspends_with_a_reason(county):
    made = county.sent()
    county.all_say(made)
    pk = county.first(made).pk
    with pytest.raises(Refused, match="暂缓应聘1须写明原因"):
        county.confirm(made, subjects=[], suspended={pk: " "})
    county.confirm(made, subjects=[], suspended={pk: "等候上级复核"})
    assert Result.objects.get().outcome == "suspended"
    assert not Bar.objects.exists()


def test_a_result_is_not_changed_only_vetted_anew(county):
    made = county.sent()
    county.all_say(made)
    county.confirm(made)
    with pytest.raises(Refused, match="要改须重新联审"):
        county.confirm(made)
    with pytest.raises(Refused, match="结果已确认"):
        county.say(made, "police")
    answer = county.standing(made, "police")
    with pytest.raises(Refused, match="结果已确认"):
        services.ask_back(by=county.office, answer=answer, text="再查", now=NOW)


def test_no_post_without_a_vetting_that_was_passed_within_the_term(county):
    worker = county.worker(1)
    with pytest.raises(Refused, match="还没有联审结论"):
        county.post(worker)
    made = county.sent(services.Person(worker=worker))
    county.all_say(made)
    county.confirm(made)
    with pytest.raises(Refused, match="还没有联审结论"):
        county.post(worker, since_on=date(2026, 11, 4))
    assert county.post(worker, since_on=TODAY).pk
    assert queries.cleared(worker.id_mark, COUNTY, date(2027, 11, 5)).allowed
    assert "已满12个月" in str(queries.cleared(worker.id_mark, COUNTY, date(2027, 11, 6)))


def test_who_serves_is_due_again_when_the_last_passed_vetting_is_too_long_ago(county):
    never, lately = county.serving(1), county.serving(2, "李明")
    made = county.sent(services.Person(worker=lately), purpose="serving")
    county.all_say(made)
    county.confirm(made)
    assert list(queries.due_again(COUNTY, TODAY)) == [never]
    assert list(queries.due_again(COUNTY, date(2031, 11, 5))) == [never]
    assert set(queries.due_again(COUNTY, date(2031, 11, 6))) == {never, lately}


def test_nothing_of_reasons_or_names_reaches_the_trail(county):
    made = county.sent()
    county.all_say(made, police=DETAINED)
    county.confirm(made)
    told = " ".join(str(line.facts) + line.subject for line in Line.objects.all())
    assert "应聘1" not in told and "detention" not in told and "行罚" not in told


def test_the_office_opens_a_reason_with_a_purpose_and_the_look_is_kept(county):
    made = county.sent()
    county.all_say(made, police=DETAINED)
    answer = county.standing(made, "police")
    with pytest.raises(Refused, match="请写明查看的用途"):
        opening.open_reason(by=county.office, answer=answer, purpose="", now=NOW)
    assert not Look.objects.exists()
    reason = opening.open_reason(by=county.office, answer=answer, purpose="复核结论", now=NOW)
    assert (reason.code, reason.happened_on) == ("detention", DETAINED.happened_on)
    look = Look.objects.get()
    assert (look.by, look.field, look.purpose) == (county.office, "vetting_reason", "复核结论")
