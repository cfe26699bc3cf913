"""A department's pages: its own list, its answers, the signature; desks, search, the figure."""

from io import BytesIO

import openpyxl
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.urls import reverse

from linli.trail.models import Line, Look
from linli.vetting import services
from linli.vetting.models import Answer
from linli.vetting.tests.asking import client, get, later, post, text
from linli.vetting.tests.conftest import COUNTY, DETAINED, number_of
from tests.books import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(clock):
    """The pages go by the moment of the tests."""


def test_a_hundred_people_are_answered_of_with_one_tick_each_and_one_signature(county, monkeypatch):
    made = county.sent(*county.people(100))
    head, task = county.heads["police"], county.task(made, "police")
    page = text(get(head, "list", task.pk))
    assert page.count('name="row"') == 100
    keys = list(made.subjects.values_list("pk", flat=True))
    assert post(head, "clear", task.pk, row=keys[:99]).status_code == 302
    assert "还有 1 人没有答复" in text(post(head, "sign", task.pk))
    head.set_password("Linli-2026-long")
    head.save()
    wrong = post(head, "sign", task.pk, secret="not-it")
    assert "密码不对" in text(wrong) and not task.signatures.exists()
    assert post(head, "sign", task.pk, secret="Linli-2026-long").status_code == 302
    assert task.signatures.get().signed.count() == 99
    proofs = Line.objects.filter(act="people.prove").order_by("pk")
    assert [line.done for line in proofs] == [False, True]
    page = text(get(head, "list", task.pk))
    assert "未答复" in page and "应聘100" in page


def test_the_head_reads_every_reason_before_signing_and_each_is_kept(county):
    made = county.sent(*county.people(3))
    head, task = county.heads["police"], county.task(made, "police")
    county.say(made, "police", subject=made.subjects.get(position=1))
    county.say(made, "police", DETAINED, subject=made.subjects.get(position=2))
    page = text(post(head, "sign", task.pk))
    assert "行政拘留" in page and DETAINED.file_number in page and "应聘1" in page
    assert [look.purpose for look in Look.objects.filter(field="vetting_reason")] == ["签署前核对"]
    assert "行政拘留" not in text(get(head, "list", task.pk))


def test_a_signature_does_not_sign_anybody_out_though_their_hash_is_renewed(county, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    made = county.sent(*county.people(1))
    county.say(made, "police")
    head, task = county.heads["police"], county.task(made, "police")
    head.password = old = Argon2PasswordHasher().encode("Linli-2026-long", "short-salt")
    head.save()
    there = client(head)
    there.post(reverse("vetting:sign", args=[task.pk]), {"secret": "Linli-2026-long"})
    head.refresh_from_db()
    assert head.password != old and task.signatures.exists()
    assert there.get(reverse("vetting:list", args=[task.pk])).status_code == 200


def test_whoever_has_a_second_factor_signs_with_a_code_and_not_with_the_password(county):
    from django_otp.oath import TOTP
    from django_otp.plugins.otp_totp.models import TOTPDevice

    made = county.sent()
    head, task = county.heads["police"], county.task(made, "police")
    county.say(made, "police")
    head.set_password("Linli-2026-long")
    head.save()
    device = TOTPDevice.objects.create(user=head, name="totp", confirmed=True)
    there = client(head)
    from django_otp import DEVICE_ID_SESSION_KEY

    session = there.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    url = reverse("vetting:sign", args=[task.pk])
    assert "验证码不对" in text(there.post(url, {"secret": "Linli-2026-long"}))
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    import time

    totp.time = time.time()
    assert there.post(url, {"secret": f"{totp.token():06d}"}).status_code == 302
    assert task.signatures.exists()


def test_a_clerk_answers_and_the_head_signs(county):
    made = county.sent(*county.people(1))
    task = county.task(made, "social")
    who = county.first(made)
    assert post(county.keeper, "clear", task.pk, row=who.pk).status_code == 302
    page = text(get(county.keeper, "list", task.pk))
    assert "等负责人social负责人签署" in page
    refused = text(post(county.keeper, "sign", task.pk))
    assert "名单由部门负责人social负责人签署" in refused


def test_an_answer_against_somebody_says_ground_day_and_file_number(county):
    made = county.sent(*county.people(1))
    head, task, who = county.heads["police"], county.task(made, "police"), county.first(made)
    page = text(get(head, "say", task.pk, who.pk))
    assert "（5年内）" in page and "（永久）" in page and "失信被执行人" not in page
    refused = post(head, "say", task.pk, who.pk, conclusion="unfit")
    page = text(refused)
    assert refused.status_code == 422 and not Answer.objects.exists()
    for said in ("请从清单里选择依据的情形", "请填写事实发生的日期", "请填写文号"):
        assert said in page
    told = {"conclusion": "unfit", "code": "detention", "happened_on": "2024-03-01"}
    refused = post(head, "say", task.pk, who.pk, **told, file_number="他因为赌博被拘留十日")
    assert "只写文号，不写内容" in text(refused)
    sent = post(head, "say", task.pk, who.pk, **told, file_number=DETAINED.file_number)
    assert sent.status_code == 302
    assert Answer.objects.get().code == "detention"
    page = text(get(head, "say", task.pk, who.pk))
    assert "行罚" not in page
    opened = text(post(head, "own_reason", Answer.objects.get().pk, purpose="核对文号"))
    assert DETAINED.file_number in opened
    assert Look.objects.get().purpose == "核对文号"


def test_a_ground_whose_term_is_over_is_refused_with_its_ground(county):
    made = county.sent(*county.people(1))
    head, task, who = county.heads["police"], county.task(made, "police"), county.first(made)
    told = {
        "conclusion": "unfit",
        "code": "detention",
        "happened_on": "2021-11-05",
        "file_number": "蓬公罚〔2021〕3号",
    }
    page = text(post(head, "say", task.pk, who.pk, **told))
    assert "已满5年" in page and not Answer.objects.exists()


def test_numbers_of_a_list_are_shown_or_taken_along_for_a_purpose_person_by_person(county):
    made = county.sent(*county.people(3))
    head, task = county.heads["police"], county.task(made, "police")
    assert number_of(1) not in text(get(head, "list", task.pk))
    assert post(head, "numbers", task.pk, purpose="").status_code == 422
    assert number_of(3) in text(post(head, "numbers", task.pk, purpose="系统比对"))
    answer = post(head, "numbers", task.pk, purpose="系统比对", excel=1)
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert number_of(2) in [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert Look.objects.filter(field="id_number", purpose="系统比对", by=head).count() == 6
    county.all_say(made)
    county.confirm(made)
    assert "已办结，不再查看" in text(post(head, "numbers", task.pk, purpose="再看"))


def test_a_list_that_is_not_sent_is_nobody_s(county):
    made = county.open(*county.people(1))
    task = county.task(made, "police")
    assert get(county.heads["police"], "list", task.pk).status_code == 404
    assert "L000001" not in text(get(county.heads["police"], "lists"))


def test_desks_tell_each_what_waits_on_them(county, monkeypatch):
    made = county.sent(*county.people(2))
    county.all_say(made, "court", "police")
    desk = lambda user: text(client(user).get("/desk/"))  # noqa: E731
    assert "L000001：2人等本部门答复" in desk(county.heads["court"])
    assert "等本部门答复" not in desk(county.heads["justice"])
    assert "逾期，还有2人没有签署" not in desk(county.office)
    later(monkeypatch)
    for who in (county.office, county.district):
        assert "人民法院逾期，还有2人没有签署" in desk(who)
    late = text(get(county.district, "late"))
    assert "人民法院" in late and "应聘1" not in late
    assert get(county.district, "round", made.pk).status_code == 403


def test_pages_ask_no_more_for_more_people(county, django_assert_max_num_queries):
    small = county.sent(*county.people(2))
    county.all_say(small)
    some = [
        services.Person(name=f"后来{n}", id_number=number_of(n + 200), place="370614001001")
        for n in range(60)
    ]
    large = county.sent(*some)
    county.all_say(large)
    there, head = client(county.office), client(county.heads["police"])
    there.get("/vetting/")
    for made in (small, large):
        with django_assert_max_num_queries(46):
            there.get(f"/vetting/{made.pk}/")
        with django_assert_max_num_queries(24):
            head.get(f"/vetting/lists/{county.task(made, 'police').pk}/")
    with django_assert_max_num_queries(14):
        there.get("/vetting/")


def test_a_round_is_found_by_number_and_title_by_the_office_alone(county):
    county.sent(*county.people(1))
    assert "L000001" in text(client(county.office).get("/search/", {"q": "选聘"}))
    assert "L000001" in text(client(county.office).get("/search/", {"q": "l000001"}))
    for who in (county.heads["police"], county.keeper, county.district):
        assert "2026年选聘联审" not in text(client(who).get("/search/", {"q": "选聘"}))


def test_the_indicator_counts_the_departments_of_the_latest_round(county):
    from linli.kernel.place import Scope
    from linli.vetting import figures

    on = NOW.date()
    assert figures.departments(Scope.of(COUNTY), on).value is None
    county.sent(*county.people(1))
    assert figures.departments(Scope.of(COUNTY), on).value == 9
    county.sent(
        services.Person(name="孙三", id_number=number_of(9)),
        heads={"police": county.heads["police"], "court": county.heads["court"]},
    )
    assert figures.departments(Scope.of(COUNTY), on).value == 2
