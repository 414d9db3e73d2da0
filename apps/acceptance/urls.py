from django.urls import path

from apps.acceptance import views

app_name = "acceptance"
urlpatterns = [
    path("", views.run, name="run"),
    path("report/", views.report, name="report"),
]
