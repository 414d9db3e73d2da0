from django.urls import URLPattern, URLResolver, path

from apps.company.views import saved_views

app_name = "company"
urlpatterns: list[URLPattern | URLResolver] = [
    path("views/add/", saved_views.saved_view_add, name="saved_view_add"),
    path("views/<int:pk>/remove/", saved_views.saved_view_remove, name="saved_view_remove"),
]
