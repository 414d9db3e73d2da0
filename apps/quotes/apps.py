from django.apps import AppConfig


class QuotesConfig(AppConfig):
    name = "apps.quotes"

    def ready(self) -> None:
        from apps.core import chain
        from apps.messaging import kinds, links
        from apps.quotes import chain as own
        from apps.quotes import holdings  # noqa: F401  (what is held registers itself)
        from apps.quotes.actions.sending import quote_files
        from apps.quotes.letters import PURPOSE

        chain.register(20, own.ask, own.tell)
        links.register(PURPOSE, "quote:show")
        kinds.register("quote_offer", "quote_accepted", attach=quote_files)
