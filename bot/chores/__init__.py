"""Scheduled work, one file each: `EVERY_S` says how often, `run(shell)` does it.

Only one process of all runs a chore at a time. What is due by the second (timers, put-off rows) is
the sweeper's, not a chore.
"""
