"""Mail: a reply as text and as a page, readable without pictures, on a phone, in the dark.

`render.py` writes what a turn says, without the limits of a text message; `page.py` makes a whole
mail of it (`templates/`): the request's story, where it is, two buttons, why one gets it.
"""
