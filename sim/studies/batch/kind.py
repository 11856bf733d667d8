"""What a batch has, and where."""

from sim.kinds import Kind

KIND = Kind(
    id="batch",
    results=("batch:Batch",),
    load="batch:load_batch",
    recognises="batch:is_batch",
    scenarios="batch:scenarios_of",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="report:sentences_of",
    shown="report:shown",
    commands="command:add_commands",
    sheets="sheets:sheets_of",
)
