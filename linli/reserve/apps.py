from django.apps import AppConfig


class ReserveConfig(AppConfig):
    name = "linli.reserve"
    default_auto_field = "django.db.models.BigAutoField"
