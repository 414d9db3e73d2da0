from django.urls import URLPattern, URLResolver, path

from apps.maintenance.views import contracts, planning, visits

app_name = "maintenance"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", visits.visit_list, name="visit_list"),
    path("visits/<int:pk>/", visits.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/skip/", visits.visit_skip, name="visit_skip"),
    path("visits/<int:pk>/move/", visits.visit_move, name="visit_move"),
    path("visits/<int:pk>/again/", visits.visit_again, name="visit_again"),
    path("planning/", planning.planning_run, name="planning_run"),
    path("contracts/", contracts.contract_list, name="contract_list"),
    path("contracts/new/", contracts.contract_create, name="contract_create"),
    path("contracts/<int:pk>/", contracts.contract_detail, name="contract_detail"),
    path("contracts/<int:pk>/change/", contracts.contract_change, name="contract_change"),
    path("contracts/<int:pk>/end/", contracts.contract_end, name="contract_end"),
]
