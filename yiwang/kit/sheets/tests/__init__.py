"""Tests of the sheets kit, and the generator of office forms that other packages' tests use."""
