"""The addresses of the product: one prefix per app."""

from django.urls import include, path

from apps.core.health import health_show

handler400 = "apps.core.trouble.bad_request"
handler500 = "apps.core.trouble.server_error"
urlpatterns = [
    path("health/", health_show, name="health"),
    path("", include("apps.office.urls")),
    path("requests/", include("apps.intake.urls")),
    path("request/", include("apps.intake.public_urls")),
    path("quotes/", include("apps.quotes.urls")),
    path("quotes/", include("apps.review.agreement_urls")),
    path("quote/", include("apps.quotes.public_urls")),
    path("work-orders/", include("apps.workorders.urls")),
    path("appointment/", include("apps.planning.public_urls")),
    path("planning/", include("apps.planning.urls")),
    path("phone/intake/", include("apps.intake.phone_urls")),
    path("phone/week/", include("apps.timesheets.phone_urls")),
    path("phone/", include("apps.field.urls")),
    path("field/", include("apps.field.office_urls")),
    path("hours/", include("apps.timesheets.urls")),
    path("review/", include("apps.review.urls")),
    path("extra-work/", include("apps.review.public_urls")),
    path("invoicing/", include("apps.invoicing.urls")),
    path("pay/", include("apps.invoicing.public_urls")),
    path("leaks/", include("apps.leaks.urls")),
    path("pipeline/", include("apps.pipeline.urls")),
    path("tasks/", include("apps.tasks.urls")),
    path("bookkeeping/", include("apps.bookkeeping.urls")),
    path("finance/", include("apps.finance.urls")),
    path("maintenance/", include("apps.maintenance.urls")),
    path("customers/", include("apps.customers.urls")),
    path("materials/", include("apps.pricing.catalogue_urls")),
    path("technicians/", include("apps.technicians.urls")),
    path("pricing/", include("apps.pricing.urls")),
    path("users/", include("apps.accounts.urls")),
    path("join/", include("apps.accounts.public_urls")),
    path("messages/", include("apps.messaging.urls")),
    path("settings/", include("apps.company.urls")),
    path("end-to-end-test/", include("apps.acceptance.urls")),
    path("account/", include("apps.accounts.account_urls")),
    path("kept/", include("apps.documents.urls")),
    path("language/", include("django.conf.urls.i18n")),
]
