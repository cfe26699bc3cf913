"""Pages: who sees what, constant queries, forms that lose nothing."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from linli.reserve import evaluating, services
from linli.reserve.models import Entry, Evaluation, Evidence, Move, Nomination, Talent
from linli.reserve.tests.conftest import COMMUNITY, FULL, NOW, OTHER_COMMUNITY, id_number
from linli.trail.models import Look
from tests.journeys.hands import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def client(user):
    made = Client()
    made.force_login(user)
    return made


def text_of(user, url):
    answer = client(user).get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_the_register_masks_numbers_and_flags_files_that_are_behind(county):
    talent = county.talent(phone="13805351234")
    page = text_of(county.keeper, "/reserve/?columns=name&columns=phone&columns=id_number")
    assert "138****1234" in page and talent.id_number not in page
    assert "9个月未记" in text_of(county.keeper, "/reserve/?stale=1")
    county.write(talent)
    assert "王海燕" not in text_of(county.keeper, "/reserve/?stale=1")


def test_a_secretary_sees_her_own_community_only(county):
    county.talent()
    other = county.talent(name="李强", place=OTHER_COMMUNITY)
    page = text_of(county.secretary, "/reserve/")
    assert "王海燕" in page and "李强" not in page
    assert client(county.secretary).get(f"/reserve/{other.pk}/").status_code == 404


@pytest.mark.parametrize("url", ["/reserve/", "/reserve/moves/", "/reserve/months/?month=2026-06"])
def test_lists_ask_no_more_for_more_people(county, url, django_assert_max_num_queries):
    def fill(n):
        rows = [county.was() for _turn in range(n)]
        services.take_over(by=None, county="370614", rows=rows, now=NOW)

    there = client(county.keeper)
    fill(3)
    there.get(url)
    for _turn in range(2):
        with django_assert_max_num_queries(12):
            there.get(url)
        fill(22)


def test_the_ranking_asks_no_more_for_more_people(county, django_assert_max_num_queries):
    talents = [county.talent(name=f"人{n}") for n in range(8)]
    for talent in talents:
        county.prove(talent, {"visits": 3})
    made = county.open()
    there = client(county.keeper)
    there.get(f"/reserve/evaluations/{made.pk}/score/")
    with django_assert_max_num_queries(13):
        assert there.get(f"/reserve/evaluations/{made.pk}/score/").status_code == 200


def test_a_nomination_that_is_refused_keeps_what_was_typed(county):
    told = {
        "place": COMMUNITY,
        "name": "李强",
        "id_number": id_number(date(1990, 7, 8)),
        "politics": "member",
        "schooling": "bachelor",
        "source": "graduate",
        "why": "返乡毕业生",
    }
    answer = client(county.secretary).post("/reserve/new/", told)
    page = answer.content.decode()
    assert answer.status_code == 422 and "年满36周岁" in page and "返乡毕业生" in page
    told["id_number"] = id_number(date(1990, 7, 9))
    assert client(county.secretary).post("/reserve/new/", told).status_code == 302
    assert Nomination.objects.get().by == county.secretary


def test_the_county_admits_and_a_secretary_is_told_who_does(county, vetted):
    made = county.nominate()
    url = f"/reserve/nominations/{made.pk}/"
    refused = client(county.secretary).post(url, {"act": "admit"})
    assert refused.status_code == 409 and "社会工作部门" in refused.content.decode()
    assert client(county.keeper).post(url, {"act": "admit"}).status_code == 302
    assert Talent.objects.get().state == "in"


def test_a_nomination_is_declined_on_its_page_with_a_reason(county):
    made = county.nominate()
    url = f"/reserve/nominations/{made.pk}/"
    assert client(county.keeper).post(url, {"act": "decline"}).status_code == 422
    told = {"act": "decline", "reason": "近期外出就业"}
    assert client(county.keeper).post(url, told).status_code == 302
    assert "近期外出就业" in text_of(county.secretary, url)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("entry", {"period": "2026-06", "told": "跟班学习"}),
        ("leave", {"code": "away", "why": "随迁外地", "on": "2026-07-01"}),
        ("mentor", {"mentor": ""}),
        (
            "evidence",
            {
                "indicator": "visits",
                "on": "2026-06-01",
                "figure": "9",
                "told": "走访",
                "reference": "ZF-1",
            },
        ),
    ],
)
def test_each_thing_is_written_into_a_file_by_its_form(county, what, told):
    talent = county.talent()
    url = f"/reserve/{talent.pk}/write/{what}/"
    there = client(county.keeper)
    assert there.get(url).status_code == 200
    if what != "mentor":
        assert there.post(url, {"sent": "1"}).status_code == 422
    assert there.post(url, told).status_code == 302
    assert text_of(county.keeper, f"/reserve/{talent.pk}/")


def test_evidence_with_a_photograph_is_opened_as_a_recorded_look(county):
    talent = county.talent()
    told = {
        "indicator": "visits",
        "on": "2026-06-01",
        "figure": "9",
        "told": "走访",
        "papers": SimpleUploadedFile("台账.jpg", photo(), "image/jpeg"),
    }
    assert (
        client(county.secretary).post(f"/reserve/{talent.pk}/write/evidence/", told).status_code
        == 302
    )
    row = Evidence.objects.get()
    assert client(county.keeper).get(f"/reserve/evidence/{row.pk}/paper/").status_code == 200
    assert Look.objects.filter(field="file", by=county.keeper).exists()
    url = f"/reserve/evidence/{row.pk}/withdraw/"
    assert client(county.secretary).post(url, {"why": "传错了"}).status_code == 302
    assert "已撤回：传错了" in text_of(county.keeper, f"/reserve/{talent.pk}/?half=2026-H1")


def test_one_sheet_is_written_for_several_people_and_faults_stay_beside_them(county):
    first, second = county.talent(), county.talent(name="李强")
    told = {
        "indicator": "learning",
        "on": "2026-06-01",
        "told": "网格学校",
        "reference": "PX-6",
        f"f{first.pk}": "8",
        f"f{second.pk}": "八",
    }
    answer = client(county.secretary).post("/reserve/sheet/", told)
    assert answer.status_code == 422 and "请填整数" in answer.content.decode()
    assert not Evidence.objects.exists()
    told[f"f{second.pk}"] = ""
    assert client(county.secretary).post("/reserve/sheet/", told).status_code == 302
    assert Evidence.objects.get().talent == first


def test_who_was_there_before_is_taken_over_by_its_form(county):
    told = {
        "place": COMMUNITY,
        "name": "李强",
        "id_number": id_number(date(1992, 3, 4)),
        "politics": "none",
        "schooling": "college",
        "source": "veteran",
        "since_on": "2025-01-06",
    }
    there = client(county.keeper)
    late = there.post("/reserve/taken-over/", told | {"since_on": "2026-08-01"})
    assert late.status_code == 422 and "在今天之后" in late.content.decode()
    assert there.post("/reserve/taken-over/", told).status_code == 302
    assert Move.objects.get().on_day == date(2025, 1, 6)


def test_a_month_is_written_on_one_page_and_a_fault_loses_nothing(county):
    first, second = county.talent(), county.talent(name="李强")
    url = f"/reserve/months/{COMMUNITY}/2026-06/"
    told = {
        f"t{first.pk}-told": "跟班学习",
        f"t{second.pk}-told": "身份证11010519491231002X",
    }
    answer = client(county.secretary).post(url, told)
    page = answer.content.decode()
    assert answer.status_code == 422 and "请删去" in page and "跟班学习" in page
    assert not Entry.objects.exists()
    told[f"t{second.pk}-told"] = ""
    assert client(county.secretary).post(url, told).status_code == 302
    assert "还有 1 人没有记" in text_of(county.secretary, url)


def test_the_desk_of_a_secretary_has_the_corps_in_one_group(county):
    talent = county.talent()
    county.prove(talent)
    county.open()
    page = text_of(county.secretary, "/desk/")
    group = page[page.index("队伍：本月要做") :]
    assert "后备力量成长档案" in group and "2026年6月，1人" in group
    assert "1人待评分" in group
    assert f"/reserve/months/{COMMUNITY}/2026-06/" in group


def test_a_sheet_is_scored_and_signed_on_the_pages(county):
    talent = county.talent()
    county.prove(talent)
    county.write(talent)
    there = client(county.keeper)
    refused = there.post("/reserve/evaluations/", {"half": "2026-H2"})
    assert refused.status_code == 409 and "才结束" in refused.content.decode()
    assert there.post("/reserve/evaluations/", {"half": "2026-H1"}).status_code == 302
    made = Evaluation.objects.get()
    sheet, url = made.sheets.get(), f"/reserve/evaluations/{made.pk}/score/"
    told = {f"s{sheet.pk}_{code}": str(n) for code, n in FULL.items()}
    over = client(county.secretary).post(url, told | {f"s{sheet.pk}_visits": "121"})
    assert over.status_code == 422 and "凭据只有120，填了121" in over.content.decode()
    assert client(county.secretary).post(url, told).status_code == 302
    assert "社区评分" in text_of(county.keeper, f"/reserve/evaluations/{made.pk}/")
    assert there.post(f"/reserve/evaluations/{made.pk}/sign/").status_code == 409
    assert there.post(url, told).status_code == 302
    assert there.post(f"/reserve/evaluations/{made.pk}/sign/").status_code == 302
    page = text_of(county.secretary, f"/reserve/evaluations/{made.pk}/")
    assert "已签署" in page and "100.0" in page
    assert there.get(url).status_code == 409
    assert there.get(f"/reserve/evaluations/{made.pk}/excel/").status_code == 200


def test_a_post_is_filled_on_the_pages(county, vetted):
    talent = county.talent()
    county.evaluated(talent)
    url = f"/reserve/posts/{COMMUNITY}/?title=worker"
    assert "适任 1 人" in text_of(county.keeper, url)
    assert client(county.secretary).post(url, {"talent": talent.pk}).status_code == 409
    made = client(county.keeper).post(url, {"talent": talent.pk})
    assert made.status_code == 302
    there = client(county.keeper)
    assert there.post(made.url, {"act": "appoint"}).status_code == 422
    assert there.post(made.url, {"act": "appoint", "since_on": "2026-07-08"}).status_code == 302
    assert Talent.objects.get().state == "used"
    assert "任用为海滨社区" in text_of(county.keeper, "/reserve/moves/?kind=used")


def test_a_whole_number_is_shown_for_a_purpose_only(county):
    talent = county.talent()
    url = f"/reserve/{talent.pk}/number/"
    refused = client(county.keeper).post(url, {"field": "id_number", "purpose": ""})
    assert refused.status_code == 422 and talent.id_number not in refused.content.decode()
    page = client(county.keeper).post(url, {"field": "id_number", "purpose": "核对材料"})
    assert talent.id_number in page.content.decode()
    assert Look.objects.get().purpose == "核对材料"


def test_the_table_of_indicators_says_how_each_counts(county):
    page = text_of(county.mentor, "/reserve/indicators/")
    assert "6 项硬指标" in page and "95 %得满分" in page


def test_a_mentor_reads_the_files_of_the_place_and_no_ranking(county):
    talent = county.talent()
    made = county.open()
    assert text_of(county.mentor, f"/reserve/{talent.pk}/")
    assert client(county.mentor).get(f"/reserve/evaluations/{made.pk}/").status_code == 403
    assert evaluating.may_open("370614", "2026-H1", date(2026, 7, 8)).reasons
