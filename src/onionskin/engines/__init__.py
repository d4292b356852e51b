"""The engines: what runs graphs. `get` finds one by name; `reference` is the definition of all."""

from onionskin.engines.lookup import get as get
from onionskin.engines.lookup import set_engine as set_engine
from onionskin.engines.protocol import Engine as Engine
from onionskin.engines.protocol import Program as Program
