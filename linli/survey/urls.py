from django.urls import path

from linli.survey import base_views, look_views, place_views, team_views, views

app_name = "survey"
urlpatterns = [
    path("", views.campaigns, name="campaigns"),
    path("new/", views.new, name="new"),
    path("mine/", look_views.mine, name="mine"),
    path("people-template/", team_views.import_template, name="import_template"),
    path("<int:pk>/", views.campaign, name="campaign"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/progress/", views.progress_page, name="progress"),
    path("<int:pk>/rooms/", views.targets, name="targets"),
    path("<int:pk>/rooms/excel/", views.targets_excel, name="targets_excel"),
    path("<int:pk>/teams/", team_views.teams, name="teams"),
    path("<int:pk>/teams/form/", team_views.form_team, name="form_team"),
    path("<int:pk>/teams/remove/", team_views.remove, name="remove"),
    path("<int:pk>/teams/excel/", team_views.teams_excel, name="teams_excel"),
    path("<int:pk>/teams/import/", team_views.bring, name="import"),
    path("<int:pk>/teams/confirm/", team_views.confirm, name="import_confirm"),
    path("<int:pk>/places/", place_views.assignment, name="places"),
    path("<int:pk>/places/take-back/", place_views.unassign, name="unassign"),
    path("<int:pk>/sheet/", place_views.sheet, name="sheet"),
    path("<int:pk>/found/", look_views.found, name="found"),
    path("<int:pk>/mine/<slug:look>/<slug:estate>/", look_views.rooms, name="rooms"),
    path("<int:pk>/bases/", base_views.bases, name="bases"),
    path("<int:pk>/bases/freeze/", base_views.freeze, name="freeze"),
    path("<int:pk>/bases/compare/", base_views.compare, name="compare"),
    path("base/<int:pk>/", base_views.base, name="base"),
    path("base/<int:pk>/excel/", base_views.base_excel, name="base_excel"),
    path("base/<int:pk>/pdf/", base_views.base_pdf, name="base_pdf"),
    path("room/<int:pk>/", look_views.target, name="target"),
    path("room/<int:pk>/waive/", look_views.waive, name="waive"),
    path("room/<int:pk>/<slug:look>/", look_views.look, name="look"),
    path("photo/<int:pk>/", look_views.photo, name="photo"),
    path("photo/<int:pk>/small/", look_views.photo_small, name="photo_small"),
]
