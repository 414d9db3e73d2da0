from django.urls import path

from apps.messaging import views

app_name = "messaging"
urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/mark-all/", views.notice_mark_all, name="notice_mark_all"),
    path("notices/<int:pk>/mark/", views.notice_mark, name="notice_mark"),
    path("notices/<int:pk>/open/", views.notice_open, name="notice_open"),
    path("mails/<int:pk>/resend/", views.message_resend, name="message_resend"),
    path("mails/<int:pk>/settle/", views.message_settle, name="message_settle"),
    path("notes/<str:about>/<int:pk>/", views.note_add, name="note_add"),
]
