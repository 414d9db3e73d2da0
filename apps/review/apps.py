from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "apps.review"

    def ready(self) -> None:
        from apps.core import chain
        from apps.messaging import links
        from apps.review import chain as own
        from apps.review import holdings, jobs  # noqa: F401  (jobs and what is held register themselves)

        chain.register(50, own.ask, own.tell)
        links.register("extra_work", "extra-work:show")
