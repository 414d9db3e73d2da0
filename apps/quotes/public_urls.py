from django.urls import URLPattern, URLResolver

app_name = "quote"
urlpatterns: list[URLPattern | URLResolver] = []
