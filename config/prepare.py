"""`script/setup` once the packages are there: messages, static files, tables and the demo company.

One process for all of it, because a second start must not take five seconds. Each part is skipped when nothing
changed since the last time.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """Bring this checkout up to date with its own code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    compile_messages(Path(__file__).resolve().parent.parent / "locale")
    if "--messages-only" in sys.argv:
        return
    django.setup()
    collect_static_files()
    call_command("migrate", interactive=False, verbosity=1 if database_is_new() else 0)
    build_demo_company()


def compile_messages(locale: Path) -> None:
    """Turn each translation (.po) into what the program reads (.mo), if it is newer."""
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime > source.stat().st_mtime:
            continue
        fresh = compiled.with_suffix(f".{os.getpid()}")
        subprocess.run(["msgfmt", "--check-format", "-o", str(fresh), str(source)], check=True)
        fresh.replace(compiled)


def collect_static_files() -> None:
    """Gather and compress the static files into var/static."""
    folder = Path(settings.STATIC_ROOT)
    stamp = folder.with_name("static.stamp")
    now = static_fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def static_fingerprint() -> str:
    """Changes when a file of ours changes, or a package that brings files."""
    sources = [Path(settings.BASE_DIR) / "requirements.txt"]
    for folder in settings.STATICFILES_DIRS:
        sources += sorted(path for path in Path(folder).rglob("*") if path.is_file())
    facts = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in sources]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def database_is_new() -> bool:
    """Whether nothing was ever migrated here: then it takes a while, and is worth watching."""
    from django.db import connection

    return "django_migrations" not in connection.introspection.table_names()


def build_demo_company() -> None:
    """Fill an empty installation; a building that was broken off starts again from nothing."""
    from apps.company.models import Company

    unfinished = Path(settings.VAR_DIR) / "demo.unfinished"
    if os.environ.get("WATERTIGHT_DEMO") == "0" or (Company.objects.exists() and not unfinished.exists()):
        return
    print("Building the demo company; this takes a minute or two, once …", flush=True)
    unfinished.touch()
    call_command("demo")
    unfinished.unlink()


if __name__ == "__main__":
    main()
