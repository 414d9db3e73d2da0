from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "apps.planning"

    def ready(self) -> None:
        from apps.core import remarks
        from apps.messaging import kinds, links
        from apps.planning import holdings, jobs  # noqa: F401  (jobs and what is held register themselves)
        from apps.planning import remarks as said
        from apps.planning.actions import messages, telling
        from apps.technicians.actions import CALENDAR

        links.register(messages.PURPOSE, "appointment:show")
        links.register(CALENDAR, "appointment:calendar_feed")
        kinds.register(messages.PLACED, messages.MOVED, messages.CANCELLED, sent=telling.appointment_told)
        remarks.register("technicians.technician", said.visits_after_last_day, said.last_day_remarks)
        remarks.register("technicians.technician", said.certificates_expired, said.certificate_remarks)
