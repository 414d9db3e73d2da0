"""What is much of a unit. No Django here."""

# By UN/ECE unit: more than this on one line of one job is asked about, for a typing error is likelier.
MUCH = {
    "C62": 1000, "SET": 100, "HUR": 100, "DAY": 60, "MTR": 1000, "MTK": 1000, "LTR": 1000, "KGM": 1000, "KMT": 1000,
}  # fmt: skip


def much_of(unit: str | None) -> int | None:
    return MUCH.get(unit or "")
