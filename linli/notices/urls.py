from django.urls import path

from linli.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("of/<int:pk>/", views.desk_of, name="desk_of"),
]
