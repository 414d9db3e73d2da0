from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "apps.review"

    def ready(self) -> None:
        from apps.core import chain
        from apps.field.actions.events import on_set_aside
        from apps.messaging import links
        from apps.review import chain as own
        from apps.review import holdings, jobs  # noqa: F401  (jobs and what is held register themselves)
        from apps.review.actions.asides import aside_check, event_worth

        chain.register(50, own.ask, own.tell)
        on_set_aside(aside_check, event_worth)
        links.register("extra_work", "extra-work:show")
