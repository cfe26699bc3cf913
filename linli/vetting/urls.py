from django.urls import path

from linli.vetting import answer_views, drafting_views, person_views, result_views, views

app_name = "vetting"
urlpatterns = [
    path("", views.rounds, name="rounds"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.round_, name="round"),
    path("<int:pk>/due/", views.due, name="due"),
    path("<int:pk>/people/", drafting_views.people, name="people"),
    path("<int:pk>/named/", drafting_views.named, name="named"),
    path("<int:pk>/send/", views.send, name="send"),
    path("<int:pk>/confirm/", result_views.confirm, name="confirm"),
    path("<int:pk>/decision/", views.decision, name="decision"),
    path("person/<int:pk>/", person_views.person, name="person"),
    path("person/<int:pk>/remove/", drafting_views.remove, name="remove"),
    path("person/<int:pk>/number/", person_views.number, name="number"),
    path("answer/<int:pk>/reason/", person_views.reason, name="reason"),
    path("answer/<int:pk>/back/", person_views.ask_back, name="ask_back"),
    path("department/<int:pk>/reopen/", person_views.reopen, name="reopen"),
    path("department/<int:pk>/head/", person_views.head, name="head"),
    path("lists/", answer_views.lists, name="lists"),
    path("lists/<int:pk>/", answer_views.list_, name="list"),
    path("lists/<int:pk>/clear/", answer_views.clear, name="clear"),
    path("lists/<int:pk>/numbers/", answer_views.numbers, name="numbers"),
    path("lists/<int:pk>/sign/", answer_views.sign, name="sign"),
    path("lists/<int:pk>/<int:subject>/", answer_views.say, name="say"),
    path("lists/answer/<int:pk>/", answer_views.own_reason, name="own_reason"),
    path("results/", result_views.register, name="results"),
    path("results/excel/", result_views.register_excel, name="results_excel"),
    path("results/<int:pk>/leave/", result_views.leave, name="leave"),
    path("again/", result_views.again, name="again"),
    path("late/", result_views.late, name="late"),
]
