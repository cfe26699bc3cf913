from django.urls import path

from linli.disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("objections/", views.objections, name="objections"),
    path("objections/excel/", views.objections_excel, name="objections_excel"),
    path("objections/<int:pk>/", views.objection, name="objection"),
    path("objections/<int:pk>/screen/", views.screen, name="screen"),
    path("objections/<int:pk>/answer/", views.answer, name="answer"),
    path("objections/<int:pk>/phone/", views.phone, name="phone"),
    path("beside/<str:code>/", views.beside, name="beside"),
]
