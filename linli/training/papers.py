"""The certificate as it is printed, in the shapes of linli.prints."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import get_language, gettext_noop

from linli.kernel.rulings import refuse
from linli.places import queries as places
from linli.prints import TypefacesMissing, render
from linli.training import showing
from linli.training.models import Certificate

NO_TYPEFACES = refuse(
    gettext_noop("服务器没有安装打印字体，请联系系统管理员；网页可以直接用浏览器打印")
)


def certificate(found: Certificate, *, address: str) -> bytes | None:
    """The PDF of a certificate; None where the typefaces are missing. `address`: of its check page."""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    data = {
        "code": found.number,
        "unit": places.name(found.county),
        "name": found.worker.name,
        "file_number": found.worker.number,
        "where": places.name_path(found.place),
        "from_on": found.from_on,
        "until_on": found.until_on,
        "hours": showing.amount("", found.minutes),
        "sessions": found.session_count,
        "given_on": timezone.localdate(found.at),
        "check_code": found.code,
        "void": found.voided_at is not None,
        "proof": {"url": address},
    }
    try:
        return render("certificate", data, language=language, on=found.at)
    except TypefacesMissing:
        return None
