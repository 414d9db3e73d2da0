from django.urls import URLPattern, URLResolver, path

from apps.office.views import components, guide, home, logic

app_name = "office"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("dashboard/", home.dashboard, name="dashboard"),
    path("start/", guide.guide, name="guide"),
    path("start/dismiss/", guide.guide_dismiss, name="guide_dismiss"),
    path("start/<str:name>/", guide.guide_step, name="guide_step"),
    path("start/<str:name>/leave/", guide.guide_step_leave, name="guide_step_leave"),
    path("search/", home.search, name="search"),
    path("logic/", logic.logic, name="logic"),
    path("theme/", home.theme, name="theme"),
    path("my-language/", home.language, name="language"),
    path("components/", components.components, name="components"),
    path("components/list/", components.components_list, name="components_list"),
    path("components/list/<str:number>/", components.components_list, name="components_detail"),
    path("components/phone/", components.components_phone, name="components_phone"),
]
