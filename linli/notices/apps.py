from django.apps import AppConfig
from django.urls import reverse


class NoticesConfig(AppConfig):
    name = "linli.notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.web import context

        context.provide(_waiting)


def _waiting(request: object) -> dict:
    """How much waits on the reader, for the head of every page."""
    from linli.notices import queries

    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "desk_url": reverse("notices:desk"),
        "waiting_count": queries.waiting_count(request.access),  # type: ignore[attr-defined]
    }
