"""Where: finds the words of a message that say where, and takes them apart.

`address.AddressReader(city).read(text)` is the front door: `pieces` cuts the text, `gathering`
finds all houses, streets and corners in it, `choices` takes the most exact. `towns` knows what
is not of this city, `spelling` what a misspelt street was meant to be. `corrections` reads
answers about a known address and its borough; `names.normalise_street` makes names comparable.
Knows the shapes of addresses in general; the names of one city come from its gazetteer. Whether
an address exists is not decided here: that is the geocoder's to say.
"""
