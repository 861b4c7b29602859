"""The command that serves the dashboard."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import WORKERS, worker_problems
from sim.dashboard.server_settings import CACHE_MEGABYTES
from sim.errors import InputError

LOOPBACK = "127.0.0.1"
PORT = 8501
# Nothing is sent anywhere, nothing is watched, and visitors see no code.
QUIET = (
    "--browser.gatherUsageStats=false", "--server.headless=true", "--server.fileWatcherType=none",
    "--server.runOnSave=false", "--runner.magicEnabled=false",
    # Not after each pass of the page: it takes longer than most passes, and Python collects by itself.
    "--runner.postScriptGC=false", "--server.showEmailPrompt=false", "--client.toolbarMode=minimal",
    "--client.showErrorDetails=none", "--client.showErrorLinks=false", "--server.enableStaticServing=false",
    # Pages of other sites reach neither the connection nor what is sent along with it, whatever a user's own file says.
    "--server.enableCORS=true", "--server.enableXsrfProtection=true",
    # No page takes a file; messages to the server are small.
    "--server.maxUploadSize=1", "--server.maxMessageSize=50", "--server.disconnectedSessionTTL=20",
    "--theme.base=light",
)  # fmt: skip


def dashboard(
    results: Annotated[
        Path | None, typer.Option(help="Results whose packages answer at once; by default results/reference.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port of the page.")] = PORT,
    address: Annotated[str, typer.Option(help="Address to listen on; the default is seen by this machine alone.")] = (
        LOOPBACK
    ),
    cache: Annotated[
        Path | None,
        typer.Option(help="Folder of live runs; by default talent-flight/dashboard in the user's cache folder."),
    ] = None,
    workers: Annotated[int, typer.Option(help="Worker processes of one live run.")] = WORKERS,
    auto: Annotated[bool, typer.Option("--auto/--no-auto", help="Run the model by itself after a change.")] = True,
    cache_limit: Annotated[
        int, typer.Option(min=1, help="Megabytes that live runs may take; those used longest ago are removed.")
    ] = CACHE_MEGABYTES,
    prepare: Annotated[
        bool, typer.Option("--prepare/--no-prepare", help="Run the baseline while nobody waits, before it is needed.")
    ] = True,
    spare: Annotated[
        bool, typer.Option("--spare/--no-spare", help="Keep a run loaded that can begin at once; it holds memory.")
    ] = True,
) -> None:
    """Serve a page on which policies are put together, compared and taken along. Needs the extra dashboard.

    An estimate answers at once, from packages run beforehand; live runs follow in processes of their own, one after
    the other, which end with this command.
    """
    from sim.cli.extras import needs_streamlit

    needs_streamlit()
    problems = worker_problems(workers)
    if not 1 <= port <= 65_535:
        problems.append(f"--port: found {port}, allowed are whole numbers from 1 to 65535.")
    try:
        ipaddress.ip_address(address)
    except ValueError:
        problems.append(f"--address: found '{address}', allowed is an address such as {LOOPBACK}.")
    if not problems and not _is_free(address, port):
        problems.append(f"--port: {port} is in use, or may not be used, at {address}; name another --port.")
    if problems:
        raise InputError(problems)
    from sim.dashboard.server_settings import ServerSettings, default_cache, default_results
    from sim.report.results import Results

    shown, kept = (results or default_results()).absolute(), (cache or default_cache()).absolute()
    Results(shown)  # refuses a folder that holds no results
    kept.mkdir(parents=True, exist_ok=True)
    settings = ServerSettings(str(shown), str(kept), workers, auto, cache_limit, prepare, spare)
    environment = os.environ | settings.to_environment()
    listen = (f"--server.address={address}", f"--server.port={port}")
    typer.echo(f"http://{f'[{address}]' if ':' in address else address}:{port}")
    sys.stdout.flush()
    words = [sys.executable, "-m", "sim.dashboard.serve", *listen, *QUIET]
    os.execve(sys.executable, words, environment)


def _is_free(address: str, port: int) -> bool:
    """Whether a server can listen there."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that has just ended is none
        try:
            tried.bind((address, port))
        except OSError:
            return False
    return True
