"""Set an installation up: administrators, county, places, people, a book."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.people import first_run, queries, services
from linli.web.commands import BEGIN, LinliCommand
from linli.web.templatetags.words import say


class Command(LinliCommand):
    help = gettext_lazy("初次设置：管理员、县、地方、小区、资金管理小组、账套（可随时中断再继续）")
    group = BEGIN
    examples = (
        ("init", gettext_lazy("一步一步问；网页上的 /setup/ 是同样的步骤")),
        (
            "init --county-code 370614 --county-name 蓬莱区 "
            "--system-admin-name 孙一 --system-admin-username sun "
            "--security-admin-name 周二 --security-admin-username zhou "
            "--audit-admin-name 吴三 --audit-admin-username wu --no-input",
            gettext_lazy("不提问，只做给全了参数的步骤"),
        ),
        ("init --finish", gettext_lazy("宣布设置完成，/setup/ 随即关闭")),
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for step in first_run.steps():
            group = parser.add_argument_group(say(step.title), say(step.lead))
            for name, field in _asked(step()).items():
                group.add_argument(
                    f"--{name.replace('_', '-')}", dest=name, help=_flag_help(field), metavar="…"
                )
        parser.add_argument("--no-input", action="store_true", help=_("不提问"))
        parser.add_argument("--finish", action="store_true", help=_("做完后宣布设置完成"))

    def handle(self, *, no_input: bool, finish: bool, **options: Any) -> None:
        if not queries.first_run_open():
            raise CommandError(
                _("已经设置完成。再建账号用 linli account，再导入地方用 linli import-places。")
            )
        asks = not no_input and sys.stdin.isatty()
        left = []
        for step in first_run.steps():
            if step.done():
                self.stdout.write(_("✓ %(step)s") % {"step": say(step.title)})
                continue
            given = {name: options.get(name) for name in _asked(step())}
            if not asks and not any(given.values()):
                left.append(say(step.title))
                continue
            if not self._do(step, given, asks=asks):
                left.append(say(step.title))
        if left:
            self.stdout.write(_("还没有做：%(steps)s") % {"steps": "、".join(left)})
        if finish and not queries.nobody_yet():
            services.finish_first_run(by=None, now=timezone.now())
            self.stdout.write(_("设置完成。运行 linli serve 启动网站。"))

    def _do(self, step: Any, given: dict[str, str | None], *, asks: bool) -> bool:
        """One step; False if the person at the keyboard leaves it for later."""
        self.stdout.write(f"\n{say(step.title)}  {say(step.lead)}")
        answers = dict(given)
        wrong: set[str] | None = None
        while True:
            if asks:
                self._ask(step(), answers, wrong)
                if not any(answers.values()):
                    return False
            form = _filled(step, answers)
            made = None
            if form.is_valid():
                made = first_run.save(form, by=None, now=timezone.now())
            if made is not None:
                self._show(made)
                return True
            for name, errors in form.errors.items():
                label = form.fields[name].label if name in form.fields else ""
                for error in errors:
                    self.stderr.write(f"{label}：{error}" if label else str(error))
            if not asks:
                raise CommandError(_("“%(step)s”没有做") % {"step": say(step.title)})
            wrong = set(form.errors) & set(form.fields) or None

    def _ask(self, form: forms.Form, answers: dict[str, str | None], only: set[str] | None) -> None:
        """Ask for what was not given as a flag (or, the second time, for what was wrong)."""
        for name, field in _asked(form).items():
            if (only is not None and name not in only) or (only is None and answers.get(name)):
                continue
            choices = [(str(key), str(word)) for key, word in getattr(field, "choices", ()) if key]
            for number, (_key, word) in enumerate(choices, 1):
                self.stdout.write(f"  {number}. {word}")
            optional = "" if field.required else _("（选填）")
            text = input(f"{field.label}{optional}: ").strip()
            if choices and text.isdigit() and 0 < int(text) <= len(choices):
                text = choices[int(text) - 1][0]
            answers[name] = text

    def _show(self, secrets: dict[str, str]) -> None:
        if not secrets:
            self.stdout.write(_("已保存。"))
            return
        self.table([_("谁"), _("初始密码")], list(secrets.items()))
        self.stdout.write(_("只显示这一次，请当面交给本人；首次登录须修改。"))


def _asked(form: forms.Form) -> dict[str, forms.Field]:
    """The fields that are asked for here: no passwords, which others could read; they are made up."""
    return {
        name: field
        for name, field in form.fields.items()
        if not isinstance(field.widget, forms.PasswordInput)
    }


def _flag_help(field: forms.Field) -> str:
    text = f"{field.label} {field.help_text}".strip()
    return text.replace("%", "%%")


def _filled(step: Any, answers: dict[str, str | None]) -> forms.Form:
    """The step's form with the answers; a file field takes a path."""
    data = {name: value or "" for name, value in answers.items()}
    files = {}
    for name, field in step().fields.items():
        if isinstance(field, forms.ChoiceField):
            data[name] = _chosen(field, data.get(name, ""))
        if isinstance(field, forms.FileField) and data.get(name):
            path = Path(data.pop(name)).expanduser()
            try:
                files[name] = SimpleUploadedFile(path.name, path.read_bytes())
            except OSError as error:
                raise CommandError(_("读不了文件：%(error)s") % {"error": error}) from None
    return step(data, files)


def _chosen(field: forms.ChoiceField, text: str) -> str:
    """The choice meant by a text: its code, or the words it begins with; the only one for none."""
    choices = [(str(key), str(word)) for key, word in field.choices if key]
    if any(text == key for key, _word in choices):
        return text
    like = [key for key, word in choices if not text or text in word]
    return like[0] if len(like) == 1 else text
