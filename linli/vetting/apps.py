from django.apps import AppConfig


class VettingConfig(AppConfig):
    name = "linli.vetting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.vetting import queries
        from linli.workforce import clearance

        clearance.offer("vetting", queries.cleared)
