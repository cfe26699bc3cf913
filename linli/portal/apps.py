from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "linli.portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.web import context

        context.provide(_told)


def _told(request: object) -> dict:
    """What a public page says of its county and whom to call; see pages.visitor."""
    return getattr(request, "portal", {})
