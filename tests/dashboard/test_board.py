"""Boards, their links and their scenario files: what is written is read back, and nothing strange gets in."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.dashboard.board import Board, Choice, Policy
from sim.dashboard.instruments import BUDGET, MOST_MEUR, NATIONAL, instruments
from sim.dashboard.link import board_of, link_of
from sim.dashboard.scenario_text import baseline_content, policy_content, toml_text
from sim.errors import InputError
from sim.scenario import content_digest, scenario_of
from tests.dashboard.boards import boards

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
values = st.one_of(
    texts, st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False), st.lists(texts, max_size=3)
)
tables = st.dictionaries(texts, values, max_size=4)


@settings(max_examples=20)
@given(boards())
def test_a_link_restores_the_board(board):
    assert board_of(link_of(board)) == board


def test_a_link_is_short_and_readable():
    board = Board((Policy((Choice("r1"), Choice("r4", 0.5, budget=100.0, places=("lyon", "lille")))), Policy()))
    assert link_of(board) == {"a": "r1;r4,strength=0.5,budget=100.0,places=lyon+lille", "b": "none"}
    assert board_of({"a": "r4,places=lyon lille"}).policies[0].choices[0].places == ("lyon", "lille")


@pytest.mark.parametrize(
    "link",
    [
        {"a": "r9"}, {"a": "r1,strength=2"}, {"a": "r1,strength=nan"}, {"a": "r1,strength=0"}, {"a": "r1,start=2012Q1"},
        {"a": "r1,budget=5"}, {"a": "r4,budget=inf"}, {"a": "r1;r1"}, {"a": "r1,x=1"}, {"a": "r1,places=lyon+lyon"},
        {"a": "r6,places=lyon"},
        {"years": "21"}, {"years": "ten"}, {"worlds": "7"}, {"scale": "1"}, {"world": "a:b"}, {"world": "a:nan"},
        {"world": "a:1;a:2"},
        {"a": "r" * 5000},
    ],
)  # fmt: skip
def test_a_link_that_is_none_is_refused_in_a_sentence(link):
    with pytest.raises(InputError) as refused:
        board_of(link)
    assert all(problem.startswith("link: ") and problem.endswith(".") for problem in refused.value.problems)


@settings(max_examples=20)
@given(boards())
def test_a_scenario_file_reads_back_as_it_was(board):
    for policy in board.policies:
        content = policy_content(policy, board)
        assert tomllib.loads(toml_text(content, {}, "One\ntwo.")) == content
    assert tomllib.loads(toml_text(baseline_content(board), {})) == baseline_content(board)


@settings(max_examples=20)
@given(tables, st.dictionaries(texts, tables, max_size=2), texts)
def test_any_text_in_a_scenario_file_reads_back_and_no_comment_ends_early(plain, levels, comment):
    content = {f"a{key}": value for key, value in plain.items()} | {"levers": levels}
    content = content if levels else {key: value for key, value in content.items() if key != "levers"}
    comments = dict.fromkeys([*content, *(f"levers.{key}" for key in levels)], comment)
    assert tomllib.loads(toml_text(content, comments, comment)) == content


def test_the_model_takes_every_lever_at_its_bounds(evidence):
    for short, own in instruments().items():
        for strength, budget in ((0.05, 0.0), (1.0, MOST_MEUR.get(own.key))):
            places = () if own.key in NATIONAL else ("lyon",)
            choice = Choice(short, strength, "2015Q3", None if own.budget is None else budget, places)
            board = Board((Policy((choice,)),), rivals=True, world=(("talent.beta", 1.5),))
            content = policy_content(board.policies[0], board)
            scenario = scenario_of(content, Path(f"{content['name']}.toml"), evidence)
            lever = scenario.levers_as_dict()[own.key]
            assert (lever["strength"], lever["start"], tuple(lever["places"] or ())) == (strength, "2015Q3", places)
            assert own.budget is None or lever[BUDGET] == budget
            assert scenario.rivals_respond
            assert scenario.world_overrides == {"talent.beta": 1.5}


def test_bounds_of_budgets_are_those_of_the_levers():
    from sim.model.levers import LEVERS

    for own in instruments().values():
        field = LEVERS[own.key].model_fields.get(BUDGET)
        most = None if field is None else next(mark.le for mark in field.metadata if hasattr(mark, "le"))
        assert MOST_MEUR.get(own.key) == most


def test_as_described_a_policy_is_the_recommendation_itself(evidence):
    """Same levers with the same settings as the scenario file of the recommendation."""
    from sim.dashboard.instruments import SCENARIOS
    from sim.scenario import load_scenario

    for short, own in instruments().items():
        board = Board((Policy((Choice(short),)),))
        content = policy_content(board.policies[0], board)
        made = scenario_of(content, Path(f"{content['name']}.toml"), evidence)
        kept = load_scenario(SCENARIOS / f"{own.scenario}.toml", evidence)
        assert made.levers_as_dict() == kept.levers_as_dict()
        assert made.recommendation == kept.recommendation


def test_another_setting_is_another_policy():
    plain = Board((Policy((Choice("r4"),)),))
    others = [
        replace(plain, policies=(Policy((choice,)),))
        for choice in (Choice("r4", 0.5), Choice("r4", start="2015Q1"), Choice("r4", budget=1.0), Choice("r1"))
    ]
    others += [replace(plain, rivals=True), replace(plain, world=(("talent.beta", 1.0),))]
    contents = [policy_content(board.policies[0], board) for board in (plain, *others)]
    assert len({content["name"] for content in contents}) == len(contents)
    assert len({content_digest(content) for content in contents}) == len(contents)
