from django.apps import AppConfig


class BookkeepingConfig(AppConfig):
    name = "apps.bookkeeping"

    def ready(self) -> None:
        from apps.bookkeeping import chain as own
        from apps.bookkeeping import jobs  # noqa: F401  (the worker finds its tasks)
        from apps.bookkeeping.models import PackageLine
        from apps.core import chain
        from apps.invoicing import exports

        chain.register(80, own.ask, own.tell)
        exports.register(lambda: PackageLine.objects.filter(payment=None))
