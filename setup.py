"""Copy the scenarios into the package when it is built: the repository keeps them at the top, and only there."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

KINDS = (".toml", ".json")


class WithScenarios(build_py):
    """Builds the package, and ``sim/scenarios`` from ``scenarios``; an editable installation reads them in place."""

    def shared(self) -> list[Path]:
        """Return the files to copy, relative to the project."""
        return [path for path in sorted(Path("scenarios").rglob("*")) if path.suffix in KINDS]

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        for path in [] if self.editable_mode else self.shared():
            target = Path(self.build_lib, "sim", path)
            self.mkpath(str(target.parent))
            self.copy_file(str(path), str(target))

    def get_source_files(self) -> list[str]:
        """Return what a source distribution needs: the scenarios, too."""
        return [*super().get_source_files(), *map(str, self.shared())]


setup(cmdclass={"build_py": WithScenarios})
