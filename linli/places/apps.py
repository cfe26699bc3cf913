from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "linli.places"
    default_auto_field = "django.db.models.BigAutoField"
