"""NYC GeoSearch (Pelias): addresses of New York without a key, the free second step.

`adapter` calls it and takes only features that are what was asked for (contract civic 2.5),
`wire` reads its GeoJSON, `sandbox` is its twin.
"""
