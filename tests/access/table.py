"""The access table: per address, role and method the exact code. `tests/access/table/*.txt` hold it, for people to read.

Each line of it says one address, the record that stands in it (see `records.py`), a method, and what each role gets:
a status code, or `login` for a way to the login. The lines of POST and PUT go on with the address above them.
After a change that is meant: `pytest tests/access/test_access.py --write-access-table`, and read what became of it.
"""

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "table"
METHODS = ("GET", "POST", "PUT")
# Who asks: a stranger; Tim, whose jobs they are; Tessa, with whom one is shared; Zeno, a contractor with none of
# them; Bram of the back office; Olga, who owns the company; Ada, the admin.
ROLES = ("nobody", "tim", "tessa", "zeno", "bram", "olga", "ada")
UNKNOWN = "?"
HEADING = f"{'# address':<36}{'record':<18}{'method':<6}" + "".join(f"{role:>7}" for role in ROLES)


@dataclass
class Row:
    """An address with a record in it: per method the codes of the roles."""

    name: str
    record: str
    file: Path
    codes: dict[str, dict[str, str]] = field(default_factory=lambda: {method: {} for method in METHODS})

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.record

    def lines(self) -> list[str]:
        begin, found = f"{self.name:<36}{self.record:<18}", []
        for method in METHODS:
            codes = "".join(f"{self.codes[method].get(role, UNKNOWN):>7}" for role in ROLES)
            found.append(f"{begin}{method:<6}{codes}")
            begin = " " * len(begin)
        return found


def table_read() -> list[Row]:
    rows: list[Row] = []
    for file in sorted(FOLDER.glob("*.txt")):
        for line in file.read_text().splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            words = line.split()
            if not line.startswith(" "):
                rows.append(Row(words.pop(0), words.pop(0), file))
            if words:  # a new row may still be without
                said = dict(zip(ROLES, words[1:], strict=True))
                rows[-1].codes[words[0]] = {role: code for role, code in said.items() if code != UNKNOWN}
    return rows


def table_write(rows: list[Row]) -> None:
    for file in {row.file for row in rows}:
        lines = [line for row in rows if row.file == file for line in row.lines()]
        file.write_text("\n".join([HEADING, *lines]) + "\n")
