"""Every package of some members in paired worlds: what each member contributes, which packages are worth their money.

A package is a subset of the members; its number is a bit mask, bit i for the i-th member in reading order.
"""
