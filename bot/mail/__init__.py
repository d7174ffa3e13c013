"""Mail in the shell: whose it is, what proves it, how an answer is threaded and put together.

The doors hand over an `InboundMail` (`desk.py`); the outbox asks `letters.py` for everything a mail
has beyond its text. Parsing, signatures and sending are one floor below, in `integrations/`.
"""
