from django.urls import URLPattern, URLResolver

app_name = "extra-work"
urlpatterns: list[URLPattern | URLResolver] = []
