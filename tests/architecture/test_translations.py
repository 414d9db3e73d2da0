"""Everything that a person reads is there in Dutch, in one and the same Dutch."""

import ast
import re
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.forms import BaseForm
from django.template import engines
from django.utils.functional import Promise
from jinja2.ext import extract_from_ast

from apps.core.lists import ListPage
from config.prepare import compile_messages
from config.translations import Entry, entries, faults

ROOT = Path(__file__).parents[2]
PARTS = sorted((ROOT / "locale" / "nl" / "parts").glob("*.po"))
KEYWORDS = [
    "_", "gettext", "gettext_lazy", "gettext_noop:1", "ngettext:1,2", "ngettext_lazy:1,2", "pgettext:1c,2",
    "pgettext_lazy:1c,2", "npgettext:1c,2,3", "npgettext_lazy:1c,2,3",
]  # fmt: skip

Key = tuple[str | None, str]


def said_in_template(source: str) -> Iterator[str]:
    """Its texts as calls that xgettext knows."""
    tree = engines["jinja2"].env.parse(source)
    for _line, function, message in extract_from_ast(tree, ("_", "ngettext", "pgettext")):
        messages = message if isinstance(message, tuple) else (message,)
        yield f"{function}({', '.join(repr(one) for one in messages if one is not None)})"


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> set[Key]:
    """Every message of the code and the templates, with its context, as xgettext finds it."""
    folder = tmp_path_factory.mktemp("messages")
    sources = [path for path in (ROOT / "apps").rglob("*.py") if "migrations" not in path.parts]
    for number, path in enumerate(sorted((ROOT / "templates").rglob("*"))):
        if path.suffix in (".html", ".txt"):
            copy = folder / f"t{number}.py"
            copy.write_text("\n".join(said_in_template(path.read_text())))
            sources.append(copy)
    listing, found = folder / "files", folder / "found.po"
    listing.write_text("\n".join(map(str, sources)))
    keywords = [f"--keyword={word}" for word in KEYWORDS]
    command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--no-wrap", "-o", found, "-f", listing]
    subprocess.run([*command, *keywords], capture_output=True, check=True)
    return {one.key for one in entries(found)}


@pytest.fixture(scope="module")
def dutch() -> dict[Key, Entry]:
    return {one.key: one for path in PARTS for one in entries(path)}


def test_no_text_is_marked_by_a_name_that_the_extraction_does_not_know() -> None:
    """It would stand in English in a Dutch page, and nothing here would miss it."""
    known = {word.partition(":")[0] for word in KEYWORDS}
    others = []
    for path in sorted(ROOT.glob("apps/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                names = {one.asname or one.name for one in node.names if "gettext" in one.name}
                others += [f"{path.relative_to(ROOT)}: {name}" for name in sorted(names - known)]
    assert others == []


def test_the_extraction_finds_messages_in_code_and_templates(messages: set[Key]) -> None:
    """The control: an extraction that finds nothing would let everything pass."""
    assert {(None, "Give a reason."), (None, "Dashboard"), ("verb", "Issue"), ("route", "to")} <= messages
    assert len(messages) > 2000


def test_every_message_has_its_dutch(messages: set[Key], dutch: dict[Key, Entry]) -> None:
    assert sorted(messages - dutch.keys(), key=str) == []


def test_every_dutch_text_is_used(messages: set[Key], dutch: dict[Key, Entry]) -> None:
    assert [str(dutch[key]) for key in sorted(dutch.keys() - messages, key=str)] == []


def test_the_parts_fit_together() -> None:
    assert faults(PARTS, "nl") == []


def forms_of(made: type) -> Iterator[type[BaseForm]]:
    for one in made.__subclasses__():
        if one.__module__.startswith("apps."):
            yield one
        yield from forms_of(one)


def test_every_field_has_a_name_that_is_translated() -> None:
    """Django names a field without a label after itself: in English, above the form and in its errors."""
    import_module(settings.ROOT_URLCONF)  # the addresses import every form
    wrong = {
        f"{form.__module__}.{form.__qualname__}.{name}"
        for form in forms_of(BaseForm)
        for name, field in form.base_fields.items()
        if not field.widget.is_hidden and not isinstance(field.label, Promise)
    }
    assert wrong == set()


def test_a_language_is_offered_by_its_own_name_wherever_one_is_chosen() -> None:
    """Whoever reads only English finds “English”; and no page calls it otherwise, or offers to choose none."""
    import_module(settings.ROOT_URLCONF)
    offered = {
        f"{form.__module__}.{form.__qualname__}": list(form.base_fields["language"].choices)  # type: ignore[attr-defined]
        for form in forms_of(BaseForm)
        if "language" in form.base_fields
    }
    filters = [(page.__qualname__, one) for page in ListPage.__subclasses__() for one in page.filters]
    offered |= {name: list(one.choices) for name, one in filters if one.name == "language"}
    assert "CustomerList" in offered
    assert {name: choices for name, choices in offered.items() if choices != settings.LANGUAGES} == {}


def test_the_glossary_says_what_the_pages_say(dutch: dict[Key, Entry]) -> None:
    rows = re.findall(
        r"^\| (.+?)(?: \((.+?)\))? \| (.+?) \|", (ROOT / "docs" / "glossary.md").read_text(), re.M
    )
    terms = [(context or None, english, said) for english, context, said in rows if english != "English"]
    wrong = {
        f"{english} ({context}): {said}"
        for context, english, said in terms
        if (context, english) not in dutch or dutch[context, english].translations != [said]
    }
    assert len(terms) > 80
    assert wrong == set()


HEADING = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        ('msgid "Issue"\nmsgstr "Probleem"', 'msgid "Issue"\nmsgstr "Definitief maken"', "choose one"),
        ('msgid "Issue"\nmsgstr "Probleem"', '#, fuzzy\nmsgid "Send"\nmsgstr "Sturen"', "doubtful"),
        ('msgid "Issue"\nmsgstr "Probleem"', 'msgid "Send"\nmsgstr ""', "not translated"),
        ('msgid "Issue"\nmsgstr "Probleem"', '#~ msgid "Send"\n#~ msgstr "Sturen"', "gone"),
        ('msgid "Issue"\nmsgstr "Probleem"', 'msgid "By %(name)s"\nmsgstr "Door %(naam)s"', "instead of"),
        ('msgid "Issue"\nmsgstr "Probleem"', 'msgid "Your plan"\nmsgstr "Je planning"', "Je"),
    ],
)
def test_parts_that_do_not_fit_are_not_compiled(first: str, second: str, fault: str, tmp_path: Path) -> None:
    folder = tmp_path / "nl" / "parts"
    folder.mkdir(parents=True)
    (folder / "one.po").write_text(HEADING + first + "\n")
    (folder / "two.po").write_text(HEADING + second + "\n")
    with pytest.raises(SystemExit, match=fault):
        compile_messages(tmp_path)
    assert not (tmp_path / "nl" / "LC_MESSAGES" / "django.mo").exists()


def test_the_same_word_may_differ_in_another_context(tmp_path: Path) -> None:
    folder = tmp_path / "nl" / "parts"
    folder.mkdir(parents=True)
    (folder / "one.po").write_text(HEADING + 'msgid "Issue"\nmsgstr "Bijzonderheid"\n')
    (folder / "two.po").write_text(HEADING + 'msgctxt "verb"\nmsgid "Issue"\nmsgstr "Definitief maken"\n')
    compile_messages(tmp_path)
    assert (tmp_path / "nl" / "LC_MESSAGES" / "django.mo").exists()
