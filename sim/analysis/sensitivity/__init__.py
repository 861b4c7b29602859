"""Sensitivity analysis: which uncertain parameters move outcomes, and what recommendations change in them.

:mod:`outputs` takes levels and paired effects from the runs of a space-filling design; :mod:`emulated` fits an emulator
to each; :mod:`plausible` draws functions that the emulator holds possible; :mod:`morris`, :mod:`sobol` and
:mod:`tornado` ask them; :mod:`tables` puts it together and leaves out what an emulator does not bear.
"""
