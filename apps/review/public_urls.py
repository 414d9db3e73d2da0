from django.urls import path

from apps.review.views import extra_work

app_name = "extra-work"
urlpatterns = [path("<str:token>/", extra_work.show, name="show")]
