from django.urls import path

from linli.web import views

app_name = "web"
urlpatterns = [
    path("language/<str:code>/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("echo/capitals/", views.capitals, name="capitals"),
    path("echo/day/", views.day, name="day"),
    path("components/", views.gallery, name="gallery"),
]
