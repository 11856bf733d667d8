"""Every parameter of the model, declared once; defaults, schema, sliders, tables and the glossary derive from it."""

from sim.parameters.accounts import ACCOUNTS
from sim.parameters.governance import COMMITTEE, MARKET, STAGES
from sim.parameters.owners import OWNERS
from sim.parameters.payment import PAYMENT
from sim.parameters.registry import Parameter, collect, record_type, to_record
from sim.parameters.service import CONDITION, SERVICE
from sim.parameters.start import START

__all__ = ["PARAMETERS", "Parameter", "collect", "record_type", "to_record"]

PARAMETERS: dict[str, Parameter] = collect(
    PAYMENT, SERVICE, CONDITION, OWNERS, COMMITTEE, MARKET, STAGES, ACCOUNTS, START
)
