"""The command that serves the page: what it refuses, in a sentence, before anything is started."""

from __future__ import annotations

import socket

import pytest

from sim.cli import main


def test_a_port_that_is_in_use_is_refused_in_a_sentence(capsys, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["dashboard", "--port", str(port), "--cache", str(tmp_path / "cache")]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"--port: {port} is in use")
    assert said.out == ""
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("options", [["--port", "0"], ["--address", "here"], ["--workers", "0"]])
def test_bad_options_are_refused(options, capsys, tmp_path):
    assert main(["dashboard", *options, "--cache", str(tmp_path / "cache")]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"{options[0]}: found ")
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "cache").exists()
