"""The doors: HTTP in (providers, pages, health) and signed webhooks out.

Doors verify, translate and hand over to `bot`; they never think and never reach into the engine.
"""
