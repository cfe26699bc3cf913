"""What the pages of both kinds of uploads share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.files import queries as files
from linli.intake import reading, trials
from linli.intake.forms import FAULT_FIELDS, SheetForm, TomlForm
from linli.intake.mapping import FileMapping, read_mapping, write_mapping
from linli.intake.models import Upload
from linli.intake.proposing import Proposal
from linli.kernel.rulings import Ruling
from linli.sheets.model import Workbook
from linli.web.reasons import put_on

MOST_SAMPLES = 3


def opened(upload: Upload) -> tuple[bytes, Workbook]:
    """The bytes of an upload and the workbook in it; raises Refused, or OSError if they are gone."""
    data = files.content(upload.file)
    workbook, ruling = reading.open_workbook(data, name=upload.name)
    ruling.enforce()
    assert workbook is not None
    return data, workbook


def stepper(upload: Upload, at: str) -> list[dict[str, Any]]:
    """Where an upload stands; `at`: mapping or trial, the page that is shown."""
    done = upload.done_at is not None
    order = ("upload", "mapping", "trial", "post")
    now = "post" if done else at
    names = {
        "upload": _("上传"),
        "mapping": _("对应栏目"),
        "trial": _("试算"),
        "post": _("导入"),
    }
    links = {"mapping": reverse("intake:mapping", args=[upload.pk])}
    if upload.trial:
        links["trial"] = reverse("intake:detail", args=[upload.pk])
    found = []
    for step in order:
        before = order.index(step) < order.index(now) or done
        state = "done" if before else "open" if step == now else "wait"
        found.append({"name": names[step], "state": state, "href": links.get(step, "")})
    return found


def common(upload: Upload, at: str) -> dict[str, Any]:
    """What every page of an upload shows."""
    return {
        "upload": upload,
        "book": upload.book,
        "kind_name": reading.KINDS[upload.kind],
        "steps": stepper(upload, at),
    }


def sides(workbook: Workbook, upload: Upload) -> dict[str, Any]:
    """The small forms beside the mapping: which sheet, and a mapping file from elsewhere."""
    names = [sheet.name for sheet in workbook.visible_sheets]
    return {
        "sheet_form": SheetForm(names=names, initial={"sheet": upload.sheet})
        if names[1:]
        else None,
        "toml_form": TomlForm(),
        "sheet_names": names,
    }


def chosen_beside(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any] | None:
    """What the small forms say: a sheet or a mapping file. None where it is refused; the form with
    its reasons is then in the context."""
    if request.POST.get("act") == "sheet":
        form = SheetForm(request.POST, names=context["sheet_names"])
        context["sheet_form"] = form
        return {"sheet": form.cleaned_data["sheet"]} if form.is_valid() else None
    form = TomlForm(request.POST, request.FILES)
    context["toml_form"] = form
    if not form.is_valid():
        return None
    mapping, ruling = _toml(form.cleaned_data["toml"])
    if mapping is None:
        put_on(form, ruling.at("toml"))
        return None
    return {"mapping": write_mapping(mapping)}


def _toml(file: Any) -> tuple[FileMapping | None, Ruling]:
    return read_mapping(file.read(1_000_000))


def table(form: Any, proposal: Proposal) -> list[dict[str, Any]]:
    """The rows of the mapping table: heading, first values, select."""
    return [
        {"field": field, "heading": heading, "samples": proposal.samples.get(heading, ())}
        for field, heading in form.columns()
    ]


def faults_of(upload: Upload, trial: dict[str, Any]) -> dict[str, Any]:
    """Faults and warnings of a dry run, ready to be said."""

    def rows(some: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = trials.again(some).reasons
        return [
            {
                "sheet": one["sheet"],
                "row": one["row"],
                "name": FAULT_FIELDS.get(one["field"], ""),
                "reason": r,
            }
            for one, r in zip(some, found, strict=True)
        ]

    return {
        "faults": rows(trial.get("faults", [])),
        "fault_count": trial.get("fault_count", 0),
        "warnings": rows(trial.get("warnings", [])),
        "refusals": trials.again(trial.get("refusals", [])),
    }
