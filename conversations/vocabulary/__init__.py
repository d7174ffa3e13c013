"""The shared vocabulary: the only part of the core that adapters may import.

Frozen values and enumerations with no behaviour beyond turning into plain JSON
and back. A word used on more than one floor is defined here, once.
"""
