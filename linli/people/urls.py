from django.urls import path

from linli.people import first_run_views, own_views, views

app_name = "people"
urlpatterns = [
    path("setup/", first_run_views.set_up, name="first_run"),
    path("setup/finish/", first_run_views.finish, name="first_run_finish"),
    path("setup/<slug:code>/", first_run_views.set_up, name="first_run_step"),
    path("login/", own_views.log_in, name="login"),
    path("login/second/", own_views.second_factor, name="second_factor"),
    path("logout/", own_views.log_out, name="logout"),
    path("me/password/", own_views.password, name="password"),
    path("me/security/", own_views.security, name="security"),
    path("me/sessions/end/", own_views.end_other_sessions, name="end_other_sessions"),
    path("me/sessions/<int:pk>/end/", own_views.end_session, name="end_session"),
    path("me/second/", own_views.second_factor_set_up, name="second_factor_set_up"),
    path("me/second/codes/", own_views.recovery_codes, name="recovery_codes"),
    path("me/second/remove/", own_views.second_factor_remove, name="second_factor_remove"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/excel/", views.accounts_excel, name="accounts_excel"),
    path("accounts/new/", views.new_account, name="new_account"),
    path("accounts/<int:pk>/", views.account, name="account"),
    path("accounts/<int:pk>/edit/", views.edit_account, name="edit_account"),
    path("accounts/<int:pk>/disable/", views.disable, name="disable"),
    path("accounts/<int:pk>/enable/", views.enable, name="enable"),
    path("accounts/<int:pk>/reset/", views.reset, name="reset"),
    path("accounts/<int:pk>/phone/", views.phone, name="phone"),
    path("appointments/", views.appointments, name="appointments"),
    path("appointments/excel/", views.appointments_excel, name="appointments_excel"),
    path("appointments/new/", views.appoint, name="appoint"),
    path("appointments/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("people/find/", views.find, name="find"),
]
