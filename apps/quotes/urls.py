from django.urls import URLPattern, URLResolver, path

from apps.quotes.views import builder, quotes, sending, templates

app_name = "quotes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", quotes.quote_list, name="quote_list"),
    path("new/", quotes.quote_create, name="quote_create"),
    path("<int:pk>/", quotes.quote_detail, name="quote_detail"),
    path("<int:pk>/copy/", quotes.quote_copy, name="quote_copy"),
    path("<int:pk>/pdf/", quotes.quote_pdf, name="quote_pdf"),
    path("<int:pk>/signature/", quotes.quote_signature, name="quote_signature"),
    path("<int:pk>/edit/", builder.quote_edit, name="quote_edit"),
    path("<int:pk>/save/", builder.quote_save, name="quote_save"),
    path("<int:pk>/lines/add/", builder.line_add, name="line_add"),
    path("<int:pk>/lines/<int:line>/remove/", builder.line_remove, name="line_remove"),
    path("<int:pk>/lines/<int:line>/move/", builder.line_move, name="line_move"),
    path("<int:pk>/materials/", builder.material_pick, name="material_pick"),
    path("<int:pk>/send/", sending.quote_send, name="quote_send"),
    path("<int:pk>/resend/", sending.quote_resend, name="quote_resend"),
    path("<int:pk>/withdraw/", sending.quote_withdraw, name="quote_withdraw"),
    path("<int:pk>/revise/", sending.quote_revise, name="quote_revise"),
    path("<int:pk>/accept/", sending.quote_accept, name="quote_accept"),
    path("links/<int:pk>/revoke/", sending.link_revoke, name="link_revoke"),
    path("<int:pk>/template/", templates.template_from_quote, name="template_from_quote"),
    path("templates/", templates.template_list, name="template_list"),
    path("templates/new/", templates.template_create, name="template_create"),
    path("templates/<int:pk>/", templates.template_change, name="template_change"),
]
