"""How long money may stand in each stage."""

from decimal import Decimal

from django import forms

from apps.core.number_fields import NumberField
from apps.pipeline.models import Limits
from apps.pipeline.states import PHASES, STAGES, Stage, Text

A_DAY = 24 * 3600
LONGEST = 3650


class LimitsForm(forms.Form):
    """A number of days per stage that has a limit; left empty, money may stand there for as long as it likes."""

    def __init__(self, *args: object, limits: Limits, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for stage in limited():
            limit = limits.of(stage)
            self.fields[stage.name] = NumberField(
                label=stage.label,
                required=False,
                initial=None if limit is None else Decimal(limit.total_seconds()) / A_DAY,
                places=1,
                least=0,
                most=LONGEST,
            )

    @property
    def phases(self) -> list[tuple[Text, list[forms.BoundField]]]:
        """The fields of each phase that has any."""
        found = [
            (label, [self[stage.name] for stage in limited() if stage.phase == name])
            for name, label in PHASES.items()
        ]
        return [(label, fields) for label, fields in found if fields]

    @property
    def days(self) -> dict[str, Decimal | None]:
        return {stage.name: self.cleaned_data[stage.name] for stage in limited()}


def limited() -> list[Stage]:
    """The stages in which somebody must act."""
    return [one for one in STAGES.values() if one.limit is not None]
