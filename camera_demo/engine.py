"""The reader in use, which can be exchanged while frames are being read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from camera_demo.options import MODES
from edge_digits import DigitReader
from edge_digits.backends import available_backends
from edge_digits.errors import BackendError, EdgeDigitsError, ModelError
from edge_digits.image import ImageSource
from edge_digits.reading import Reading
from edge_digits.registry import artifacts


class Engine:
    """Stands in for a DigitReader whose model, backend and mode visitors may choose.

    Safe to share between threads: a reading that has begun ends with the
    reader it began with.

    Args:
        model: As DigitReader's; what the command line said.
        backend: As DigitReader's.
        threads: As DigitReader's.
        mode: As DigitReader's.
        make: Makes a reader; DigitReader itself but in tests.

    Raises:
        EdgeDigitsError: As DigitReader.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        backend: str = "auto",
        threads: int | None = None,
        mode: str = "balanced",
        make: Callable[..., Any] = DigitReader,
    ) -> None:
        self._make = make
        self._threads = threads
        self._choosing = threading.Lock()
        self._version = 0
        self._reader = make(model, backend=backend, threads=threads, mode=mode)
        self._models: dict[str, str | None] = {name: name for name in _listed()}
        artifact = self._reader.artifact
        self._model = artifact.name
        if artifact.sha256 is None or artifact.name not in self._models:
            # A lone file can be chosen again by name; no visitor can name another path.
            self._model = f"{artifact.name} ({Path(artifact.path).name})"
            self._models[self._model] = model

    @property
    def version(self) -> int:
        """Counts up with each choice, so that views and trackers notice."""
        return self._version

    def describe(self) -> dict[str, Any]:
        """What is chosen and what there is to choose from, JSON-ready."""
        installed = [name for name, version in available_backends().items() if version is not None]
        return {
            "mode": self._reader.mode,
            "modes": list(MODES),
            "model": self._model,
            "models": sorted(self._models),
            "backend": self._reader.backend,
            "backends": installed,
        }

    def choose(
        self, *, model: str | None = None, backend: str | None = None, mode: str | None = None
    ) -> None:
        """Changes what is given and keeps the rest; on an error everything stays as it was.

        Where only a model is given and the backend in use cannot run it, the
        best one that can is taken.

        Args:
            model: One of describe()'s models.
            backend: "auto" or one of describe()'s backends.
            mode: "eager", "balanced" or "strict".

        Raises:
            ModelError: The model is not one of these, or is damaged.
            BackendError: The backend is unknown or does not run the model.
            EdgeDigitsError: The mode is unknown.
        """
        with self._choosing:
            if mode is not None and mode not in MODES:
                raise EdgeDigitsError(f"Unknown mode: {mode!r}", f"Wanted is one of {', '.join(MODES)}")
            if model is not None and model not in self._models:
                raise ModelError(
                    f"There is no model {model!r} here", f"Wanted is one of {', '.join(sorted(self._models))}"
                )
            reader = self._reader
            mode = mode or reader.mode
            if model is not None or backend is not None:
                reader = self._open(model or self._model, backend, mode)
                self._model = model or self._model
            reader.mode = mode
            self._reader = reader
            self._version += 1

    def next_mode(self) -> str:
        """Chooses the mode after the present one, and names it."""
        mode = MODES[(MODES.index(self._reader.mode) + 1) % len(MODES)]
        self.choose(mode=mode)
        return mode

    def read(self, image: ImageSource) -> Reading:
        """Reads one picture, as DigitReader.read()."""
        reading: Reading = self._reader.read(image)
        return reading

    def track(self) -> EngineTracker:
        """Starts a steady reading over frames that outlives a change of the reader."""
        return EngineTracker(self)

    def renewed_tracker(self) -> Any:
        """A tracker of the reader in use at this moment."""
        return self._reader.track()

    def _open(self, model: str, backend: str | None, mode: str) -> Any:
        settings = {"threads": self._threads, "mode": mode}
        try:
            return self._make(self._models[model], backend=backend or self._reader.backend, **settings)
        except BackendError:
            if backend is not None:
                raise
            return self._make(self._models[model], backend="auto", **settings)


class EngineTracker:
    """A tracker that begins anew when another model, backend or mode was chosen.

    Args:
        engine: Whose reader is used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._version = engine.version
        self._tracker = engine.renewed_tracker()

    def update(self, frame: ImageSource) -> Reading:
        """Reads the next frame, as Tracker.update()."""
        version = self._engine.version
        if version != self._version:
            self._version, self._tracker = version, self._engine.renewed_tracker()
        reading: Reading = self._tracker.update(frame)
        return reading

    def reset(self) -> None:
        """Forgets everything, as Tracker.reset()."""
        self._tracker.reset()


def _listed() -> list[str]:
    try:
        return sorted({artifact.name for artifact in artifacts()})
    except ModelError:
        return []  # a lone model file was given and there is no manifest
