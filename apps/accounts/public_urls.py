from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import join

app_name = "join"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:token>/", join.invitation_accept, name="invitation_accept"),
]
