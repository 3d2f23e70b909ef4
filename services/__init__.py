"""What the office does: one verb a function (session, actor, …). Flushes, never commits; never imports Flask.

Every read of a scoped table starts at services.gate.
"""
