"""The adapters: every call that leaves the building.

`kit/` is the shared adapter layer, one folder per provider, `cities/` one folder per city.
Adapters import of the core only its vocabulary, and do not know whether they talk to a twin.
"""
