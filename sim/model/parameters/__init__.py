"""Every parameter of the model, declared once; defaults, schema, sliders, tables and the
glossary derive from it."""

from sim.model.parameters.governance import ACCOUNTS, BALLOTS, COMMITTEE, MARKET, STAGES
from sim.model.parameters.owners import OWNERS
from sim.model.parameters.payment import PAYMENT
from sim.model.parameters.registry import Parameter, collect, record_type, to_record
from sim.model.parameters.service import CONDITION, SERVICE
from sim.model.parameters.start import START

__all__ = ["PARAMETERS", "Parameter", "collect", "record_type", "to_record"]

PARAMETERS: dict[str, Parameter] = collect(
    PAYMENT, SERVICE, CONDITION, OWNERS, COMMITTEE, BALLOTS, MARKET, STAGES, ACCOUNTS, START
)
