from django.urls import path

from linli.premises import import_views, quota_views, room_views, views

app_name = "premises"
urlpatterns = [
    path("", views.register, name="register"),
    path("board/", views.board, name="board"),
    path("map/", views.map_view, name="map"),
    path("excel/", views.register_excel, name="excel"),
    path("new/", room_views.new, name="new"),
    path("bulk/", room_views.bulk, name="bulk"),
    path("import/", import_views.upload, name="import"),
    path("import/template/", import_views.template, name="import_template"),
    path("import/look/", import_views.look, name="import_look"),
    path("import/confirm/", import_views.confirm, name="import_confirm"),
    path("import/bad/", import_views.bad_rows, name="import_bad"),
    path("quota/", quota_views.quotas, name="quotas"),
    path("quota/excel/", quota_views.quotas_excel, name="quotas_excel"),
    path("quota/<str:code>/", quota_views.one, name="quota"),
    path("quota/<str:code>/figures/", quota_views.figures, name="figures"),
    path("plan/<str:code>/", quota_views.plan, name="plan"),
    path("plan/<str:code>/keep/", quota_views.keep_plan, name="keep_plan"),
    path("plan/<str:code>/drop/", quota_views.drop_plan, name="drop_plan"),
    path("plan-picture/<int:pk>/", quota_views.plan_picture, name="plan_picture"),
    path("lease/<int:contract>/end/", room_views.end_lease, name="end_lease"),
    path("lease/<int:contract>/lessee/", room_views.lessee, name="lessee"),
    path("paper/<int:paper>/", room_views.paper, name="paper"),
    path("paper/<int:paper>/small/", room_views.paper_small, name="paper_small"),
    path("paper/<int:paper>/remove/", room_views.remove_paper, name="remove_paper"),
    path("<int:pk>/", views.room, name="room"),
    path("<int:pk>/edit/", room_views.edit, name="edit"),
    path("<int:pk>/use/", room_views.use, name="use"),
    path("<int:pk>/title/", room_views.title, name="title"),
    path("<int:pk>/spot/", room_views.spot, name="spot"),
    path("<int:pk>/end/", room_views.end, name="end"),
    path("<int:pk>/lease/", room_views.new_lease, name="new_lease"),
    path("<int:pk>/papers/", room_views.add_papers, name="add_papers"),
]
