from django.urls import path

from linli.workforce import count_views, file_views, import_views, views

app_name = "workforce"
urlpatterns = [
    path("", views.register, name="register"),
    path("excel/", views.register_excel, name="excel"),
    path("new/", views.new, name="new"),
    path("headcount/", count_views.headcount, name="headcount"),
    path("headcount/excel/", count_views.headcount_excel, name="headcount_excel"),
    path("headcount/<str:code>/", count_views.residents, name="residents"),
    path("import/", import_views.upload, name="import"),
    path("import/template/", import_views.template, name="import_template"),
    path("import/look/", import_views.look, name="import_look"),
    path("import/confirm/", import_views.confirm, name="import_confirm"),
    path("import/bad/", import_views.bad_rows, name="import_bad"),
    path("leave/<int:leave>/cancel/", file_views.cancel_leave, name="cancel_leave"),
    path("<int:pk>/", file_views.worker, name="worker"),
    path("<int:pk>/number/", file_views.number, name="number"),
    path("<int:pk>/write/<slug:what>/", file_views.write, name="write"),
]
