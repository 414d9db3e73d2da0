"""Every write to contracts and their visits."""

from apps.maintenance.actions.contracts import contract_change, contract_create, contract_end
from apps.maintenance.actions.generating import contract_visits_generate, visits_generate
from apps.maintenance.actions.planning import Planned, Taken, visits_plan
from apps.maintenance.actions.visits import OnThePlan, visit_again, visit_move, visit_skip

__all__ = [
    "OnThePlan",
    "Planned",
    "Taken",
    "contract_change",
    "contract_create",
    "contract_end",
    "contract_visits_generate",
    "visit_again",
    "visit_move",
    "visit_skip",
    "visits_generate",
    "visits_plan",
]
