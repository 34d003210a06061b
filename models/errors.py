"""What is wrong with a model, told in one sentence."""


class ModelError(Exception):
    """A model, tokenizer, adapter or setting that does not fit, or an extra that is missing.

    `pipeline.model_errors` turns it into an error that every command tells.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
