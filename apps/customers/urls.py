from django.urls import URLPattern, URLResolver, path

from apps.customers.views import belongings, customers, merging

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", customers.customer_list, name="customer_list"),
    path("new/", customers.customer_create, name="customer_create"),
    path("duplicates/", customers.customer_duplicates, name="customer_duplicates"),
    path("suspects/", merging.customer_suspects, name="customer_suspects"),
    path("find/", customers.customer_find, name="customer_find"),
    path("<int:pk>/", customers.customer_detail, name="customer_detail"),
    path("<int:pk>/change/", customers.customer_change, name="customer_change"),
    path("<int:pk>/deactivate/", customers.customer_deactivate, name="customer_deactivate"),
    path("<int:pk>/activate/", customers.customer_activate, name="customer_activate"),
    path("<int:pk>/merge/", merging.customer_merge_choose, name="customer_merge_choose"),
    path("<int:pk>/merge/<int:other>/", merging.customer_merge, name="customer_merge"),
    path("<int:pk>/apart/<int:other>/", merging.customer_apart, name="customer_apart"),
    path("merges/<int:pk>/undo/", merging.customer_merge_undo, name="customer_merge_undo"),
    path("<int:pk>/sites/new/", belongings.site_create, name="site_create"),
    path("<int:pk>/contacts/new/", belongings.contact_create, name="contact_create"),
    path("sites/<int:pk>/change/", belongings.site_change, name="site_change"),
    path("sites/<int:pk>/place/", belongings.site_place, name="site_place"),
    path("sites/<int:pk>/unplace/", belongings.site_unplace, name="site_unplace"),
    path("sites/<int:pk>/equipment/new/", belongings.equipment_create, name="equipment_create"),
    path("contacts/<int:pk>/change/", belongings.contact_change, name="contact_change"),
    path("equipment/<int:pk>/change/", belongings.equipment_change, name="equipment_change"),
]
