"""Train the models: MNIST -> Keras. Run `python -m train --help`."""
