"""The engine: runs flows over facts and handles everything around them, as a pure function.

Start with `step.step`. A flow never sees HELP, BACK, corrections, misses, idle time or language
switches: one module each deals with those here. Nothing in this package reads a clock, a file or
the network during a turn; what it needs is in `given.Given`.
"""
