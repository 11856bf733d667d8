"""What a result of version 0.1 has, and where."""

from sim.kinds import Kind

KIND = Kind(
    id="old",
    results=("old_result:OldResult",),
    load="old_result:load_old",
    recognises="old_result:is_old",
    apart=True,
    report="report:part_of",
    brief="brief:brief_of",
    sentences="old_result:sentences_of",
    warnings="old_result:warnings_of",
    shown="report:shown",
)
