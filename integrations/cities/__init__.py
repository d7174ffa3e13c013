"""City packs: one folder per city, data files only (code where a vendor is bent).

`load_city("nyc")` gives the value the core and the adapters work with, `load_pack` everything a
pack says; both fail loudly on a malformed folder. The twin's street map is in `streetmap`.
Calling a city's 311 does not live here but in the provider folders.
"""

from integrations.cities.errors import CityPackError
from integrations.cities.pack import CityPack, list_cities, load_city, load_pack, read_pack

__all__ = ["CityPack", "CityPackError", "list_cities", "load_city", "load_pack", "read_pack"]
