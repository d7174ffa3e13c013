"""Signed doors for providers: one module (or folder) per provider, found by `registry`.

A provider's module names its paths, its signature check and its parser, all of which live in
`integrations/<provider>`; reading the request safely is done once, in `door`.
"""
