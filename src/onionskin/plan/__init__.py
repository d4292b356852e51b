"""Order and memory: in which order a graph's nodes run, and when each value is used last."""

from onionskin.plan.ordering import Schedule as Schedule
from onionskin.plan.ordering import schedule as schedule
