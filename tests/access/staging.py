"""The stage on an engine: set once for all test processes, copied for each who asks, like the region below it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from services.settings import Settings
from tests.access.scene import Stage
from tests.access.things import set_stage
from tests.conftest import running
from tests.support.region import Template, once

OFTEN = {"limit_account": "10000/hour", "limit_address": "10000/hour"}  # limits have tests of their own


class StageTemplate(Template):
    """Databases, letters and files of a stage; what is not in them stands beside them."""

    def __init__(self, region: Template, folder: Path) -> None:
        super().__init__(region.engine, folder / f"stage-{region.engine}", region.server)
        self.region, self.name, self._cast = region, f"{region.name}_stage", self.folder / "cast.json"

    def build(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.region.fill(self.name, self.folder)
        with self._running(self.settings(self.urls(self.name, self.folder), self.folder)) as stage:
            set_stage(stage)
            self._cast.write_text(json.dumps([stage.ids, stage.foreign, stage.tokens]))

    def fill(self, name: str, folder: Path) -> None:
        super().fill(name, folder)
        for part in ("mail", "files"):
            shutil.copytree(self.folder / part, folder / part)

    @contextmanager
    def stage(self, folder: Path) -> Iterator[Stage]:
        """A stage of one's own."""
        with self.copied(folder) as settings, self._running(settings) as stage:
            stage.ids, stage.foreign, stage.tokens = json.loads(self._cast.read_text())
            yield stage

    @contextmanager
    def _running(self, settings: Settings) -> Iterator[Stage]:
        with running(replace(settings, **OFTEN), self.engine) as suite:
            yield Stage(suite)


def built(region: Template, common: Path) -> StageTemplate:
    """SQLite's is built by the first process that asks; PostgreSQL's lies in a server of this process."""
    found = StageTemplate(region, common)
    if region.server:
        found.build()
        return found
    with once(common, found.folder.name) as first:
        if first:
            found.build()
    return found
