"""A function applied to inputs side by side: one process or one input needs no others, and Ctrl-C is the leader's."""

from __future__ import annotations

import os
import signal

import pytest

from sim.experiments.running.side_by_side import _leave_control_c, side_by_side


@pytest.mark.parametrize(("inputs", "workers"), [([1, 2, 3], 1), ([7], 4)])
def test_alone_inputs_are_worked_on_in_this_process(inputs: list[int], workers: int) -> None:
    seen: list[int] = []
    with side_by_side(lambda number: seen.append(os.getpid()) or number + 1, inputs, workers) as made:
        assert list(made) == [number + 1 for number in inputs]
    assert seen == [os.getpid()] * len(inputs)


def test_a_process_beside_others_leaves_control_c_to_who_leads() -> None:
    _leave_control_c()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
