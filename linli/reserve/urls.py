from django.urls import path

from linli.reserve import evaluation_views, month_views, post_views, talent_views, views

app_name = "reserve"
urlpatterns = [
    path("", views.register, name="register"),
    path("excel/", views.register_excel, name="excel"),
    path("new/", views.new, name="new"),
    path("nominations/<int:pk>/", views.nomination, name="nomination"),
    path("taken-over/", views.take_over, name="take_over"),
    path("sheet/", views.sheet, name="sheet"),
    path("moves/", views.moves, name="moves"),
    path("moves/excel/", views.moves_excel, name="moves_excel"),
    path("indicators/", views.indicators, name="indicators"),
    path("months/", month_views.months, name="months"),
    path("months/excel/", month_views.months_excel, name="months_excel"),
    path("months/<str:code>/<str:period>/", month_views.month, name="month"),
    path("evaluations/", evaluation_views.evaluations, name="evaluations"),
    path("evaluations/<int:pk>/", evaluation_views.evaluation, name="evaluation"),
    path("evaluations/<int:pk>/score/", evaluation_views.score, name="score"),
    path("evaluations/<int:pk>/sign/", evaluation_views.sign, name="sign"),
    path("evaluations/<int:pk>/excel/", evaluation_views.ranking_excel, name="ranking_excel"),
    path("posts/", post_views.posts, name="posts"),
    path("posts/<str:code>/", post_views.post, name="post"),
    path("proposals/<int:pk>/", post_views.proposal, name="proposal"),
    path("evidence/<int:pk>/paper/", talent_views.paper, name="paper"),
    path("evidence/<int:pk>/withdraw/", talent_views.withdraw, name="withdraw"),
    path("<int:pk>/", talent_views.talent, name="talent"),
    path("<int:pk>/number/", talent_views.open_number, name="number"),
    path("<int:pk>/write/<slug:what>/", talent_views.write, name="write"),
]
