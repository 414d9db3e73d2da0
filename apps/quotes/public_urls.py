from django.urls import URLPattern, URLResolver, path

from apps.quotes.views import public

app_name = "quote"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:token>/", public.show, name="show"),
    path("<str:token>/totals/", public.totals, name="totals"),
    path("<str:token>/accept/", public.accept, name="accept"),
    path("<str:token>/decline/", public.decline, name="decline"),
    path("<str:token>/pdf/", public.pdf, name="pdf"),
    path("<str:token>/logo/", public.logo, name="logo"),
    path("<str:token>/signature/", public.signature, name="signature"),
]
