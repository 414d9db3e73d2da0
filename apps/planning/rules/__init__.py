"""The plan's arithmetic: spans of time, slots, lanes, warnings, suggestions. No Django, no database, no clock."""
