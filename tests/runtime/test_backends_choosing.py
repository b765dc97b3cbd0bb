"""Which backend is taken, what is said where one is missing, and what asking costs."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import numpy as np
import pytest
import toy_models as toys

from edge_digits.backends import AUTO_ORDER, BACKENDS, available_backends, open_backend
from edge_digits.errors import BackendError, ModelError


class TestChoosing:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for backend in BACKENDS:
            toys.need(backend)
        monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
        files = {"toy-float32.tflite": toys.tflite_bytes(), "toy-float32.onnx": toys.onnx_bytes()}
        return toys.models_folder(tmp_path, files)

    def test_auto_takes_the_first_that_is_installed(self, folder: Path) -> None:
        assert open_backend().name == AUTO_ORDER[0] == "tflite"

    def test_auto_passes_over_what_is_not_installed(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in ("ai_edge_litert", "tflite_runtime", "tensorflow"):
            monkeypatch.setitem(sys.modules, module, None)
        assert available_backends()["tflite"] is None
        assert open_backend("toy").name == "onnxruntime"
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        assert open_backend("toy").name == "opencv"

    def test_auto_passes_over_what_cannot_run_the_file_and_logs_why(
        self, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        toys.models_folder(folder, {"toy-float32.tflite": b"no model", "toy-float32.onnx": toys.onnx_bytes()})
        with caplog.at_level(logging.INFO, "edge_digits"):
            assert open_backend().name == "onnxruntime"
        assert "backend tflite passed over" in caplog.text
        assert "toy-float32.tflite" in caplog.text

    def test_auto_does_not_pass_over_a_tampered_file(self, folder: Path) -> None:
        (folder / "toy" / "toy-float32.tflite").write_bytes(b"something else")
        with pytest.raises(ModelError, match="SHA-256"):
            open_backend()

    def test_auto_keeps_the_precision_that_was_asked_for(self, folder: Path) -> None:
        toys.models_folder(
            folder, {"toy-float32.tflite": toys.tflite_bytes(), "toy-int8.onnx": toys.onnx_bytes()}
        )
        assert open_backend("toy-int8").artifact.path.name == "toy-int8.onnx"

    def test_when_none_can_run_it_each_reason_is_given(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        toys.models_folder(folder, {"toy-float32.tflite": b"no model"})
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        with pytest.raises(BackendError) as caught:
            open_backend()
        assert "onnxruntime: not installed" in caught.value.problem
        assert "opencv runs onnx files" in caught.value.problem
        assert "toy-float32.tflite" in caught.value.problem
        assert "pip install" in caught.value.remedy

    @pytest.mark.parametrize(
        ("backend", "modules", "extra"),
        [
            ("onnxruntime", ("onnxruntime",), "edge-digits[onnx]"),
            ("tflite", ("ai_edge_litert", "tflite_runtime", "tensorflow"), "edge-digits[tflite]"),
        ],
    )
    def test_a_backend_that_is_not_installed_names_its_extra(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        backend: str,
        modules: tuple[str, ...],
        extra: str,
    ) -> None:
        for module in modules:
            monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(BackendError) as caught:
            open_backend(backend=backend)
        assert caught.value.remedy == f'pip install "{extra}"'

    @pytest.mark.parametrize(("wrong", "right"), [("onnx", "onnxruntime"), ("tflight", "tflite")])
    def test_an_unknown_backend_brings_the_nearest(self, folder: Path, wrong: str, right: str) -> None:
        with pytest.raises(BackendError, match="known are auto, onnxruntime, tflite, opencv") as caught:
            open_backend(backend=wrong)
        assert right in caught.value.remedy

    def test_an_unknown_model_is_not_blamed_on_the_backends(self, folder: Path) -> None:
        with pytest.raises(ModelError, match="There is no model 'tiny'"):
            open_backend("tiny")

    @pytest.mark.parametrize("threads", [0, "2"])
    def test_a_wrong_number_of_threads_is_not_blamed_on_the_backends(
        self, threads: int, folder: Path
    ) -> None:
        with pytest.raises(BackendError, match="threads must be") as raised:
            open_backend(threads=threads)
        assert raised.value.remedy == "Use threads=1"

    def test_a_lone_file_that_its_engine_refuses_is_given_to_no_other(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        toys.need("onnxruntime")
        path = tmp_path / "lone.onnx"
        whole = toys.onnx_bytes()
        path.write_bytes(whole.replace(b"Softmax", b"Sogtmax"))
        with pytest.raises(BackendError) as caught:
            open_backend(path)
        assert "onnxruntime" in caught.value.problem
        assert "opencv" not in caught.value.problem, "OpenCV may run a damaged file"

    def test_onnxruntime_prints_nothing_where_it_fails(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("no such shape")

        session = pytest.importorskip("onnxruntime").InferenceSession
        monkeypatch.setattr(session, "_create_inference_session", fail)
        with pytest.raises(BackendError, match="no such shape"):
            open_backend(backend="onnxruntime")
        assert capfd.readouterr().out == ""


class TestNumpyClash:
    def test_tflite_runtime_beside_numpy_2_is_named_before_it_is_imported(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        module = sys.modules["edge_digits.backends.tflite"]
        installed = {"tflite_runtime": "tflite-runtime 2.14.0"}
        monkeypatch.setattr(module, "engine", lambda name, _: installed.get(name))
        monkeypatch.setattr(np, "__version__", "2.1.0")
        with pytest.raises(BackendError, match=r"tflite-runtime 2\.14\.0 .* numpy 2\.1\.0") as caught:
            open_backend(toys.artifact(tmp_path / "x.tflite", b"any"), backend="tflite")
        assert '"numpy<2"' in caught.value.remedy
        assert "tflite_runtime" not in sys.modules

    @pytest.mark.parametrize(
        ("engine", "numpy"), [("tflite-runtime 2.14.0", "1.26.4"), ("ai-edge-litert 2.3.0", "2.1.0")]
    )
    def test_other_pairs_go_together(self, engine: str, numpy: str, monkeypatch: pytest.MonkeyPatch) -> None:
        from edge_digits.backends.tflite import numpy_clash

        monkeypatch.setattr(np, "__version__", numpy)
        assert numpy_clash(engine) is None


def test_asking_what_is_installed_imports_no_engine() -> None:
    code = (
        "import sys; from edge_digits.backends import available_backends; print(available_backends());"
        "print(sorted({'onnxruntime', 'ai_edge_litert', 'tflite_runtime', 'tensorflow'} & set(sys.modules)))"
    )
    done = toys.in_a_process_of_its_own(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
