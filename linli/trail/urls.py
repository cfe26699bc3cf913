from django.urls import path

from linli.trail import views

app_name = "trail"
urlpatterns = [
    path("", views.lines, name="lines"),
    path("excel/", views.lines_excel, name="lines_excel"),
    path("looks/", views.looks, name="looks"),
    path("looks/excel/", views.looks_excel, name="looks_excel"),
    path("sign-ins/", views.sign_ins, name="sign_ins"),
    path("sign-ins/excel/", views.sign_ins_excel, name="sign_ins_excel"),
]
