"""One peer, doing what is asked of it on standard input: `["post" | "fill" | "statement", n]`.

Runs in the peers' own environment and knows nothing of linli. All have 20 accounts and post the
same two-line entries, each in a transaction of its own, as durable as linli's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from calendar import monthrange
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urlsplit

NAME, DATA = sys.argv[1], Path(sys.argv[2])
TOLD = json.loads(sys.argv[3])
FIRST_YEAR, A_MONTH, MONTH = 2026, 500, (2026, 9)
SQLITE = (
    "PRAGMA journal_mode=DELETE;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA mmap_size=0;"
)
DJANGO = ["django.contrib.auth", "django.contrib.contenttypes"]
APPS = {
    "django-ledger": [
        *DJANGO,
        "django.contrib.sessions",
        "django.contrib.messages",
        "django_ledger",
    ],
    "django-hordak": [*DJANGO, "mptt", "hordak"],
    "django-import-export": [*DJANGO, "import_export"],
}


def day(number: int) -> date:
    """The day of an entry: so many in each month, the last in September 2026."""
    back = number // A_MONTH
    year, month = divmod(MONTH[0] * 12 + MONTH[1] - 1 - back, 12)
    return date(year, month + 1, number % 28 + 1)


def set_up_django() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    if TOLD["url"]:
        parts = urlsplit(TOLD["url"])
        place = {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": parts.hostname,
            "PORT": parts.port,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "NAME": parts.path[1:],
            "OPTIONS": {"options": f"-c search_path={TOLD['schema']}"},
        }
    else:
        place = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / f"{NAME}.sqlite3",
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": SQLITE},
        }
    settings.configure(
        DATABASES={"default": place},
        INSTALLED_APPS=APPS[NAME],
        USE_TZ=True,
        SECRET_KEY="bench",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        ROOT_URLCONF="django.contrib.auth.urls",
        CURRENCIES=["CNY"],
        DEFAULT_CURRENCY="CNY",
        LOGGING_CONFIG=None,
    )
    django.setup()
    call_command("migrate", verbosity=0)


class DjangoLedger:
    """An entity with its default chart; a journal entry of two transactions, posted."""

    def __init__(self) -> None:
        set_up_django()
        from django.contrib.auth import get_user_model
        from django_ledger.models import EntityModel

        user = get_user_model().objects.create_user("bench", "bench@example.org", "bench")
        self.entity = EntityModel.create_entity(
            name="bench", use_accrual_method=False, fy_start_month=1, admin=user
        )
        chart = self.entity.create_chart_of_accounts(
            assign_as_default=True, commit=True, coa_name="bench"
        )
        self.entity.populate_default_coa(activate_accounts=True, coa_model=chart)
        self.ledger = self.entity.create_ledger(name="bench", posted=True)
        accounts = list(self.entity.get_coa_accounts().filter(active=True))
        self.cash = next(a for a in accounts if a.role == "asset_ca_cash")
        self.income = next(a for a in accounts if a.role.startswith("in_"))
        self.numbers = count()

    def post(self) -> None:
        from django.db import transaction

        number = next(self.numbers)
        amount = (number % 900 + 100) / 100
        with transaction.atomic():
            self.ledger.commit_txs(
                je_timestamp=datetime.combine(day(number), datetime.min.time(), UTC),
                je_txs=[
                    {
                        "account": account,
                        "amount": amount,
                        "tx_type": side,
                        "description": "parking",
                    }
                    for account, side in ((self.cash, "debit"), (self.income, "credit"))
                ],
                je_posted=True,
            )

    def statement(self) -> None:
        last = date(*MONTH, monthrange(*MONTH)[1])
        told = self.entity.digest(from_date=date(*MONTH, 1), to_date=last, process_groups=True)
        assert told.get_io_data()


class DjangoHordak:
    """20 accounts; one transfer is one transaction of two legs."""

    def __init__(self) -> None:
        set_up_django()
        from hordak.models import Account, AccountType

        kinds = (AccountType.asset, AccountType.income)
        self.accounts = [
            Account.objects.create(
                name=f"account {n}", code=str(n), type=kinds[n % 2], currencies=["CNY"]
            )
            for n in range(20)
        ]
        self.numbers = count()

    def post(self) -> None:
        from moneyed import Money

        number = next(self.numbers)
        amount = Money(f"{number % 900 + 100}.00", "CNY")
        source, target = self.accounts[number % 20], self.accounts[(number + 1) % 20]
        source.transfer_to(target, amount, date=day(number))

    def statement(self) -> None:
        from hordak.models import Account

        before = date(MONTH[0], MONTH[1] - 1, 31)
        for on in (before, date(*MONTH, 30)):
            assert [(a.code, a.balance) for a in Account.objects.with_balances(as_of=on)]


class DjangoImportExport:
    """Rows of a text into one bare table, in bulk: its quickest way."""

    def __init__(self) -> None:
        set_up_django()
        from django.db import connection, models
        from import_export import resources

        class Row(models.Model):
            day = models.DateField()
            a, b, c, d, e = (models.CharField(max_length=200) for _ in range(5))
            amount = models.IntegerField()

            class Meta:
                app_label = "contenttypes"

        class Rows(resources.ModelResource):
            class Meta:
                model = Row
                import_id_fields = ()
                use_bulk = True
                skip_diff = True
                use_transactions = True

        with connection.schema_editor() as editor:
            editor.create_model(Row)
        self.rows = Rows()

    def _taken(self, *, dry_run: bool) -> None:
        import tablib

        told = tablib.Dataset().load((DATA / "rows.csv").read_text("utf-8"), format="csv")
        result = self.rows.import_data(told, dry_run=dry_run, raise_errors=True)
        assert not result.has_errors()

    def read(self) -> None:
        self._taken(dry_run=True)

    def take(self) -> None:
        self._taken(dry_run=False)


class Text:
    """A file of entries, written at once and read anew for each statement."""

    ending, entry, opening = "", "", ""

    def __init__(self) -> None:
        self.path = DATA / f"bench.{self.ending}"

    def fill(self, size: int) -> None:
        entries = [
            self.entry.format(on=day(n), amount=f"{n % 900 + 100}.00", n=n % 19)
            for n in range(size)
        ]
        self.path.write_text(self.opening + "\n".join(entries), "utf-8")


class Beancount(Text):
    ending = "beancount"
    opening = "".join(
        f"1990-01-01 open {name} CNY\n"
        for name in ("Assets:Bank", *(f"Income:A{n}" for n in range(19)))
    )
    entry = '{on} * "parking"\n  Assets:Bank  {amount} CNY\n  Income:A{n}  -{amount} CNY\n'

    def statement(self) -> None:
        from beancount import loader
        from beancount.core import data

        entries, faults, _options = loader.load_file(str(self.path))
        assert not faults
        sums: dict = {}
        for entry in entries:
            if isinstance(entry, data.Transaction) and entry.date <= date(*MONTH, 30):
                inside = entry.date >= date(*MONTH, 1)
                for posting in entry.postings:
                    both = sums.setdefault(posting.account, [0, 0])
                    both[inside] += posting.units.number
        assert sums


class Hledger(Text):
    ending = "journal"
    entry = "{on} parking\n  assets:bank  {amount} CNY\n  income:a{n}  -{amount} CNY\n"

    def statement(self) -> None:
        until = f"{MONTH[0]}-{MONTH[1] + 1:02d}-01"
        begin = f"{MONTH[0]}-{MONTH[1]:02d}-01"
        command = ["hledger", "-f", str(self.path), "balance", "-H", "-M", "-b", begin, "-e", until]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def filled(ledger, there: int, size: int) -> None:  # noqa: ANN001
    """So many entries in the book; in one transaction, for nobody measures it."""
    if isinstance(ledger, Text):
        ledger.fill(size)
        return
    from django.db import transaction

    with transaction.atomic():
        for _ in range(there, size):
            ledger.post()


def main() -> None:
    made = {
        "django-ledger": DjangoLedger,
        "django-hordak": DjangoHordak,
        "django-import-export": DjangoImportExport,
        "beancount": Beancount,
        "hledger": Hledger,
    }[NAME]()
    there = 0
    for line in sys.stdin:
        what, size = json.loads(line)
        if what == "fill":
            filled(made, there, size)
            there = max(there, size)
        else:
            for _ in range(size if what in {"post", "statement"} else 1):
                getattr(made, what)()
        print("done", flush=True)


if __name__ == "__main__":
    main()
