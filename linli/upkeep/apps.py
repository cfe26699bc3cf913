from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class UpkeepConfig(AppConfig):
    name = "linli.upkeep"

    def ready(self) -> None:
        from linli import sources

        # With faults nothing of the folder holds, and `linli serve` does not start: see checks.
        sources.use(Path(settings.DATA) / "local")
