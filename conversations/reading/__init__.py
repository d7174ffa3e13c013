"""Reading: what a resident's words mean, without a language model.

`reader.Reader(city).read(text)` is the front door; everything else here is a part of it:
request types, addresses, intent, answers, emergencies, opt-out, language, SMS segments.
Deterministic, pure, under a millisecond a message.
"""
