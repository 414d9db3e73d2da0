from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "apps.field"

    def ready(self) -> None:
        from apps.core import chain, remarks
        from apps.field import chain as own
        from apps.field import holdings  # noqa: F401  (what is held registers itself)
        from apps.field import remarks as said
        from apps.field.actions.copies import work_order_copy_files
        from apps.field.actions.mails import is_on_the_way
        from apps.messaging import kinds

        remarks.register("workorders.workorder", said.of_work_order, said.remarks)
        remarks.register("workorders.workorder", said.word_of_work_order, said.word_remarks)
        remarks.register("planning.assignment", said.of_assignment, said.remarks)
        remarks.register("technicians.technician", said.of_technician, said.remarks_of_technician)
        chain.register(40, own.ask, own.tell)
        kinds.register("work_order_copy", attach=work_order_copy_files)
        kinds.register("on_my_way", wanted=is_on_the_way)
