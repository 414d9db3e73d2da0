from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "apps.field"

    def ready(self) -> None:
        from apps.core import chain
        from apps.field import chain as own
        from apps.field import holdings  # noqa: F401  (what is held registers itself)
        from apps.field.actions.copies import work_order_copy_files
        from apps.messaging import kinds

        chain.register(40, own.ask, own.tell)
        kinds.register("work_order_copy", attach=work_order_copy_files)
