from django.urls import path

from linli.places import import_views, views

app_name = "places"
urlpatterns = [
    path("", views.register, name="register"),
    path("excel/", views.register_excel, name="excel"),
    path("switch/", views.switch, name="switch"),
    path("go/", views.go, name="go"),
    path("options/", views.options, name="options"),
    path("import/", import_views.divisions, name="import"),
    path("import/confirm/", import_views.divisions_confirm, name="import_confirm"),
    path("holidays/", import_views.holidays, name="holidays"),
    path("holidays/edit/", import_views.edit_holidays, name="edit_holidays"),
    path("<str:code>/", views.detail, name="detail"),
    path("<str:code>/add/", views.add, name="add"),
    path("<str:code>/rename/", views.rename, name="rename"),
    path("<str:code>/address/", views.describe, name="describe"),
    path("<str:code>/succeed/", views.succeed, name="succeed"),
    path("<str:code>/close/", views.close, name="close"),
    path("<str:code>/doors/", import_views.doors, name="doors"),
    path("<str:code>/doors/excel/", import_views.doors_excel, name="doors_excel"),
    path("<str:code>/doors/import/", import_views.import_doors, name="import_doors"),
    path(
        "<str:code>/doors/import/template/",
        import_views.import_doors_template,
        name="import_doors_template",
    ),
    path("<str:code>/doors/import/look/", import_views.import_doors_look, name="import_doors_look"),
    path(
        "<str:code>/doors/import/confirm/",
        import_views.import_doors_confirm,
        name="import_doors_confirm",
    ),
    path("<str:code>/doors/import/bad/", import_views.import_doors_bad, name="import_doors_bad"),
    path("<str:code>/doors/grid/", import_views.put_in_grid, name="put_in_grid"),
]
