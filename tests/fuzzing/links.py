"""Links of the dashboard as somebody might write, cut or forge them."""

from __future__ import annotations

from random import Random

from tests.fuzzing.hostile import NUMBERS, hostile_text

GOOD = (
    {"a": "r1;r4,strength=0.5,start=2014Q2,budget=100.0,places=lyon+lille", "lang": "fr"},
    {"a": "r1", "b": "r6,strength=0.25", "c": "none", "d": "r8;r2", "years": "5", "rivals": "1"},
    {"a": "none", "world": "talent.beta:1.5;startup.cost_border:6.0", "worlds": "8", "scale": "200"},
)


def links(rng: Random) -> dict[str, str]:
    """Return the parameters of a damaged link."""
    made = dict(rng.choice(GOOD))
    for _ in range(rng.choice((1, 1, 2, 3))):
        name = rng.choice(list(made) or ["a"])
        text = made.get(name, "")
        match rng.randrange(9):
            case 0:
                made[name] = hostile_text(rng)
            case 1:
                made[
                    rng.choice((*"abcd", "years", "worlds", "scale", "rivals", "world", "lang", hostile_text(rng)))
                ] = text
            case 2:
                made[rng.choice(("years", "worlds", "scale"))] = rng.choice((*NUMBERS, "٥", "１０", " 5 ", "5_0"))
            case 3:
                at = rng.randrange(len(text) + 1)
                made[name] = (
                    text[:at] + rng.choice((";", ",", "=", ":", "+", " ", "\0", "%", "ⅸ", "r1", "=1e999")) + text[at:]
                )
            case 4:
                made[name] = text[: rng.randrange(len(text) + 1)]
            case 5:
                made[name] = rng.choice((";", ",", "+")).join([text[:100]] * rng.choice((2, 5, 3000)))
            case 6:
                field, value = (
                    rng.choice(("strength", "start", "budget", "places")),
                    rng.choice((*NUMBERS, hostile_text(rng))),
                )
                made[rng.choice("abcd")] = f"{rng.choice(('r1', 'r2', 'r3', 'r4', 'r6', 'r9'))},{field}={value}"
            case 7:
                parameter = rng.choice(("talent.beta", "startup.nest", "law.discount", hostile_text(rng)))
                made["world"] = f"{parameter}:{rng.choice(NUMBERS)}"
            case _:
                letters = list(text)
                rng.shuffle(letters)
                made[name] = "".join(letters)
    return made
