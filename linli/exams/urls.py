from django.urls import path

from linli.exams import act_views, interview_views, paper_views, score_views, views

app_name = "exams"
urlpatterns = [
    path("", views.register, name="register"),
    path("mine/", score_views.mine, name="mine"),
    path("room/<int:pk>/sign-in/", act_views.sign_in, name="sign_in"),
    path("room/<int:pk>/sheet/", paper_views.room_sheet, name="room_sheet"),
    path("interview/<int:pk>/", interview_views.interview, name="interview"),
    path("turn/<int:pk>/recuse/", interview_views.recuse, name="recuse"),
    path("turn/<int:pk>/mark/", interview_views.mark, name="mark"),
    path("turn/<int:pk>/miss/", interview_views.miss, name="miss"),
    path("<int:pk>/", views.exam, name="exam"),
    path("<int:pk>/write/<slug:what>/", act_views.write, name="write"),
    path("<int:pk>/scores/", views.scores, name="scores"),
    path("<int:pk>/scores/excel/", views.scores_excel, name="scores_excel"),
    path("<int:pk>/sheet/", views.sheet, name="sheet"),
    path("<int:pk>/slips/", paper_views.slips, name="slips"),
    path("<int:pk>/enter/", score_views.enter, name="enter"),
    path("<int:pk>/hand-in/", score_views.hand_in, name="hand_in"),
    path("<int:pk>/settle/", score_views.settle, name="settle"),
    path("<int:pk>/marking/", interview_views.marking, name="marking"),
    path("<int:pk>/add-test/", act_views.add_test, name="add_test"),
]
