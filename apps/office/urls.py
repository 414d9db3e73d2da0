from django.urls import URLPattern, URLResolver, path

from apps.office.views import components

app_name = "office"
urlpatterns: list[URLPattern | URLResolver] = [
    path("components/", components.components, name="components"),
    path("components/list/", components.components_list, name="components_list"),
    path("components/list/<str:number>/", components.components_list, name="components_detail"),
    path("components/phone/", components.components_phone, name="components_phone"),
]
