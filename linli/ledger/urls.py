from django.urls import path

from linli.ledger import paper_views, views

app_name = "ledger"
urlpatterns = [
    path("", views.index, name="index"),
    path("excel/", views.books_excel, name="books_excel"),
    path("<slug:code>/projects/", views.projects, name="projects"),
    path("<slug:code>/projects/excel/", views.projects_excel, name="projects_excel"),
    path("<slug:code>/projects/new/", views.add_project, name="add_project"),
    path("<slug:code>/projects/<int:pk>/stage/", views.tell_stage, name="tell_stage"),
    path("<slug:code>/settings/", views.settings, name="settings"),
    path("<slug:code>/settings/contact/", views.tell_contact, name="tell_contact"),
    path("<slug:code>/settings/live/", views.go_live, name="go_live"),
    path("<slug:code>/accounts/new/", views.open_account, name="open_account"),
    path("<slug:code>/accounts/<int:pk>/", paper_views.account, name="account"),
    path("<slug:code>/accounts/<int:pk>/excel/", paper_views.account_excel, name="account_excel"),
    path("<slug:code>/accounts/<int:pk>/pdf/", paper_views.account_pdf, name="account_pdf"),
    path("<slug:code>/accounts/<int:pk>/close/", views.close_account, name="close_account"),
    path("<slug:code>/papers/", paper_views.index, name="papers"),
    path("<slug:code>/journal/pdf/", paper_views.journal_pdf, name="journal_pdf"),
    path("<slug:code>/ledger/pdf/", paper_views.ledger_pdf, name="ledger_pdf"),
    path("<slug:code>/trial/", paper_views.trial, name="trial"),
    path("<slug:code>/trial/excel/", paper_views.trial_excel, name="trial_excel"),
    path("<slug:code>/trial/pdf/", paper_views.trial_pdf, name="trial_pdf"),
    path("<slug:code>/year/", paper_views.year, name="year"),
    path("<slug:code>/year/excel/", paper_views.year_excel, name="year_excel"),
    path("<slug:code>/year/pdf/", paper_views.year_pdf, name="year_pdf"),
]
