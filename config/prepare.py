"""`script/setup` once the packages are there: messages, static files, tables and the demo company.

One process for all of it, because a second start must not take five seconds. Each part is skipped when nothing
changed since the last time.
"""

import argparse
import hashlib
import os
import subprocess
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string
from py_vapid import Vapid02

from config import translations
from config.kept_once import kept_once
from config.server import FIRST_ADMIN_FILE

BASE_DIR = Path(__file__).resolve().parent.parent


def main() -> None:
    """Bring this checkout up to date with its own code."""
    parser = argparse.ArgumentParser(prog="config.prepare", description=main.__doc__)
    parser.add_argument(
        "--messages-only", action="store_true", help="only the translations, without a database"
    )
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    compile_messages(BASE_DIR / "locale")
    if asked.messages_only:
        return
    django.setup()
    make_push_key()
    collect_static_files()
    migrate_database()
    build_demo_company()
    offer_first_admin()


def compile_messages(locale: Path) -> None:
    """Turn each language's translations into the one file that the program reads, if one of them is newer.

    Raises SystemExit when they do not fit together: the reader of one page would get the words of another.
    """
    for language in sorted(path.parent for path in locale.glob("*/parts")):
        sources = sorted(language.glob("parts/*.po"))
        compiled = language / "LC_MESSAGES" / "django.mo"
        newest = max(path.stat().st_mtime for path in [language / "parts", *sources])
        if not sources or (compiled.exists() and compiled.stat().st_mtime > newest):
            continue
        if wrong := translations.faults(sources, language.name):
            raise SystemExit("\n".join([f"The translations in {language.name} do not fit together:", *wrong]))
        compiled.parent.mkdir(exist_ok=True)
        whole = subprocess.run(["msgcat", *sources], stdout=subprocess.PIPE, check=True).stdout
        fresh = compiled.with_suffix(f".{os.getpid()}")
        subprocess.run(["msgfmt", "--check-format", "-o", fresh, "-"], input=whole, check=True)
        fresh.replace(compiled)  # in one go: another process may be reading the old one


def make_push_key() -> None:
    """Make the key by which browsers know this installation, once: they take pushes from whoever holds it alone."""
    kept_once(Path(settings.PUSH_KEY_FILE), push_key)


def push_key() -> str:
    vapid = Vapid02()
    vapid.generate_keys()
    return vapid.private_pem().decode()


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


def migrate_database() -> None:
    """Bring the tables, and the rights on them, up to date."""
    if "django_migrations" not in connection.introspection.table_names():
        print("Making the database's tables …", flush=True)
    call_command("migrate", interactive=False, verbosity=0)


def build_demo_company() -> None:
    """Fill an empty installation; a building that was broken off starts again from nothing."""
    Company, User = apps.get_model("company", "Company"), apps.get_model("accounts", "User")
    unfinished = Path(settings.VAR_DIR) / "demo.unfinished"
    used = Company.objects.exists() or User.objects.exists()
    if os.environ.get("WATERTIGHT_DEMO") == "0" or (used and not unfinished.exists()):
        return
    print("Building the demo company; this takes a minute or two, once …", flush=True)
    unfinished.touch()
    call_command("demo")
    unfinished.unlink()


def offer_first_admin() -> None:
    """Leave the link that makes the first admin where `script/server` finds it, as long as there is no admin."""
    path = Path(settings.VAR_DIR) / FIRST_ADMIN_FILE
    if apps.get_model("accounts", "User").objects.managing().exists():
        path.unlink(missing_ok=True)
        return
    path.touch(mode=0o600)
    path.write_text(import_string("apps.accounts.first_admin.first_admin_path")())


if __name__ == "__main__":
    main()
