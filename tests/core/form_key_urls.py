"""Addresses for the tests of form keys: each makes something, for somebody who is logged in or for whoever has the link."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from apps.materials.models import Category
from config.urls import urlpatterns as product

# Where the tests look up what was made; a photo counts by its bytes.
made: list[str] = []


def make(request: HttpRequest, token: str = "") -> HttpResponse:
    if request.method == "GET":
        verb, kind = request.GET.get("verb", ""), request.GET.get("asks", "")
        form = (
            '<main><form method="post" action="{{ path }}" enctype="multipart/form-data">{{ csrf_input }}'
            "{% if verb %}{{ idempotency_key(verb, user) }}"
            "{% elif asks %}{{ idempotency_key(asks=true) }}{% else %}{{ idempotency_key() }}{% endif %}"
            '<input name="text"><input type="file" name="photo"><button>Make</button></form></main>'
        )
        context = {"verb": verb, "asks": kind, "path": request.path}
        return HttpResponse(engines["jinja2"].from_string(form).render(context, request))
    text = request.POST.get("text", "")
    if text == "wrong":
        return HttpResponse("wrong", status=422)
    if text == "streamed":
        return StreamingHttpResponse([b"a file"])
    photos = [one.read().decode() for one in request.FILES.getlist("photo")]
    made.append("+".join([text, *photos]))
    if text == "shown":
        return HttpResponse(f"<p>één € {len(made)}</p>")
    return HttpResponseRedirect(f"/made/{len(made)}/")


def category(request: HttpRequest) -> HttpResponse:
    """Makes a row, so that a rollback is seen."""
    Category.objects.create(name=f"Category {Category.objects.count()} {request.POST.get('text', '')}")
    return HttpResponseRedirect("/made/")


urlpatterns = [
    path("make/", make),
    path("make-too/", make),
    path("category/", category),
    path("open/<str:token>/", csrf_exempt(login_not_required(make))),
    *product,
]
