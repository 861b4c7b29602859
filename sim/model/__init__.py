"""The Mesa model: places, cities, talents and startups, and the ordered list of processes that moves them."""
