"""What a person sends goes through a page: no test posts by itself what no page of ours holds."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
# Where a test posts all the same, and why.
ALLOWED = {
    "tests/intake/test_behind_a_proxy.py": "over a socket, as many a stranger does",
    "tests/pages.py": "the one place: `submit` and `post_by_hand`",
    "tests/accounts/test_behind_a_proxy.py": "over a socket, with the fields of the page that it got there",
}


def posted(text: str) -> Iterator[int]:
    """The lines that call `post` of a client."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="RequestFactory")))):
                continue  # a request that no view gets
            case ast.Call(func=ast.Attribute(attr="post"), args=[_, *_]):
                yield node.lineno


def test_no_test_posts_what_no_page_holds() -> None:
    """Use `tests.pages.submit`, or `post_by_hand` where the test goes around the pages."""
    found = [
        f"{path}:{line}"
        for file in sorted(TESTS.rglob("*.py"))
        if (path := str(file.relative_to(ROOT))) not in ALLOWED
        for line in posted(file.read_text())
    ]
    assert found == []


def test_each_exception_is_one() -> None:
    idle = [path for path in ALLOWED if not list(posted((ROOT / path).read_text()))]
    assert idle == []


def test_the_control() -> None:
    assert list(posted('client.post("/users/", {})')) == [1]
    assert list(posted("client_as(cast.bram).post(url)")) == [1]
    assert list(posted('RequestFactory().post("/users/")')) == []
    assert list(posted('client.get("/users/")')) == []
