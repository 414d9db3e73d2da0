from django.urls import path

from apps.review.views import added_time, extra_work, photos, queue, verdict

app_name = "review"
urlpatterns = [
    path("", queue.review_list, name="review_list"),
    path("<int:pk>/", queue.review_detail, name="review_detail"),
    path("<int:pk>/evidence/", queue.evidence, name="evidence"),
    path("<int:pk>/photos/", photos.photo_compare, name="photo_compare"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("signatures/<int:pk>/", queue.signature, name="signature"),
    path("<int:pk>/open/", verdict.review_open, name="review_open"),
    path("<int:pk>/accept/", verdict.proposals_accept, name="proposals_accept"),
    path("<int:pk>/approve/", verdict.review_approve, name="review_approve"),
    path("<int:pk>/return/", verdict.review_return, name="review_return"),
    path("<int:pk>/reopen/", verdict.review_reopen, name="review_reopen"),
    path("<int:pk>/excess-offer/", verdict.excess_offer, name="excess_offer"),
    path("<int:pk>/items/<str:kind>/<int:subject>/", verdict.finding_add, name="finding_add"),
    path("<int:pk>/time/", added_time.time_add, name="time_add"),
    path("<int:pk>/parts/<int:usage>/", verdict.part_mark, name="part_mark"),
    path("billables/<int:pk>/decide/", verdict.billable_decide, name="billable_decide"),
    path("billables/<int:pk>/correct/", verdict.billable_correct, name="billable_correct"),
    path("deviations/<int:pk>/", verdict.deviation_followed_up, name="deviation_followed_up"),
    path("extra-work/<int:pk>/offer/", extra_work.extra_work_offer, name="extra_work_offer"),
    path("offers/<int:pk>/answer/", extra_work.extra_work_answer, name="extra_work_answer"),
    path("offers/<int:pk>/withdraw/", extra_work.offer_withdraw, name="offer_withdraw"),
]
