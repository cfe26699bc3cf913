from django.urls import path

from linli.leads import consult_views, import_views, lead_views, views

app_name = "leads"
urlpatterns = [
    path("", views.register, name="register"),
    path("board/", views.board, name="board"),
    path("excel/", views.register_excel, name="excel"),
    path("new/", lead_views.new, name="new"),
    path("import/", import_views.upload, name="import"),
    path("import/template/", import_views.template, name="import_template"),
    path("import/look/", import_views.look, name="import_look"),
    path("import/confirm/", import_views.confirm, name="import_confirm"),
    path("import/bad/", import_views.bad_rows, name="import_bad"),
    path("photo/<int:photo>/", views.photo, name="photo"),
    path("photo/<int:photo>/small/", views.photo_small, name="photo_small"),
    path("report/<int:report>/phone/", lead_views.phone, name="phone"),
    path("convene/", consult_views.convene, name="convene"),
    path("consultations/", consult_views.consultations, name="consultations"),
    path("consultations/<int:pk>/", consult_views.consultation, name="consultation"),
    path("consultations/<int:pk>/sign/", consult_views.sign, name="sign"),
    path("consultations/<int:pk>/conclude/", consult_views.conclude, name="conclude"),
    path("consultations/<int:pk>/minutes/", consult_views.minutes_pdf, name="minutes"),
    path("opinion/<int:opinion>/withdraw/", consult_views.withdraw, name="withdraw"),
    path("<int:pk>/", views.lead, name="lead"),
    path("<int:pk>/join/", lead_views.join, name="join"),
    path("<int:pk>/dismiss/", lead_views.dismiss, name="dismiss"),
]
