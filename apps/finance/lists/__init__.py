"""The tables of finance, and the records behind each number."""

from apps.finance.lists.records import BUCKETS, WHATS, AvailableList, RecordList, UnpaidList
from apps.finance.lists.tables import TABLES

__all__ = ["BUCKETS", "TABLES", "WHATS", "AvailableList", "RecordList", "UnpaidList"]
