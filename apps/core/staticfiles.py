"""Static files as they are served: compressed, with the content's hash in the name, and one stylesheet.

`static/css/app.css` imports a file per component. A browser could follow those imports, at the price of
two dozen requests before the first paint; so they are joined when static files are collected.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/app.css"
IMPORT = re.compile(r'@import url\("(?P<name>[^"]+)"\) layer\((?P<layer>\w+)\);\n?')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Space that means nothing. Not before a colon: `& :hover` and `&:hover` differ.
IDLE = re.compile(r"\s*([{};,])\s*|(:)\s+|\s*(>)(?!=)\s*|\s*\n\s*")
# In a nested rule `& .x` says no more than `.x`.
NEST = re.compile(r"(?<=[{};,])& (?=[.a-z\[#])")


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if SHEET in paths and not dry_run:
            self.delete(SHEET)
            self.save(SHEET, ContentFile(join(paths).encode()))
            paths[SHEET] = (self, SHEET)
        yield from super().post_process(paths, dry_run, **options)


def join(paths: dict[str, Any]) -> str:
    """The stylesheet with each import replaced by what it names, in its layer."""

    def read(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return COMMENT.sub("", file.read().decode())

    joined = IMPORT.sub(
        lambda found: f"@layer {found['layer']} {{\n{read('css/' + found['name'])}}}\n", read(SHEET)
    )
    dense = IDLE.sub(lambda found: found[1] or found[2] or found[3] or " ", joined)
    return NEST.sub("", dense)
