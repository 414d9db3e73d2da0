from django.apps import AppConfig


class BookkeepingConfig(AppConfig):
    name = "apps.bookkeeping"

    def ready(self) -> None:
        from apps.bookkeeping import chain as own
        from apps.bookkeeping import jobs  # noqa: F401  (the worker finds its tasks)
        from apps.core import chain

        chain.register(80, own.ask, own.tell)
