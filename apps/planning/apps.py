from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "apps.planning"

    def ready(self) -> None:
        from apps.messaging import kinds, links
        from apps.planning import holdings, jobs  # noqa: F401  (jobs and what is held register themselves)
        from apps.planning.actions import messages, telling
        from apps.technicians.actions import CALENDAR

        links.register(messages.PURPOSE, "appointment:show")
        links.register(CALENDAR, "appointment:calendar_feed")
        kinds.register(messages.PLACED, messages.MOVED, messages.CANCELLED, sent=telling.appointment_told)
