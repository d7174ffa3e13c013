"""The adapter layer: what every call that leaves the building has in common.

`caller.py` is the way in: quota, pacing, retry, breaker, timeout and size cap around one
HTTP call, with one metric, one span and one log line. `errors.py` draws the error tree,
`ports.py` what the shell expects of an adapter, `dto.py` what adapters return, `sandbox/`
the harness of the providers' twins. Nothing here knows a provider by name.
"""
