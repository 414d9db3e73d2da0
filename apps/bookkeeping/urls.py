from django.urls import URLPattern, URLResolver

app_name = "bookkeeping"
urlpatterns: list[URLPattern | URLResolver] = []
