"""Static files as an installation serves them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client, override_settings

from tests.conftest import Cast

STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "apps.core.staticfiles.JoinedStaticFilesStorage"}}


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=str(root), STORAGES=STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


@pytest.fixture
def collected(collection: Path) -> Iterator[Path]:
    with override_settings(STATIC_ROOT=str(collection), STORAGES=STORAGES):
        yield collection


def test_a_module_imports_the_version_that_it_was_written_for(collected: Path) -> None:
    served = staticfiles_storage.stored_name("js/drafts.js")
    assert re.fullmatch(r"js/drafts\.\w{12}\.js", served)
    imported = re.findall(r'from "\./(.+?)"', (collected / served).read_text())
    assert imported
    for name in imported:
        assert re.fullmatch(r"\w+\.\w{12}\.js", name)
        assert (collected / "js" / name).exists()


def test_what_a_module_loads_when_it_is_needed_is_that_version_too(collected: Path) -> None:
    served = (collected / staticfiles_storage.stored_name("js/acts.js")).read_text()
    names = set(re.findall(r'import\("\./(.+?)"\)', served))
    assert sorted(re.sub(r"\.\w{12}\.js$", "", name) for name in names) == ["forget", "room", "shrink"]
    assert all((collected / "js" / name).exists() for name in names)


def test_a_script_is_served_without_what_only_its_reader_needs(collected: Path) -> None:
    lines = (collected / staticfiles_storage.stored_name("js/drafts.js")).read_text().split("\n")
    assert [line for line in lines if line.startswith((" ", "//")) or not line] == []


def test_the_first_visit_of_the_phone_is_under_40_kb(
    collected: Path, cast: Cast, client_as: Callable[..., Client]
) -> None:
    """The page and all that it loads, compressed as a browser gets it."""
    page = client_as(cast.tim).get("/phone/").text
    wanted = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page))
    while True:
        texts = [(collected / name).read_text() for name in wanted if name.endswith(".js")]
        imported = {f"js/{name}" for text in texts for name in re.findall(r'from ?"\./(.+?)"', text)}
        if imported <= wanted:
            break
        wanted |= imported
    sizes = {name: len(brotli.compress((collected / name).read_bytes())) for name in wanted}
    sizes["the page"] = len(brotli.compress(page.encode()))
    assert sum(sizes.values()) < 40 * 1024, sizes
