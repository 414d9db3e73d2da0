from django.urls import URLPattern, URLResolver

app_name = "technicians"
urlpatterns: list[URLPattern | URLResolver] = []
