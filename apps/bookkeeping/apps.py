from django.apps import AppConfig


class BookkeepingConfig(AppConfig):
    name = "apps.bookkeeping"

    def ready(self) -> None:
        from apps.bookkeeping import jobs, links  # noqa: F401  (jobs: the worker finds its tasks)
        from apps.bookkeeping.detectors import NotInPackage
        from apps.core import chain
        from apps.leaks.detectors import register

        chain.register(80, links.ask, links.tell)
        register(NotInPackage)
