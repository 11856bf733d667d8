"""What the program says: one `say`, in the language that was set once for a call or a session.

    from sim.text import say
    say("compare.headline.last_year", share=figures.share(0.478))     # in the current language
    say("figure.estates", count=12)                                   # with the plural form of the language

    raise StudyError(message("study.error.no_outcome", found=name)) # said when printed, in its language
    MODE = Family("mode", MODES)                              # an enumeration: MODE["soe"] is say("mode.soe")

    with in_language("zh"): ...                                 # a call (a public function with `lang=`)
    use_language("zh")                                          # a session (a command, a notebook)

No function in between takes or passes a language. Texts stand in `catalogs/LANGUAGE/*.po`, one file per area;
an id begins with the area or enumeration that it belongs to, and gaps are names in braces. How a figure is
written (shares, points, money, counts, intervals, months) is `sim.text.figures`, never an f-string with a `%`
or a unit in it. How to add a text or a language: docs/how-to-translate.md.
"""

from sim.text.absent import error_of_lack
from sim.text.catalog import (
    Family,
    Later,
    Message,
    Spoken,
    TextError,
    explain_lack,
    in_every_language,
    in_language,
    language,
    languages,
    message,
    say,
    use_language,
)

__all__ = [
    "Family",
    "Later",
    "Message",
    "Spoken",
    "TextError",
    "in_every_language",
    "in_language",
    "language",
    "languages",
    "message",
    "say",
    "use_language",
]

explain_lack(error_of_lack)
