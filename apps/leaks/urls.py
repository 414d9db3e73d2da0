from django.urls import path

from apps.leaks import views

app_name = "leaks"
urlpatterns = [
    path("", views.leak_list, name="leak_list"),
    path("detect/", views.leaks_detect, name="leaks_detect"),
    path("<int:pk>/", views.leak_detail, name="leak_detail"),
    path("<int:pk>/write-off/", views.leak_write_off, name="leak_write_off"),
    path("<int:pk>/take-back/", views.leak_take_back, name="leak_take_back"),
]
