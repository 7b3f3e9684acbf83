"""The models of all topics of energy: Django looks here; topics import from one another's own modules."""

from yiwang.areas.energy.book.models import Institution, InstitutionYear
from yiwang.areas.energy.indicators.models import WeatherMonth
from yiwang.areas.energy.meters.models import (
    EnergyBill,
    Form,
    Meter,
    MeterShare,
    MeterTerm,
    Purpose,
    Tariff,
    UtilityForm,
    UtilityStatement,
)
from yiwang.areas.energy.small.models import DataCentre, GreenCanteen, Photovoltaic, WasteMonth
from yiwang.areas.energy.use.models import HourValue, NightMonth, Reading, Source, UseMonth

__all__ = [
    "DataCentre",
    "EnergyBill",
    "Form",
    "GreenCanteen",
    "HourValue",
    "Institution",
    "InstitutionYear",
    "Meter",
    "MeterShare",
    "MeterTerm",
    "NightMonth",
    "Photovoltaic",
    "Purpose",
    "Reading",
    "Source",
    "Tariff",
    "UseMonth",
    "UtilityForm",
    "UtilityStatement",
    "WasteMonth",
    "WeatherMonth",
]
