from django.urls import path

from linli.oversight import views

app_name = "oversight"
urlpatterns = [
    path("", views.matrix, name="matrix"),
    path("excel/", views.matrix_excel, name="matrix_excel"),
    path("followups/", views.followups, name="followups"),
    path("followups/excel/", views.followups_excel, name="followups_excel"),
    path("followups/<int:pk>/", views.followup, name="followup"),
    path("followups/<int:pk>/reply/", views.reply, name="reply"),
    path("followups/<int:pk>/check/", views.check, name="check"),
    path("books/<slug:code>/", views.estate, name="estate"),
    path("books/<slug:code>/raise/", views.raise_followup, name="raise"),
]
