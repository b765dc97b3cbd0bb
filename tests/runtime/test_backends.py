"""Every backend turns crops into the same probabilities, and refuses what it cannot run in plain words."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
import toy_models as toys

from edge_digits.artifact import InputSpec
from edge_digits.backends import BACKENDS, Backend, available_backends, open_backend
from edge_digits.backends.pixels import pixel_writer
from edge_digits.backends.quiet import native_stderr_to_log
from edge_digits.errors import BackendError, ImageError, ModelError


def open_toy(backend: str, folder: Path, **options: int) -> Backend:
    toys.need(backend)
    if backend == "tflite":
        artifact = toys.artifact(folder / "toy-float32.tflite", toys.tflite_bytes())
    else:
        artifact = toys.artifact(folder / "toy-float32.onnx", toys.onnx_bytes())
    return open_backend(artifact, backend=backend, **options)


@pytest.mark.parametrize("backend", BACKENDS)
class TestEveryBackend:
    @pytest.mark.parametrize("count", [1, 2, 7])
    def test_gives_the_probabilities_worked_out_by_hand(
        self, backend: str, count: int, tmp_path: Path
    ) -> None:
        crops = toys.crops(count)
        got = open_toy(backend, tmp_path).predict(crops)
        assert (got.shape, got.dtype) == ((count, 10), np.float32)
        np.testing.assert_allclose(got, toys.expected(crops), atol=1e-5)

    def test_answers_batches_of_changing_size_as_it_answers_single_crops(
        self, backend: str, tmp_path: Path
    ) -> None:
        opened, crops = open_toy(backend, tmp_path), toys.crops(9)
        singly = np.concatenate([opened.predict(crop[np.newaxis]) for crop in crops])
        for count in (9, 1, 4, 9):
            np.testing.assert_allclose(opened.predict(crops[:count]), singly[:count], atol=1e-6)

    def test_leaves_earlier_answers_alone(self, backend: str, tmp_path: Path) -> None:
        opened, crops = open_toy(backend, tmp_path), toys.crops(2)
        first = opened.predict(crops[:1])
        kept = first.copy()
        assert not np.allclose(opened.predict(crops[1:]), kept)
        np.testing.assert_array_equal(first, kept)

    def test_takes_crops_that_do_not_lie_in_one_piece(self, backend: str, tmp_path: Path) -> None:
        opened, crops = open_toy(backend, tmp_path), toys.crops(6)
        for view in (crops[::2], crops[:, ::-1], crops.transpose(0, 2, 1), crops[:1, :, ::-1]):
            np.testing.assert_allclose(opened.predict(view), toys.expected(view), atol=1e-5)

    def test_answers_no_crops_with_no_rows(self, backend: str, tmp_path: Path) -> None:
        got = open_toy(backend, tmp_path).predict(np.empty((0, 28, 28), np.uint8))
        assert (got.shape, got.dtype) == ((0, 10), np.float32)

    @pytest.mark.parametrize(
        ("crops", "described"),
        [
            (np.zeros((28, 28), np.uint8), r"shape \(28, 28\), dtype uint8"),
            (np.zeros((1, 28, 28), np.float32), r"shape \(1, 28, 28\), dtype float32"),
            (np.zeros((1, 28, 28, 1), np.uint8), r"shape \(1, 28, 28, 1\)"),
            (np.zeros((2, 32, 32), np.uint8), r"shape \(2, 32, 32\)"),
            ([[0] * 28] * 28, "list"),
            (None, "NoneType"),
        ],
    )
    def test_says_what_crops_must_be(
        self, backend: str, crops: object, described: str, tmp_path: Path
    ) -> None:
        with pytest.raises(ImageError, match=rf"crops must be .*\(n, 28, 28\), but got {described}"):
            open_toy(backend, tmp_path).predict(crops)  # type: ignore[arg-type]

    def test_says_what_it_is(self, backend: str, tmp_path: Path) -> None:
        opened = open_toy(backend, tmp_path)
        assert opened.name == backend
        assert opened.version == available_backends()[backend]
        assert opened.artifact.name == "toy-float32"
        assert opened.artifact.path.name in repr(opened)

    @pytest.mark.parametrize("threads", [0, -1, 1.5, True, "2"])
    def test_wants_a_whole_number_of_threads(self, backend: str, threads: int, tmp_path: Path) -> None:
        with pytest.raises(BackendError, match="threads must be"):
            open_toy(backend, tmp_path, threads=threads)

    @pytest.mark.parametrize("keep", [0.3, 0.9])
    def test_refuses_a_file_cut_short_by_naming_it(self, backend: str, keep: float, tmp_path: Path) -> None:
        toys.need(backend)
        whole = toys.tflite_bytes() if backend == "tflite" else toys.onnx_bytes()
        name = "cut.tflite" if backend == "tflite" else "cut.onnx"
        artifact = toys.artifact(tmp_path / name, whole[: int(len(whole) * keep)])
        with pytest.raises(BackendError, match=name) as caught:
            open_backend(artifact, backend=backend)
        assert backend in caught.value.problem
        assert str(available_backends()[backend]) in caught.value.problem
        assert caught.value.remedy

    def test_refuses_a_model_whose_labels_are_not_as_many_as_its_outputs(
        self, backend: str, tmp_path: Path
    ) -> None:
        toys.need(backend)
        name, contents = (
            ("x.tflite", toys.tflite_bytes()) if backend == "tflite" else ("x.onnx", toys.onnx_bytes())
        )
        artifact = toys.artifact(tmp_path / name, contents, labels=(*toys.LABELS, "none"))
        with pytest.raises(BackendError, match="10 outputs, but 11 labels"):
            open_backend(artifact, backend=backend)

    def test_does_not_open_a_file_that_was_tampered_with(self, backend: str, tmp_path: Path) -> None:
        artifact = open_toy(backend, tmp_path).artifact
        artifact.path.write_bytes(artifact.path.read_bytes() + b"\0")
        with pytest.raises(ModelError, match="SHA-256"):
            open_backend(artifact, backend=backend)

    def test_refuses_the_other_format(self, backend: str, tmp_path: Path) -> None:
        name = "x.onnx" if backend == "tflite" else "x.tflite"
        with pytest.raises(BackendError, match=f"{backend} runs .* files, but"):
            open_backend(toys.artifact(tmp_path / name, b"any"), backend=backend)


@pytest.mark.parametrize("backend", ["onnxruntime", "opencv"])
class TestOnnxFiles:
    @pytest.mark.parametrize("batch", ["n", 1])
    @pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
    def test_run_with_open_and_fixed_batch_in_either_layout(
        self, backend: str, batch: int | str, layout: str, tmp_path: Path
    ) -> None:
        toys.need(backend)
        contents = toys.onnx_bytes(batch=batch, layout=layout)
        opened = open_backend(
            toys.artifact(tmp_path / "x.onnx", contents, input=InputSpec(layout)), backend=backend
        )
        crops = toys.crops(5)
        for count in (5, 1, 3):
            np.testing.assert_allclose(opened.predict(crops[:count]), toys.expected(crops[:count]), atol=1e-5)

    def test_are_fed_by_the_divisor_of_their_input(self, backend: str, tmp_path: Path) -> None:
        toys.need(backend)
        spec = InputSpec("NCHW", divisor=100.0)
        opened = open_backend(
            toys.artifact(tmp_path / "x.onnx", toys.onnx_bytes(), input=spec), backend=backend
        )
        crops = toys.crops(3)
        np.testing.assert_allclose(opened.predict(crops), toys.expected(crops, divisor=100.0), atol=1e-5)

    def test_that_answer_with_nan_are_found_out(self, backend: str, tmp_path: Path) -> None:
        toys.need(backend)
        opened = open_backend(
            toys.artifact(tmp_path / "x.onnx", toys.onnx_bytes(scale=np.nan)), backend=backend
        )
        with pytest.raises(BackendError, match="not finite"):
            opened.predict(toys.crops(1))


def test_onnxruntime_refuses_an_opset_it_does_not_know(tmp_path: Path) -> None:
    toys.need("onnxruntime")
    with pytest.raises(BackendError, match=r"future\.onnx.*[Oo]pset"):
        open_backend(
            toys.artifact(tmp_path / "future.onnx", toys.onnx_bytes(opset=99)), backend="onnxruntime"
        )


def test_onnxruntime_feeds_pixels_as_they_are_to_a_uint8_input(tmp_path: Path) -> None:
    toys.need("onnxruntime")
    opened = open_backend(
        toys.artifact(tmp_path / "x.onnx", toys.onnx_bytes(element="UINT8")), backend="onnxruntime"
    )
    crops = toys.crops(4)
    np.testing.assert_allclose(opened.predict(crops), toys.expected(crops, divisor=1.0), atol=1e-5)


def test_onnxruntime_keeps_to_its_threads_and_does_not_spin(tmp_path: Path) -> None:
    options = open_toy("onnxruntime", tmp_path, threads=3)._session.get_session_options()  # type: ignore[attr-defined]
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (3, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_onnxruntime_1_21_0_is_not_even_imported_on_aarch64(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toys.need("onnxruntime")
    module = sys.modules["edge_digits.backends.onnxruntime"]
    monkeypatch.setattr(module, "module_version", lambda *_: "1.21.0")
    monkeypatch.setattr(module.platform, "machine", lambda: "aarch64")
    with pytest.raises(BackendError, match="illegal instruction") as caught:
        open_toy("onnxruntime", tmp_path)
    assert caught.value.remedy == 'pip install "onnxruntime!=1.21.0"'


@pytest.mark.parametrize("kind", ["int8", "uint8"])
def test_tflite_feeds_integers_by_the_scale_of_the_tensor(kind: str, tmp_path: Path) -> None:
    toys.need("tflite")
    artifact = toys.artifact(tmp_path / "x.tflite", toys.tflite_bytes(kind), input=InputSpec("NHWC", kind))
    crops = toys.crops(8, seed=3)
    got = open_backend(artifact, backend="tflite").predict(crops)
    wanted = toys.expected(crops)
    # Output comes in steps of 1/256, and weights and inputs were rounded to 8 bits.
    assert np.abs(got - wanted).max() < 0.02
    assert (got.argmax(axis=1) == wanted.argmax(axis=1)).all()
    np.testing.assert_array_equal(got * 256, np.round(got * 256))


def test_tflite_takes_a_whole_batch_where_the_file_leaves_it_open(tmp_path: Path) -> None:
    toys.need("tflite")
    opened = open_backend(toys.artifact(tmp_path / "x.tflite", toys.tflite_bytes("open")), backend="tflite")
    crops = toys.crops(6)
    for count in (6, 1, 2, 6):
        np.testing.assert_allclose(opened.predict(crops[:count]), toys.expected(crops[:count]), atol=1e-5)


@pytest.mark.parametrize(("batch", "at_once"), [("n", True), (1, False)])
def test_opencv_is_never_given_more_crops_than_the_file_allows(
    batch: int | str, at_once: bool, tmp_path: Path
) -> None:
    toys.need("opencv")
    opened = open_backend(toys.artifact(tmp_path / "x.onnx", toys.onnx_bytes(batch=batch)), backend="opencv")
    net, fed = opened._net, []  # type: ignore[attr-defined]

    class Watched:
        def setInput(self, blob: np.ndarray) -> None:  # noqa: N802  (OpenCV's name)
            fed.append(len(blob))
            net.setInput(blob)

        def forward(self) -> np.ndarray:
            return np.asarray(net.forward())

    opened._net = Watched()  # type: ignore[attr-defined]
    opened.predict(toys.crops(3))
    assert fed == ([3] if at_once else [1, 1, 1])


def test_opencv_leaves_the_threads_of_the_process_alone(tmp_path: Path) -> None:
    before = cv2.getNumThreads()
    opened = open_toy("opencv", tmp_path, threads=before + 1)
    opened.predict(toys.crops(2))
    assert cv2.getNumThreads() == before
    assert opened.threads == before


def written(dtype: type, scale: float = 0.0, zero: int = 0) -> np.ndarray:
    """What becomes of the 256 grey levels, whose places in memory are not in order."""
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    out = np.empty((16, 16), dtype)
    pixel_writer(InputSpec(), dtype, scale, zero)(levels.T, out)
    return out.T.ravel()


def test_pixels_are_written_as_keras_is_fed_them() -> None:
    np.testing.assert_array_equal(written(np.float32), np.arange(256).astype(np.float32) / np.float32(255))


@pytest.mark.parametrize(
    ("dtype", "scale", "zero", "values"),
    [
        (np.int8, 1 / 255, -128, {0: -128, 1: -127, 128: 0, 255: 127}),
        (np.uint8, 1 / 255, 0, {0: 0, 77: 77, 255: 255}),
        (np.int8, 1 / 100, 0, {0: 0, 51: 20, 255: 100}),
        (np.int8, 1 / 1000, 0, {255: 127}),
        (np.uint8, 2 / 255, 0, {1: 1, 2: 1, 3: 2}),
    ],
)
def test_pixels_of_an_integer_input_are_rounded_half_away_from_zero_and_clipped(
    dtype: type, scale: float, zero: int, values: dict[int, int]
) -> None:
    table = written(dtype, scale, zero)
    assert {level: int(table[level]) for level in values} == values


def test_an_integer_input_without_a_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="scale 0"):
        pixel_writer(InputSpec(), np.int8, 0.0)


class TestQuietOpening:
    CODE = """
import sys
from pathlib import Path
import toy_models as toys
from edge_digits.backends import open_backend
path = Path(sys.argv[0] if sys.argv[0] != "-c" else {path!r})
artifact = toys.artifact(path, path.read_bytes())
opened = open_backend(artifact, backend="tflite")
print(opened.predict(toys.crops(1)).shape)
"""

    @pytest.fixture
    def code(self, tmp_path: Path) -> str:
        toys.need("tflite")
        path = tmp_path / "x.tflite"
        path.write_bytes(toys.tflite_bytes())
        return self.CODE.replace("{path!r}", repr(str(path)))

    def test_the_interpreter_says_nothing_on_stderr(self, code: str) -> None:
        done = toys.in_a_process_of_its_own(code)
        assert (done.returncode, done.stdout, done.stderr) == (0, "(1, 10)\n", "")

    @pytest.mark.skipif(sys.platform == "win32", reason="a process always has its handles there")
    def test_it_works_in_a_process_without_stderr(self, code: str) -> None:
        done = toys.in_a_process_of_its_own(code, preexec_fn=lambda: os.close(2))
        assert (done.returncode, done.stdout) == (0, "(1, 10)\n")

    def test_what_native_code_writes_meanwhile_is_logged(
        self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG, "edge_digits"):
            with native_stderr_to_log():
                os.write(2, b"INFO: Created a delegate\n")
            os.write(2, b"afterwards\n")
        assert capfd.readouterr().err == "afterwards\n"
        assert "Created a delegate" in caplog.text

    def test_stderr_comes_back_after_an_error_and_after_many_threads(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        def work() -> None:
            for _ in range(20):
                with native_stderr_to_log():
                    os.write(2, b"noise\n")

        with pytest.raises(RuntimeError), native_stderr_to_log():
            raise RuntimeError
        open_before = len(list(Path("/dev/fd").iterdir())) if Path("/dev/fd").is_dir() else 0
        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        open_after = len(list(Path("/dev/fd").iterdir())) if Path("/dev/fd").is_dir() else 0
        os.write(2, b"back\n")
        assert capfd.readouterr().err == "back\n"
        assert open_after == open_before
