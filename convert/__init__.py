"""Convert the models: Keras -> TFLite and ONNX, checked against Keras. Run `python -m convert --help`."""
