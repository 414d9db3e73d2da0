from django.urls import path

from apps.timesheets.views import office

app_name = "timesheets"
urlpatterns = [
    path("", office.week_list, name="week_list"),
    path("days/", office.day_list, name="day_list"),
    path("<int:pk>/", office.week_detail, name="week_detail"),
    path("<int:pk>/approve/", office.week_approve, name="week_approve"),
    path("<int:pk>/return/", office.week_give_back, name="week_give_back"),
]
