"""Where: finds the words of a message that say where, and takes them apart.

`address.AddressReader(city).read(text)` is the front door. `corrections` reads answers that change
a known address, `areas.read_borough` one borough, `names.normalise_street` makes names comparable.
Knows the shapes of addresses in general; the names of one city come from its gazetteer. Whether
an address exists is not decided here: that is the geocoder's to say.
"""
