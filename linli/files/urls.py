from django.urls import path

from linli.files import views

app_name = "files"
urlpatterns = [
    path("<int:pk>/", views.download, name="download"),
    path("<int:pk>/small/", views.thumbnail, name="thumbnail"),
]
