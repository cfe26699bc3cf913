from django.urls import path

from linli.mentoring import match_views, pair_views, views

app_name = "mentoring"
urlpatterns = [
    path("", views.stations, name="stations"),
    path("new/", views.new_station, name="new_station"),
    path("stations/<int:pk>/", views.station, name="station"),
    path("stations/<int:pk>/close/", views.close_station, name="close_station"),
    path("stations/<int:pk>/mentor/", views.add_mentor, name="add_mentor"),
    path("mentors/<int:pk>/end/", views.end_mentor, name="end_mentor"),
    path("pairs/", pair_views.pairs, name="pairs"),
    path("pairs/excel/", pair_views.pairs_excel, name="pairs_excel"),
    path("pairs/<int:pk>/", pair_views.pair, name="pair"),
    path("pairs/<int:pk>/end/", pair_views.end_pair, name="end_pair"),
    path("pairs/<int:pk>/log/<str:period>/", pair_views.log, name="log"),
    path("mine/", pair_views.mine, name="mine"),
    path("needs/", match_views.needs, name="needs"),
    path("match/", match_views.match, name="match"),
    path("match/<int:pk>/", match_views.proposal, name="proposal"),
]
