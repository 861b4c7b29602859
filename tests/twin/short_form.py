"""The short form of a long list of cases: the other ones are run by the long form alone."""

from __future__ import annotations

import pytest


def short_form(cases, step):
    """Mark all but every ``step``-th case as torture; a case is a value, or a tuple of values."""
    found = []
    for n, case in enumerate(cases):
        values = case if isinstance(case, tuple) else (case,)
        found.append(pytest.param(*values, marks=[] if n % step == 0 else [pytest.mark.torture]))
    return found
