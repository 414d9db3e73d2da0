"""Static files as an installation serves them."""

import re
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command


def test_a_module_imports_the_version_that_it_was_written_for(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "apps.core.staticfiles.JoinedStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    served = staticfiles_storage.stored_name("js/drafts.js")
    assert re.fullmatch(r"js/drafts\.\w{12}\.js", served)
    imported = re.findall(r'from "\./(.+?)"', (tmp_path / served).read_text())
    assert imported
    for name in imported:
        assert re.fullmatch(r"\w+\.\w{12}\.js", name)
        assert (tmp_path / "js" / name).exists()
