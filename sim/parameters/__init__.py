"""Every parameter of the model, declared once; defaults, schema, sliders, tables and the glossary derive from it."""

from sim.parameters.registry import Parameter, collect, record_type, to_record

__all__ = ["PARAMETERS", "Parameter", "collect", "record_type", "to_record"]

PARAMETERS: dict[str, Parameter] = collect()
