"""Which request type a text is about: hand-written cues, then weights of common words.

`TypeReader(city).read(...)` is the front door. `stems` makes word forms alike, `cues` compiles and
finds the lexicon's phrases, `hints` hears single words of them, `spelling` mends unknown words,
`learned` adds what many texts taught, `kin` chooses three guesses.
What the things are called stands in `reading/lexicon/`; what the city calls them in its pack.
"""

from conversations.reading.request_types.reader import TypeReader

__all__ = ["TypeReader"]
