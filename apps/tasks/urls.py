from django.urls import path

from apps.tasks import views

app_name = "tasks"
urlpatterns = [path("<str:key>/", views.mark, name="mark")]
