from django.conf import settings
from django.db import models

from linli.scope.models import Placed


class File(Placed):
    """A paper or photograph kept for a place.

    The bytes lie under `settings.FILES`, named by `sha256`; the same bytes kept twice for one
    place are one row. `personal`: it shows personal data, so that opening it is a logged look.
    """

    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    mime = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    personal = models.BooleanField(default=False)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "sha256"], name="a_paper_is_kept_once_a_place")
        ]

    kept_before = False
    """Set by `services.keep` on a row that was there already."""

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.width is not None
