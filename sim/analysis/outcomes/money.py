"""Public and private money, discounted; levels of a run, to be read as differences to the baseline."""

from __future__ import annotations

from sim.analysis.outcomes.registry import MONEY, Theme
from sim.analysis.run_record import FORGONE_CONTRIBUTIONS, PUBLIC_PAYERS, RunRecord

ACCOUNTS = Theme()


@ACCOUNTS.outcome(
    "public_cost",
    "Public cost, gross",
    MONEY,
    "lower",
    "What State and cities pay or forgo over the horizon, discounted at 4% a year to 2013 Q3, cities' own "
    "programmes apart. Money that comes back is not deducted, nor is any tax paid by additional firms or people.",
)
def _public_cost(run: RunRecord) -> float:
    return run.money(PUBLIC_PAYERS)


@ACCOUNTS.outcome(
    "public_cost_state",
    "of which the State",
    MONEY,
    "lower",
    "The State's part of the gross public cost, discounted at 4% a year to 2013 Q3.",
)
def _public_cost_state(run: RunRecord) -> float:
    return run.money(("state",))


@ACCOUNTS.outcome(
    "public_recovered",
    "Public money that comes back",
    MONEY,
    "higher",
    "Repayments and proceeds to State and cities over the horizon, discounted at 4% a year to 2013 Q3.",
)
def _public_recovered(run: RunRecord) -> float:
    return run.money(PUBLIC_PAYERS, back=True)


@ACCOUNTS.outcome(
    "private_cost",
    "Private cost, gross",
    MONEY,
    "lower",
    "What private parties pay for the levers over the horizon, discounted at 4% a year to 2013 Q3.",
)
def _private_cost(run: RunRecord) -> float:
    return run.money(("private",))


@ACCOUNTS.outcome(
    "city_programmes",
    "Cities' own programmes",
    MONEY,
    "lower",
    "What cities spend on their own programmes over the horizon, in every scenario, discounted at 4% a year to "
    "2013 Q3. Not part of the gross public cost of the levers.",
)
def _city_programmes(run: RunRecord) -> float:
    return run.money(("city",), cities=True)


@ACCOUNTS.outcome(
    "revenue_people",
    "Revenue due to people",
    MONEY,
    "higher",
    "Income tax and contributions of talents in France at the law and the wages of 2013, discounted at 4% a year to "
    "2013 Q3.",
)
def _revenue_people(run: RunRecord) -> float:
    return run.revenue(cause="people")


@ACCOUNTS.outcome(
    "revenue_wages",
    "Revenue due to wages",
    MONEY,
    "higher",
    "What the change of wages since 2013 adds to income tax and contributions of talents in France, at the law of "
    "2013, discounted at 4% a year to 2013 Q3.",
)
def _revenue_wages(run: RunRecord) -> float:
    return run.revenue(cause="wages")


@ACCOUNTS.outcome(
    "revenue_firms",
    "Revenue due to firms",
    MONEY,
    "higher",
    "Profit tax of startups and founders' tax on gains in France, less relief on contributions of young innovative "
    "firms, at the law of 2013, discounted at 4% a year to 2013 Q3.",
)
def _revenue_firms(run: RunRecord) -> float:
    return run.revenue(cause="firms")


@ACCOUNTS.outcome(
    "net_public_balance",
    "Net public balance",
    MONEY,
    "higher",
    "Revenue at the law of 2013, contributions counted fully, less gross public cost and cities' programmes, plus "
    "public money that comes back; discounted at 4% a year to 2013 Q3. Only differences have a meaning: no other "
    "spending is counted.",
)
def _net_public_balance(run: RunRecord) -> float:
    return run.revenue() - _spending(run)


@ACCOUNTS.outcome(
    "net_public_balance_without_contributions",
    "Net public balance, contributions at zero",
    MONEY,
    "higher",
    "The net public balance without social contributions, paid or forgone, which buy entitlements. The two bound what "
    "additional contributions are worth to the public.",
)
def _net_public_balance_without_contributions(run: RunRecord) -> float:
    # Contributions forgone buy no less entitlement than contributions paid: neither counts here.
    forgone = run.money(PUBLIC_PAYERS, items=FORGONE_CONTRIBUTIONS)
    back = run.money(PUBLIC_PAYERS, back=True, items=FORGONE_CONTRIBUTIONS)
    return run.revenue(receiver="state") - _spending(run) + forgone - back


def _spending(run: RunRecord) -> float:
    """What levers and cities spend or forgo, less what comes back."""
    paid = run.money(PUBLIC_PAYERS) + run.money(("city",), cities=True)
    return paid - run.money(PUBLIC_PAYERS, back=True)
