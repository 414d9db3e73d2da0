from django.urls import URLPattern, URLResolver

app_name = "request"
urlpatterns: list[URLPattern | URLResolver] = []
