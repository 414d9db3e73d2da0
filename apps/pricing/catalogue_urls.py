"""The office's catalogue, prices included: see docs/adr/0008-catalogue-above-the-price-line.md."""

from django.urls import URLPattern, URLResolver, path

from apps.pricing.views import catalogue, catalogue_import

app_name = "materials"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", catalogue.material_list, name="material_list"),
    path("<int:pk>/", catalogue.material_detail, name="material_detail"),
    path("create/", catalogue.material_create, name="material_create"),
    path("<int:pk>/change/", catalogue.material_change, name="material_change"),
    path("<int:pk>/price/", catalogue.material_price_set, name="material_price_set"),
    path("<int:pk>/deactivate/", catalogue.material_deactivate, name="material_deactivate"),
    path("<int:pk>/activate/", catalogue.material_activate, name="material_activate"),
    path("import/", catalogue_import.catalogue_import, name="catalogue_import"),
    path("import/confirm/", catalogue_import.catalogue_import_confirm, name="catalogue_import_confirm"),
]
