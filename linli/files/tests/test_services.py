"""Keeping papers, and who may open them."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.files import blobs, queries, services
from linli.files.models import File
from linli.kernel.roles import BOOKKEEPER, RESIDENT, SYSTEM_ADMIN
from linli.kernel.rulings import Refused
from linli.trail.models import Line, Look
from tests.samples import PDF, bomb, picture

pytestmark = pytest.mark.django_db
ESTATE, OTHER = "370614001001001", "370614001001002"
NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, settings):
    settings.FILES = tmp_path / "files"


def person(username, role, place=ESTATE):
    user = get_user_model().objects.create(username=username, name=username, created_at=NOW)
    apps.get_model("people", "Appointment").objects.create(
        user=user, role=role.code, place=place, since_on=date(2026, 1, 1)
    )
    return user


@pytest.fixture
def keeper():
    return person("keeper", BOOKKEEPER)


def keep(by, data=PDF, name="发票.pdf", place=ESTATE, **more):
    return services.keep(by=by, content=data, name=name, place=place, now=NOW, **more)


def texts(refused):
    return [reason.text for reason in refused.value.ruling.reasons]


def test_a_paper_lies_under_its_hash_unchanged(keeper):
    file = keep(keeper)
    assert (file.mime, file.size, file.name) == ("application/pdf", len(PDF), "发票.pdf")
    assert queries.content(file) == PDF
    assert blobs.path_of(file.sha256).stat().st_mode & 0o777 == 0o400
    assert Line.objects.get(act="files.keep").place == ESTATE


def test_the_same_paper_again_is_the_same_row(keeper):
    first, again = keep(keeper), keep(keeper, name="又一次.pdf")
    assert (again.pk, again.kept_before, first.kept_before) == (first.pk, True, False)
    assert keep(keeper, place=OTHER).pk != first.pk
    assert File.objects.count() == 2


def test_what_was_once_called_personal_stays_so(keeper):
    keep(keeper, personal=True)
    assert keep(keeper).personal


def test_an_upload_is_kept_like_bytes(keeper):
    upload = SimpleUploadedFile("照片.jpg", picture("JPEG"))
    assert keep(keeper, upload, "照片.jpg").is_picture


def test_a_thumbnail_is_small_and_says_nothing_of_where_it_was_taken(keeper):
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    file = keep(keeper, picture("JPEG", (2000, 1000), exif=exif), "照片.jpg")
    small = Image.open(BytesIO(blobs.thumbnail_of(file.sha256).read_bytes()))
    assert small.size == (480, 240) and not small.getexif()
    assert (file.width, file.height) == (2000, 1000)


@pytest.mark.parametrize("side", [30_000, 8_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(keeper, side):
    with pytest.raises(Refused) as refused:
        keep(keeper, bomb(side, side), "图.png")
    assert texts(refused) == ["图片“%(name)s”的尺寸过大，最多%(most)s万像素"]
    assert not File.objects.exists() and not list(blobs.settings.FILES.glob("**/*"))


@pytest.mark.parametrize("data", [picture("PNG")[:60], b"GIF89a/*<script>*/=1;", b"\xff\xd8\xffx"])
def test_a_picture_that_is_none_is_refused(keeper, data):
    name = {0x89: "a.png", 0x47: "a.gif", 0xFF: "a.jpg"}[data[0]]
    with pytest.raises(Refused) as refused:
        keep(keeper, data, name)
    assert texts(refused) == ["图片“%(name)s”已损坏，打不开"]


def test_a_scanner_s_find_is_refused_and_nothing_kept(keeper, settings):
    settings.SCANNER = "linli.files.tests.test_services.finds_everything"
    with pytest.raises(Refused) as refused:
        keep(keeper)
    assert texts(refused) == ["“%(name)s”被查出病毒：%(found)s"]
    assert not File.objects.exists()


def test_a_scanner_that_does_not_answer_lets_nothing_in(keeper, settings):
    settings.SCANNER = "clamd:/nowhere/clamd.ctl"
    with pytest.raises(Refused) as refused:
        keep(keeper)
    assert texts(refused) == ["病毒查杀没有应答，暂时不能上传，请稍后再试"]


def finds_everything(data):
    return "Eicar-Test-Signature"


def test_papers_changed_or_gone_on_disk_are_found(keeper):
    changed, gone = keep(keeper), keep(keeper, picture(), "a.png")
    path = blobs.path_of(changed.sha256)
    path.chmod(0o600)
    path.write_bytes(b"%PDF-other")
    blobs.path_of(gone.sha256).unlink()
    assert {(file.pk, state) for file, state in queries.spoiled()} == {
        (changed.pk, "changed"),
        (gone.pk, "gone"),
    }


def test_who_holds_a_role_there_may_save_it_and_it_is_never_shown(client, keeper):
    file = keep(keeper)
    client.force_login(keeper)
    answer = client.get(f"/files/{file.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (RESIDENT, ESTATE, 200),
        (BOOKKEEPER, OTHER, 404),
        (BOOKKEEPER, "370614001", 404),
        (SYSTEM_ADMIN, "370614", 403),
    ],
)
def test_others_do_not_see_it(client, keeper, role, place, status):
    file = keep(keeper, picture(), "a.png")
    client.force_login(person("other", role, place))
    assert client.get(f"/files/{file.pk}/").status_code == status
    assert client.get(f"/files/{file.pk}/small/").status_code == status


def test_a_visitor_is_sent_to_log_in(client, keeper):
    file = keep(keeper)
    answer = client.get(f"/files/{file.pk}/")
    assert answer.status_code == 302 and answer["Location"].startswith("/login/")


def test_opening_a_personal_paper_is_recorded(client, keeper):
    client.force_login(keeper)
    client.get(f"/files/{keep(keeper).pk}/")
    assert not Look.objects.exists()
    personal = keep(keeper, picture(), "身份证.png", personal=True)
    client.get(f"/files/{personal.pk}/")
    look = Look.objects.get()
    assert (look.by, look.subject, look.place) == (keeper, f"files.file:{personal.pk}", ESTATE)
