"""组织机构: the trees as of a day, an organ with its history and headcounts."""
