"""What cannot be done now, in a sentence by its code, so that the page says it in the walker's language."""

from probe.errors import BadInput
from probe.session.view import Note


class Refused(BadInput):
    """Something that its walker cannot have now. The message is for a log, the note for the walker."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, code)
        self.note = Note(code=code)
