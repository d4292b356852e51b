"""The vocabulary: every mathematical operation as one record, with its derivative beside it."""

from onionskin.prims import contractions as contractions
from onionskin.prims import control as control
from onionskin.prims import elementwise as elementwise
from onionskin.prims import factors as factors
from onionskin.prims import fourier as fourier
from onionskin.prims import indexing as indexing
from onionskin.prims import integers as integers
from onionskin.prims import movement as movement
from onionskin.prims import operators as operators
from onionskin.prims import random as random
from onionskin.prims import reductions as reductions
from onionskin.prims import segments as segments
from onionskin.prims import systems as systems
from onionskin.prims.custom import define_primitive as define_primitive
from onionskin.prims.families import TABLE as TABLE
