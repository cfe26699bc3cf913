"""What `linli doctor` looks at. Each check says what it found and, where needed, what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from linli import sources
from linli.cases.queries import wrong_waits
from linli.kernel.place import EVERYWHERE
from linli.ledger import queries as ledger
from linli.places.queries import calendar
from linli.prints.papers import missing_typefaces
from linli.settings import WAL_IS_SAFE
from linli.trail.guards import all_guards, standing, strangers
from linli.trail.models import Line
from linli.upkeep.backups import FOLDER, newest_at
from linli.upkeep.commandline import in_words
from linli.upkeep.database import is_postgres, rights, rights_held

GOOD, WARNING, FAULT = "good", "warning", "fault"
LEAST_FREE_BYTES = 1 << 30
CLOCK_SLACK = timedelta(minutes=2)
BACKUP_AGE = timedelta(days=7)
CHECKPOINT_AGE = timedelta(days=1)
SHARED_DISKS = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject`: what was looked at; `remedy`: what to do, for a warning or a fault."""

    subject: str
    state: str
    text: str
    remedy: str = ""


def good(subject: str, text: str) -> Finding:
    return Finding(subject, GOOD, text)


def warning(subject: str, text: str, remedy: str = "") -> Finding:
    return Finding(subject, WARNING, text, remedy)


def fault(subject: str, text: str, remedy: str = "") -> Finding:
    return Finding(subject, FAULT, text, remedy)


def either(holds: object, subject: str, yes: str, no: str, remedy: str = "") -> Finding:
    return good(subject, yes) if holds else fault(subject, no, remedy)


def database(now: datetime) -> Iterator[Finding]:
    """The engine answers, and is set up so that what was acknowledged is on the disk."""
    subject = _("数据库")
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield fault(
            subject, _("连不上：%(error)s") % {"error": error}, _("检查 LINLI_DATABASE_URL")
        )
        return
    yield from _postgres(subject) if is_postgres() else _sqlite(subject)


def _sqlite(subject: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:

        def pragma(name: str) -> object:
            cursor.execute(f"PRAGMA {name}")
            return cursor.fetchone()[0]

        version, journal = sqlite3.sqlite_version, str(pragma("journal_mode"))
        wanted = {"synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
        wrong = [name for name, value in wanted.items() if pragma(name) != value]
        broken = pragma("quick_check(1)")
    yield good(subject, f"SQLite {version}，journal_mode={journal}")
    if journal == "wal" and not WAL_IS_SAFE:
        yield fault(
            subject,
            _("SQLite 3.51.3 以前的 WAL 模式可能损坏数据库"),
            _("停止服务后执行 PRAGMA journal_mode=DELETE，或升级 SQLite"),
        )
    if wrong:
        yield fault(subject, _("设置不对：%(names)s") % {"names": _("、").join(wrong)})
    yield either(
        broken == "ok",
        subject,
        _("文件完好"),
        _("文件已损坏：%(error)s") % {"error": broken},
        _("停止服务，用 linli restore 恢复最近的备份"),
    )
    kind = _disk_kind(Path(settings.DATA))
    if kind in SHARED_DISKS:
        yield fault(
            subject,
            _("数据目录在网络磁盘（%(kind)s）上，SQLite 的锁在那里不可靠") % {"kind": kind},
            _("把数据目录移到本机磁盘，或改用 PostgreSQL"),
        )


def _disk_kind(path: Path) -> str:
    """The file system a path lies on, where the system tells (Linux)."""
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    except OSError:
        return ""
    holders = [line.split(" ")[1:3] for line in mounts]
    fitting = [(len(at), kind) for at, kind in holders if path.is_relative_to(at)]
    return max(fitting)[1] if fitting else ""


def _postgres(subject: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', "
            "'synchronous_commit', 'server_encoding')"
        )
        found = dict(cursor.fetchall())
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        mighty = cursor.fetchone()[0]
        cursor.execute(
            "SELECT COUNT(*) FROM pg_class WHERE relkind = 'r' AND "
            "relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'MEMBER')"
        )
        owned = cursor.fetchone()[0]
    text = f"PostgreSQL {version // 10000}.{version % 10000}"
    yield either(version >= 150000, subject, text, text, _("需要 PostgreSQL 15 或更高版本"))
    unsafe = [name for name in ("fsync", "full_page_writes") if found[name] != "on"]
    if found["synchronous_commit"] == "off":
        unsafe.append("synchronous_commit")
    if unsafe:
        text = _("%(names)s 关闭：断电会丢失已确认的分录") % {"names": _("、").join(unsafe)}
        yield fault(subject, text, _("在 postgresql.conf 中打开"))
    if found["server_encoding"] != "UTF8":
        yield fault(subject, _("编码是 %(name)s") % {"name": found["server_encoding"]}, "UTF8")
    if mighty or owned:
        yield fault(
            subject,
            _("应用账号是超级用户或拥有数据表，可以拆掉账本的保护"),
            _("用 linli dbsetup 建立两个账号，再运行 linli migrate"),
        )


def migrations(now: datetime) -> Iterator[Finding]:
    """The tables are those of this version."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    names = _("、").join(f"{step.app_label}.{step.name}" for step, _back in plan[:5])
    yield either(
        not plan,
        _("数据表"),
        _("与本版本一致"),
        _("有 %(count)s 项升级没有执行：%(names)s") % {"count": len(plan), "names": names},
        _("运行 linli migrate"),
    )


def guards(now: datetime) -> Iterator[Finding]:
    """Every trigger stands as it was written, and no other."""
    state = standing(all_guards())
    wrong = [name for name, stands in state.items() if not stands] + strangers(all_guards())
    yield either(
        not wrong,
        _("账本保护"),
        _("%(count)s 个触发器全部在位") % {"count": len(state)},
        _("触发器缺失、被改动或来历不明：%(names)s") % {"names": _("、").join(wrong[:8])},
        _("立即停止记账并运行 linli verify；查明原因后用 linli migrate 补装"),
    )


def grants(now: datetime) -> Iterator[Finding]:
    """On PostgreSQL the application may do what the guards leave, and nothing else."""
    if not is_postgres():
        return
    held = rights_held()
    wanted = rights(sorted(held), all_guards())
    more = [t for t, verbs in held.items() if verbs - set(wanted[t])]
    less = [t for t, verbs in held.items() if set(wanted[t]) - verbs]
    yield either(
        not more and not less,
        _("数据库权限"),
        _("应用账号只有应有的权限"),
        _("权限过多的表：%(more)s；权限不足的表：%(less)s")
        % {"more": _("、").join(more[:5]) or "—", "less": _("、").join(less[:5]) or "—"},
        _("设置 LINLI_OWNER_URL 后运行 linli migrate"),
    )


def local_rules(now: datetime) -> Iterator[Finding]:
    """A county's own laws and numbers can be read; with a fault none of them would hold."""
    subject, folder = _("本地规定"), Path(settings.DATA) / "local"
    names = _("、").join(sorted(path.name for path in folder.glob("*.toml")))
    text = (
        _("在用：%(names)s") % {"names": names}
        if names
        else _("%(path)s 里没有文件，按随软件的规定办理") % {"path": folder}
    )
    reasons = sources.check_local(folder).reasons
    faults = "；".join(f"{reason.field} {in_words(reason)}".strip() for reason in reasons)
    remedy = _("改正后重新启动服务；写法见 linli/sources/README.md")
    yield either(not faults, subject, text, faults, remedy)


def data_directory(now: datetime) -> Iterator[Finding]:
    """It can be written, has room, and is nobody else's."""
    subject, path = _("数据目录"), Path(settings.DATA)
    if not path.is_dir() or not os.access(path, os.W_OK):
        yield fault(subject, _("%(path)s 不存在或不能写入") % {"path": path})
        return
    free = shutil.disk_usage(path).free
    text = _("%(path)s，剩余 %(free)s GB") % {"path": path, "free": f"{free / 1e9:.1f}"}
    yield either(free >= LEAST_FREE_BYTES, subject, text, text, _("清理磁盘，至少留 1 GB"))
    if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        yield warning(
            subject,
            _("本机其他用户可以进入数据目录"),
            _("执行 chmod 750 %(path)s") % {"path": path},
        )


def keys(now: datetime) -> Iterator[Finding]:
    """Only the user that runs the service can read the keys."""
    subject, folder = _("签名密钥"), Path(settings.KEYS)
    if not folder.is_dir():
        yield warning(subject, _("还没有密钥"), _("第一次建账时会生成"))
        return
    files = [path for path in folder.rglob("*") if path.is_file()]
    loose = [path.name for path in files if path.stat().st_mode & 0o077]
    foreign = [path.name for path in files if path.stat().st_uid != os.getuid()]
    yield either(
        not loose and not foreign,
        subject,
        _("%(count)s 个，只有本用户能读") % {"count": len(files)},
        _("别人能读或不属于本用户：%(names)s") % {"names": _("、").join([*loose, *foreign][:5])},
        _("执行 chmod 600 %(path)s/*，并确认属主") % {"path": folder},
    )


def signatures(now: datetime) -> Iterator[Finding]:
    """Every log can be signed, and no record waits for a checkpoint longer than a day."""
    subject = _("检查点")
    lost = ledger.lost()
    yield either(
        not lost,
        _("签名密钥"),
        _("每本日志在用的密钥都在"),
        _("在用的密钥不在本机：%(names)s") % {"names": _("、").join(lost[:5])},
        _("把加密备份恢复到另一目录（linli restore … --into … --key …），从其 keys/ 拷回"),
    )
    late = list(ledger.unsigned(EVERYWHERE, before=now - CHECKPOINT_AGE))
    if late:
        names = _("、").join(book.code for book in late[:5])
        yield warning(
            subject,
            _("%(count)s 个账套有一天以前的记录没有签发检查点：%(names)s")
            % {"count": len(late), "names": names},
            _("运行 linli checkpoint，并启用 deploy/linli-checkpoint.timer"),
        )
    else:
        yield good(subject, _("一天以前的记录都已签发"))


def holidays(now: datetime) -> Iterator[Finding]:
    """Deadlines in working days need this year's table, and in late autumn next year's, too."""
    subject, today = _("节假日表"), now.astimezone().date()
    days = calendar()
    reasons = days.due_for_update(today).reasons
    for reason in reasons:
        yield warning(subject, in_words(reason), _("国务院公布后在“节假日”页面录入"))
    if not reasons:
        years = _("、").join(str(year) for year in sorted(days.years) if year >= today.year)
        yield good(subject, _("已有 %(years)s 年") % {"years": years})


def clock(now: datetime) -> Iterator[Finding]:
    """The clock has not gone back, and agrees with the database's."""
    subject = _("时钟")
    last = Line.objects.order_by("-at").values_list("at", flat=True).first()
    yield either(
        last is None or last <= now + CLOCK_SLACK,
        subject,
        _("%(now)s（%(zone)s）")
        % {"now": f"{now.astimezone():%Y-%m-%d %H:%M}", "zone": settings.TIME_ZONE},
        _("比最后一条办理记录（%(last)s）还早") % {"last": last},
        _("校准系统时间（NTP）"),
    )
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(cursor.fetchone()[0] - now)
        if apart > CLOCK_SLACK:
            yield warning(
                subject,
                _("与数据库服务器相差 %(seconds)s 秒") % {"seconds": int(apart.total_seconds())},
                _("校准系统时间（NTP）"),
            )


def program(now: datetime) -> Iterator[Finding]:
    """Python, the browser side, the English texts and the typefaces are there."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield either(sys.version_info >= (3, 11), "Python", version, version, _("需要 3.11 或更高"))
    yield either(
        finders.find("dist/app.js"), _("网页资源"), _("已生成"), _("没有生成"), _("运行 make setup")
    )
    words = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.mo"
    yield either(
        words.exists(),
        _("英文文案"),
        _("已编译"),
        _("没有编译"),
        _("运行 linli messages --compile"),
    )
    missing = missing_typefaces()
    yield either(
        not missing,
        _("字体"),
        _("PDF 字体齐全"),
        _("缺少：%(names)s") % {"names": _("、").join(missing)},
        _("运行 make setup"),
    )


def safety(now: datetime) -> Iterator[Finding]:
    """Settings that are for trying out do not reach the public."""
    subject = _("安全设置")
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    local = host in {"localhost", "127.0.0.1", "::1"}
    wrong = []
    if settings.DEBUG:
        wrong.append(_("LINLI_DEBUG 打开"))
    if settings.DEMO and not local:
        wrong.append(_("LINLI_DEMO 打开，登录页会显示演示账号"))
    if not settings.SECURE and not local:
        wrong.append(_("LINLI_URL 不是 https"))
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        wrong.append(_("LINLI_HOSTS 不含 %(host)s") % {"host": host})
    if wrong:
        text = "；".join(wrong)
        yield warning(subject, text) if local else fault(subject, text, _("见 deploy/linli.env"))
    else:
        yield good(subject, settings.PUBLIC_URL)


def desks(now: datetime) -> Iterator[Finding]:
    """What waits on people is what follows from the stamps."""
    wrong = wrong_waits(calendar())
    yield either(
        not wrong,
        _("待办"),
        _("与办理记录一致"),
        _("%(count)s 件待办与办理记录不符") % {"count": len(wrong)},
        _("运行 linli verify 查明原因"),
    )


def backups(now: datetime) -> Iterator[Finding]:
    """There is a recent one."""
    subject, made_at = _("备份"), newest_at()
    if made_at is None:
        folder = Path(settings.DATA) / FOLDER
        yield warning(subject, _("%(path)s 里没有备份") % {"path": folder}, _("运行 linli backup"))
        return
    age = now.timestamp() - made_at
    text = _("最近一次在 %(days)s 天前") % {"days": int(age // 86400)}
    fresh = age <= BACKUP_AGE.total_seconds()
    yield good(subject, text) if fresh else warning(subject, text, _("运行 linli backup"))


Check = Callable[[datetime], Iterator[Finding]]
AT_START: tuple[Check, ...] = (database, migrations, guards, data_directory, keys, local_rules)
ALL: tuple[Check, ...] = (
    *AT_START,
    grants,
    signatures,
    holidays,
    clock,
    program,
    safety,
    desks,
    backups,
)
NEED_TABLES = frozenset({guards, grants, signatures, holidays, clock, desks})


def examine(checks: tuple[Check, ...], *, now: datetime) -> list[Finding]:
    """Run the checks; those that need the tables wait until database and migrations are good."""
    found: list[Finding] = []
    ready = True
    for check in checks:
        if check in NEED_TABLES and not ready:
            continue
        found += check(now)
        if check in (database, migrations):
            ready = all(finding.state != FAULT for finding in found)
            if not ready and check is database:
                break
    return found
