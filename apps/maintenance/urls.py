from django.urls import URLPattern, URLResolver, path

from apps.maintenance.views import contracts, equipment, planning, visits

app_name = "maintenance"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", visits.visit_list, name="visit_list"),
    path("visits/<int:pk>/", visits.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/skip/", visits.visit_skip, name="visit_skip"),
    path("visits/<int:pk>/move/", visits.visit_move, name="visit_move"),
    path("visits/<int:pk>/again/", visits.visit_again, name="visit_again"),
    path("planning/", planning.planning_run, name="planning_run"),
    path("equipment/", equipment.equipment_list, name="equipment_list"),
    path("equipment/scanned/<uuid:code>/", equipment.equipment_by_code, name="equipment_by_code"),
    path("equipment/<int:pk>/", equipment.equipment_detail, name="equipment_detail"),
    path("equipment/<int:pk>/label/", equipment.equipment_label_pdf, name="equipment_label_pdf"),
    path("equipment/<int:pk>/files/add/", equipment.equipment_file_add, name="equipment_file_add"),
    path("equipment/<int:pk>/files/<int:file_pk>/", equipment.equipment_file, name="equipment_file"),
    path(
        "equipment/<int:pk>/files/<int:file_pk>/share/",
        equipment.equipment_file_share,
        name="equipment_file_share",
    ),
    path(
        "equipment/<int:pk>/files/<int:file_pk>/remove/",
        equipment.equipment_file_remove,
        name="equipment_file_remove",
    ),
    path("contracts/", contracts.contract_list, name="contract_list"),
    path("contracts/new/", contracts.contract_create, name="contract_create"),
    path("contracts/<int:pk>/", contracts.contract_detail, name="contract_detail"),
    path("contracts/<int:pk>/change/", contracts.contract_change, name="contract_change"),
    path("contracts/<int:pk>/end/", contracts.contract_end, name="contract_end"),
]
