from django.urls import path

from linli.search import views

app_name = "search"
urlpatterns = [path("", views.search, name="search")]
