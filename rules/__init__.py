"""What the law and the office say. Pure: values in, values out; no clock, no database, no Flask.

Lives here: labels, terms, moves, recurrence, closing, permissions. Does not live here: queries, text of screens, files.
"""
