from django.urls import path

from apps.documents import views

app_name = "documents"
urlpatterns = [path("<uuid:pk>/", views.kept_file, name="kept")]
