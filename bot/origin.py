"""Where a number comes from: cities text with numbers of their own countries only.

A text to a far country can cost a hundred times as much, and whoever pumps texts earns there. What
comes from elsewhere is kept and not answered, danger apart.
"""

from __future__ import annotations

import phonenumbers

from conversations.vocabulary.city import City
from conversations.vocabulary.handles import Handle, address, scheme


def is_foreign(sender: Handle, city: City) -> bool:
    """Return whether a phone number belongs to a country that this city does not text to.

    A number that no country's plan knows is taken for one of the first country with its code.
    Handles that are no phone number, and short codes, are not foreign.
    """
    number = address(sender)
    if scheme(sender) != "tel" or not number.startswith("+"):
        return False
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return True
    region = phonenumbers.region_code_for_number(parsed)
    if region is None and parsed.country_code is not None:
        region = phonenumbers.region_code_for_country_code(parsed.country_code)
    return region not in (city.countries or (city.country,))
