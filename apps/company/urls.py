from django.urls import URLPattern, URLResolver, path

from apps.company.views import saved_views, settings

app_name = "company"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", settings.settings, name="settings"),
    path("company/", settings.company_change, name="company_change"),
    path("logo/", settings.logo, name="logo"),
    path("numbering/", settings.series_list, name="series_list"),
    path("numbering/<int:pk>/prefix/", settings.series_prefix_set, name="series_prefix_set"),
    path("numbering/<int:pk>/next/", settings.series_next_set, name="series_next_set"),
    path("opening-hours/", settings.opening_hours_set, name="opening_hours_set"),
    path("holidays/", settings.holiday_list, name="holiday_list"),
    path("holidays/add/", settings.holiday_add, name="holiday_add"),
    path("holidays/add-year/", settings.holidays_add, name="holidays_add"),
    path("holidays/<int:pk>/remove/", settings.holiday_remove, name="holiday_remove"),
    path("about/", settings.about, name="about"),
    path("views/add/", saved_views.saved_view_add, name="saved_view_add"),
    path("views/<int:pk>/remove/", saved_views.saved_view_remove, name="saved_view_remove"),
]
