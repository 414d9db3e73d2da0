from django.apps import AppConfig


class BookkeepingConfig(AppConfig):
    name = "apps.bookkeeping"

    def ready(self) -> None:
        from apps.bookkeeping import jobs, links  # noqa: F401  (jobs: the worker finds its tasks)
        from apps.core import chain

        chain.register(80, links.ask, links.tell)
