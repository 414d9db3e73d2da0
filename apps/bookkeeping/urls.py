from django.urls import URLPattern, URLResolver, path

from apps.bookkeeping import views

app_name = "bookkeeping"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.package_list, name="package_list"),
    path("make/", views.package_make, name="package_make"),
    path("runs/<int:pk>/", views.package_run, name="package_run"),
    path("<int:pk>/", views.package_detail, name="package_detail"),
    path("<int:pk>/file/", views.package_file, name="package_file"),
]
