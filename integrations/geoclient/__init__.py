"""NYC Geoclient: addresses, corners, blocks and places of New York to points on the map.

`adapter` calls it (both versions, see the contract civic section 2), `wire` reads its answers,
`sandbox` with `geosupport` and `search` is its twin. Other geocoders have their own folders.
"""
