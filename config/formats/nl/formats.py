"""Format of numbers in this language, where it differs from that of Django."""

# A number that a template writes as it stands is an id as often as a count: no groups. Amounts and figures go through
# core.formats; what people type may hold groups all the same (USE_THOUSAND_SEPARATOR).
NUMBER_GROUPING = 0
