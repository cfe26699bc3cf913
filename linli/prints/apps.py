from django.apps import AppConfig


class PrintsConfig(AppConfig):
    name = "linli.prints"
    default_auto_field = "django.db.models.BigAutoField"
