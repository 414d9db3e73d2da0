"""Templates, stylesheets and scripts have one element, declaration or statement on a line, of at most 120 characters."""

import pytest

from tests.architecture.layout import ROOT, faults, files

SHEET = """\
/* What it is for. */
.list {
  color: var(--ink);
  content: "a; b { c }";
  transition:
    color .12s,
    background-color .12s;

  &:hover,
  &[aria-current] {
    color: red;
  }

  @media (width < 700px) {
    display: none;
  }
}
"""
SCRIPT = """\
// What it is for: a; b.
const { first, second } = box.dataset;
const wait = () => (first ? second : null);
for (let n = 1; n < 3; n += 1) show(`${n}; ${`${n}`}`);
if (first) show({ first, second });
else if (/;[/;]/.test(second)) show();
document.addEventListener("submit", (event) => {
  try {
    send(event); // the one
  } catch {
    // Nothing.
  }
}, true);
"""


TEMPLATE = """\
<ul>
  {% for row in rows %}
    <li>
      <a href="{{ row.url }}">{{ row.name }}</a>
      {% if row.late %}<span class="faint">{{ _("late") }}</span>{% endif %}
    </li>
  {% endfor %}
  {% for row in more %}<li>{{ row }}</li>{% endfor %}
</ul>
"""


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_laid_out_one_thing_on_a_line(path) -> None:
    assert faults(path.name, path.read_text()) == []


def test_what_is_laid_out_well_passes() -> None:
    assert faults("a.css", SHEET) == []
    assert faults("a.js", SCRIPT) == []
    assert faults("a.html", TEMPLATE) == []


@pytest.mark.parametrize(
    ("good", "bad", "what"),
    [
        ("color: red;", "color: red; margin: 0;", "more than one declaration or brace"),
        ("color: red;", "color: red", "no semicolon"),
        ("    color: red;", "   color: red;", "indented by 3"),
        ("  }\n\n  @media", "  }\n  @media", "no blank line before the rule"),
        ("\n\n  &:hover", "\n  &:hover", "no blank line before the rule"),
        ("    display: none;\n  }", "    display: none; }", "more than one declaration or brace"),
        (
            "@media (width < 700px) {\n    display",
            "@media (width < 700px) { display",
            "more than one declaration or brace",
        ),
        ("What it", "What " + 120 * "x", "139 characters"),
    ],
)
def test_a_stylesheet_that_is_not_is_told(good: str, bad: str, what: str) -> None:
    assert good in SHEET
    assert what in [one.split(": ")[1] for one in faults("a.css", SHEET.replace(good, bad))]


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ("a(); b();", "more than one statement"),
        ("on(() => { a(); });", "more than one statement"),
        ("on(() => { a() });", "more than one statement"),
        ("try { a(); } catch {}", "more than one statement"),
        ("for (const a of b) if (a) c();", "a condition or loop within another"),
        ("const a = [1, 2], b = 3;", "more than one declaration"),
        ("if (a) {\n  b();\n} c();", "a statement behind a brace"),
        ("const a = `b\nc`;", "a comment or a text of more than one line"),
        (f"a({120 * 'b'});", "124 characters"),
    ],
)
def test_a_script_that_is_not_is_told(bad: str, what: str) -> None:
    assert what in [one.split(": ")[1] for one in faults("a.js", SCRIPT + bad + "\n")]


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ("<div><p>Two</p></div>", "more than one element"),
        ("</div></section>", "more than one element"),
        ("</li><li>", "more than one element"),
        ('{% if rows %}<div class="list">', "an element behind its statement"),
        ("{% else %}<p>{{ nothing }}</p>", "an element behind its statement"),
        ("<p>" + 120 * "x" + "</p>", "127 characters"),
    ],
)
def test_a_template_that_is_not_is_told(bad: str, what: str) -> None:
    assert what in [one.split(": ")[1] for one in faults("a.html", TEMPLATE + bad + "\n")]
