"""What is said where a whole file of texts is not there, as in a damaged installation or beside a new kind of
result: an error that names it, where a single text that is missing is a defect of the program."""

from __future__ import annotations

from sim.errors import EstateError
from sim.text.catalog import absent_files, has_text, language, message


def error_of_lack() -> EstateError | None:
    """The error that names the first file of texts that the current language lacks; None where it
    lacks none, or where the error itself could not be said."""
    absent = absent_files(language())
    if not absent or not all(has_text(one) for one in ("problem.instead", "text.absent", "text.whole")):
        return None
    allowed = message("text.whole", language=language())
    return EstateError(
        message("problem.instead", place=absent[0], found=message("text.absent"), allowed=allowed)
    )
