"""What narrows the rows of the week, several choices of each; from the address."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.planning.roster import Person
from apps.planning.rules.slots import TONES
from apps.technicians.models import TechnicianKind

NAMES = ("team", "skill", "region", "kind", "state")


class WeekFilters:
    def __init__(self, query: Any, people: Sequence[Person], skills: dict[int, str]) -> None:
        self.chosen: dict[str, list[str]] = {
            name: [one for one in query.getlist(name) if one] for name in NAMES
        }
        self.chosen["state"] = [one for one in self.chosen["state"] if one in TONES]
        self._people, self._skills = people, skills

    def fits(self, one: Person) -> bool:
        """In one of the teams, and of one of the regions, with one of the skills."""
        chosen = self.chosen
        return (
            (not chosen["team"] or one.team in chosen["team"])
            and (not chosen["region"] or one.region in chosen["region"])
            and (not chosen["kind"] or one.kind in chosen["kind"])
            and (not chosen["skill"] or any(str(pk) in chosen["skill"] for pk in one.skills))
        )

    @property
    def is_active(self) -> bool:
        return any(self.chosen.values())

    @property
    def outside(self) -> str:
        """What changes with the filters beside the board: for `hx-select-oob`."""
        chosen = [f"#chosen-{one['name']}:innerHTML" for one in self.several]
        return ",".join(["#counts:innerHTML", "#week-view:innerHTML", "#weeks:innerHTML", *chosen])

    @property
    def several(self) -> list[dict[str, Any]]:
        """The filters for the bar: each with its choices, of which several may be ticked."""
        held = {pk for one in self._people for pk in one.skills}
        skills = sorted(((str(pk), self._skills[pk]) for pk in held), key=lambda one: one[1])
        options: list[tuple[str, str, Any]] = [
            ("team", _("Team"), [(one, one) for one in sorted({one.team for one in self._people if one.team})]),
            ("skill", _("Skill"), skills),
            ("region", _("Region"), [(one, one) for one in sorted({one.region for one in self._people if one.region})]),
            ("kind", _("Internal / ZZP"), TechnicianKind.choices),
        ]  # fmt: skip
        return [
            {
                "name": name,
                "label": label,
                "value": ", ".join(str(words) for value, words in choices if value in self.chosen[name]),
                "options": [(value, words, value in self.chosen[name]) for value, words in choices],
            }
            for name, label, choices in options
            if len(choices) > 1 or self.chosen[name]
        ]
