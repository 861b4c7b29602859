"""Every target row: what it is to the model, how it is measured, what lies behind it.

Values, intervals, statuses and sources stay where they are: in ``sim/evidence/targets.csv``. The rows are in one file a
theme; this module joins them.
"""

from __future__ import annotations

from sim.experiments.targets.register_capital import CAPITAL
from sim.experiments.targets.register_departures import DEPARTURES
from sim.experiments.targets.register_firms import FIRMS
from sim.experiments.targets.register_places import PLACES
from sim.experiments.targets.register_programmes import PROGRAMMES
from sim.experiments.targets.register_stocks import STOCKS
from sim.experiments.targets.register_talents import TALENTS
from sim.experiments.targets.row_kinds import Row

ROWS: dict[str, Row] = TALENTS | FIRMS | PROGRAMMES | PLACES | DEPARTURES | STOCKS | CAPITAL
