from django.urls import URLPattern, URLResolver, path

from apps.workorders.views import files, forms, orders

app_name = "workorders"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", orders.work_order_list, name="work_order_list"),
    path("new/", orders.work_order_create, name="work_order_create"),
    path("<int:pk>/", orders.work_order_detail, name="work_order_detail"),
    path("<int:pk>/change/", orders.work_order_change, name="work_order_change"),
    path("<int:pk>/resume/", orders.work_order_resume, name="work_order_resume"),
    path("<int:pk>/follow-up/", orders.work_order_follow_up, name="work_order_follow_up"),
    path("<int:pk>/pdf/", files.work_order_pdf, name="work_order_pdf"),
    path("<int:pk>/files/add/", files.work_order_file_add, name="work_order_file_add"),
    path("<int:pk>/files/<int:file_pk>/", files.work_order_file, name="work_order_file"),
    path("<int:pk>/files/<int:file_pk>/share/", files.work_order_file_share, name="work_order_file_share"),
    path("<int:pk>/files/<int:file_pk>/remove/", files.work_order_file_remove, name="work_order_file_remove"),
    path("forms/", forms.job_form_list, name="job_form_list"),
    path("forms/new/", forms.job_form_create, name="job_form_create"),
    path("forms/<int:pk>/", forms.job_form_detail, name="job_form_detail"),
    path("forms/<int:pk>/change/", forms.job_form_change, name="job_form_change"),
    path("forms/<int:pk>/publish/", forms.job_form_publish, name="job_form_publish"),
]
