"""Cutting a mail down to what its writer typed: quotes, signatures and disclaimers go.

One rule above all: no word of the resident is lost. When it is not sure that a line comes from a
program or from us, it stays. `trim.trim` is the one door; the words of all languages are in
`words/*.toml`.
"""
