"""What customers owe, by age: the pipeline and the table of finance say the same of every invoice."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from apps.finance.querysets import LATE, aged, ageing, by_age, unpaid
from apps.pipeline.figures import standing


def ages_agree(now: datetime) -> None:
    today = timezone.localdate(now)
    stages: dict[bool, dict[int, Decimal]] = {False: {}, True: {}}
    for row in standing(now).filter(record_type="invoicing.invoice", gross__gt=0):
        stages[row.stage == "overdue"][row.record_id] = row.gross
    late = dict(unpaid().filter(aged(today, LATE)).values_list("pk", "open"))
    in_time = dict(unpaid().filter(aged(today, "not_due")).values_list("pk", "open"))
    assert (in_time, late) == (stages[False], stages[True])
    sums = defaultdict(Decimal, ageing(by_age(today)))
    assert sums[LATE] == sum(late.values()) == sums["30"] + sums["60"] + sums["90"] + sums["older"]
    assert sums["not_due"] == sum(in_time.values())
