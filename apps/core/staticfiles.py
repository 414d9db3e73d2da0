"""Static files as they are served: dense, compressed, with the content's hash in the name, one stylesheet per shell.

`static/css/app.css` (office), `app-phone.css` and `app-public.css` import a file per component. A browser could
follow those imports, at the price of two dozen requests before the first paint; so they are joined when static
files are collected. What is there for whoever reads the files, comments and space, is left out then, of the scripts too.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = [
    "css/app.css",
    "css/app-phone.css",
    "css/app-public.css",
    "planning/grid.css",
    "planning/week.css",
    "planning/day.css",
    "planning/routes.css",
    "planning/capacity.css",
    "technicians/hours.css",
    "quotes/lines.css",
    "core/versions.css",
    "pipeline/flow.css",
    "office/dashboard.css",
    "finance/board.css",
    "review/compare.css",
    "invoicing/lines.css",
    "workorders/questions.css",
    "office/components.css",
]
IMPORT = re.compile(r'@import url\("(?P<name>[^"]+)"\) layer\((?P<layer>\w+)\);\n?')
SCRIPT = re.compile(r"js/[^/]+\.js")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Space that means nothing. Not before a colon: `& :hover` and `&:hover` differ.
IDLE = re.compile(r"\s*([{};,])\s*|([:(])\s+|\s+(\))|\s*(>)(?!=)\s*|\s*\n\s*")
# In a nested rule `& .x` says no more than `.x`.
NEST = re.compile(r"(?<=[{};,])& (?=[.a-z\[#])")


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    # A module of ours finds the very version of the other that it was written for.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (r'(?P<matched>from "(?P<url>\./.+?)")', 'from "%(url)s"'),
                (r'(?P<matched>import\("(?P<url>\./.+?)"\))', 'import("%(url)s")'),
            ),
        ),
    )

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            dense = {sheet: join(paths, sheet) for sheet in SHEETS if sheet in paths}
            dense |= {name: bare(read(paths, name)) for name in paths if SCRIPT.fullmatch(name)}
            for name, text in dense.items():
                self.delete(name)
                self.save(name, ContentFile(text.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def read(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        text: str = file.read().decode()
    return text


def bare(script: str) -> str:
    """The script without comments and indentation. No text or comment in it goes over lines: tests.architecture.layout."""
    lines = [line.strip() for line in script.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def join(paths: dict[str, Any], sheet: str) -> str:
    """The stylesheet with its imports (which come last) replaced by what they name, in their layers."""

    def said(name: str) -> str:
        return COMMENT.sub("", read(paths, name))

    text = said(sheet)
    joined = IMPORT.sub("", text)
    for layer, files in groupby(IMPORT.finditer(text), itemgetter("layer")):
        joined += f"@layer {layer} {{\n{''.join(said('css/' + file['name']) for file in files)}}}\n"
    dense = IDLE.sub(lambda found: next(filter(None, found.groups()), " "), joined)
    return NEST.sub("", dense).replace(";}", "}")
