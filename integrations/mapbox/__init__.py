"""Mapbox: the paid geocoder of last resort (v6 forward, v5 by argument).

`adapter` calls it, `wire` reads its features, `sandbox` is its twin. Its terms allow keeping an
answer only when it was asked for with `permanent=true` (contract civic 0.2).
"""
