from django.urls import path

from linli.training import bank_views, code_views, coverage_views, views

app_name = "training"
urlpatterns = [
    path("", views.register, name="register"),
    path("excel/", views.register_excel, name="excel"),
    path("new/", views.new, name="new"),
    path("mine/", code_views.mine, name="mine"),
    path("bank/", bank_views.bank, name="bank"),
    path("bank/new/", bank_views.new_question, name="new_question"),
    path("bank/<int:pk>/", bank_views.question, name="question"),
    path("bank/<int:pk>/withdraw/", bank_views.withdraw, name="withdraw"),
    path("venues/", bank_views.venues, name="venues"),
    path("venues/new/", bank_views.new_venue, name="new_venue"),
    path("venues/<int:pk>/", bank_views.venue, name="venue"),
    path("coverage/", coverage_views.coverage, name="coverage"),
    path("coverage/excel/", coverage_views.coverage_excel, name="coverage_excel"),
    path("people/", coverage_views.people, name="people"),
    path("people/excel/", coverage_views.people_excel, name="people_excel"),
    path("people/<int:pk>/", coverage_views.person, name="person"),
    path("people/<int:pk>/certify/", coverage_views.certify, name="certify"),
    path("certificates/", coverage_views.certificates, name="certificates"),
    path("certificates/<int:pk>/", coverage_views.certificate, name="certificate"),
    path("certificates/<int:pk>/pdf/", coverage_views.certificate_pdf, name="certificate_pdf"),
    path("certificates/<int:pk>/void/", coverage_views.void, name="void"),
    path("check/", coverage_views.check, name="check"),
    path("check/<str:code>/", coverage_views.check, name="check_code"),
    path("paper/<int:pk>/", code_views.paper, name="paper"),
    path("<int:pk>/", views.session, name="session"),
    path("<int:pk>/code/", code_views.code, name="code"),
    path("<int:pk>/in/", code_views.come, name="come"),
    path("<int:pk>/test/", code_views.start, name="start"),
    path("<int:pk>/sheet/", views.sheet, name="sheet"),
    path("<int:pk>/sign-in-for/", views.sign_in_for, name="sign_in_for"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
]
