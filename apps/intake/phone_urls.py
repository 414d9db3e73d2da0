from django.urls import URLPattern, URLResolver

app_name = "phone-intake"
urlpatterns: list[URLPattern | URLResolver] = []
