from django.urls import path

from linli.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/<slug:code>/ledger/", views.new_ledger, name="new_ledger"),
    path("new/<slug:code>/bank/", views.new_bank, name="new_bank"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/mapping/", views.mapping, name="mapping"),
    path("<int:pk>/mapping/toml/", views.toml, name="toml"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/bad/", views.bad, name="bad"),
    path("<int:pk>/post/", views.post, name="post"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
