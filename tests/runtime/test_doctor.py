"""`edge-digits doctor` finds what is wrong with an installation and names what mends it."""

from __future__ import annotations

import json
import os
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
import toy_models as toys

from edge_digits.cli import cameras, checks, main
from edge_digits.cli.cameras import Camera, describe, find_cameras
from edge_digits.cli.checks import ABSENT, FAULT, OK, WARNING, window_toolkit
from edge_digits.cli.probe import probe, verdict

Capture = pytest.CaptureFixture[str]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at Linux's devices")


class TestWholeReport:
    def test_on_this_machine_reading_works_on_every_backend_installed(self, capsys: Capture) -> None:
        assert main(["doctor", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["reading"] is True
        assert {f["topic"] for f in told["findings"]} == {
            "packages",
            "models",
            "backends",
            "preference",
            "cameras",
            "display",
        }
        backends = {f["name"]: f for f in told["findings"] if f["topic"] == "backends"}
        assert backends["opencv"]["state"] == OK
        assert "us a digit" in backends["opencv"]["detail"]

    def test_without_models_reading_is_impossible_and_the_remedy_stands_there_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
        assert main(["doctor"]) == 1
        out = capsys.readouterr().out
        assert out.count("mend it: Make it: python -m convert") == 1
        assert out.splitlines()[-1].startswith("Reading is impossible")

    def test_a_damaged_file_is_a_fault_that_stops_only_who_needs_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        pytest.importorskip("onnx")
        toys.models_folder(tmp_path, {"toy-float32.onnx": toys.onnx_bytes(), "toy-int8.onnx": b"two"})
        (tmp_path / "toy" / "toy-int8.onnx").write_bytes(b"2")
        monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
        assert main(["doctor"]) == 0
        out = capsys.readouterr().out
        assert "1 of 2 files verified, default toy" in out
        assert "toy-int8.onnx is not the one its manifest describes" in out
        assert "Reading works" in out.splitlines()[-1]


class TestProbing:
    def test_a_backend_that_is_killed_by_a_signal_does_not_take_the_doctor_with_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if os.name != "posix":
            pytest.skip("signals of Unix")
        python = tmp_path / "python"
        python.write_text("#!/bin/sh\nkill -ILL $$\n")
        python.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(python))
        found = probe("onnxruntime")
        assert "SIGILL" in found["problem"]
        assert found["remedy"] == 'pip install --upgrade --force-reinstall "onnxruntime!=1.21.0"'

    def test_a_refusal_comes_through_with_its_remedy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("EDGE_DIGITS_MODELS", str(tmp_path))
        toys.models_folder(tmp_path, {"toy-float32.onnx": b"no model"})
        found = probe("opencv")
        assert "toy-float32.onnx" in found["problem"]
        assert found["remedy"]

    def test_chatter_before_the_answer_does_no_harm(self) -> None:
        assert "signal 35" in verdict("tflite", -35, "", "")["problem"], "a real-time signal has no name"
        assert verdict("tflite", 0, 'hello\n{"us": 5}\n', "")["us"] == 5

    @pytest.mark.parametrize("output", ["", "no json", "[]"])
    def test_a_child_without_an_answer_is_quoted(self, output: str) -> None:
        found = verdict("tflite", 1, output, "Traceback ...\nImportError: libfoo.so.1\n")
        assert "ImportError: libfoo.so.1" in found["problem"]
        assert found["remedy"].startswith("pip install")


class TestPackages:
    def test_two_opencv_packages_are_told_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        installed = {"opencv-python": "4.11.0", "opencv-python-headless": "5.0.0"}
        monkeypatch.setattr(checks, "distribution_version", installed.get)
        found = next(f for f in checks.check_packages() if "opencv" in f.name)
        assert found.state == WARNING
        assert found.remedy == (
            "pip uninstall -y opencv-python-headless opencv-python && pip install opencv-python-headless"
        )

    def test_tflite_runtime_beside_numpy_2_is_a_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        versions = {"numpy": "2.1.0", "tflite_runtime": "2.14.0"}
        monkeypatch.setattr(checks, "module_version", lambda module, _: versions.get(module))
        monkeypatch.setattr(np, "__version__", "2.1.0")
        found = {f.name: f for f in checks.check_packages()}
        assert found["tflite-runtime"].state == FAULT
        assert '"numpy<2"' in found["tflite-runtime"].remedy
        assert found["onnxruntime"].state == ABSENT

    def test_the_versions_are_the_installed_ones(self) -> None:
        found = {f.name: f.detail for f in checks.check_packages()}
        assert found["numpy"] == np.__version__


def capability(driver: bytes, card: bytes, capabilities: int, of_device: int = 0) -> bytes:
    return struct.pack("=16s32s32sIII12x", driver, card, b"usb-1", 0x60000, capabilities, of_device)


class TestCameras:
    def test_a_webcam_is_named(self) -> None:
        found = describe("/dev/video0", capability(b"uvcvideo", b"HD Webcam", 0x84A00001, 0x04200001))
        assert found == Camera("/dev/video0", "HD Webcam", "uvcvideo")
        assert not found.is_pi_camera

    def test_its_metadata_node_is_left_out(self) -> None:
        answer = capability(b"uvcvideo", b"HD Webcam", 0x84A00001, 0x04A00000)
        assert not describe("/dev/video1", answer).captures

    @pytest.mark.parametrize(
        ("driver", "own"),
        [
            (b"bcm2835-codec", 0x04204000),
            (b"bcm2835-isp", 0x04200001),
            (b"pispbe", 0x04201000),
            (b"rpi-hevc-dec", 0x04201000),
        ],
    )
    def test_a_pi_s_codecs_and_converters_are_left_out(self, driver: bytes, own: int) -> None:
        assert not describe("/dev/video10", capability(driver, b"card", own | 0x80000000, own)).captures

    @pytest.mark.parametrize("driver", [b"unicam", b"bcm2835-unicam", b"rp1-cfe"])
    def test_every_driver_of_a_pi_s_camera_port_is_known(self, driver: bytes) -> None:
        found = describe("/dev/video0", capability(driver, b"unicam-image", 0x84A01000, 0x04201000))
        assert found.captures
        assert found.is_pi_camera

    @linux
    def test_nodes_are_asked_in_the_order_of_their_numbers(self, tmp_path: Path) -> None:
        for name in ("video10", "video2"):
            (tmp_path / name).symlink_to(tmp_path / "gone")
        (tmp_path / "video0").write_bytes(b"a plain file answers no ioctl")
        (tmp_path / "video_notes").touch()
        found = find_cameras(tmp_path)
        assert [camera.device for camera in found] == [str(tmp_path / "video2"), str(tmp_path / "video10")]
        assert all(camera.problem == "No such file or directory" for camera in found)

    @linux
    @pytest.mark.parametrize(("apt", "word"), [(True, "--system-site-packages"), (False, "apt install")])
    def test_a_camera_on_a_pi_s_port_asks_for_picamera2(
        self, apt: bool, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "picamera2", None)
        monkeypatch.setattr(cameras, "_APT_PICAMERA2", tmp_path if apt else tmp_path / "none")
        monkeypatch.setattr(checks, "find_cameras", lambda: [Camera("/dev/video0", "rp1-cfe", "rp1-cfe")])
        found = checks.check_cameras()[0]
        assert found.state == WARNING
        assert word in found.remedy

    @linux
    def test_a_camera_that_may_not_be_opened_names_the_group(self, monkeypatch: pytest.MonkeyPatch) -> None:
        refused = Camera("/dev/video0", "", "", "Permission denied")
        monkeypatch.setattr(checks, "find_cameras", lambda: [refused])
        found = checks.check_cameras()[0]
        assert (found.state, found.detail) == (WARNING, "Permission denied")
        assert "usermod -aG video" in found.remedy


class TestDisplay:
    @pytest.mark.parametrize(
        ("information", "toolkit"),
        [
            ("  Media:\n  GUI:                           NONE\n  Media I/O:", None),
            ("  GUI:                           GTK3\n    GTK+: YES", "GTK3"),
            ("  GUI: \n    QT: YES", "yes"),
            ("nothing of the kind", None),
        ],
    )
    def test_opencv_s_windows_are_read_from_its_build(self, information: str, toolkit: str | None) -> None:
        assert window_toolkit(information) == toolkit

    @linux
    def test_wayland_counts_as_a_screen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-1")
        assert checks.check_display()[0].detail == "wayland-1"
        monkeypatch.delenv("WAYLAND_DISPLAY")
        assert checks.check_display()[0].state == ABSENT
