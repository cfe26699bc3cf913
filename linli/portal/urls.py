from django.urls import path, register_converter
from django.urls.converters import StringConverter

from linli.portal import (
    api,
    entry_views,
    folder_views,
    lead_views,
    objection_views,
    proof_views,
    receipt_views,
    recruit_views,
    views,
)


class BookCode(StringConverter):
    regex = "[0-9A-Za-z_-]{1,16}"


class Month(StringConverter):
    regex = "[0-9]{4}-[0-9]{2}"


class Figure(StringConverter):
    """As disclosure.rules.FIGURE, a project's code with whatever it is written with."""

    regex = "[a-z_]+/[^/]+(?:/[^/]+)?"


register_converter(BookCode, "book")
register_converter(Month, "month")
register_converter(Figure, "figure")

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("e/<book:code>/", views.estate, name="estate"),
    path("e/<book:code>/qr/", views.code_sheet, name="code_sheet"),
    path("e/<book:code>/n/<int:number>/", entry_views.entry, name="entry"),
    path("e/<book:code>/n/<int:number>/proof", entry_views.entry_proof, name="entry_proof"),
    path("e/<book:code>/n/<int:number>/p/<int:position>/", entry_views.paper, name="paper"),
    path("e/<book:code>/report/", lead_views.report, name="report"),
    path("e/<book:code>/<month:period>/", views.month, name="month"),
    path("e/<book:code>/<month:period>/bank/<int:position>/", views.account, name="account"),
    path(
        "e/<book:code>/<month:period>/object/<figure:figure>/",
        objection_views.object_to,
        name="object",
    ),
    path("e/<book:code>/<month:period>/<str:fund>/<str:part>/", views.figure, name="figure"),
    path("e/<book:code>/<month:period>/<str:name>", views.file, name="file"),
    path("j/", recruit_views.announcements, name="recruits"),
    path("j/withdraw/", recruit_views.withdraw, name="recruit_withdraw"),
    path("j/again/", recruit_views.ask_again, name="recruit_again"),
    path("j/<int:pk>/", recruit_views.announcement, name="recruit"),
    path("j/<int:pk>/apply/", recruit_views.apply, name="recruit_apply"),
    path("j/<int:pk>/object/", recruit_views.object_to, name="recruit_object"),
    path("o/", objection_views.ask, name="ask"),
    path("r/<str:code>/", receipt_views.receipt, name="receipt"),
    path("r/<str:code>/proof", receipt_views.receipt_proof, name="receipt_proof"),
    path("verify/", proof_views.verify, name="verify"),
    path("v/<book:code>/<month:period>/<str:root>", proof_views.notice_proof, name="notice_proof"),
    path("p/<book:code>/key", proof_views.key, name="key"),
    path("p/<book:code>/checkpoint", proof_views.checkpoint, name="checkpoint"),
    path("p/<book:code>/consistency", proof_views.consistency, name="consistency"),
    path("p/<book:code>/leaf", proof_views.leaf, name="leaf"),
    path("public/", folder_views.top, name="public"),
    path("public/<path:path>", folder_views.published, name="published"),
    path("api/", api.urls()),
]
