from django.apps import AppConfig


class QuotesConfig(AppConfig):
    name = "apps.quotes"

    def ready(self) -> None:
        from apps.core import chain
        from apps.messaging import links
        from apps.quotes import chain as own
        from apps.quotes import holdings  # noqa: F401  (what is held registers itself)
        from apps.quotes.letters import PURPOSE

        chain.register(own.POSITION, own.ask, own.tell)
        links.register(PURPOSE, "quote:show")
