"""Mapbox: the paid geocoder of last resort (v6 forward, v5 by argument), and pictures of maps.

`adapter` calls it, `static` has maps drawn, `wire` reads its answers, `sandbox` is its twin. Its
terms allow keeping an answer only when it was asked for with `permanent=true` (contract civic 0.2).
"""
