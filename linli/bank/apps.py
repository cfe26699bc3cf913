from django.apps import AppConfig


class BankConfig(AppConfig):
    name = "linli.bank"
    default_auto_field = "django.db.models.BigAutoField"
