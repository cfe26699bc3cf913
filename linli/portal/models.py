from django.db import models
from django.db.models import Index


class Attempt(models.Model):
    """Something a visitor sent, kept for two days so that nobody can flood a book or guess.

    `visitor`: keyed hash of the address and the day, never the address itself. `about`: a book's
    code or a query number. `nonce`: of the form that was sent, so that sending it twice counts
    once; `answer`: the query number it was given.
    """

    OBJECTION, ASK, LEAD, APPLY, NAME = "objection", "ask", "lead", "apply", "name"

    what = models.CharField(max_length=16)
    visitor = models.CharField(max_length=64)
    about = models.CharField(max_length=16)
    nonce = models.CharField(max_length=32, null=True, unique=True)
    answer = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            Index(fields=["what", "visitor", "at"], name="portal_attempt_visitor"),
            Index(fields=["what", "about", "at"], name="portal_attempt_about"),
        ]
