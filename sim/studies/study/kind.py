"""What a study has, and where."""

from sim.kinds import Chart, Kind

KIND = Kind(
    id="study",
    results=("study:StudyResult", "study:SavedStudy"),
    load="study:load_saved",
    report="report:part_of",
    brief="brief:brief_of",
    sentences="words:sentences_of",
    warnings="words:warnings_of",
    shown="words:shown",
    reproduce="study:again",
    scenarios="study:scenarios_of",
    charts={"study_outcome": Chart("chart:study_outcome", "words:alt")},
    commands="command:add_commands",
    functions={"study": "study:study"},
    later=("points",),
    sheets="sheets:sheets_of",
)
