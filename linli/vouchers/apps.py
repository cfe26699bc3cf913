from django.apps import AppConfig


class VouchersConfig(AppConfig):
    name = "linli.vouchers"
    default_auto_field = "django.db.models.BigAutoField"
