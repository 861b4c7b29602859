"""JSON Schema of scenario and sweep files: what an editor completes, explains and underlines; made from the loaders."""

from sim.schemas.scenario_schema import scenario_schema
from sim.schemas.sweep_schema import sweep_schema

SCHEMAS = {"scenario": scenario_schema, "sweep": sweep_schema}
FOLDER = "schemas"  # in the folder of the scenarios


def file_name(kind: str) -> str:
    """Return the name of a schema's file."""
    return f"{kind}.schema.json"


__all__ = ["FOLDER", "SCHEMAS", "file_name", "scenario_schema", "sweep_schema"]
