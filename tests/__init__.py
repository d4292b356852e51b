"""The tests of onionskin; `cases` lists one case for each primitive, `checks` holds what is checked of them."""
