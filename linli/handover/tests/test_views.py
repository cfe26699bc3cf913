"""The pages of handovers: who sees what, what a click does, what a refusal says."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.handover import accepting, services
from linli.handover.dossier import Dossier
from linli.handover.models import Batch, Handover
from linli.handover.tests.conftest import at, begin, new_room
from linli.handover.walking import page
from linli.premises import rules as rooms
from tests.people import lay_places


def url(name, *args):
    return reverse(f"handover:{name}", args=args)


@pytest.fixture
def client_of(staff, clock):
    return lambda who: staff.all.client(getattr(staff, who))


def text_of(answer):
    return answer.content.decode()


def test_register_board_stages_and_excel_open_for_whoever_reads_rooms(client_of, handover):
    for who in ("street", "secretary", "tax", "surveyor"):
        client = client_of(who)
        for name in ("register", "board", "stages", "batches"):
            assert client.get(url(name)).status_code == 200, (who, name)
        assert handover.number in text_of(client.get(url("register")))
    sheet = openpyxl.load_workbook(BytesIO(client.get(url("excel")).content)).active
    assert sheet.cell(2, 1).value == handover.number


def test_another_street_sees_nothing_of_it(client_of, staff, handover):
    from linli.kernel.roles import STREET
    from tests.people import make_person

    lay_places()
    other = staff.all.client(make_person("elsewhere", "于洋", STREET, "370614002"))
    assert handover.number not in text_of(other.get(url("register")))
    assert other.get(url("handover", handover.pk)).status_code == 404
    assert other.post(url("pass", handover.pk), {"step": "file"}).status_code == 404


@pytest.mark.parametrize("step", ["file", "review", "accept", "tax", "agree", "transfer", "enter"])
@pytest.mark.parametrize("who", ["street", "secretary", "housing", "tax", "finance", "surveyor"])
def test_the_page_opens_at_every_step_for_everybody(client_of, walker, handover, step, who):
    at(walker, handover, step)
    if step == "accept":
        walker.inspect(handover, failing=("fire",))
    answer = client_of(who).get(url("handover", handover.pk))
    assert answer.status_code == 200
    assert "现在办：" in text_of(answer)


def test_a_room_is_chosen_and_its_handover_begun(client_of, staff):
    room, other = new_room(), new_room(kind="property_office", name="物业服务中心")
    client = client_of("street")
    told = text_of(client.get(url("new")))
    assert room.name in told and other.name not in told
    assert "民法典第274条" in text_of(client.get(url("new"), {"room": other.pk}))
    form = {"developer": "蓬城置业", "receiver": "登州街道办事处", "receiver_kind": "committee"}
    answer = client.post(f"{url('new')}?room={room.pk}", form, follow=True)
    assert "居委会不在契税免征单位之列" in text_of(answer)
    assert Handover.objects.get().room == room
    refused = client.post(f"{url('new')}?room={room.pk}", form)
    assert refused.status_code == 422 and "正在办理移交" in text_of(refused)
    assert client_of("secretary").get(url("new")).status_code == 403


def test_papers_are_brought_signed_and_the_step_is_passed_in_the_browser(
    client_of, staff, handover
):
    street = client_of("street")
    for kind in ("land_terms", "planning_permit"):
        paper = SimpleUploadedFile("规划.pdf", page(kind), "application/pdf")
        answer = street.post(
            url("add_papers", handover.pk), {"step": "file", "kind": kind, "papers": [paper]}
        )
        assert answer.status_code == 302, text_of(answer)[-2000:]
    refused = street.post(url("pass", handover.pk), {"step": "file"})
    assert refused.status_code == 409 and "还没有会签：社区书记" in text_of(refused)
    assert (
        client_of("secretary").post(url("sign", handover.pk), {"step": "file"}).status_code == 302
    )
    assert street.post(url("pass", handover.pk), {"step": "file"}).status_code == 302
    assert Dossier(handover).open_steps == ("settle",)
    one = handover.papers.first()
    assert street.get(url("paper", one.pk)).status_code == 200
    # Its step is done: it stays.
    assert street.post(url("remove_paper", one.pk)).status_code == 409


def test_an_area_that_cannot_be_is_refused_beside_its_field(client_of, walker, handover):
    at(walker, handover, "accept")
    client = client_of("resources")
    for value in ("0", "1000000000"):
        answer = client.post(
            url("find", handover.pk),
            {"outcome_area": "pass", "value_area": value, "seen_on": "2026-11-05"},
        )
        assert answer.status_code == 409 and "须填实测值" in text_of(answer)
    answer = client.post(
        url("find", handover.pk),
        {"outcome_area": "pass", "value_area": "viel", "seen_on": "2026-11-05"},
    )
    assert answer.status_code == 422 and "请填写数字" in text_of(answer)
    assert not handover.findings.exists()


def test_all_items_of_one_office_are_written_down_in_one_form(client_of, walker, handover):
    at(walker, handover, "accept")
    client = client_of("housing")
    form = client.get(url("handover", handover.pk)).context["site_form"]
    mine = [plan.code for plan in form.plans]
    assert len(mine) > 3
    told = {f"outcome_{code}": "pass" for code in mine} | {"seen_on": "2026-11-05"}
    lacking = client.post(
        url("find", handover.pk), {"note_fire": "缺水带", "seen_on": "2026-11-05"}
    )
    assert lacking.status_code == 422 and "请选择结论" in text_of(lacking)
    values = {f"value_{plan.code}": "3.5" for plan in form.plans if plan.unit}
    assert client.post(url("find", handover.pk), told | values).status_code == 302
    assert handover.findings.count() == len(mine)


def test_a_tax_line_is_written_and_confirmed_in_the_browser(client_of, walker, handover):
    at(walker, handover, "tax")
    tax = client_of("tax")
    answer = tax.post(
        url("tell_tax", handover.pk),
        {"tax": "vat", "basis_fen": "100000", "ppm": "90000", "note": ""},
    )
    assert answer.status_code == 302
    line = handover.tax_lines.get()
    assert line.amount_fen == 900_000
    assert tax.post(url("confirm_tax", line.pk)).status_code == 409
    assert client_of("finance").post(url("confirm_tax", line.pk)).status_code == 302
    assert "9,000.00" in text_of(tax.get(url("handover", handover.pk)))


def test_a_batch_is_prepared_filled_signed(client_of, staff, walker):
    three = [at(walker, begin(staff, new_room(name=n)), "agree") for n in ("甲室", "乙室", "丙室")]
    client = client_of("street")
    form = {
        "name": "集中签约",
        "held_on": walker.on.isoformat(),
        "developer": three[0].developer,
        "receiver": three[0].receiver,
    }
    answer = client.post(f"{url('new_batch')}?for={three[0].pk}", form)
    batch = Batch.objects.get()
    assert answer.url == url("batch", batch.pk)
    client.post(url("put_in", batch.pk), {"handover": [each.pk for each in three[1:]]})
    assert batch.entries.count() == 3
    accepting.raise_defect(by=staff.street, handover=three[2], text="漏水", now=walker.at())
    sign = {
        "agreement_no": "移协1号",
        "giver": "孙志刚",
        "taker": "王海燕",
        "signed_on": "2026-11-05",
    }
    refused = client.post(url("sign_batch", batch.pk), sign)
    assert refused.status_code == 409 and f"{three[2].number} 丙室" in text_of(refused)
    client.post(url("take_out", batch.pk), {"handover": three[2].pk})
    assert client.post(url("sign_batch", batch.pk), sign).status_code == 302
    assert Dossier(three[0]).open_steps == Dossier(three[1]).open_steps == ("transfer",)
    assert client.get(url("agreement", batch.pk)).content.startswith(b"%PDF")


def test_all_papers_print_in_both_languages(client_of, staff, walker, handover):
    at(walker, handover, "review")
    by = staff.resources
    if Dossier(handover).fold.done["apply"].by == by.pk:
        by = staff.housing
    made = services.send_back(
        by=by, handover=handover, step="review", text="缺消防备案", now=walker.at()
    )
    at(walker, handover, "enter")
    walker.pass_(handover, "enter")
    client = client_of("street")
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for name in ("acceptance", "taxes", "card", "file"):
            answer = client.get(url(name, handover.pk), headers={"accept-language": language})
            assert answer.content.startswith(b"%PDF"), name
        assert client.get(url("notice", made.pk)).content.startswith(b"%PDF")


def test_a_finished_room_shows_its_handover_and_its_new_owner(client_of, staff, walker, handover):
    at(walker, handover, "enter")
    client = client_of("finance")
    answer = client.post(
        url("complete", handover.pk),
        {"step": "enter", "card_no": "GD1", "value_fen": "1", "use": "self_used", "note": ""},
    )
    assert answer.status_code == 409 and "还缺资料" in text_of(answer)
    walker.prepare(handover, "enter")
    answer = client.post(
        url("complete", handover.pk),
        {"step": "enter", "card_no": "GD1", "value_fen": "1", "use": "self_used", "note": ""},
    )
    assert answer.status_code == 302, text_of(answer)[-3000:]
    handover.room.refresh_from_db()
    assert handover.room.owner == rooms.STATE
    told = text_of(client.get(reverse("premises:room", args=[handover.room_id])))
    assert handover.number in told and "国有" in told


def test_lists_take_the_same_few_queries_however_long(
    client_of, staff, django_assert_max_num_queries
):
    client = client_of("street")
    begin(staff)
    for name in ("register", "board", "stages", "batches"):
        client.get(url(name))
    for n in range(12):
        begin(staff, new_room(name=f"用房{n}"))
    for name in ("register", "board", "stages", "batches"):
        with django_assert_max_num_queries(12):
            client.get(url(name))


def test_stages_tell_medians_and_lead_to_rows(client_of, staff, walker, handover):
    walker.ahead(3)
    at(walker, handover, "notify")
    told = text_of(client_of("street").get(url("stages")))
    assert "?turn=notify" in told and "最慢的环节" in told and "<svg" in told


def test_desk_search_and_menu_lead_here(client_of, staff, walker, handover):
    at(walker, handover, "tax")
    walker.reckon(handover, confirm=False)
    desk = text_of(client_of("finance").get(reverse("notices:desk")))
    assert "税费待您确认" in desk
    found = text_of(client_of("street").get(reverse("search:search"), {"q": handover.number}))
    assert url("handover", handover.pk) in found
    desk = text_of(client_of("finance").get(reverse("notices:desk")))
    assert "1宗移交待您会签" in desk
    rows = client_of("finance").get(url("register"), {"look": "sign"})
    assert handover.number in text_of(rows)
    assert handover.number not in text_of(client_of("civil").get(url("register"), {"look": "sign"}))
