from django.apps import AppConfig


class ProofConfig(AppConfig):
    name = "linli.proof"
    default_auto_field = "django.db.models.BigAutoField"
