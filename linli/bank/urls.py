from django.urls import path

from linli.bank import paper_views, views

app_name = "bank"
urlpatterns = [
    path("", views.index, name="index"),
    path("accounts/<int:pk>/", views.reconcile, name="reconcile"),
    path("accounts/<int:pk>/match/", views.match, name="match"),
    path("accounts/<int:pk>/auto/", views.auto, name="auto"),
    path("accounts/<int:pk>/explain/", views.explain, name="explain"),
    path("accounts/<int:pk>/opening/", views.declare, name="declare"),
    path("accounts/<int:pk>/statements/", paper_views.statements, name="statements"),
    path("accounts/<int:pk>/sheet/", paper_views.sheet, name="sheet"),
    path("accounts/<int:pk>/sheet.pdf", paper_views.sheet_pdf, name="sheet_pdf"),
    path("accounts/<int:pk>/count/", paper_views.count, name="count"),
    path("accounts/<int:pk>/custody/", paper_views.custody, name="custody"),
    path("matches/<uuid:pk>/undo/", views.unmatch, name="unmatch"),
    path("explanations/<int:pk>/accept/", views.accept, name="accept"),
    path("openings/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("statements/<int:pk>/", paper_views.statement, name="statement"),
    path("counts/<int:pk>/confirm/", paper_views.confirm_count, name="confirm_count"),
]
