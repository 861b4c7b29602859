"""Designs: which policies run in which worlds.

A study (:mod:`study`) is policies x worlds x replicates. Its worlds are points (:mod:`points`) that a sampler lays out
(:mod:`samplers`); its policies are scenario files, every subset of some of them (:mod:`packages`), or one of them with
fields of its levers at several values (:mod:`variants`). A sweep file (:mod:`sweep_file`) states all that in TOML, and
:mod:`study_file` writes a study down so that it can be taken up again without the files it was made of.
"""
