__doc__="x"
