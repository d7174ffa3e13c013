"""NYC 311: filing service requests with New York and asking how they stand.

`adapter` speaks the guide's contract (`seed`) or the public read-only one, `wire` knows both
dialects, `packet` prepares what a person must file by hand, `sandbox` with `store` is the twin.
What can be reported is the city pack's matter.
"""
