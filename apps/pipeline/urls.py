from django.urls import path

from apps.pipeline import views

app_name = "pipeline"

urlpatterns = [
    path("", views.row_list, name="row_list"),
    path("limits/", views.limits_set, name="limits_set"),
]
