from django.urls import path

from linli.upkeep.views import healthz

urlpatterns = [path("healthz", healthz, name="healthz")]
