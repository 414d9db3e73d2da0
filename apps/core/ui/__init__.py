"""The parts that pages are made of; docs/design.md shows each in use.

What a list repeats per row (icon, tag, person) is plain Python, larger parts are templates in templates/components/.
`config.jinja` makes all of them known to every template.
"""
