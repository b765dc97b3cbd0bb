# What a newcomer needs is Python 3.11 - 3.13, git and make; the rest is installed into .venv from uv.lock.
PYTHON ?= python3
SOURCE ?= auto
VIEW ?= auto
MODEL ?= classic
DATA ?=
ARGS ?=

UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
SYNC := UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --locked --python $(PYTHON)
WORKSHOP := --all-extras --no-extra tflite-runtime --no-extra peers
DATA_OPTION := $(if $(DATA),--data $(DATA))

.PHONY: demo test train convert bench lint clean

demo: $(UV)  ## read digits from the webcam, or from the bundled clip where there is none
	$(SYNC) --inexact --extra demo --extra mqtt --extra onnx --extra tflite
	.venv/bin/python -m camera_demo --source $(SOURCE) --view $(VIEW) $(ARGS)

test: lint  ## install everything, check the code and run all tests
	.venv/bin/python -m pytest $(ARGS)

train: $(UV)  ## train MODEL on MNIST
	$(SYNC) $(WORKSHOP)
	.venv/bin/python -m train $(MODEL) $(DATA_OPTION) $(ARGS)

convert: $(UV)  ## convert MODEL to quantized TFLite and ONNX
	$(SYNC) $(WORKSHOP)
	.venv/bin/python -m convert $(MODEL) $(DATA_OPTION) $(ARGS)

bench: $(UV)  ## measure accuracy, latency and footprint on this machine
	$(SYNC) --inexact --extra bench --extra onnx --extra tflite
	.venv/bin/python -m benchmarks $(DATA_OPTION) $(ARGS)

lint: $(UV)  ## check style and types
	$(SYNC) $(WORKSHOP)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

clean:
	rm -rf .venv .uv dist build .pytest_cache .mypy_cache .ruff_cache

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet "uv>=0.5"
