from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import join

app_name = "join"
urlpatterns: list[URLPattern | URLResolver] = [
    path("first-admin/<str:token>/", join.first_admin_create, name="first_admin_create"),
    path("<str:token>/", join.invitation_accept, name="invitation_accept"),
]
