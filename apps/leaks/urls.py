from django.urls import URLPattern, URLResolver

app_name = "leaks"
urlpatterns: list[URLPattern | URLResolver] = []
