"""Pages for people, made with Jinja and plain JavaScript; no build step, nothing from elsewhere.

One folder per page: its routes, its template, its own style and script.
"""
