"""How templates, stylesheets and scripts are laid out, as `script/check` holds it: `python -m tests.architecture.layout`.

A template has one element on a line, and no element on the line of the statement that it stands in; those of a sentence
(a, b, span, …) may share its line. A stylesheet has one declaration on a line, each with its semicolon, rules nested by two spaces with a blank line between
them; a script has one statement on a line. No line of any is longer than 120 characters.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 120
# What is read as one piece: its inside says nothing about layout.
CSS_PIECE = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', re.DOTALL)
JS_PIECE = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    r"|`(?:\\.|\$\{(?:[^{}`]|`[^`]*`)*\}|[^`\\])*`"
    r"|(?<=[(,=:!&|?])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\\\n])+/\w*",
    re.DOTALL,
)
BLOCK = re.compile(r"(\)|=>|\b(?:else|try|do|finally|catch)) *\{ *(?=[^\s}])")
# What lays out a page.
ELEMENT = (
    r"(?:article|aside|dd|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|section"
    r"|table|tbody|td|tfoot|th|thead|tr|ul)\b"
)
TWO_ELEMENTS = re.compile(rf"<{ELEMENT}.*<{ELEMENT}|</{ELEMENT}>.*</?{ELEMENT}")
AFTER_STATEMENT = re.compile(rf"^\{{%-? *(?:if|for|else|elif|call)\b.*%\}}\s*<{ELEMENT}")
STATEMENT_ENDS = ("{% endif %}", "{% endfor %}")
HEADER = re.compile(r"\b(?:if|for|while) \(")


def files() -> list[Path]:
    sheets = [*ROOT.glob("static/**/*.css"), *ROOT.glob("templates/**/*.css")]
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")]
    return sorted([*sheets, *ROOT.glob("static/**/*.js"), *templates])


def faults(name: str, text: str) -> list[str]:
    """What is wrong with the layout of one file, as `line: what`."""
    read = {".css": css_faults, ".js": js_faults, ".html": html_faults}.get(Path(name).suffix)
    found = [*line_faults(text), *(read(text) if read else ())]
    return [f"{line}: {what}" for line, what in sorted(found)]


def line_faults(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > WIDTH:
            yield number, f"{len(line)} characters"
        if "\t" in line or line != line.rstrip():
            yield number, "a tab, or space at the end"


def masked(pieces: re.Pattern[str], text: str) -> list[str]:
    """The lines with their strings as `_`, and without comments."""

    def blank(found: re.Match[str]) -> str:
        is_comment = found[0].startswith(("//", "/*"))
        return re.sub(r"[^\n]", " " if is_comment else "_", found[0])

    return [line.rstrip() for line in pieces.sub(blank, text).split("\n")]


def html_faults(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        said = line.strip()
        if TWO_ELEMENTS.search(said):
            yield number, "more than one element"
        if AFTER_STATEMENT.match(said) and not said.endswith(STATEMENT_ENDS):
            yield number, "an element behind its statement"


def css_faults(text: str) -> Iterator[tuple[int, str]]:
    shown = text.split("\n")
    depth = 0
    before = "{"  # what the last line that says something ended with
    for number, line in enumerate(masked(CSS_PIECE, text), 1):
        said = line.strip()
        if not said:
            continue
        goes_on = before not in "{};"
        outside = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", said))
        if re.search(r"[{};].", outside) or (said.endswith("}") and said != "}"):
            yield number, "more than one declaration or brace"
        if said == "}":
            depth -= 1
            if goes_on:
                yield number - 1, "no semicolon"
        indent = len(line) - len(line.lstrip())
        if (indent < 2 * depth or indent % 2) if goes_on else indent != 2 * depth:
            yield number, f"indented by {indent}"
        if said[-1] in "{," and not goes_on and not is_apart(shown, number):
            yield number, "no blank line before the rule"
        depth += said.endswith("{")
        before = said[-1]


def is_apart(shown: list[str], number: int) -> bool:
    """Whether the rule that begins in this line is the first of its block, or has a blank line or a comment above it."""
    above = shown[number - 2].strip() if number > 1 else ""
    return not above or above.endswith(("{", "*/"))


def js_faults(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(masked(JS_PIECE, text), 1):
        said = re.sub(r"\bfor \([^;()]*;[^;]*;", "for (", line.strip())
        if re.search(r";\s*\S", said) or BLOCK.search(said):
            yield number, "more than one statement"
        elif re.match(r"\} *(?!(?:else|catch|finally|while|from)\b)\w", said):
            yield number, "a statement behind a brace"
        elif len(HEADER.findall(said)) > 1:
            yield number, "a condition or loop within another"
        elif re.match(r"(?:const|let|var) ", said) and "," in without_brackets(said):
            yield number, "more than one declaration"
        if (len(line) - len(line.lstrip())) % 2:
            yield number, "indented by an odd number of spaces"
    for found in JS_PIECE.finditer(text):
        if found[0].startswith(("/*", "`")) and "\n" in found[0]:
            # apps/core/staticfiles.py leaves out comments and indentation, line by line.
            yield text.count("\n", 0, found.start()) + 1, "a comment or a text of more than one line"


def without_brackets(said: str) -> str:
    while (less := re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", "", said)) != said:
        said = less
    return re.split(r"[(\[{]", said)[0]


def main() -> int:
    found = [
        f"{path.relative_to(ROOT)}:{one}" for path in files() for one in faults(path.name, path.read_text())
    ]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
