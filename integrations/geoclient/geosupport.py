"""The twin's Geosupport: answers of functions 1B, 2, 3 and places, as strings on the wire.

Return codes, messages and field names are those of the contract (civic 2.3 and
geosupport_return_codes.json): everything but 00 and 01 is a refusal, still HTTP 200.
"""

from __future__ import annotations

import hashlib
from typing import Any

from integrations.cities.streetmap import Landmark, Spot, StreetMap, house_key
from integrations.streets import canonical_street

Fields = dict[str, Any]
OK, WARNING = "00", "01"


def succeeded(fields: Fields) -> bool:
    """Return whether an answer counts: a search refuses only when both codes are bad."""
    codes = (fields.get("geosupportReturnCode"), fields.get("geosupportReturnCode2"))
    return any(code in (OK, WARNING) for code in codes)


def _borough_name(code: str, names: dict[str, str]) -> str:
    """Return the borough as Geosupport prints it: nine characters at most, `STATEN IS`."""
    name = names[code].upper()
    return "STATEN IS" if name == "STATEN ISLAND" else name


def _wide(street: str) -> str:
    """Return a street with the significant blanks of the original: `WEST  100 STREET`."""
    words = street.split(" ")
    for at, word in enumerate(words):
        if word.isdigit():
            # Numbers are set right in a field of four behind a word, of nothing in front.
            words[at] = word.rjust(4) if at else word
    return " ".join(words)


def _refusal(code: str, message: str, **more: str) -> Fields:
    return {
        "geosupportReturnCode": code,
        "geosupportReturnCode2": code,
        "message": message,
        "message2": message,
        **more,
    }


class Geosupport:
    """Answers single questions about one borough from a street map."""

    def __init__(self, streets: StreetMap) -> None:
        self.map = streets
        self._numbers: dict[str, Spot] = {}

    def address(self, house: str, street: str, code: str) -> Fields:
        """Return the answer to an address (function 1B)."""
        asked = {"boroughCode1In": code, "geosupportFunctionCode": "1B", "houseNumberIn": house}
        asked["streetName1In"] = street.upper()
        name = self.map.street(code, street)
        if name is None:
            return asked | self._unknown_street(street, code)
        if house_key(house) is None:
            return asked | _refusal("13", "ADDRESS NUMBER HAS AN INVALID FORM", reasonCode="1")
        spot = self.map.address(code, name, house)
        if spot is None:
            return asked | _refusal("42", "ADDRESS NUMBER OUT OF RANGE", reasonCode="2")
        return asked | self._located(spot) | self._hyphens(spot, house)

    def _unknown_street(self, street: str, code: str) -> Fields:
        """Return EE with similar names, or 11 without."""
        name = canonical_street(street)
        similar = self.map.similar(code, street)
        if not similar:
            return _refusal("11", f"'{name}' NOT RECOGNIZED. THERE ARE NO SIMILAR NAMES.")
        count = len(similar)
        reason = "A" if count == 10 else str(count)
        message = f"'{name}' NOT RECOGNIZED. THERE ARE {count:03d} SIMILAR NAMES."
        names = {f"streetName{at}": _wide(found) for at, found in enumerate(similar, start=1)}
        more = {"numberOfStreetCodesAndNamesInList": str(count), "reasonCode": reason}
        return _refusal("EE", message, **more, reasonCode2=reason, **names)

    @staticmethod
    def _hyphens(spot: Spot, house: str) -> Fields:
        """Return the warning for a hyphen that had to be put in or taken out, else 00."""
        number = house.split()[0] if house.split() else house
        has, wants = "-" in number, "-" in spot.house and spot.code == "4"
        if spot.exact and has != wants:
            reason, word = ("2", "INSERTED") if wants else ("3", "DELETED")
            message = f"HYPHEN {word} IN ADDRESS NUMBER"
            warning = {"message": message, "reasonCode": reason, "houseNumber": spot.house}
            return {"geosupportReturnCode": WARNING, "geosupportReturnCode2": WARNING, **warning}
        return {"geosupportReturnCode": OK, "geosupportReturnCode2": OK, "houseNumber": house}

    def _located(self, spot: Spot) -> Fields:
        """Return the fields of a found address. Lots and buildings are made up but stable."""
        mark = int(hashlib.sha256(f"{spot.code}{spot.street}{spot.house}".encode()).hexdigest(), 16)
        block, lot = f"{mark % 9999 + 1:05d}", f"{mark // 9999 % 99 + 1:04d}"
        fields = {
            "bbl": f"{spot.code}{block}{lot}",
            "bblBoroughCode": spot.code,
            "bblTaxBlock": block,
            "bblTaxLot": lot,
            "boePreferredStreetName": _wide(spot.street),
            "boroughCode1In": spot.code,
            "buildingIdentificationNumber": f"{spot.code}{mark // 10**9 % 10**6:06d}",
            "firstBoroughName": _borough_name(spot.code, self.map.names),
            "firstStreetNameNormalized": _wide(spot.street),
            "returnCode1a": OK,
            "returnCode1e": OK,
            "uspsPreferredCityName": self._post_city(spot.code),
            "zipCode": spot.zip or None,
        }
        return {key: value for key, value in fields.items() if value} | _point(spot)

    def _post_city(self, code: str) -> str:
        return "NEW YORK" if code == "1" else self.map.names[code].upper()

    def intersection(self, one: str, two: str, code: str) -> Fields:
        """Return the answer to a corner (function 2)."""
        asked = {"boroughCode1In": code, "geosupportFunctionCode": "2"}
        first, second = self.map.street(code, one), self.map.street(code, two)
        if first is None or second is None:
            return asked | self._unknown_street(one if first is None else two, code)
        at = self.map.corner(code, first, second)
        if at is None:
            return asked | _refusal("62", f"{first} AND {second} DO NOT INTERSECT")
        return asked | self._corner(code, first, second, at)

    def _corner(self, code: str, first: str, second: str, at: tuple[float, float]) -> Fields:
        postal = self.map.zip_near(code, *at)
        return {
            "firstBoroughName": _borough_name(code, self.map.names),
            "firstStreetNameNormalized": _wide(first),
            "geosupportReturnCode": OK,
            "latitude": at[0],
            "longitude": at[1],
            "numberOfIntersectingStreets": "2",
            "secondStreetNameNormalized": _wide(second),
            "zipCode": postal,
        }

    def blockface(self, on: str, one: str, two: str, code: str) -> Fields:
        """Return the answer to a block between two streets (function 3): its two corners."""
        asked = {"boroughCode1In": code, "geosupportFunctionCode": "3"}
        names = [self.map.street(code, street) for street in (on, one, two)]
        for typed, name in zip((on, one, two), names, strict=True):
            if name is None:
                return asked | self._unknown_street(typed, code)
        street, low, high = (str(name) for name in names)
        ends = [self.map.corner(code, street, cross) for cross in (low, high)]
        for cross, end in zip((low, high), ends, strict=True):
            if end is None:
                return asked | _refusal("30", f"{cross} DOES NOT INTERSECT {street}")
        (lat1, lon1), (lat2, lon2) = (end for end in ends if end)
        if abs(lat1 - lat2) + abs(lon1 - lon2) > 0.02:
            return asked | _refusal("36", "CROSS STREETS ARE NOT CONSECUTIVE")
        fields = self._corner(code, street, low, ((lat1 + lat2) / 2, (lon1 + lon2) / 2))
        return asked | fields | {"thirdStreetNameNormalized": _wide(high)}

    def place(self, name: str, code: str) -> Fields:
        """Return the answer to a place: 01 and the address under it, or a point."""
        asked = {"boroughCode1In": code, "geosupportFunctionCode": "1B", "placeNameIn": name}
        found = self.map.landmark(name, code)
        if found is None:
            street = self.map.street(code, name)
            if street:
                return asked | _refusal("41", f"'{street}' HAS NO ADDRESSES GIVEN")
            return asked | self._unknown_street(name, code)
        return asked | self._placed(found)

    def number(self, kind: str, number: str, code: str) -> Fields:
        """Return the answer to a tax lot (`bbl`) or building number (`bin`) of a known address."""
        if not self._numbers:
            for spot in self.map.known_addresses():
                fields = self._located(spot)
                self._numbers.setdefault(fields["bbl"], spot)
                self._numbers.setdefault(fields["buildingIdentificationNumber"], spot)
        found = self._numbers.get(number)
        if found is None or found.code != code:
            reject = "77" if kind == "bbl" else "21"
            return _refusal(reject, f"{kind.upper()} NOT FOUND")
        good = {"geosupportReturnCode": OK, "geosupportReturnCode2": OK, "houseNumber": found.house}
        return self._located(found) | good

    def _placed(self, found: Landmark) -> Fields:
        postal = self.map.zip_near(found.code, found.latitude, found.longitude)
        house, _, street = found.address.partition(" ")
        fields = {
            "firstBoroughName": _borough_name(found.code, self.map.names),
            "firstStreetNameNormalized": _wide(street) if street else found.name.upper(),
            "geosupportReturnCode": WARNING if street else OK,
            "geosupportReturnCode2": WARNING if street else OK,
            "houseNumber": house,
            "latitude": found.latitude,
            "longitude": found.longitude,
            "zipCode": postal,
        }
        if street:
            under = f"{found.address} IS THE UNDERLYING ADDRESS OF {found.name.upper()}"
            fields |= {"message": under, "reasonCode": "V"}
        return {key: value for key, value in fields.items() if value != ""}


def _point(spot: Spot) -> Fields:
    """Return the four coordinate fields, the only numbers of an answer."""
    return {
        "latitude": round(spot.latitude, 6),
        "longitude": round(spot.longitude, 6),
        "latitudeInternalLabel": round(spot.latitude + 0.00012, 6),
        "longitudeInternalLabel": round(spot.longitude - 0.00009, 6),
    }
