"""Tests of the judging of energy."""
