"""Tests of the store do not wait for the disk, but where they are about that."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with mock.patch("os.fsync"):
        yield
