"""The phone. Everything under /phone/ runs in the database role of a technician."""

from django.urls import path

from apps.field.views import ending, jobs, offline, pages, push, sign_off, steps

app_name = "phone"
urlpatterns = [
    path("", pages.today, name="today"),
    path("agenda/", pages.agenda, name="agenda"),
    path("materials/", pages.materials, name="materials"),
    path("me/", pages.me, name="me"),
    path("push/", push.push_list, name="push_list"),
    path("push/add/", push.push_add, name="push_add"),
    path("push/<int:pk>/remove/", push.push_remove, name="push_remove"),
    path("worker.js", offline.worker, name="worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("kept/", offline.kept_pages, name="kept_pages"),
    path("hello/", offline.hello, name="hello"),
    path("catalogue/", offline.catalogue, name="catalogue"),
    path("holds/", offline.holds, name="holds"),
    path("decisions/", pages.decisions, name="decisions"),
    path("no-network/", offline.no_network, name="no_network"),
    path("job/<int:pk>/", jobs.job, name="job"),
    path("job/<int:pk>/travel/", jobs.travel, name="travel"),
    path("job/<int:pk>/turn-back/", jobs.turn_back, name="turn_back"),
    path("job/<int:pk>/start/", jobs.start, name="start"),
    path("job/<int:pk>/pause/", jobs.pause, name="pause"),
    path("job/<int:pk>/stop/", jobs.stop, name="stop"),
    path("job/<int:pk>/resume/", jobs.resume, name="resume"),
    path("job/<int:pk>/finish/", ending.finish, name="finish"),
    path("job/<int:pk>/goes-on/", ending.goes_on, name="goes_on"),
    path("job/<int:pk>/before/", jobs.site_history, name="site_history"),
    path("job/<int:pk>/returned/<int:item>/fixed/", jobs.returned_fixed, name="returned_fixed"),
    path("job/<int:pk>/photos/<int:photo>/", jobs.photo, name="photo"),
    path("job/<int:pk>/files/<int:file>/", jobs.file, name="file"),
    path("job/<int:pk>/before-photo/", steps.before_photo, name="before_photo"),
    path("job/<int:pk>/after-photo/", steps.after_photo, name="after_photo"),
    path("job/<int:pk>/checklist/", steps.checklist, name="checklist"),
    path("job/<int:pk>/work-done/", steps.work_done, name="work_done"),
    path("job/<int:pk>/materials/", steps.material_list, name="material_list"),
    path("job/<int:pk>/materials/other/", steps.material_other, name="material_other"),
    path("job/<int:pk>/materials/none/", steps.no_materials, name="no_materials"),
    path("job/<int:pk>/materials/<int:usage>/remove/", steps.material_remove, name="material_remove"),
    path("job/<int:pk>/materials/<int:usage>/extra/", steps.material_extra, name="material_extra"),
    path("job/<int:pk>/extra-work/", steps.extra_work, name="extra_work"),
    path("job/<int:pk>/extra-work/none/", steps.no_extra_work, name="no_extra_work"),
    path(
        "job/<int:pk>/extra-work/<int:extra_work>/remove/", steps.extra_work_remove, name="extra_work_remove"
    ),
    path("job/<int:pk>/issue/", steps.issue, name="issue"),
    path("job/<int:pk>/issue/none/", steps.no_deviation, name="no_deviation"),
    path("job/<int:pk>/no-access/", ending.no_access, name="no_access"),
    path("job/<int:pk>/time/", steps.time_proposal, name="time_proposal"),
    path("job/<int:pk>/hold/", ending.hold, name="hold"),
    path("job/<int:pk>/sign-off/", sign_off.sign_off, name="sign_off"),
    path("job/<int:pk>/as-it-was/<slug:verb>/", offline.act_keep, name="act_keep"),
    path("job/<int:pk>/signature/", sign_off.signature, name="signature"),
]
