"""Coding at the source: identifiers become keyed codes on the partner's own machine.

What belongs here: keys, codes, what to do with a column, the file written anew, and the offline
page that does the same in a browser. What does not: reading deliveries (intake), linking codes.
Nothing here is an asset: this room works before a delivery exists, and stores nothing.
"""
