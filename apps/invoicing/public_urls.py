from django.urls import URLPattern, URLResolver

app_name = "pay"
urlpatterns: list[URLPattern | URLResolver] = []
