from django.urls import path

from linli.recruitment import act_views, application_views, views

app_name = "recruitment"
urlpatterns = [
    path("", views.register, name="register"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.announcement, name="announcement"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/post/", views.add_post, name="add_post"),
    path("post/<int:post>/remove/", views.remove_post, name="remove_post"),
    path("<int:pk>/do/<slug:what>/", act_views.act, name="act"),
    path("<int:pk>/vetting/", act_views.send_to_vetting, name="vetting"),
    path("<int:pk>/objection/<int:objection>/", act_views.settle, name="objection"),
    path("<int:pk>/applications/", application_views.register, name="applications"),
    path("<int:pk>/applications/excel/", application_views.excel_out, name="excel"),
    path("<int:pk>/applications/act/", application_views.bulk, name="bulk"),
    path("application/<int:pk>/", application_views.application, name="application"),
    path("application/<int:pk>/number/", application_views.number, name="number"),
    path("application/<int:pk>/paper/<int:paper>/", application_views.paper, name="paper"),
]
