from django.apps import AppConfig


class MonthsConfig(AppConfig):
    name = "linli.months"
    default_auto_field = "django.db.models.BigAutoField"
