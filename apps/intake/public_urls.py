from django.urls import URLPattern, URLResolver, path

from apps.intake.views import public

app_name = "request"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.form, name="form"),
    path("embed/", public.embed, name="embed"),
    path("sent/<str:token>/", public.sent, name="sent"),
    path("embed/sent/<str:token>/", public.embed_sent, name="embed_sent"),
]
