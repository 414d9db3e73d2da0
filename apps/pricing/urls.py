from django.urls import URLPattern, URLResolver, path

from apps.pricing.views import hours, rates

app_name = "pricing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("rates/", rates.rate_list, name="rate_list"),
    path("rates/set/", rates.rate_set, name="rate_set"),
    path("hours/", hours.rate_hours, name="rate_hours"),
    path("hours/add/", hours.rate_hours_add, name="rate_hours_add"),
    path("vat/", rates.vat_code_list, name="vat_code_list"),
    path("vat/create/", rates.vat_code_create, name="vat_code_create"),
    path("vat/<int:pk>/change/", rates.vat_code_change, name="vat_code_change"),
    path("policy/", rates.policy_set, name="policy_set"),
    path("technicians/<int:pk>/", rates.technician_rates, name="technician_rates"),
    path("technicians/<int:pk>/set/", rates.technician_rate_set, name="technician_rate_set"),
]
