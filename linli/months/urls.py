from django.urls import path

from linli.months import closing_views, figure_views, views

app_name = "months"
urlpatterns = [
    path("", views.index, name="index"),
    path("excel/", views.excel_out, name="excel"),
    path("<slug:code>/", views.home, name="home"),
    path("<slug:code>/archive/", views.archive, name="archive"),
    path("<slug:code>/archive/zip/", views.archive_zip, name="archive_zip"),
    path("<slug:code>/figures/<slug:fund>/<str:part>/", figure_views.figure, name="figure"),
    path("case/<int:pk>/", closing_views.detail, name="detail"),
    path("<str:code>/<str:period>/", closing_views.month, name="month"),
    path("<str:code>/<str:period>/answer/", closing_views.answer, name="answer"),
    path("<str:code>/<str:period>/close/", closing_views.close, name="close"),
    path("<str:code>/<str:period>/sign/", closing_views.sign, name="sign"),
    path("<str:code>/<str:period>/send-back/", closing_views.send_back, name="send_back"),
    path("<str:code>/<str:period>/publish/", closing_views.publish, name="publish"),
    path("<str:code>/<str:period>/correct/", closing_views.correct, name="correct"),
    path("<str:code>/<str:period>/notice.pdf", closing_views.notice, name="notice"),
]
