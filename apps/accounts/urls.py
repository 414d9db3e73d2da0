from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import entrances, invitations, users

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", users.user_list, name="user_list"),
    path("<int:pk>/", users.user_detail, name="user_detail"),
    path("<int:pk>/change/", users.user_change, name="user_change"),
    path("<int:pk>/deactivate/", users.user_deactivate, name="user_deactivate"),
    path("<int:pk>/hand-over/", users.user_hand_over, name="user_hand_over"),
    path("<int:pk>/activate/", users.user_activate, name="user_activate"),
    path("<int:pk>/second-factor/", entrances.factors_remove, name="factors_remove"),
    path("<int:pk>/sessions/", entrances.sessions_end, name="sessions_end"),
    path("roles/", users.role_abilities, name="role_abilities"),
    path("invitations/", invitations.invitation_list, name="invitation_list"),
    path("invitations/send/", invitations.invitation_send, name="invitation_send"),
    path("invitations/<int:pk>/revoke/", invitations.invitation_revoke, name="invitation_revoke"),
]
